// What recordings share, from registration to match.
#include <algorithm>

#include "catalogue/self_join.h"
#include "tests/catalogue/fixture.h"

namespace earmark::catalogue {
namespace {

/// Song `number` of 30 s with `seconds` of song 50 from its third second on at `at`.
std::vector<float> with_loop(std::uint32_t number, double at, double seconds = 8.0) {
  auto samples = music(number, 30.0);
  const auto loop = music(50, 16.0);
  std::copy_n(loop.begin() + 3 * fingerprint::kSampleRate,
              static_cast<std::ptrdiff_t>(seconds * fingerprint::kSampleRate),
              samples.begin() + static_cast<std::ptrdiff_t>(at * fingerprint::kSampleRate));
  return samples;
}

Result<RegisterOutcome> register_for(Catalogue& catalogue, const Analysed& input, const std::string& owner) {
  RegisterRequest request;
  request.owner = owner;
  return catalogue.add(input, request);
}

TEST(Shared, LoopIsFoundOnBothSides) {
  const test::TempDir folder;
  ASSERT_OK_AND(const auto catalogue, open(folder / "store"));
  const auto first = add(*catalogue, analysed("first.flac", with_loop(51, 5.0)));

  ASSERT_OK_AND(const auto second, catalogue->add(analysed("second.flac", with_loop(52, 15.0)), {}));

  ASSERT_EQ(second.shared.size(), 1U);
  EXPECT_EQ(second.shared[0].kind, registry::SharedKind::kSample);
  EXPECT_EQ(second.shared[0].other_id, first);
  EXPECT_NEAR(static_cast<double>(second.shared[0].start_ms), 15'000.0, 700.0);
  EXPECT_NEAR(static_cast<double>(second.shared[0].other_start_ms), 5'000.0, 700.0);
  ASSERT_OK_AND(const auto recording, catalogue->registry().recordings().find(first));
  ASSERT_OK_AND(const auto seen, catalogue->registry().shared().of(recording->key));
  ASSERT_EQ(seen.size(), 1U);
  EXPECT_EQ(seen[0].other_id, second.recording_id);
  EXPECT_EQ(seen[0].start_ms, second.shared[0].other_start_ms);
  EXPECT_EQ(seen[0].other_end_ms, second.shared[0].end_ms);
}

TEST(Shared, UseInsideALoopIsAmbiguousAndOneBeyondItIsNot) {
  const test::TempDir folder;
  ASSERT_OK_AND(const auto catalogue, open(folder / "store"));
  ASSERT_OK_AND(const auto first,
                register_for(*catalogue, analysed("first.flac", with_loop(51, 5.0)), "One"));
  ASSERT_OK_AND(const auto second,
                register_for(*catalogue, analysed("second.flac", with_loop(52, 15.0)), "Two"));
  ASSERT_EQ(second.status, RegisterStatus::kQuarantined) << "more than a tenth of it is in One's";
  ASSERT_OK(catalogue->registry().reviews().accept(second.recording_id, "Ann", "a loop that both may use"));
  const auto loop = music(50, 16.0);
  const std::vector<float> inside(loop.begin() + 3 * fingerprint::kSampleRate,
                                  loop.begin() + 11 * fingerprint::kSampleRate);

  ASSERT_OK_AND(const auto only_loop, catalogue->match(analysed("loop.mp3", inside), {}));
  ASSERT_OK_AND(const auto whole, catalogue->match(analysed("whole.mp3", with_loop(51, 5.0)), {}));

  ASSERT_EQ(only_loop.size(), 1U);
  const auto& other =
      only_loop[0].recording_id == first.recording_id ? second.recording_id : first.recording_id;
  EXPECT_EQ(only_loop[0].ambiguous_with, std::vector<std::string>{other});
  const auto own = std::find_if(whole.begin(), whole.end(),
                                [&](const auto& use) { return use.recording_id == first.recording_id; });
  ASSERT_NE(own, whole.end());
  EXPECT_TRUE(own->ambiguous_with.empty());
}

TEST(Shared, LoopOfAForgottenRecordingIsNobodysAnyMore) {
  const test::TempDir folder;
  ASSERT_OK_AND(const auto catalogue, open(folder / "store"));
  const auto first = add(*catalogue, analysed("first.flac", with_loop(51, 5.0)));
  const auto second = add(*catalogue, analysed("second.flac", with_loop(52, 15.0)));
  ASSERT_OK_AND(const auto recording, catalogue->registry().recordings().find(second));

  ASSERT_OK(catalogue->forget(first));
  ASSERT_OK_AND(const auto alone, catalogue->registry().shared().of(recording->key));
  EXPECT_TRUE(alone.empty());

  EXPECT_EQ(add(*catalogue, analysed("first.flac", with_loop(51, 5.0))), first);
  ASSERT_OK_AND(const auto again, catalogue->registry().shared().of(recording->key));
  ASSERT_EQ(again.size(), 1U);
  EXPECT_EQ(again[0].other_id, first);
}

registry::SharedStretch stretch(std::int64_t start_ms, std::int64_t end_ms, registry::SharedKind kind,
                                const std::string& owner = "Two") {
  registry::SharedStretch s;
  s.kind = kind;
  s.other_id = "rec_other";
  s.other_owner = owner;
  s.start_ms = start_ms;
  s.end_ms = end_ms;
  return s;
}

TEST(AmbiguousWith, AsksForAllOfTheUseToBeShared) {
  using registry::SharedKind;
  registry::Recording recording;
  recording.owner = "One";
  const std::vector shared = {stretch(10'000, 20'000, SharedKind::kSample)};
  const std::vector<std::string> other = {"rec_other"};
  EXPECT_EQ(ambiguous_with(11'000, 19'000, recording, shared), other);
  EXPECT_EQ(ambiguous_with(9'500, 20'500, recording, shared), other);
  EXPECT_TRUE(ambiguous_with(5'000, 19'000, recording, shared).empty());
  EXPECT_TRUE(ambiguous_with(11'000, 25'000, recording, shared).empty());
  EXPECT_TRUE(ambiguous_with(11'000, 19'000, recording, std::vector{stretch(0, 90'000, SharedKind::kRepeat)})
                  .empty());
}

TEST(AmbiguousWith, LeavesVersionsOfOneWorkToTheirOwner) {
  using registry::SharedKind;
  registry::Recording recording;
  recording.owner = "One";
  EXPECT_TRUE(
      ambiguous_with(0, 9'000, recording, std::vector{stretch(0, 90'000, SharedKind::kDuplicate, "One")})
          .empty());
  EXPECT_FALSE(
      ambiguous_with(0, 9'000, recording, std::vector{stretch(0, 90'000, SharedKind::kDuplicate)}).empty());
  EXPECT_FALSE(
      ambiguous_with(0, 9'000, recording, std::vector{stretch(0, 90'000, SharedKind::kSample, "One")})
          .empty());
}

}  // namespace
}  // namespace earmark::catalogue
