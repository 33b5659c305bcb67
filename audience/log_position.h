#pragma once
// How far a log was read before: a log is known by its first bytes and those before where reading ended, so
// that it is known again when it was renamed or gzipped since.
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "audience/store.h"

namespace earmark::audience {

/// A row of audience_imports, or where a new log begins.
struct LogPosition {
  std::int64_t key = 0;  ///< 0: never read
  std::int64_t head_bytes = 0;
  std::string head_sha256;
  std::string tail_sha256;
  std::int64_t read_bytes = 0;
  std::int64_t newest_import = 0;  ///< key of the newest import of any log, when this was looked up
};

/// The import of this log that went furthest; a new position for one that was never read, and for "-".
/// `head`: the first bytes of the log, 4096 at most. Errors: those of reading it.
[[nodiscard]] Result<LogPosition> find_position(AudienceStore& store, const std::filesystem::path& log,
                                                std::string_view head);

/// SHA-256 in hexadecimal.
[[nodiscard]] std::string text_digest(std::string_view text);

}  // namespace earmark::audience
