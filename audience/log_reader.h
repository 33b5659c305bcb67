#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/result.h"

namespace earmark::audience {

/// Reads a log line by line, plain or gzipped; "-" is standard input. Thread-confined. Home of zlib.
class LogReader {
 public:
  /// kNotFound, kIo; kInvalidArgument: a folder.
  [[nodiscard]] static Result<LogReader> open(const std::filesystem::path& path);
  LogReader(LogReader&&) noexcept;
  LogReader& operator=(LogReader&&) noexcept;
  ~LogReader();

  /// The next line that has an end, without it; nothing at the end of the log. Borrowed until the next call.
  /// A last line without an end is not given: it may still be written to. kCorrupt: damaged gzip;
  /// kResourceExhausted: a line of more than 1 MiB.
  [[nodiscard]] Result<std::optional<std::string_view>> next();
  /// Bytes of the log (unpacked) in the lines that were given so far.
  [[nodiscard]] std::uint64_t position() const;
  /// Passes over bytes, as far as there are any, and keeps the last ones for tail().
  [[nodiscard]] Status skip_to(std::uint64_t position);
  /// The last bytes before position(), 4096 at most; after skip_to() only.
  [[nodiscard]] std::string_view tail() const;
  /// The first bytes of the log, 4096 at most, without moving.
  [[nodiscard]] Result<std::string_view> head();
  /// Bytes after the last line end.
  [[nodiscard]] std::uint64_t unfinished() const;

 private:
  struct State;
  explicit LogReader(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace earmark::audience
