// Broken, mislabelled and empty inputs: the audio that is there, or a clear error.
#include <algorithm>
#include <array>
#include <cstring>
#include <random>
#include <string>

#include <gtest/gtest.h>

#include "tests/audio/media.h"
#include "tests/support/result_matchers.h"
#include "tests/support/temp_dir.h"

namespace earmark::audio {
namespace {

/// A 1 kHz tone of 5 s, amplitude 0.25, as ffmpeg codes it into a file of that name.
Bytes tone(const std::string& name, const std::string& options = "") {
  const test::TempDir dir;
  const auto path = dir / name;
  const bool made = test::ffmpeg("-f lavfi -i \"aevalsrc='0.25*sin(2*PI*1000*t)':d=5:s=44100\" " + options +
                                 " " + path.string());
  EXPECT_TRUE(made) << name;
  return made ? test::slurp(path) : Bytes();
}

Bytes random_bytes(std::size_t n, std::uint32_t seed) {
  std::mt19937 random(seed);
  Bytes bytes(n);
  std::ranges::generate(bytes, [&] { return static_cast<std::byte>(random()); });
  return bytes;
}

Bytes text(std::string_view content) {
  const auto bytes = as_bytes(content);
  return {bytes.begin(), bytes.end()};
}

Bytes join(std::initializer_list<Bytes> parts) {
  Bytes all;
  for (const Bytes& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

Bytes id3v2(const Bytes& body) {
  const auto n = body.size();
  const auto part = [n](unsigned shift) { return static_cast<std::byte>((n >> shift) & 0x7F); };
  const Bytes size{part(21), part(14), part(7), part(0)};
  return join({text(std::string_view("ID3\x04\0\0", 6)), size, body});
}

Bytes ape_and_id3v1() {
  const auto block = [](std::uint32_t flags) {
    ByteWriter out;
    out.put_bytes(as_bytes("APETAGEX"));
    for (const std::uint32_t field : {2000U, 20032U, 1U, flags, 0U, 0U}) out.put(field);
    return std::move(out).take();
  };
  Bytes id3v1(128);
  std::ranges::copy(text("TAG"), id3v1.begin());
  return join({block(0xA0000000), random_bytes(20000, 7), block(0x80000000), id3v1});
}

double seconds(const test::Heard& heard) { return static_cast<double>(heard.samples.size()) / kAnalysisRate; }

void set_u32(Bytes& bytes, std::size_t at, std::uint32_t value) {
  std::memcpy(bytes.data() + at, &value, sizeof(value));
}

TEST(NoAudio, IsUnsupportedWhateverItIsCalled) {
  std::string prose;
  while (prose.size() < 50000) prose += "It was a dark and stormy night; the rain fell in torrents.\n";
  const std::array<std::pair<const char*, Bytes>, 10> inputs{{
      {"empty", {}},
      {"one byte", text("x")},
      {"prose", text(prose)},
      {"a web page", text("<!DOCTYPE html><html><body>" + prose + "</body></html>")},
      {"subtitles", text("1\n00:00:01,000 --> 00:00:02,000\nhello\n\n")},
      {"zeros", Bytes(100000)},
      {"noise", random_bytes(300000, 1)},
      {"long noise", random_bytes(3000000, 2)},
      {"a playlist",
       text("#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:9,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n")},
      {"a list of files", text("ffconcat version 1.0\nfile /etc/passwd\n")},
  }};
  for (const auto& [what, bytes] : inputs) {
    const auto result = test::decode_bytes(bytes);

    SCOPED_TRACE(what);
    EXPECT_FAILS(result, ErrorCode::kUnsupported);
  }
}

TEST(NoAudio, AProgramIsUnsupported) { EXPECT_FAILS(test::decode_file("/bin/ls"), ErrorCode::kUnsupported); }

TEST(AnyDamage, NamesItsSource) {
  const auto result = test::decode_bytes(text("nothing"));

  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().message, "memory: no known media format");
}

TEST(Mp3, WithJunkInFrontOrBehindGivesItsAudio) {
  const Bytes mp3 = tone("a.mp3");
  const std::array<std::pair<const char*, Bytes>, 7> inputs{{
      {"a picture of 3 MB in front", join({id3v2(random_bytes(3000000 & ~0x80, 3)), mp3})},
      {"two tags in front", join({id3v2(Bytes(500)), id3v2(Bytes(700)), mp3})},
      {"an APE tag in front", join({text("APETAGEX"), random_bytes(20000, 4), mp3})},
      {"30 kB of noise in front", join({random_bytes(30000, 5), mp3})},
      {"200 kB of noise in front", join({random_bytes(200000, 6), mp3})},
      {"APE and ID3v1 behind", join({mp3, ape_and_id3v1()})},
      {"300 kB of noise behind", join({mp3, random_bytes(300000, 8)})},
  }};
  for (const auto& [what, bytes] : inputs) {
    ASSERT_OK_AND(const auto heard, test::decode_bytes(bytes));

    EXPECT_NEAR(seconds(heard), 5.0, 0.1) << what;
    EXPECT_NEAR(test::level_at(std::span(heard.samples).subspan(8000, 24000), 1000.0), 0.25, 0.02) << what;
  }
}

TEST(Mp3, WithTagsBehindHasNoWarning) {
  ASSERT_OK_AND(const auto heard, test::decode_bytes(join({tone("a.mp3"), ape_and_id3v1()})));

  EXPECT_TRUE(heard.info.warnings.empty()) << heard.info.warnings.front();
}

TEST(Mp3, DamagedInTheMiddleWarnsAndGoesOn) {
  const Bytes mp3 = tone("a.mp3");

  ASSERT_OK_AND(const auto heard, test::decode_bytes(join({mp3, random_bytes(50000, 9), mp3})));

  EXPECT_NEAR(seconds(heard), 10.0, 0.15);
  EXPECT_FALSE(heard.info.warnings.empty());
}

TEST(Mp3, CutInMidFrameGivesTheRest) {
  const Bytes mp3 = tone("a.mp3", "-b:a 128k");
  const Bytes rest(mp3.begin() + 20001, mp3.end());

  ASSERT_OK_AND(const auto heard, test::decode_bytes(rest));

  EXPECT_NEAR(seconds(heard), 5.0 - 20001 / 16000.0, 0.15);
}

TEST(Mp3, OfThreeFramesIsStillOne) {
  const Bytes mp3 = tone("a.mp3", "-b:a 128k");
  const Bytes rest(mp3.end() - 1254, mp3.end());

  ASSERT_OK_AND(const auto heard, test::decode_bytes(rest));

  EXPECT_GT(seconds(heard), 0.04);
  EXPECT_LT(seconds(heard), 0.1);
}

TEST(Ogg, ThatIsChainedGivesAllItsLinks) {
  const Bytes vorbis = tone("a.ogg", "-c:a libvorbis");
  const Bytes slower = tone("a.ogg", "-c:a libvorbis -ar 22050 -ac 2");
  const Bytes opus = tone("a.opus", "-c:a libopus");
  const Bytes flac = tone("a.ogg", "-c:a flac");
  const std::array<std::pair<const char*, Bytes>, 5> inputs{{
      {"the same again", join({vorbis, vorbis})},
      {"another rate and channels", join({vorbis, slower})},
      {"opus and opus", join({opus, opus})},
      {"vorbis and opus", join({vorbis, opus})},
      {"flac and vorbis", join({flac, vorbis})},
  }};
  for (const auto& [what, bytes] : inputs) {
    ASSERT_OK_AND(const auto heard, test::decode_bytes(bytes));

    EXPECT_NEAR(seconds(heard), 10.0, 0.1) << what;
    EXPECT_GT(test::rms(std::span(heard.samples).last(16000)), 0.1) << what;
  }
}

TEST(Ogg, ThatIsTruncatedGivesItsBeginning) {
  const Bytes ogg = tone("a.ogg", "-c:a libvorbis");
  const Bytes most(ogg.begin(), ogg.begin() + static_cast<std::ptrdiff_t>(ogg.size() * 3 / 4));

  ASSERT_OK_AND(const auto heard, test::decode_bytes(most));

  EXPECT_GT(seconds(heard), 2.0);
  EXPECT_LT(seconds(heard), 4.9);
}

TEST(Ogg, WithoutItsHeadersIsAnError) {
  const Bytes ogg = tone("a.ogg", "-c:a libvorbis");
  const Bytes rest(ogg.begin() + static_cast<std::ptrdiff_t>(ogg.size() / 2), ogg.end());

  EXPECT_FAILS(test::decode_bytes(rest), ErrorCode::kUnsupported);
}

TEST(Wave, WhoseHeaderLiesGivesTheAudioThatIsThere) {
  const Bytes wave = tone("a.wav");
  const auto data = std::ranges::search(wave, as_bytes("data"));
  const auto length_at = static_cast<std::size_t>(data.begin() - wave.begin()) + 4;
  for (const std::uint32_t claim : {0U, 0x7FFFFFFFU, 0xFFFFFFFFU}) {
    Bytes liar = wave;
    set_u32(liar, 4, claim);
    set_u32(liar, length_at, claim);

    ASSERT_OK_AND(const auto heard, test::decode_bytes(liar));

    EXPECT_NEAR(seconds(heard), 5.0, 0.01) << claim;
  }
}

TEST(Wave, WithAnId3TagInFrontIsStillAWave) {
  ASSERT_OK_AND(const auto heard, test::decode_bytes(join({id3v2(Bytes(1500000)), tone("a.wav")})));

  EXPECT_EQ(heard.info.container, "wav");
  EXPECT_NEAR(seconds(heard), 5.0, 0.01);
}

TEST(Wave, WithoutASampleIsCorrupt) {
  const Bytes wave = tone("a.wav");

  EXPECT_FAILS(test::decode_bytes(Bytes(wave.begin(), wave.begin() + 78)), ErrorCode::kCorrupt);
}

TEST(Mp4, WithoutItsIndexIsCorrupt) {
  const Bytes whole = tone("a.m4a", "-c:a aac");

  EXPECT_FAILS(test::decode_bytes(std::span(whole).first(whole.size() / 2)), ErrorCode::kCorrupt);
}

TEST(Flac, ThatEndsEarlySaysSo) {
  const Bytes flac = tone("a.flac");

  ASSERT_OK_AND(const auto heard, test::decode_bytes(std::span(flac).first(flac.size() / 2)));

  EXPECT_GT(seconds(heard), 1.5);
  ASSERT_FALSE(heard.info.warnings.empty());
  EXPECT_NE(heard.info.warnings.back().find("ends early"), std::string::npos) << heard.info.warnings.back();
}

TEST(Timestamps, ThatJumpNeitherDropNorInsertAudio) {
  // An MPEG transport stream whose second half lives a day later.
  const Bytes first = tone("a.ts", "-c:a aac -muxdelay 0");
  const Bytes second = tone("b.ts", "-c:a aac -muxdelay 0 -output_ts_offset 86400");

  for (const auto& bytes : {join({first, second}), join({second, first})}) {
    ASSERT_OK_AND(const auto heard, test::decode_bytes(bytes));

    EXPECT_NEAR(seconds(heard), 10.0, 0.3);
  }
}

TEST(Bits, ThatFlipNeverHangCrashOrEscape) {
  const std::array<std::pair<const char*, const char*>, 9> formats{{{"a.mp3", "-b:a 64k"},
                                                                    {"a.m4a", "-c:a aac"},
                                                                    {"a.ogg", "-c:a libvorbis"},
                                                                    {"a.opus", "-c:a libopus"},
                                                                    {"a.flac", ""},
                                                                    {"a.wav", "-c:a adpcm_ms"},
                                                                    {"a.wma", "-c:a wmav2"},
                                                                    {"a.mka", "-c:a libvorbis"},
                                                                    {"a.ts", "-c:a mp2"}}};
  std::mt19937 random(20261123);
  for (const auto& [name, options] : formats) {
    const Bytes good = tone(name, options);
    ASSERT_GT(good.size(), 1000U);
    for (int round = 0; round < 12; ++round) {
      Bytes bad = good;
      const std::size_t reach = round % 2 == 0 ? std::min<std::size_t>(bad.size(), 600) : bad.size();
      for (int flips = 1 << (round / 2); flips > 0; --flips) {
        bad[random() % reach] ^= static_cast<std::byte>(1U << random() % 8);
      }
      if (round % 3 == 2) bad.resize(random() % bad.size());

      const auto result = test::decode_bytes(bad);

      if (result) {
        EXPECT_LT(seconds(*result), 600.0) << name << " round " << round;
        continue;
      }
      EXPECT_NE(result.error().code, ErrorCode::kInternal)
          << name << " round " << round << ": " << result.error().message;
      EXPECT_EQ(result.error().message.find("SIGSYS"), std::string::npos)
          << name << " round " << round << ": " << result.error().message;
    }
  }
}

}  // namespace
}  // namespace earmark::audio
