#pragma once
#include <chrono>
#include <cstddef>
#include <thread>
#include <vector>

#include <sys/types.h>

namespace earmark::test {

/// The processes whose parent is `parent`, from /proc.
[[nodiscard]] std::vector<pid_t> children_of(pid_t parent);

/// The workers of all decoders of this process: its grandchildren.
[[nodiscard]] std::vector<pid_t> workers();

/// How many descriptors this process has open.
[[nodiscard]] std::size_t open_descriptors();

/// Waits until `condition()` holds, 20 s at most.
template <class Condition>
[[nodiscard]] bool comes_true(Condition condition) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return true;
}

}  // namespace earmark::test
