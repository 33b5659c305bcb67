#include "crawler/playlist.h"

#include <random>

#include <gtest/gtest.h>

#include "core/check.h"
#include "tests/support/result_matchers.h"

namespace earmark::crawler {
namespace {

Url base() { return Url::parse("https://radio.example.org/a/list.m3u8").value(); }

template <class T>
T parse(std::string_view text) {
  auto playlist = parse_playlist(text, base());
  EXPECT_TRUE(playlist) << playlist.error().message;
  EARMARK_CHECK(playlist && std::holds_alternative<T>(*playlist), "that kind of playlist");
  return std::get<T>(*playlist);
}

ErrorCode error_of(std::string_view text) {
  const auto playlist = parse_playlist(text, base());
  EXPECT_FALSE(playlist);
  return playlist ? ErrorCode::kInternal : playlist.error().code;
}

TEST(Playlist, ReadsALiveMediaPlaylist) {
  const auto media = parse<HlsMedia>(
      "#EXTM3U\r\n#EXT-X-VERSION:7\r\n#EXT-X-TARGETDURATION:6\r\n#EXT-X-MEDIA-SEQUENCE:2680\r\n"
      "#EXT-X-DISCONTINUITY-SEQUENCE:4\r\n#EXT-X-MAP:URI=\"init,1.mp4\"\r\n#EXTINF:5.9,title\r\n../b/"
      "1.m4s\r\n"
      "#EXT-X-DISCONTINUITY\r\n#EXT-X-MAP:URI=\"init2.mp4\"\r\n#EXTINF:6,\r\n/2.m4s?k=1\r\n#EXT-X-GAP\r\n"
      "#EXTINF:6,\r\nhttp://cdn.example.org/3.m4s\r\n");

  EXPECT_EQ(media.target_s, 6.0);
  EXPECT_FALSE(media.is_ended);
  ASSERT_EQ(media.segments.size(), 3U);
  EXPECT_EQ(media.segments[0].sequence, 2680U);
  EXPECT_EQ(media.segments[0].url.text(), "https://radio.example.org/b/1.m4s");
  EXPECT_EQ(media.segments[0].duration_s, 5.9);
  EXPECT_EQ(media.segments[0].discontinuity, 4U);
  EXPECT_EQ(media.segments[0].map->text(), "https://radio.example.org/a/init,1.mp4");
  EXPECT_EQ(media.segments[1].url.text(), "https://radio.example.org/2.m4s?k=1");
  EXPECT_EQ(media.segments[1].discontinuity, 5U);
  EXPECT_EQ(media.segments[1].map->text(), "https://radio.example.org/a/init2.mp4");
  EXPECT_FALSE(media.segments[1].is_gap);
  EXPECT_TRUE(media.segments[2].is_gap);
}

TEST(Playlist, TakesAudioAloneOfAMaster) {
  const auto master = parse<HlsMaster>(
      "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=90000,CODECS=\"avc1.4d401e,mp4a.40.2\"\nvideo.m3u8\n"
      "#EXT-X-STREAM-INF:BANDWIDTH=128000,CODECS=\"mp4a.40.2\"\naudio.m3u8\n"
      "#EXT-X-STREAM-INF:BANDWIDTH=256000,CODECS=\"mp4a.40.2\"\nbetter.m3u8\n");

  EXPECT_EQ(master.chosen.text(), "https://radio.example.org/a/audio.m3u8");
  EXPECT_EQ(master.variants, 3U);
}

TEST(Playlist, TakesTheAudioRenditionOfAVideo) {
  const auto master = parse<HlsMaster>(
      "#EXTM3U\n#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"a\",NAME=\"x\",URI=\"fr.m3u8\"\n"
      "#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"a\",NAME=\"y\",DEFAULT=YES,URI=\"en.m3u8\"\n"
      "#EXT-X-STREAM-INF:BANDWIDTH=900000,CODECS=\"avc1.4d401e,mp4a.40.2\",AUDIO=\"a\"\nvideo.m3u8\n");

  EXPECT_EQ(master.chosen.text(), "https://radio.example.org/a/en.m3u8");
}

TEST(Playlist, ReadsWhatStationsHandOut) {
  EXPECT_EQ(
      parse<StationList>("#EXTM3U\n#EXTINF:-1,Radio\nhttp://a.example.org:8000/live\n").urls.at(0).text(),
      "http://a.example.org:8000/live");
  const auto pls = parse<StationList>(
      "[playlist]\nNumberOfEntries=2\nFile1=http://a.example.org/1\n"
      "Title1=x\nFile2=http://a.example.org/2\n");
  ASSERT_EQ(pls.urls.size(), 2U);
  EXPECT_EQ(pls.urls[0].text(), "http://a.example.org/1");
}

TEST(Playlist, RefusesWhatItCannotFollow) {
  const std::string head = "#EXTM3U\n#EXT-X-TARGETDURATION:6\n";
  EXPECT_EQ(error_of(head + "#EXT-X-KEY:METHOD=AES-128,URI=\"k\"\n#EXTINF:6,\n1.ts\n"),
            ErrorCode::kUnsupported);
  EXPECT_EQ(error_of(head + "#EXT-X-BYTERANGE:100@0\n#EXTINF:6,\n1.ts\n"), ErrorCode::kUnsupported);
  EXPECT_EQ(error_of(head + "#EXTINF:6,\nfile:///etc/passwd\n"), ErrorCode::kRefused);
  EXPECT_EQ(error_of(head + "#EXT-X-MEDIA-SEQUENCE:-1\n"), ErrorCode::kCorrupt);
  EXPECT_EQ(error_of("#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=x\na.m3u8\n"), ErrorCode::kCorrupt);
  EXPECT_EQ(error_of("#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n"), ErrorCode::kCorrupt);
  EXPECT_EQ(error_of("<html>not here</html>"), ErrorCode::kCorrupt);
  EXPECT_EQ(error_of(""), ErrorCode::kCorrupt);
}

TEST(Playlist, IsToldFromAudio) {
  EXPECT_TRUE(is_playlist("application/vnd.apple.mpegurl", ""));
  EXPECT_TRUE(is_playlist("audio/x-mpegurl; charset=utf-8", ""));
  EXPECT_TRUE(is_playlist("text/plain", "#EXTM3U\n"));
  EXPECT_TRUE(is_playlist("", "[Playlist]\n"));
  EXPECT_FALSE(is_playlist("audio/mpeg", "\xFF\xFB"));
  EXPECT_FALSE(is_playlist("", ""));
}

TEST(Playlist, SurvivesWhateverComes) {
  const std::string good =
      "#EXTM3U\n#EXT-X-TARGETDURATION:6\n#EXT-X-MEDIA-SEQUENCE:9\n#EXT-X-MAP:URI=\"i\"\n#EXTINF:6,\n1.ts\n"
      "#EXT-X-STREAM-INF:BANDWIDTH=1,AUDIO=\"a\"\nv.m3u8\n#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"a\",URI=\"u\"\n";
  std::mt19937 random(1);
  for (int round = 0; round < 3000; ++round) {
    std::string text = good;
    for (int change = 0; change < 6; ++change) text[random() % text.size()] = static_cast<char>(random());
    text.resize(random() % (text.size() + 1));
    static_cast<void>(parse_playlist(text, base()));
  }
}

}  // namespace
}  // namespace earmark::crawler
