#pragma once

namespace earmark::cli {

/// What the program's exit code says. A signal ends it with 128 + its number, a closed standard output with
/// 141.
enum class Exit {
  kDone = 0,
  kFailed = 1,          ///< the command could not do its work
  kUsage = 2,           ///< the command line makes no sense
  kNothingMatched = 3,  ///< done, and nothing matched (match only)
  kSomeFailed = 4,      ///< done, but some inputs failed; each is named
};

}  // namespace earmark::cli
