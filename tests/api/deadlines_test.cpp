#include "api/deadlines.h"

#include <atomic>
#include <map>
#include <random>
#include <thread>

#include "tests/registry/claims_fixture.h"

namespace earmark::api {
namespace {

using registry::Claim;

/// A clock that others read while it is moved.
class SharedClock final : public Clock {
 public:
  [[nodiscard]] Timestamp now() const override {
    return Timestamp(std::chrono::milliseconds(now_ms_.load()));
  }
  void move_to(std::chrono::milliseconds since_begin) { now_ms_ = kBegin + since_begin.count(); }

 private:
  static constexpr std::int64_t kBegin = 1'700'000'000'000;  ///< as StillClock
  std::atomic<std::int64_t> now_ms_{kBegin};
};

constexpr std::chrono::milliseconds kOften{1};
constexpr auto kPatience = std::chrono::seconds(60);

/// By value, so that it outlives a loop over it.
template <class T>
T value_of(Result<T> result) {
  EXPECT_TRUE(result) << result.error().message;
  return std::move(result).value_or(T());
}

class DeadlinesTest : public registry::ClaimsTest {
 protected:
  static constexpr int kClaims = 24;

  void SetUp() override {
    ClaimsTest::SetUp();
    std::vector<registry::NewSighting> uses;
    for (int i = 0; i < kClaims; ++i) uses.push_back(sighting(i * 60'000, i % 2 == 0 ? 0.99 : 0.7));
    record(scan(uses));
    ASSERT_EQ(claims().size(), static_cast<std::size_t>(kClaims));
    registry_.reset();
  }
  /// As a process has it that serves.
  [[nodiscard]] std::unique_ptr<registry::Registry> open_again() {
    registry::Registry::Options options;
    options.store = folder_ / "store";
    options.clock = &moving_;
    auto opened = registry::Registry::open(options);
    EXPECT_TRUE(opened) << opened.error().message;
    return std::move(*opened);
  }
  /// Deadlines that fired, by claim.
  static std::map<std::string, int> fired_in(registry::Registry& registry) {
    std::map<std::string, int> fired;
    for (const Claim& claim : value_of(registry.claims().list({}))) {
      for (const auto& deadline : value_of(registry.claims().deadlines(claim.id)))
        fired[claim.id] += deadline.outcome == "fired" ? 1 : 0;
    }
    return fired;
  }
  static int steps_of_the_clock(registry::Registry& registry, const Claim& claim) {
    int steps = 0;
    for (const auto& event : value_of(registry.claims().events(claim.id)))
      steps += event.role == "clock" ? 1 : 0;
    return steps;
  }
  static int count(const std::map<std::string, int>& fired) {
    int sum = 0;
    for (const auto& [claim, times] : fired) sum += times;
    return sum;
  }

  SharedClock moving_;
};

TEST_F(DeadlinesTest, FireOnceOverRestartsAndStepsOfTheClockInTwoServices) {
  std::mt19937 random(7);
  const auto beside = open_again();
  const Deadlines other(*beside, kOften);
  const auto watcher = open_again();
  int before = 0;
  // The clock is put forward and back, as by hand or by a server of time; the service is restarted each time.
  for (const int day : {1, 29, 3, 29, 31, 2, 40, 10, 29, 75}) {
    const auto registry = open_again();
    const Deadlines deadlines(*registry, kOften);
    moving_.move_to(std::chrono::days(day) + std::chrono::minutes(random() % 600));
    if (day < 31) continue;
    const auto end = std::chrono::steady_clock::now() + kPatience;
    while (count(fired_in(*watcher)) < kClaims && std::chrono::steady_clock::now() < end)
      std::this_thread::yield();
    EXPECT_GE(count(fired_in(*watcher)), std::max(before, kClaims)) << "day " << day;
    before = count(fired_in(*watcher));
  }
  for (const auto& [claim, times] : fired_in(*watcher)) EXPECT_EQ(times, 1) << claim;
  for (const Claim& claim : value_of(watcher->claims().list({}))) {
    EXPECT_EQ(steps_of_the_clock(*watcher, claim), 1) << claim.id;
    EXPECT_EQ(to_string(claim.status), claim.use.probability > 0.9 ? "active" : "expired");
  }
}

TEST_F(DeadlinesTest, AreLeftAloneBeforeTheirTime) {
  moving_.move_to(std::chrono::days(1));
  const auto registry = open_again();
  {
    const Deadlines deadlines(*registry, kOften);
    EXPECT_TRUE(value_of(registry->claims().tick()).empty());
  }
  EXPECT_EQ(count(fired_in(*registry)), 0);
}

TEST_F(DeadlinesTest, FireAtTheStartOfAServiceThatWasAway) {
  moving_.move_to(std::chrono::days(400));
  const auto registry = open_again();
  const Deadlines deadlines(*registry, std::chrono::hours(1));  // only its first look counts here
  const auto end = std::chrono::steady_clock::now() + kPatience;
  while (count(fired_in(*registry)) < kClaims && std::chrono::steady_clock::now() < end)
    std::this_thread::yield();
  EXPECT_EQ(count(fired_in(*registry)), kClaims);
}

}  // namespace
}  // namespace earmark::api
