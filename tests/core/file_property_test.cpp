#include <algorithm>
#include <chrono>
#include <csignal>
#include <random>
#include <thread>

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/file.h"
#include "core/parallel.h"
#include "tests/support/result_matchers.h"
#include "tests/support/temp_dir.h"

namespace earmark {
namespace {

constexpr std::size_t kSize = 200000;

bool is_whole(const Bytes& bytes) {
  return bytes.size() == kSize &&
         std::all_of(bytes.begin(), bytes.end(), [&](std::byte b) { return b == bytes[0]; });
}

TEST(AtomicFileProperty, AKillAtAnyInstantLeavesAWholeFile) {
  const test::TempDir folder;
  std::mt19937 random(7);
  ASSERT_OK(write_file_atomically(folder / "a", Bytes(kSize)));
  for (int round = 0; round < 25; ++round) {
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      for (int value = 0;; ++value) {
        static_cast<void>(write_file_atomically(folder / "a", Bytes(kSize, static_cast<std::byte>(value))));
      }
    }
    std::this_thread::sleep_for(std::chrono::microseconds(random() % 20000));
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);

    ASSERT_OK_AND(const Bytes bytes, read_file(folder / "a", 2 * kSize));
    ASSERT_TRUE(is_whole(bytes)) << "round " << round << ", " << bytes.size() << " bytes";
  }
}

TEST(AtomicFileProperty, WritersOfOneNameDoNotMix) {
  const test::TempDir folder;
  parallel_for(40, 4, [&](std::size_t i) {
    EXPECT_TRUE(write_file_atomically(folder / "a", Bytes(kSize, static_cast<std::byte>(i))));
    const auto bytes = read_file(folder / "a", 2 * kSize);
    EXPECT_TRUE(bytes && is_whole(*bytes));
  });
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path()),
                          std::filesystem::directory_iterator()),
            1);
}

}  // namespace
}  // namespace earmark
