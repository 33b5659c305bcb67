#include "api/deadlines.h"

#include "core/log.h"

namespace earmark::api {

Deadlines::Deadlines(registry::Registry& registry, std::chrono::milliseconds look_every)
    : registry_(registry),
      look_every_(look_every),
      worker_([this](const std::stop_token& stop) { work(stop); }) {}

Deadlines::~Deadlines() { worker_.request_stop(); }

void Deadlines::work(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    if (const auto fired = registry_.claims().tick(); !fired)
      log(LogLevel::kWarning, "deadlines of claims: {}", fired.error().message);
    std::unique_lock lock(mutex_);
    wake_.wait_for(lock, stop, look_every_, [] { return false; });
  }
}

}  // namespace earmark::api
