#pragma once
#include <cstddef>
#include <functional>
#include <optional>
#include <vector>

#include "cli/stop.h"
#include "core/parallel.h"

namespace earmark::cli {

/// Calls work(0) … work(count - 1) on `threads` threads and emit(i, result of work(i)) in order on the
/// calling thread, each as soon as it can be. Stops between items when asked to (cli/stop.h): the rest is
/// neither worked on nor emitted. Holds the results of at most a few items a thread.
template <class T>
void run_in_order(std::size_t count, std::size_t threads, const std::function<T(std::size_t)>& work,
                  const std::function<void(std::size_t, T)>& emit) {
  constexpr std::size_t kItemsPerThread = 2;
  std::vector<std::optional<T>> results(count);
  parallel_ordered(
      count, threads, kItemsPerThread * threads,
      [&](std::size_t i) {
        if (stop_signal() == 0) results[i] = work(i);
      },
      [&](std::size_t i) {
        if (stop_signal() == 0 && results[i]) emit(i, std::move(*results[i]));
        results[i].reset();
      });
}

}  // namespace earmark::cli
