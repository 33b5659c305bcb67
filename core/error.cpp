#include "core/error.h"

#include <cerrno>
#include <system_error>

namespace earmark {

Error Error::with_context(std::string_view context) const {
  return {code, std::string(context) + ": " + message};
}

std::string_view to_string(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalidArgument: return "invalid_argument";
    case ErrorCode::kNotFound: return "not_found";
    case ErrorCode::kCorrupt: return "corrupt";
    case ErrorCode::kIo: return "io";
    case ErrorCode::kUnsupported: return "unsupported";
    case ErrorCode::kResourceExhausted: return "resource_exhausted";
    case ErrorCode::kUnavailable: return "unavailable";
    case ErrorCode::kConflict: return "conflict";
    case ErrorCode::kRefused: return "refused";
    case ErrorCode::kInternal: return "internal";
  }
  return "internal";
}

Error error_from_errno(int errno_value, std::string_view what) {
  auto code = ErrorCode::kIo;
  switch (errno_value) {
    case ENOSPC:
    case EDQUOT:
    case EMFILE:
    case ENFILE:
    case ENOMEM: code = ErrorCode::kResourceExhausted; break;
    case ENOENT: code = ErrorCode::kNotFound; break;
    default: break;
  }
  return {code, std::string(what) + ": " + std::generic_category().message(errno_value)};
}

}  // namespace earmark
