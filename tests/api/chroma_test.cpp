#include <random>

#include <gtest/gtest.h>

#include "api/chroma_index.h"
#include "tests/api/fixture.h"

namespace earmark::api {
namespace {

std::vector<std::uint32_t> items_from(std::uint32_t seed, std::size_t count = 900) {
  std::mt19937 random(seed);
  std::vector<std::uint32_t> items(count);
  for (auto& item : items) item = static_cast<std::uint32_t>(random());
  return items;
}

/// With each bit turned over with this probability.
std::vector<std::uint32_t> noisy(std::vector<std::uint32_t> items, double share) {
  std::mt19937 random(1);
  std::bernoulli_distribution turned(share);
  for (auto& item : items) {
    for (unsigned bit = 0; bit < 32; ++bit) item ^= turned(random) ? 1U << bit : 0U;
  }
  return items;
}

TEST(ChromaLikeness, IsOneForTheSameAndLittleForOthers) {
  const auto items = items_from(1);
  EXPECT_DOUBLE_EQ(chroma_likeness(items, items), 1.0);
  EXPECT_LT(chroma_likeness(items, items_from(2)), 0.15);
  EXPECT_GT(chroma_likeness(items, noisy(items, 0.05)), 0.85);
  EXPECT_EQ(chroma_likeness(items, {}), 0.0);
  const std::vector<std::uint32_t> later(items.begin() + 40, items.end());
  EXPECT_GT(chroma_likeness(items, later), 0.9);
  EXPECT_GT(chroma_likeness(later, items), 0.9);
}

TEST(ChromaIndex, FindsSubmissionsAlsoWhenTheyAreNoisy) {
  StoreFixture fixture;
  ASSERT_OK_AND(const auto party, fixture.store->party_key("default"));
  ChromaIndex index(*fixture.store);
  std::vector<std::int64_t> ids;
  for (std::uint32_t seed = 1; seed <= 20; ++seed) {
    ChromaSubmission submission{party, 120, items_from(seed), "",
                                Json{{"track", "Song " + std::to_string(seed)}}};
    ASSERT_OK_AND(const auto id, index.submit(submission));
    ids.push_back(id);
  }
  ASSERT_OK_AND(const auto hits, index.find(noisy(items_from(7), 0.04), 121, 7));
  ASSERT_EQ(hits.size(), 1U);
  EXPECT_EQ(hits[0].track->title, "Song 7");
  EXPECT_TRUE(is_uuid(hits[0].track->track_id));
  EXPECT_TRUE(index.find(items_from(7), 160, 7).value().empty()) << "much longer";
  EXPECT_TRUE(index.find(items_from(99), 120, 7).value().empty());

  ChromaSubmission same{party, 120, noisy(items_from(7), 0.02), "", Json::object()};
  ASSERT_OK_AND(const auto id, index.submit(same));
  EXPECT_EQ(index.track_of(id).value(), hits[0].track->track_id) << "the same track";
  ChromaIndex other(*fixture.store);  // as another process would read it
  EXPECT_EQ(other.find(items_from(7), 120, 7).value().front().track->track_id, hits[0].track->track_id);
}

TEST(UuidOf, IsAUuidOfItsName) {
  EXPECT_TRUE(is_uuid(uuid_of("recording", "rec_1")));
  EXPECT_EQ(uuid_of("recording", "rec_1"), uuid_of("recording", "rec_1"));
  EXPECT_NE(uuid_of("recording", "rec_1"), uuid_of("track", "rec_1"));
  EXPECT_FALSE(is_uuid("9b024349-ccf0-5f69-a609-6b82873eab3"));
  EXPECT_FALSE(is_uuid("9b024349xccf0-5f69-a609-6b82873eab3c"));
}

}  // namespace
}  // namespace earmark::api
