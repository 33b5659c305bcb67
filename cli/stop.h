#pragma once
#include <stop_token>
#include <thread>

namespace earmark::cli {

/// From now on the first SIGINT, SIGTERM or SIGHUP asks the program to stop after what it has in hand; the
/// next one ends it at once (which loses nothing: what was reported is durable). SIGPIPE is ignored: writes
/// fail instead.
void watch_signals();

/// The signal that asked to stop, or 0. Thread-safe.
[[nodiscard]] int stop_signal();

/// As if `signal` had come. Thread-safe.
void request_stop(int signal);

/// A std::stop_token that follows stop_signal(), for calls that wait.
class StopWatch {
 public:
  StopWatch();
  [[nodiscard]] std::stop_token token() const { return source_.get_token(); }

 private:
  std::stop_source source_;
  std::jthread watcher_;
};

}  // namespace earmark::cli
