#include "api/deadlines.h"

#include <chrono>

#include "core/log.h"

namespace earmark::api {
namespace {

constexpr std::chrono::minutes kLookEvery{1};

}  // namespace

Deadlines::Deadlines(registry::Registry& registry)
    : registry_(registry), worker_([this](const std::stop_token& stop) { work(stop); }) {}

Deadlines::~Deadlines() { worker_.request_stop(); }

void Deadlines::work(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    if (const auto fired = registry_.claims().tick(); !fired)
      log(LogLevel::kWarning, "deadlines of claims: {}", fired.error().message);
    std::unique_lock lock(mutex_);
    wake_.wait_for(lock, stop, kLookEvery, [] { return false; });
  }
}

}  // namespace earmark::api
