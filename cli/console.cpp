#include "cli/console.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/stop.h"
#include "cli/table.h"
#include "core/error.h"
#include "core/text.h"

namespace earmark::cli {
namespace {

constexpr std::chrono::milliseconds kBarEvery{100};
constexpr std::chrono::seconds kLineEvery{5};

/// 0, or why the bytes could not be written.
int write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t n = ::write(descriptor, text.data(), text.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return errno;
    text.remove_prefix(static_cast<std::size_t>(n));
  }
  return 0;
}

std::size_t terminal_width() {
  constexpr std::size_t kUsual = 80;
  winsize size{};
  if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return kUsual;
  return size.ws_col;
}

}  // namespace

Console::Console(const Options& options) : options_(options), bar_possible_(::isatty(STDERR_FILENO) != 0) {}

Console::~Console() {
  const std::lock_guard lock(mutex_);
  clear_bar();
}

std::string Console::output_error() const {
  const std::lock_guard lock(mutex_);
  return output_error_;
}

void Console::write_out(std::string text) {
  if (stop_signal() == SIGPIPE || !output_error_.empty()) return;
  const bool bar = bar_is_up_;
  clear_bar();
  text += '\n';
  const int error = write_all(STDOUT_FILENO, text);
  if (error != 0) {
    if (error != EPIPE) output_error_ = error_from_errno(error, "write standard output").message;
    request_stop(SIGPIPE);
  }
  if (bar) show_progress(std::chrono::steady_clock::now());
}

void Console::result(const Json& value) {
  const std::lock_guard lock(mutex_);
  write_out(to_line(value));
}

void Console::line(std::string_view text) {
  const std::lock_guard lock(mutex_);
  write_out(std::string(text));
}

void Console::note(LogLevel level, std::string_view text) {
  const std::lock_guard lock(mutex_);
  const bool bar = bar_is_up_;
  clear_bar();
  if (options_.json) {
    log_text(level, text);
  } else {
    write_all(STDERR_FILENO, fmt::format("earmark: {}{}\n", level == LogLevel::kWarning ? "warning: " : "",
                                         printable(text)));
  }
  if (bar) show_progress(std::chrono::steady_clock::now());
}

void Console::begin_progress(std::string_view verb, std::size_t total) {
  if (options_.quiet) return;
  const std::lock_guard lock(mutex_);
  verb_ = verb;
  activity_.clear();
  total_ = total;
  done_ = 0;
  audio_ms_ = 0;
  started_ = std::chrono::steady_clock::now();
  shown_ = started_;
  if (bar_possible_) show_progress(started_);
}

void Console::advance(std::uint64_t audio_ms) {
  const std::lock_guard lock(mutex_);
  ++done_;
  audio_ms_ += audio_ms;
  show_progress_if_due();
}

void Console::activity(std::string_view text) {
  const std::lock_guard lock(mutex_);
  activity_ = printable(text);
  show_progress_if_due();
}

void Console::show_progress_if_due() {
  if (verb_.empty()) return;
  const auto now = std::chrono::steady_clock::now();
  if (bar_possible_ ? now - shown_ >= kBarEvery : now - shown_ >= kLineEvery) show_progress(now);
}

void Console::end_progress() {
  const std::lock_guard lock(mutex_);
  clear_bar();
  verb_.clear();
}

void Console::show_progress(SteadyTime now) {
  shown_ = now;
  const double seconds = std::chrono::duration<double>(now - started_).count();
  if (bar_possible_) {
    clear_bar();
    write_all(STDERR_FILENO, shortened(bar_text(seconds), terminal_width() - 1));
    bar_is_up_ = true;
    return;
  }
  Json line = {{"progress", verb_}, {"done", done_}};
  if (total_ > 0) line["total"] = total_;
  if (audio_ms_ > 0) line["audio_ms"] = audio_ms_;
  if (!activity_.empty()) line["activity"] = activity_;
  line["elapsed_ms"] = static_cast<std::int64_t>(seconds * 1000.0);
  write_all(STDERR_FILENO, to_line(line) + "\n");
}

void Console::clear_bar() {
  if (!bar_is_up_) return;
  write_all(STDERR_FILENO, "\r\x1b[K");
  bar_is_up_ = false;
}

std::string Console::bar_text(double seconds) const {
  constexpr std::size_t kWidth = 24;
  if (total_ == 0) return fmt::format("{}: {} done  {}", verb_, done_, activity_);
  const std::size_t filled = kWidth * std::min(done_, total_) / total_;
  std::string text = fmt::format("{} [{}{}] {}/{}", verb_, std::string(filled, '#'),
                                 std::string(kWidth - filled, '.'), done_, total_);
  if (seconds > 1.0 && audio_ms_ > 0) {
    text += fmt::format("  {:.0f} x real time", static_cast<double>(audio_ms_) / 1000.0 / seconds);
  }
  if (seconds > 1.0 && done_ > 0 && done_ < total_) {
    const double left = seconds * static_cast<double>(total_ - done_) / static_cast<double>(done_);
    text += fmt::format("  about {} left", time_code(static_cast<std::uint64_t>(left) * 1000).substr(0, 5));
  }
  return text;
}

}  // namespace earmark::cli
