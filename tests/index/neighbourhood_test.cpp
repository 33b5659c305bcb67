#include "index/neighbourhood.h"

#include <gtest/gtest.h>

namespace earmark::index {
namespace {

constexpr Timeline::Span kRecording{.first = 1000, .frames = 5000, .slot = 0};

/// A query of 20 embeddings every 16 frames, each with two neighbours: one far away, and one where the line
/// has it moved by `off` frames; every third has none at all.
Neighbourhood neighbours_on(const Line& line, double off) {
  Neighbourhood out;
  out.k = 2;
  out.hop = 16;
  for (int i = 0; i < 20; ++i) {
    out.neighbours.push_back({.place = 90000, .similarity = 0.9F});
    const double place = kRecording.first + line.reference_at(i * 16) + off;
    out.neighbours.push_back(i % 3 == 0 ? Neighbour{kNoPlace, 0.0F}
                                        : Neighbour{static_cast<std::uint32_t>(place), 0.6F});
  }
  return out;
}

TEST(Resemblance, CountsNeighboursWhereTheLineExpectsThem) {
  Line line;
  line.reference_anchor = 2000;
  line.warp.time = 1.01;
  const Resemblance found = resemblance(neighbours_on(line, 5), kRecording, line, {0, 20 * 16 + 64});
  EXPECT_EQ(found.embeddings, 20);
  EXPECT_NEAR(found.share, 13.0 / 20.0, 1e-9);
  EXPECT_NEAR(found.similarity, 0.6 * 13.0 / 20.0, 1e-6);
}

TEST(Resemblance, LooksAtTheRangeOnly) {
  const Line line;
  const Resemblance found = resemblance(neighbours_on(line, 0), kRecording, line, {16, 16 * 4 + 64});
  EXPECT_EQ(found.embeddings, 4);  // 1, 2, 3 and 4
  EXPECT_NEAR(found.share, 3.0 / 4.0, 1e-9);
}

TEST(Resemblance, IsNothingBesideTheLineOrWithoutEmbeddings) {
  const Line line;
  EXPECT_EQ(resemblance(neighbours_on(line, 60), kRecording, line, {0, 400}).share, 0.0);
  const Resemblance none = resemblance({}, kRecording, line, {0, 400});
  EXPECT_EQ(none.embeddings, 0);
  EXPECT_EQ(none.similarity, 0.0);
}

}  // namespace
}  // namespace earmark::index
