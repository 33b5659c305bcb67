#include "cli/stop.h"

#include <chrono>
#include <condition_variable>
#include <csignal>
#include <initializer_list>
#include <mutex>

namespace earmark::cli {
namespace {

volatile std::sig_atomic_t received = 0;

}  // namespace

void request_stop(int signal) {
  if (received == 0) received = signal;
}

int stop_signal() { return received; }

StopWatch::StopWatch()
    : watcher_([source = source_](const std::stop_token& ended) mutable {
        // A signal handler may not touch a stop_source, so somebody has to look.
        constexpr std::chrono::milliseconds kLookEvery{50};
        std::mutex mutex;
        std::condition_variable_any wake;
        std::unique_lock lock(mutex);
        while (!ended.stop_requested() && stop_signal() == 0)
          wake.wait_for(lock, ended, kLookEvery, [] { return false; });
        if (stop_signal() != 0) source.request_stop();
      }) {}

void watch_signals() {
  struct sigaction stop {};
  stop.sa_handler = [](int signal) { request_stop(signal); };
  stop.sa_flags = static_cast<int>(SA_RESTART | SA_RESETHAND);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction before {};
    ::sigaction(signal, nullptr, &before);
    if (before.sa_handler != SIG_IGN)
      ::sigaction(signal, &stop, nullptr);  // nohup and background jobs stay deaf
  }
  std::signal(SIGPIPE, SIG_IGN);
}

}  // namespace earmark::cli
