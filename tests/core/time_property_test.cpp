#include <random>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "core/time.h"
#include "tests/support/result_matchers.h"

namespace earmark {
namespace {

constexpr std::uint32_t kSeed = 5;

TEST(Rfc3339Property, EveryMillisecondOfFourDigitYearsComesBack) {
  std::mt19937_64 random(kSeed);
  const auto first =
      Timestamp{std::chrono::sys_days{std::chrono::year{0} / 1 / 1}}.time_since_epoch().count();
  const auto end =
      Timestamp{std::chrono::sys_days{std::chrono::year{10000} / 1 / 1}}.time_since_epoch().count();
  std::uniform_int_distribution<std::int64_t> any(first, end - 1);
  for (int round = 0; round < 20000; ++round) {
    const Timestamp time{std::chrono::milliseconds{any(random)}};
    const std::string text = to_rfc3339(time);
    ASSERT_EQ(text.size(), 24U) << text;
    ASSERT_OK_AND(const Timestamp back, parse_rfc3339(text));
    ASSERT_EQ(back, time) << text;
  }
}

TEST(Rfc3339Property, AnOffsetShiftsByItself) {
  std::mt19937_64 random(kSeed);
  ASSERT_OK_AND(const Timestamp base, parse_rfc3339("2024-02-28T12:00:00Z"));
  for (int round = 0; round < 2000; ++round) {
    const int minutes = static_cast<int>(random() % (24 * 60));
    const bool east = random() % 2 == 0;
    const auto text =
        fmt::format("2024-02-28T12:00:00{}{:02}:{:02}", east ? '+' : '-', minutes / 60, minutes % 60);
    ASSERT_OK_AND(const Timestamp time, parse_rfc3339(text));
    ASSERT_EQ(time, base - std::chrono::minutes(east ? minutes : -minutes)) << text;
  }
}

TEST(Rfc3339Property, OneWrongByteIsRefusedOrMeansWhatItSays) {
  std::mt19937_64 random(kSeed);
  const std::string good = "2024-02-28T12:34:56.789+01:30";
  for (int round = 0; round < 20000; ++round) {
    std::string text = good;
    text[random() % text.size()] = static_cast<char>(random());
    if (const auto time = parse_rfc3339(text)) {
      ASSERT_OK_AND(const Timestamp back, parse_rfc3339(to_rfc3339(*time)));
      ASSERT_EQ(back, *time) << text;
    }
  }
}

}  // namespace
}  // namespace earmark
