#include "recsys/similar_sound.h"

#include <cmath>

#include <gtest/gtest.h>

namespace earmark::recsys {
namespace {

Sound at(std::int64_t key, double degrees) {
  Sound sound;
  sound.key = key;
  sound.id = std::to_string(key);
  const double angle = degrees * 3.14159265358979 / 180.0;
  sound.point = {static_cast<float>(std::cos(angle)), static_cast<float>(std::sin(angle))};
  return sound;
}

std::vector<std::size_t> indexes(const std::vector<SimilarSound>& found) {
  std::vector<std::size_t> out;
  for (const auto& one : found) out.push_back(one.index);
  return out;
}

TEST(SimilarSound, ComesInTheOrderOfTheAngle) {
  const std::vector<Sound> sounds = {at(1, 0), at(2, 50), at(3, 10), at(4, 180), at(5, -20)};
  EXPECT_EQ(indexes(similar_sound(sounds, 0, {})), (std::vector<std::size_t>{2, 4, 1, 3}));
  SimilarOptions two;
  two.count = 2;
  EXPECT_EQ(indexes(similar_sound(sounds, 0, two)), (std::vector<std::size_t>{2, 4}));
}

TEST(SimilarSound, OfDuplicatesTheFirstIsShown) {
  std::vector<Sound> sounds = {at(1, 0), at(2, 10), at(3, 10.1), at(4, 30), at(5, 0.1)};
  sounds[1].same = {3};
  sounds[2].same = {2};
  sounds[0].same = {5};
  sounds[4].same = {1};
  const auto found = similar_sound(sounds, 0, {});
  EXPECT_EQ(indexes(found), (std::vector<std::size_t>{1, 3})) << "neither its own copy nor another's twice";
  EXPECT_EQ(found[0].same, std::vector<std::size_t>{2});
  EXPECT_EQ(indexes(similar_sound(sounds, 4, {})), (std::vector<std::size_t>{1, 3}));
}

TEST(SimilarSound, DiversityPassesOverWhatWasSaid) {
  const std::vector<Sound> sounds = {at(1, 0), at(2, 20), at(3, 21), at(4, 22), at(5, -40)};
  SimilarOptions diverse;
  diverse.count = 2;
  EXPECT_EQ(indexes(similar_sound(sounds, 0, diverse)), (std::vector<std::size_t>{1, 2}));
  diverse.diversity = 0.5;
  EXPECT_EQ(indexes(similar_sound(sounds, 0, diverse)), (std::vector<std::size_t>{1, 4}));
}

}  // namespace
}  // namespace earmark::recsys
