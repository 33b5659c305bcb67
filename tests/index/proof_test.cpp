#include "index/proof.h"

#include <algorithm>
#include <random>

#include <gtest/gtest.h>

namespace earmark::index {
namespace {

std::vector<fingerprint::Peak> random_peaks(std::uint32_t seed, std::uint32_t frames, int per_frame) {
  std::mt19937 random(seed);
  std::vector<fingerprint::Peak> peaks;
  for (std::uint32_t frame = 0; frame < frames; ++frame) {
    for (int i = 0; i < per_frame; ++i) {
      peaks.push_back(
          {frame, static_cast<std::uint16_t>(128U + 900U * static_cast<unsigned>(i) + random() % 900U), 0});
    }
  }
  return peaks;
}

Proof prove(std::span<const fingerprint::Peak> query, const ReferencePeaks& reference, const Line& line,
            FrameRange range) {
  LocalPeaks local;
  const FrameRange reach = reach_of(range, line);
  local.gather(reference, reach.first, reach.last);
  return Agreement(query, {}, local, line).prove(5);
}

TEST(Proof, IsStrongOnTheLineAndWeakBesideIt) {
  const auto recording = random_peaks(1, 2000, 2);
  std::vector<fingerprint::Peak> query;
  for (auto peak : recording) {
    if (peak.frame < 800 || peak.frame >= 1100) continue;
    peak.frame -= 800;
    query.push_back(peak);
  }
  const ReferencePeaks reference(recording);
  Line line;
  line.reference_anchor = 797;  // three frames off: the proof finds the rest

  const Proof right = prove(query, reference, line, {0, 300});
  line.reference_anchor = 400;
  const Proof wrong = prove(query, reference, line, {0, 300});

  EXPECT_GT(right.z, 50.0);
  EXPECT_EQ(right.shift, 3);
  EXPECT_LT(wrong.z, 6.0);
}

TEST(Proof, SurvivesALoudVoiceOverTheRecording) {
  const auto recording = random_peaks(2, 2000, 1);
  std::vector<fingerprint::Peak> query =
      random_peaks(77, 300, 2);  // two strange peaks for each one that may survive
  std::mt19937 random(5);
  for (auto peak : recording) {
    if (peak.frame < 500 || peak.frame >= 800 || random() % 5 != 0) continue;  // and only one in five does
    peak.frame -= 500;
    query.push_back(peak);
  }
  Line line;
  line.reference_anchor = 500;

  EXPECT_GT(prove(query, ReferencePeaks(recording), line, {0, 300}).z, 8.0);
}

TEST(Weigh, KnowsAgreementOfOneMomentFromAgreementThroughout) {
  const auto recording = random_peaks(3, 1000, 2);
  std::vector<fingerprint::Peak> throughout;
  std::vector<fingerprint::Peak> moment = random_peaks(99, 300, 2);
  for (const auto& peak : recording) {
    if (peak.frame < 300) throughout.push_back(peak);
    if (peak.frame >= 100 && peak.frame < 130) moment.push_back(peak);
  }
  std::stable_sort(moment.begin(), moment.end(),
                   [](const auto& a, const auto& b) { return a.frame < b.frame; });
  const ReferencePeaks reference(recording);
  const Line line;
  LocalPeaks local;
  local.gather(reference, -300, 700);

  const Evidence whole = weigh(throughout, {}, local, line);
  const Evidence brief = weigh(moment, {}, local, line);

  EXPECT_GT(whole.without_best_second, 0.7 * whole.proof.z);
  EXPECT_GT(brief.proof.z, 5.0);
  EXPECT_LT(brief.without_best_second, 0.6 * brief.proof.z);
}

}  // namespace
}  // namespace earmark::index
