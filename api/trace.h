#pragma once
#include <string>
#include <string_view>

namespace earmark::api {

/// Where a request stands in a distributed trace (W3C Trace Context, version 00). Lower-case hexadecimal.
struct Trace {
  std::string trace_id;   ///< 32 digits, the same in all of the trace
  std::string parent_id;  ///< 16 digits, of this request
  std::string flags;      ///< 2 digits
};

/// Continues the trace that a traceparent header names; where it is not a valid one, begins a new trace.
[[nodiscard]] Trace continue_trace(std::string_view traceparent);

[[nodiscard]] std::string to_traceparent(const Trace& trace);

}  // namespace earmark::api
