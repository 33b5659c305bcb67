#pragma once
// Access logs into a store: what may count is kept, sealed; addresses end here.
#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <set>
#include <string>

#include "audience/address.h"
#include "audience/log_line.h"
#include "audience/request.h"
#include "audience/store.h"

namespace earmark::audience {

struct ImportOptions {
  std::optional<LogFormat> format;     ///< nothing: by the first line
  const Networks* left_out = nullptr;  ///< data centres, VPN
  const Networks* let_pass = nullptr;  ///< may exceed the volume limit, for 90 days from the day in the list
  std::function<bool()> stop;          ///< asked now and then; what was kept by then is durable
  std::function<void(std::uint64_t lines)> progress;  ///< how many more lines were read
};

struct ImportOutcome {
  LogFormat format = LogFormat::kCombined;
  std::uint64_t lines = 0;        ///< read now
  std::uint64_t kept = 0;         ///< requests that may count
  std::uint64_t read_before = 0;  ///< bytes that an earlier import of this log had read
  std::uint64_t unfinished = 0;   ///< bytes of a last line without an end, left for the next time
  std::array<std::uint64_t, kDropCount> dropped{};  ///< by Drop
  std::set<std::string> epochs;                     ///< months that must be counted again
  bool stopped = false;
};

/// Reads a log from where an earlier import of it ended (also when it was rotated or gzipped since: a log is
/// known by its first bytes and the bytes before where reading ended). Durable in steps of at most 250,000
/// requests: after a crash it goes on from the last step.
/// Errors: those of the reader, of the format and of the store; what was kept by then stays.
[[nodiscard]] Result<ImportOutcome> import_log(AudienceStore& store, const std::filesystem::path& log,
                                               const ImportOptions& options);

}  // namespace earmark::audience
