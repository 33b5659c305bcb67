#include "core/parallel.h"

#include <algorithm>
#include <atomic>
#include <charconv>
#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <string_view>
#include <thread>
#include <vector>

#include <sched.h>

namespace earmark {

std::size_t default_threads() {
  constexpr std::size_t kMost = 256;
  if (const char* text = std::getenv("EARMARK_THREADS"); text != nullptr) {
    const std::string_view view(text);
    std::size_t wanted = 0;
    const auto [end, error] = std::from_chars(view.data(), view.data() + view.size(), wanted);
    if (error == std::errc{} && end == view.data() + view.size() && wanted > 0) {
      return std::min(wanted, kMost);
    }
  }
  cpu_set_t set;
  CPU_ZERO(&set);
  if (::sched_getaffinity(0, sizeof set, &set) == 0) {
    return std::clamp<std::size_t>(static_cast<std::size_t>(CPU_COUNT(&set)), 1, kMost);
  }
  return std::max(1U, std::thread::hardware_concurrency());
}

void parallel_for(std::size_t count, std::size_t threads, const std::function<void(std::size_t)>& work) {
  std::atomic<std::size_t> next{0};
  const auto run = [&] {
    for (std::size_t i = next++; i < count; i = next++) work(i);
  };
  std::vector<std::jthread> others;
  for (std::size_t t = 1; t < std::min(threads, count); ++t) others.emplace_back(run);
  run();
}

void parallel_ordered(std::size_t count, std::size_t threads, std::size_t window,
                      const std::function<void(std::size_t)>& work,
                      const std::function<void(std::size_t)>& emit) {
  std::mutex mutex;
  std::condition_variable changed;
  std::size_t next = 0;
  std::size_t emitted = 0;
  std::vector<char> done(count, 0);
  window = std::max(window, threads);
  const auto run = [&] {
    while (true) {
      std::size_t i = 0;
      {
        std::unique_lock lock(mutex);
        changed.wait(lock, [&] { return next >= count || next < emitted + window; });
        if (next >= count) return;
        i = next++;
      }
      work(i);
      const std::lock_guard lock(mutex);
      done[i] = 1;
      changed.notify_all();
    }
  };
  std::vector<std::jthread> workers;
  for (std::size_t t = 0; t < std::min(std::max<std::size_t>(threads, 1), count); ++t)
    workers.emplace_back(run);
  for (std::size_t i = 0; i < count; ++i) {
    {
      std::unique_lock lock(mutex);
      changed.wait(lock, [&] { return done[i] != 0; });
    }
    emit(i);
    const std::lock_guard lock(mutex);
    ++emitted;
    changed.notify_all();
  }
}

}  // namespace earmark
