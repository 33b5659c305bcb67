#pragma once
#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>

#include "core/json.h"
#include "core/log.h"

namespace earmark::cli {

/// Where a command speaks: results to standard output, all else to standard error. Every result is handed to
/// the system before the call returns. Progress is a bar on a terminal and a JSON line every few seconds
/// elsewhere. Synchronised.
class Console {
 public:
  struct Options {
    bool json = false;   ///< results as JSON Lines
    bool quiet = false;  ///< no progress
  };
  explicit Console(const Options& options);
  ~Console();
  Console(const Console&) = delete;
  Console& operator=(const Console&) = delete;

  [[nodiscard]] bool is_json() const { return options_.json; }

  /// One result. A reader who has gone away, or a full disk, asks the program to stop (cli/stop.h).
  void result(const Json& value);
  /// One line of a result for people; must be printable (core/text.h).
  void line(std::string_view text);

  /// For people, on standard error: "earmark: text" (disarmed here), a log line in JSON mode.
  void note(LogLevel level, std::string_view text);

  /// Begins to show "`verb` 0/`total`"; 0: nobody knows how many there will be.
  void begin_progress(std::string_view verb, std::size_t total);
  /// One more is done, and held that much audio.
  void advance(std::uint64_t audio_ms);
  /// What is being done now, where that cannot be counted: "scan Episode 12". Call it as often as you like.
  void activity(std::string_view text);
  void end_progress();

  /// Why standard output could not be written; empty when it could, or when its reader just went away.
  [[nodiscard]] std::string output_error() const;

 private:
  using SteadyTime = std::chrono::steady_clock::time_point;

  // All below with mutex_ held.
  void write_out(std::string text);
  void show_progress_if_due();
  void show_progress(SteadyTime now);
  void clear_bar();
  [[nodiscard]] std::string bar_text(double seconds) const;

  const Options options_;
  mutable std::mutex mutex_;  ///< guards all below, and the order of lines
  const bool bar_possible_;   ///< stderr is a terminal
  std::string output_error_;
  std::string verb_;  ///< empty: no progress is shown
  std::string activity_;
  std::size_t total_ = 0;
  std::size_t done_ = 0;
  std::uint64_t audio_ms_ = 0;
  SteadyTime started_{};
  SteadyTime shown_{};
  bool bar_is_up_ = false;
};

}  // namespace earmark::cli
