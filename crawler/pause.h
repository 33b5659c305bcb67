#pragma once
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stop_token>

namespace earmark::crawler {

/// Waits so long; false when it was stopped meanwhile.
inline bool wait_for(std::chrono::milliseconds length, const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any stopped;
  std::unique_lock lock(mutex);
  stopped.wait_for(lock, stop, length, [] { return false; });
  return !stop.stop_requested();
}

}  // namespace earmark::crawler
