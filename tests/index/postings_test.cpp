#include "index/postings.h"

#include <map>
#include <random>
#include <set>

#include <gtest/gtest.h>

#include "tests/support/result_matchers.h"

namespace earmark::index {
namespace {

using Truth = std::map<std::uint32_t, std::multiset<std::uint32_t>>;

std::multiset<std::uint32_t> visited(const Postings& postings, std::uint32_t hash) {
  std::multiset<std::uint32_t> places;
  postings.visit(hash, [&](std::uint32_t place) { places.insert(place); });
  return places;
}

std::vector<Postings::Posting> random_recording(std::mt19937& random, std::size_t count,
                                                std::uint32_t first) {
  std::vector<Postings::Posting> list;
  for (std::size_t i = 0; i < count; ++i) {
    list.push_back({static_cast<std::uint32_t>(random() % 300), first + static_cast<std::uint32_t>(i)});
  }
  return list;
}

TEST(Postings, GiveBackWhatWasAddedSealedOrNot) {
  std::mt19937 random(3);
  Postings postings;
  Truth truth;
  std::uint32_t first = 0;
  for (int round = 0; round < 60; ++round) {
    const auto list = random_recording(random, 1 + random() % 200, first);
    first += 1000;
    for (const auto& [hash, place] : list) truth[hash].insert(place);
    postings.add(list);
    if (round % 23 == 22) postings.seal([](std::uint32_t) { return false; });
    for (std::uint32_t hash = 0; hash < 300; hash += 17) EXPECT_EQ(visited(postings, hash), truth[hash]);
  }
  for (const auto& [hash, places] : truth) EXPECT_EQ(visited(postings, hash), places);
}

TEST(Postings, SealingDropsTheDead) {
  Postings postings;
  postings.add(std::vector<Postings::Posting>{{5, 10}, {5, 2000}, {6, 11}});

  postings.seal([](std::uint32_t place) { return place < 1000; });

  EXPECT_EQ(visited(postings, 5), (std::multiset<std::uint32_t>{2000}));
  EXPECT_TRUE(visited(postings, 6).empty());
  EXPECT_EQ(postings.size(), 1U);
}

TEST(Postings, AHashThatIsEverywhereSaysNothing) {
  Postings postings;
  std::vector<Postings::Posting> list;
  for (std::uint32_t place = 0; place < 1000; ++place) list.push_back({42, place});
  list.push_back({43, 7});
  postings.add(list);

  EXPECT_TRUE(visited(postings, 42).empty());
  EXPECT_EQ(visited(postings, 43).size(), 1U);
}

TEST(Postings, SaveAndLoad) {
  std::mt19937 random(4);
  Postings postings;
  postings.add(random_recording(random, 500, 0));
  postings.seal([](std::uint32_t) { return false; });
  ByteWriter out;
  postings.save(out);

  ByteReader in(out.view());
  ASSERT_OK_AND(const auto loaded, Postings::load(in));

  for (std::uint32_t hash = 0; hash < 300; ++hash) EXPECT_EQ(visited(loaded, hash), visited(postings, hash));
  for (std::size_t cut = 0; cut < out.size(); cut += out.size() / 50) {
    ByteReader part(out.view().first(cut));
    EXPECT_FALSE(Postings::load(part).has_value()) << cut;
  }
}

}  // namespace
}  // namespace earmark::index
