#include "index/postings.h"

#include <map>
#include <set>

#include <gtest/gtest.h>

#include "fingerprint/extractor.h"
#include "index/store.h"
#include "tests/support/signals.h"

namespace earmark::index {
namespace {

using Places = std::map<std::uint32_t, std::multiset<std::pair<std::uint32_t, std::uint32_t>>>;

std::vector<fingerprint::Fingerprint> songs() {
  std::vector<fingerprint::Fingerprint> prints;
  for (std::uint32_t i = 0; i < 3; ++i) {
    fingerprint::Extractor extractor;
    extractor.push(test::song(40 + i, 20.0, fingerprint::kSampleRate));
    prints.push_back(fingerprint::thin(extractor.finish()));
  }
  return prints;
}

/// hash -> slot, frame of all pairs of peaks.
Places pairs_of(const std::vector<fingerprint::Fingerprint>& prints) {
  Places places;
  for (std::uint32_t slot = 0; slot < prints.size(); ++slot) {
    const auto grid = warp_peaks(prints[slot].peaks, Warp{}, kReferencePairing.max_rank);
    for (const Landmark& pair : pair_peaks(grid, kReferencePairing.fan_out))
      places[pair.hash].emplace(slot, static_cast<std::uint32_t>(pair.frame));
  }
  return places;
}

LiveSegment segment_of(std::span<const fingerprint::Fingerprint> prints, RecordingKey first) {
  std::vector<NewRecording> recordings;
  for (const auto& print : prints)
    recordings.push_back({first + static_cast<RecordingKey>(recordings.size()), &print});
  return {.segment = Segment::build(recordings), .dead = nullptr};
}

Places found_in(const Engine::State& state, const Places& wanted) {
  std::vector<Landmark> landmarks;
  for (const auto& [hash, places] : wanted) landmarks.push_back({hash, 0});
  const auto lists = state.postings.find(landmarks);
  Places found;
  for (std::size_t i = 0; i < landmarks.size(); ++i) {
    std::uint32_t length = 0;
    state.postings.visit(lists, i, [&](std::uint32_t place) {
      ++length;
      const auto exact = state.postings.exact(place, landmarks[i].hash);
      if (!exact) return;
      const auto span = state.timeline.find(*exact);
      ASSERT_TRUE(span.has_value());
      found[landmarks[i].hash].emplace(span->slot, *exact - span->first);
    });
    EXPECT_EQ(lists.lengths[i], length);
  }
  return found;
}

TEST(Postings, HaveEveryPairAtItsFrameHoweverSegmentsAreCut) {
  const auto prints = songs();
  const Places expected = pairs_of(prints);
  ASSERT_GT(expected.size(), 1000U);
  const std::span all(prints);
  const Engine::State one({segment_of(all, 1)}, "");
  const Engine::State cut({segment_of(all.first(1), 1), segment_of(all.subspan(1), 2)}, "");
  const std::vector<Segment::Part> parts = {{cut.segments[0].segment.get(), {}},
                                            {cut.segments[1].segment.get(), {}}};
  const Engine::State merged({{.segment = Segment::merge(parts), .dead = nullptr}}, "");

  EXPECT_EQ(found_in(one, expected), expected);
  EXPECT_EQ(found_in(cut, expected), expected);
  EXPECT_EQ(found_in(merged, expected), expected);
}

TEST(Postings, OfRemovedRecordingsHaveNoFrame) {
  const auto prints = songs();
  LiveSegment live = segment_of(prints, 1);
  live.dead = std::make_shared<const std::vector<char>>(std::vector<char>{0, 1, 0});
  live.dead_count = 1;
  Places expected = pairs_of(prints);

  const Places found = found_in(Engine::State({live}, ""), expected);

  for (auto& [hash, places] : expected)
    std::erase_if(places, [](const auto& place) { return place.first == 1; });
  std::erase_if(expected, [](const auto& entry) { return entry.second.empty(); });
  EXPECT_EQ(found, expected);
}

}  // namespace
}  // namespace earmark::index
