#include "catalogue/catalogue.h"

#include <atomic>
#include <thread>

#include "fingerprint/codec.h"
#include "fingerprint/extractor.h"
#include "tests/catalogue/fixture.h"
#include "tests/support/signals.h"

namespace earmark::catalogue {
namespace {

using Ids = std::vector<std::string>;

class CatalogueTest : public testing::Test {
 protected:
  void SetUp() override { reopen(); }
  void reopen() {
    catalogue_.reset();
    auto opened = open(store());
    ASSERT_TRUE(opened) << opened.error().message;
    catalogue_ = std::move(*opened);
  }
  [[nodiscard]] std::filesystem::path store() const { return folder_ / "store"; }
  RegisterOutcome register_as(const Analysed& input, const std::string& owner) {
    RegisterRequest request;
    request.owner = owner;
    const auto outcome = catalogue_->add(input, request);
    EXPECT_TRUE(outcome) << outcome.error().message;
    return outcome.value_or(RegisterOutcome());
  }

  test::TempDir folder_;
  std::unique_ptr<Catalogue> catalogue_;
};

TEST_F(CatalogueTest, FindsWhatWasRegisteredWhereItIs) {
  Ids ids;
  for (std::uint32_t i = 0; i < 4; ++i) ids.push_back(add(*catalogue_, song(i)));

  ASSERT_OK_AND(const auto uses, catalogue_->match(medley({2, 9, 1}), {}));

  ASSERT_EQ(uses.size(), 2U);
  EXPECT_EQ(uses[0].recording_id, ids[2]);
  EXPECT_EQ(uses[0].source, "folder/song 2.flac");
  EXPECT_EQ(uses[0].title, "song 2");
  EXPECT_NEAR(uses[0].match.query_start_ms, 3000, 500);
  EXPECT_NEAR(uses[0].match.query_end_ms, 13'000, 500);
  EXPECT_NEAR(uses[0].match.reference_start_ms, 3000, 500);
  EXPECT_NEAR(uses[0].match.reference_end_ms, 13'000, 500);
  EXPECT_EQ(uses[1].recording_id, ids[1]);
  EXPECT_NEAR(uses[1].match.query_start_ms, 29'000, 500);
}

TEST_F(CatalogueTest, FindsItAgainAfterReopening) {
  const Ids ids = {add(*catalogue_, song(1)), add(*catalogue_, song(2))};
  const auto before = matches_in(*catalogue_, medley({1, 2}));
  ASSERT_FALSE(before.empty());

  reopen();

  EXPECT_EQ(ids_in(*catalogue_, medley({1, 2})), ids);
  EXPECT_EQ(matches_in(*catalogue_, medley({1, 2})), before);
}

TEST_F(CatalogueTest, KnowsTheSameAudioAgain) {
  const auto first = register_as(song(1), "A");
  EXPECT_EQ(first.status, RegisterStatus::kRegistered);
  EXPECT_EQ(first.duration_ms, static_cast<std::uint64_t>(kSongSeconds * 1000));
  EXPECT_GT(first.fingerprint_bytes, 0U);
  EXPECT_EQ(first.reason, "");

  auto other_file = song(1);
  other_file.content_hash = sha256(as_bytes("the same sound in another format"));
  for (const auto& input : {song(1), other_file}) {
    const auto again = register_as(input, "A");
    EXPECT_EQ(again.status, RegisterStatus::kDuplicate);
    EXPECT_EQ(again.recording_id, first.recording_id);
    EXPECT_EQ(again.fingerprint_bytes, first.fingerprint_bytes);
  }
  const auto claimed_by_b = register_as(song(1), "B");
  EXPECT_EQ(claimed_by_b.recording_id, first.recording_id);
  EXPECT_NE(claimed_by_b.reason.find("belongs to A"), std::string::npos) << claimed_by_b.reason;
  ASSERT_OK_AND(const auto stats, catalogue_->stats());
  EXPECT_EQ(stats.index.recordings, 1U);
}

TEST_F(CatalogueTest, TakesAFingerprintForTheAudio) {
  const auto from_audio = add(*catalogue_, song(1));
  ASSERT_OK_AND(const auto decoded,
                fingerprint::decode(fingerprint::encode(fingerprint::thin(song(1).fingerprint))));
  Analysed emfp;
  emfp.source = "song 1.emfp";
  emfp.content_hash = sha256(as_bytes("the .emfp"));
  emfp.fingerprint = decoded;

  EXPECT_EQ(register_as(emfp, "").status, RegisterStatus::kDuplicate);
  EXPECT_EQ(add(*catalogue_, emfp), from_audio);
  EXPECT_EQ(ids_in(*catalogue_, emfp), Ids{from_audio});
}

TEST_F(CatalogueTest, GivesTheSameIdsInEveryStore) {
  const auto here = add(*catalogue_, song(1));
  ASSERT_OK_AND(const auto other, open(folder_ / "other"));
  add(*other, song(7));
  EXPECT_EQ(add(*other, song(1)), here);
}

TEST_F(CatalogueTest, ForgetsAndTakesBack) {
  const auto id = add(*catalogue_, song(1));
  add(*catalogue_, song(2));

  ASSERT_OK(catalogue_->forget(id));
  EXPECT_TRUE(ids_in(*catalogue_, song(1)).empty());
  EXPECT_FAILS(catalogue_->forget(id), ErrorCode::kNotFound);
  reopen();
  EXPECT_TRUE(ids_in(*catalogue_, song(1)).empty());

  const auto again = register_as(song(1), "");
  EXPECT_EQ(again.status, RegisterStatus::kRegistered);
  EXPECT_EQ(again.recording_id, id);
  EXPECT_EQ(ids_in(*catalogue_, song(1)), Ids{id});
}

TEST_F(CatalogueTest, QuarantinesWhatCannotBeRecognised) {
  const auto silence = analysed("silence.wav", std::vector<float>(10 * fingerprint::kSampleRate));
  const auto brief = analysed("brief.wav", music(1, 2.9));

  for (const auto& input : {silence, brief}) {
    const auto outcome = register_as(input, "");
    EXPECT_EQ(outcome.status, RegisterStatus::kQuarantined);
    EXPECT_NE(outcome.reason, "");
    EXPECT_TRUE(outcome.recording_id.starts_with("rec_"));
    EXPECT_EQ(outcome.fingerprint_bytes, 0U);
    EXPECT_EQ(register_as(input, "").recording_id, outcome.recording_id);
    EXPECT_EQ(register_as(input, "").status, RegisterStatus::kQuarantined);
  }
  const auto longer_silence = analysed("longer.wav", std::vector<float>(11 * fingerprint::kSampleRate));
  EXPECT_NE(register_as(longer_silence, "").recording_id, register_as(silence, "").recording_id);
  ASSERT_OK_AND(const auto stats, catalogue_->stats());
  EXPECT_EQ(stats.index.recordings, 0U);
  EXPECT_TRUE(ids_in(*catalogue_, song(1)).empty());
}

TEST_F(CatalogueTest, FindsNothingInNothing) {
  EXPECT_TRUE(ids_in(*catalogue_, analysed("empty.wav", {})).empty());
  EXPECT_TRUE(ids_in(*catalogue_, song(1)).empty());
}

TEST_F(CatalogueTest, DryRunSaysWhatWouldBeAndWritesNothing) {
  RegisterRequest dry;
  dry.mode = RegisterRequest::Mode::kDryRun;
  dry.owner = "Somebody";
  ASSERT_OK_AND(const auto fresh, catalogue_->add(song(1), dry));
  EXPECT_EQ(fresh.status, RegisterStatus::kRegistered);
  ASSERT_OK_AND(const auto silent, catalogue_->add(analysed("s.wav", std::vector<float>(80'000)), dry));
  EXPECT_EQ(silent.status, RegisterStatus::kQuarantined);

  ASSERT_OK_AND(const auto all, catalogue_->registry().recordings().list());
  EXPECT_TRUE(all.empty());
  ASSERT_OK_AND(const auto parties, catalogue_->registry().parties().list());
  EXPECT_TRUE(parties.empty());
  EXPECT_TRUE(ids_in(*catalogue_, song(1)).empty());
  EXPECT_EQ(add(*catalogue_, song(1)), fresh.recording_id);
  ASSERT_OK_AND(const auto known, catalogue_->add(song(1), dry));
  EXPECT_EQ(known.status, RegisterStatus::kDuplicate);
  EXPECT_EQ(known.recording_id, fresh.recording_id);
}

TEST_F(CatalogueTest, SeesThatAnotherCopySoundsTheSame) {
  const auto first = register_as(song(1), "A");
  auto copy = music(1);
  const auto hiss = test::noise(5, copy.size(), 0.0005F);
  for (std::size_t i = 0; i < copy.size(); ++i) copy[i] = 0.7F * copy[i] + hiss[i];
  copy.insert(copy.begin(), 1000, 0.0F);

  const auto outcome = register_as(analysed("copy.mp3", copy), "B");

  EXPECT_EQ(outcome.status, RegisterStatus::kDuplicate);
  EXPECT_EQ(outcome.recording_id, first.recording_id);
  EXPECT_NE(outcome.reason.find("% the same"), std::string::npos) << outcome.reason;
  EXPECT_NE(outcome.reason.find("belongs to A"), std::string::npos) << outcome.reason;
  ASSERT_OK_AND(const auto history, catalogue_->registry().recordings().history(first.recording_id));
  ASSERT_EQ(history.size(), 2U);
  EXPECT_EQ(history[1].kind, "duplicate");
}

TEST_F(CatalogueTest, SeesItInLongRecordingsFromProbesAlone) {
  const auto first = register_as(analysed("long.flac", music(1, 60)), "A");
  auto copy = music(1, 60);
  const auto hiss = test::noise(5, copy.size(), 0.0005F);
  for (std::size_t i = 0; i < copy.size(); ++i) copy[i] = 0.7F * copy[i] + hiss[i];
  auto half_other = copy;
  const auto other = music(2, 60);
  std::copy(other.begin() + 30 * fingerprint::kSampleRate, other.end(),
            half_other.begin() + 30 * fingerprint::kSampleRate);

  EXPECT_EQ(register_as(analysed("copy.mp3", copy), "A").recording_id, first.recording_id);
  EXPECT_EQ(register_as(analysed("half other.mp3", half_other), "A").status, RegisterStatus::kRegistered);
}

TEST_F(CatalogueTest, DoesNotTakeAPartOrAnotherEndingForTheSame) {
  register_as(song(1), "A");
  auto excerpt = music(1);
  excerpt.resize(excerpt.size() * 8 / 10);
  auto other_ending = music(1);
  const auto tail = music(2);
  std::copy(tail.begin() + 10 * fingerprint::kSampleRate, tail.end(),
            other_ending.begin() + 10 * fingerprint::kSampleRate);

  EXPECT_EQ(register_as(analysed("excerpt.mp3", excerpt), "A").status, RegisterStatus::kRegistered);
  EXPECT_EQ(register_as(analysed("ending.mp3", other_ending), "A").status, RegisterStatus::kRegistered);
}

TEST_F(CatalogueTest, IsUsedFromManyThreads) {
  std::vector<Analysed> songs;
  for (std::uint32_t i = 0; i < 12; ++i) songs.push_back(song(i));
  std::atomic<int> lost = 0;
  {
    std::vector<std::jthread> threads;
    for (std::size_t t = 0; t < 3; ++t) {
      threads.emplace_back([&, t] {
        for (std::size_t i = t; i < songs.size(); i += 3) {
          const auto added = catalogue_->add(songs[i], {});
          const auto found = catalogue_->match(songs[i], {});
          if (!added || !found || found->size() != 1 || found->front().recording_id != added->recording_id)
            ++lost;
        }
      });
    }
  }
  EXPECT_EQ(lost, 0);
  ASSERT_OK_AND(const auto stats, catalogue_->stats());
  EXPECT_EQ(stats.index.recordings, 12U);
  EXPECT_EQ(stats.index.reference_ms, 12U * static_cast<std::uint64_t>(kSongSeconds * 1000));
  EXPECT_GT(stats.store_bytes, 0U);
}

TEST_F(CatalogueTest, AnalysesFiles) {
  test::write_wav((folder_ / "a.wav").c_str(), music(1), fingerprint::kSampleRate);
  ASSERT_OK_AND(const auto input, catalogue_->analyse(folder_ / "a.wav"));
  EXPECT_EQ(input.source, (folder_ / "a.wav").string());
  const auto id = add(*catalogue_, input);
  EXPECT_EQ(ids_in(*catalogue_, song(1)), Ids{id});
  EXPECT_FAILS(catalogue_->analyse(folder_ / "none.wav"), ErrorCode::kNotFound);
}

}  // namespace
}  // namespace earmark::catalogue
