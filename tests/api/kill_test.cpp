// kill -9 in the middle of every write path: nothing that was acknowledged is lost, and nothing is there by
// halves. EARMARK_KILLS says how often (default 30).
#include <chrono>
#include <cstdlib>
#include <random>
#include <set>
#include <sstream>

#include "tests/api/fixture.h"
#include "tests/api/write_paths.h"
#include "tests/storage/child_process.h"

namespace earmark::api {
namespace {

using test::ChildProcess;
using SteadyClock = std::chrono::steady_clock;

int kills() {
  const char* text = std::getenv("EARMARK_KILLS");
  return text == nullptr ? 30 : std::atoi(text);
}

/// Writes on and on, in an order of its own, and says what was stored once it is.
int write_until_killed(const std::filesystem::path& folder, const Clock& clock, unsigned seed,
                       const ChildProcess::Say& say) {
  auto stores = Stores::open(folder, clock);
  if (!stores) return 1;
  std::mt19937 random(seed);
  const auto& paths = write_paths();
  for (int i = 0;; ++i) {
    const WritePath& path = paths[random() % paths.size()];
    const auto written = path.write(*stores, "u" + std::to_string(seed) + "-" + std::to_string(i));
    if (!written) {
      say(std::string("failed ") + path.name + " " + written.error().message);
      return 2;
    }
    say(std::string(path.name) + " " + *written);
  }
}

/// Waits for some acknowledgements and then for a moment that has nothing to do with them.
std::vector<std::string> kill_at_random(ChildProcess& child, std::mt19937& random) {
  const std::size_t least = random() % 6;
  const auto begin = SteadyClock::now();
  (void)child.lines(least);
  const auto a_write = (SteadyClock::now() - begin) / static_cast<int>(least + 1);
  const auto moment = SteadyClock::now() + a_write * static_cast<int>(random() % 1000) / 500;
  while (SteadyClock::now() < moment) {
  }
  return child.kill();
}

::testing::AssertionResult holds(Stores& stores, const std::string& line) {
  std::istringstream words(line);
  std::string name;
  std::string what;
  words >> name >> what;
  for (const WritePath& path : write_paths()) {
    if (name == path.name && path.holds(stores, what)) return ::testing::AssertionSuccess();
  }
  return ::testing::AssertionFailure() << line << " was acknowledged and is not all there";
}

TEST(Kill, LosesNothingAcknowledgedAndLeavesNothingByHalves) {
  StoreFixture fixture;
  fixture.store.reset();  // nobody has the store open while it is written to
  const auto folder = fixture.folder / "store";
  std::mt19937 random(20250603);
  std::vector<std::string> acknowledged;
  std::set<std::string> seen;
  int in_the_middle = 0;
  for (int round = 0; round < kills(); ++round) {
    fixture.clock.advance(std::chrono::days(3));
    ChildProcess child([&](const ChildProcess::Say& say) {
      return write_until_killed(folder, fixture.clock, static_cast<unsigned>(round), say);
    });
    const auto lines = kill_at_random(child, random);
    ASSERT_EQ(child.wait(), 128 + SIGKILL) << (lines.empty() ? "" : lines.back());
    for (const auto& line : lines) seen.insert(line.substr(0, line.find(' ')));
    acknowledged.insert(acknowledged.end(), lines.begin(), lines.end());
    in_the_middle += lines.empty() ? 0 : 1;

    ASSERT_OK_AND(auto stores, Stores::open(folder, fixture.clock));
    for (const auto& line : lines) ASSERT_TRUE(holds(stores, line)) << "kill " << round;
    ASSERT_OK(check_invariants(stores));
  }
  ASSERT_OK_AND(auto stores, Stores::open(folder, fixture.clock));
  for (const auto& line : acknowledged) EXPECT_TRUE(holds(stores, line));
  ASSERT_OK(stores.books->verify());
  if (kills() >= 200) {  // so many that chance leaves no path out
    EXPECT_EQ(seen.size(), write_paths().size()) << "not every path was written";
  }
  EXPECT_GT(in_the_middle, kills() / 3);
}

}  // namespace
}  // namespace earmark::api
