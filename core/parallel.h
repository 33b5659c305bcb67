#pragma once
#include <cstddef>
#include <functional>

namespace earmark {

/// How many threads heavy work should use: EARMARK_THREADS if set, else the processors this process may run
/// on.
[[nodiscard]] std::size_t default_threads();

/// Calls work(0) … work(count - 1), each once, on up to `threads` threads, in no set order; returns when all
/// are done. Results go to slots by index, so that output does not depend on the number of threads. `work`
/// must not throw.
void parallel_for(std::size_t count, std::size_t threads, const std::function<void(std::size_t)>& work);

/// As parallel_for, and calls emit(0), emit(1), … in order on the calling thread, each as soon as its work is
/// done; work runs at most `window` items ahead of the slowest emit, which bounds memory. Neither may throw.
void parallel_ordered(std::size_t count, std::size_t threads, std::size_t window,
                      const std::function<void(std::size_t)>& work,
                      const std::function<void(std::size_t)>& emit);

}  // namespace earmark
