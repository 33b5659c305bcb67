#pragma once
#include <memory>
#include <mutex>
#include <utility>

namespace earmark {

/// The current version of an immutable value: readers take it, a writer publishes the next. Synchronised.
/// (A mutex and not atomic<shared_ptr>: libstdc++ 12's raises ThreadSanitizer reports.)
template <class T>
class Snapshot {
 public:
  explicit Snapshot(std::shared_ptr<const T> first) : current_(std::move(first)) {}

  [[nodiscard]] std::shared_ptr<const T> get() const {
    const std::lock_guard lock(mutex_);
    return current_;
  }
  void publish(std::shared_ptr<const T> next) {
    const std::lock_guard lock(mutex_);
    current_.swap(next);
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const T> current_;
};

}  // namespace earmark
