#include "api/trace.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/hash.h"

namespace earmark::api {
namespace {

constexpr std::size_t kTraceDigits = 32;
constexpr std::size_t kParentDigits = 16;
constexpr std::size_t kLength = 2 + 1 + kTraceDigits + 1 + kParentDigits + 1 + 2;

bool is_hex(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}
bool is_zero(std::string_view text) { return text.find_first_not_of('0') == std::string_view::npos; }

std::string random_hex(std::size_t digits) { return to_hex(random_bytes(digits / 2)); }

}  // namespace

Trace continue_trace(std::string_view text) {
  Trace trace;
  trace.parent_id = random_hex(kParentDigits);
  const std::string_view id = text.substr(std::min<std::size_t>(3, text.size()), kTraceDigits);
  const std::string_view parent = text.substr(std::min<std::size_t>(36, text.size()), kParentDigits);
  const std::string_view flags = text.substr(std::min<std::size_t>(53, text.size()), 2);
  // A later version may be longer; its first fields are these (section 4.3).
  const bool is_known = text.size() >= kLength && text.substr(0, 2) != "ff" && is_hex(text.substr(0, 2)) &&
                        (text.size() == kLength || text.substr(0, 2) != "00") && text[2] == '-' &&
                        text[35] == '-' && text[52] == '-';
  if (is_known && is_hex(id) && is_hex(parent) && is_hex(flags) && !is_zero(id) && !is_zero(parent)) {
    trace.trace_id = id;
    trace.flags = flags;
  } else {
    trace.trace_id = random_hex(kTraceDigits);
    trace.flags = "01";
  }
  return trace;
}

std::string to_traceparent(const Trace& trace) {
  return fmt::format("00-{}-{}-{}", trace.trace_id, trace.parent_id, trace.flags);
}

}  // namespace earmark::api
