#include "audience/count.h"

#include <algorithm>

#include <gtest/gtest.h>

namespace earmark::audience {
namespace {

constexpr std::uint32_t kMonday = 20'416 * 86'400U;  // Monday 2025-11-24, 00:00
constexpr std::uint32_t kHour = 3600;

struct Case {
  std::vector<Request> requests;
  std::vector<AgentFacts> agents{{1, std::nullopt, 0}};
  std::vector<FileFacts> files{{10'000, 1000}};
  std::vector<Stretch> stretches;
  std::uint32_t limit = 0;

  CountOutput counted(Window window) {
    std::sort(requests.begin(), requests.end());
    return count({requests, agents, files, stretches, limit}, window);
  }
};

Request whole(std::uint32_t time_s, std::uint64_t address = 7, std::uint32_t agent = 0) {
  return {address, agent, 0, time_s, Request::kWhole, 0, 10'000};
}
Request part(std::uint64_t start, std::uint64_t bytes, std::uint32_t time_s = kMonday) {
  return {7, 0, 0, time_s, 0, start, bytes};
}

std::vector<std::uint32_t> days(const CountOutput& out) {
  std::vector<std::uint32_t> days;
  for (const auto& download : out.downloads) days.push_back(download.day - kMonday / 86'400);
  std::sort(days.begin(), days.end());
  return days;
}

/// The guidelines' example: Monday 22:00, Tuesday 03:00 and 22:15, Wednesday 23:15.
Case guideline_example() {
  Case c;
  for (const std::uint32_t quarter_hours : {88U, 108U, 185U, 285U})
    c.requests.push_back(whole(kMonday + quarter_hours * kHour / 4));
  return c;
}

TEST(Count, OfTheGuidelinesExampleByCalendarDays) {
  EXPECT_EQ(days(guideline_example().counted(Window::kCalendarDay)), (std::vector<std::uint32_t>{0, 1, 2}));
}

TEST(Count, OfTheGuidelinesExampleFromTheFirstTouch) {
  // 1, 0, 1, 1: Tuesday 22:15 is past Monday 22:00 and a day.
  EXPECT_EQ(days(guideline_example().counted(Window::kFirstTouch)), (std::vector<std::uint32_t>{0, 1, 2}));
  Case c = guideline_example();
  c.requests.erase(c.requests.begin() + 2);
  EXPECT_EQ(days(c.counted(Window::kFirstTouch)), (std::vector<std::uint32_t>{0, 2}));
}

TEST(Count, OfTheGuidelinesExampleFromTheLastTouch) {
  EXPECT_EQ(days(guideline_example().counted(Window::kLastTouch)), (std::vector<std::uint32_t>{0, 2}));
}

TEST(Count, SixAgentsBehindOneAddressAreSixListeners) {
  Case c;
  c.agents.clear();
  for (std::uint64_t hash = 1; hash <= 6; ++hash) c.agents.push_back({hash, std::nullopt, 0});
  for (std::uint32_t i = 0; i < 10; ++i) c.requests.push_back(whole(kMonday + i, 7, i % 6));
  auto out = c.counted(Window::kCalendarDay);
  ASSERT_EQ(out.downloads.size(), 6U);
  std::sort(out.downloads.begin(), out.downloads.end());
  for (std::size_t i = 1; i < 6; ++i) EXPECT_NE(out.downloads[i - 1].listener, out.downloads[i].listener);
}

TEST(Count, APauseAndResumeIsOneDownload) {
  Case c;
  c.requests = {part(0, 600), part(600, 9400, kMonday + 60)};
  EXPECT_EQ(c.counted(Window::kCalendarDay).downloads.size(), 1U);
}

TEST(Count, NeedsDifferentBytesUpToTheThreshold) {
  Case c;
  c.requests = {part(0, 600), part(0, 600, kMonday + 1), part(100, 500, kMonday + 2)};
  EXPECT_TRUE(c.counted(Window::kCalendarDay).downloads.empty()) << "the same 600 bytes thrice";
  c.requests.push_back(part(600, 399, kMonday + 3));
  EXPECT_TRUE(c.counted(Window::kCalendarDay).downloads.empty()) << "999 of 1000";
  c.requests.push_back(part(9999, 1, kMonday + 4));
  const auto out = c.counted(Window::kCalendarDay);
  ASSERT_EQ(out.downloads.size(), 1U);
  EXPECT_EQ(out.downloads[0].bytes, 1000U);
}

TEST(Count, AFileShorterThanAMinuteOrOfUnknownRateMustBeSentWhole) {
  Case c;
  c.files = {{10'000, 0}};
  c.requests = {part(0, 9999)};
  EXPECT_TRUE(c.counted(Window::kCalendarDay).downloads.empty());
  c.requests.push_back(part(9999, 500, kMonday + 1));
  const auto out = c.counted(Window::kCalendarDay);
  ASSERT_EQ(out.downloads.size(), 1U);
  EXPECT_EQ(out.downloads[0].bytes, 10'000U) << "never more than there is";
}

TEST(Count, APartOfAFileOfUnknownLengthIsUndecided) {
  Case c;
  c.files = {{0, 0}};
  c.requests = {part(0, 5000)};
  const auto out = c.counted(Window::kCalendarDay);
  EXPECT_TRUE(out.downloads.empty());
  EXPECT_EQ(out.undecided, 1U);
}

TEST(Count, BytesWhosePlaceWasNotLoggedAreAddedUp) {
  Case c;
  c.requests = {part(0, 600), part(0, 600, kMonday + 1)};
  for (Request& request : c.requests) request.flags = Request::kUnplaced;
  EXPECT_EQ(c.counted(Window::kCalendarDay).downloads.size(), 1U);
}

TEST(Count, BotsAreLeftOutAndSaid) {
  Case c;
  c.agents = {{1, Drop::kBot, 0}};
  c.requests = {whole(kMonday), whole(kMonday + 1)};
  const auto out = c.counted(Window::kCalendarDay);
  EXPECT_TRUE(out.downloads.empty());
  ASSERT_EQ(out.dropped.size(), 1U);
  EXPECT_EQ(out.dropped[0].drop, Drop::kBot);
  EXPECT_EQ(out.dropped[0].requests, 2U);
}

TEST(Count, AnAddressOverTheLimitLosesThatDayOnly) {
  Case c;
  c.agents.clear();
  for (std::uint64_t hash = 1; hash <= 6; ++hash) c.agents.push_back({hash, std::nullopt, 0});
  for (std::uint32_t agent = 0; agent < 6; ++agent) c.requests.push_back(whole(kMonday, 7, agent));
  c.requests.push_back(whole(kMonday + 86'400, 7, 0));
  c.limit = 5;
  EXPECT_EQ(days(c.counted(Window::kCalendarDay)), (std::vector<std::uint32_t>{1}));
  for (Request& request : c.requests) request.flags |= Request::kSafe;
  EXPECT_EQ(c.counted(Window::kCalendarDay).downloads.size(), 7U) << "a network that may";
}

TEST(Count, SaysHowMuchOfAStretchADownloadCarried) {
  Case c;
  c.stretches = {{0, 500, 1500}, {0, 2000, 3000}, {0, 9000, 9500}};
  c.requests = {part(0, 1000), part(1000, 1500, kMonday + 1)};
  const auto out = c.counted(Window::kCalendarDay);
  ASSERT_EQ(out.deliveries.size(), 2U);
  EXPECT_TRUE(out.deliveries[0].all);
  EXPECT_EQ(out.deliveries[0].bytes, 1000U);
  EXPECT_FALSE(out.deliveries[1].all);
  EXPECT_EQ(out.deliveries[1].bytes, 500U);
}

TEST(Count, OfNothingIsNothing) {
  Case c;
  for (const Window window : kWindows) EXPECT_TRUE(c.counted(window).downloads.empty());
}

}  // namespace
}  // namespace earmark::audience
