#pragma once
#include <string>
#include <string_view>

namespace earmark {

/// What a caller can branch on. The message says the rest.
enum class ErrorCode {
  kInvalidArgument,    ///< the caller asked for something that makes no sense
  kNotFound,           ///< the named thing does not exist
  kCorrupt,            ///< bytes that are not what they claim to be
  kIo,                 ///< the operating system or a peer failed us
  kUnsupported,        ///< well-formed, and we cannot handle it
  kResourceExhausted,  ///< a limit of time, memory, size or disk was reached
  kUnavailable,        ///< may work when tried again later
  kConflict,           ///< somebody else holds or changed it
  kRefused,            ///< policy forbids it (private address, robots.txt, …)
  kInternal,           ///< a defect of ours
};

/// Why a fallible call failed. `message` names the object, what was found and what was expected:
/// "track.flac: header is 3 bytes, need 4". Callers prepend context, they never re-word.
struct Error {
  ErrorCode code = ErrorCode::kInternal;
  std::string message;

  /// The same error with "context: " in front of the message.
  [[nodiscard]] Error with_context(std::string_view context) const;
};

/// Stable lower-case name of a code, for JSON and logs ("not_found").
[[nodiscard]] std::string_view to_string(ErrorCode code);

/// kIo, or kResourceExhausted for ENOSPC, EDQUOT, EMFILE, ENFILE and ENOMEM, kNotFound for ENOENT; message
/// "what: strerror".
[[nodiscard]] Error error_from_errno(int errno_value, std::string_view what);

}  // namespace earmark
