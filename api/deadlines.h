#pragma once
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "registry/registry.h"

namespace earmark::api {

/// The thread that lets the deadlines of claims take effect while the service runs: at its start, and then
/// again and again. Each fires once, also beside a crawler that does the same.
class Deadlines {
 public:
  explicit Deadlines(registry::Registry& registry,
                     std::chrono::milliseconds look_every = std::chrono::minutes(1));
  ~Deadlines();
  Deadlines(const Deadlines&) = delete;
  Deadlines& operator=(const Deadlines&) = delete;

 private:
  void work(const std::stop_token& stop);

  registry::Registry& registry_;
  const std::chrono::milliseconds look_every_;
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::jthread worker_;
};

}  // namespace earmark::api
