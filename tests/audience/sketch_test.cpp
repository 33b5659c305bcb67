#include "audience/sketch.h"

#include <random>

#include <gtest/gtest.h>

#include "tests/support/result_matchers.h"

namespace earmark::audience {
namespace {

Sketch of(std::uint64_t from, std::uint64_t to) {
  Sketch sketch;
  for (std::uint64_t i = from; i < to; ++i) {
    std::mt19937_64 random(i);
    sketch.add(random());
  }
  return sketch;
}

TEST(Sketch, EstimatesWithinFourStandardErrors) {
  EXPECT_EQ(Sketch().estimate(), 0.0);
  for (const std::uint64_t n : {1U, 10U, 100U, 1000U, 10'000U, 50'000U})
    EXPECT_NEAR(of(0, n).estimate(), static_cast<double>(n), 0.5 + 4 * 0.016 * static_cast<double>(n)) << n;
}

TEST(Sketch, OfPartsMergesToThatOfTheWhole) {
  Sketch a = of(0, 3000);
  a.merge(of(2000, 5000));
  EXPECT_EQ(a, of(0, 5000));
}

TEST(Sketch, ComesBackAndRefusesWhatIsNone) {
  for (const std::uint64_t n : {0U, 3U, 100'000U}) {
    const Sketch sketch = of(0, n);
    ASSERT_OK_AND(const auto back, Sketch::decode(sketch.encode()));
    EXPECT_EQ(back, sketch);
  }
  EXPECT_LT(of(0, 10).encode().size(), 40U);
  const Bytes bad = {std::byte{0}, std::byte{200}};
  EXPECT_FAILS(Sketch::decode(bad), ErrorCode::kCorrupt);
}

}  // namespace
}  // namespace earmark::audience
