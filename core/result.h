#pragma once
// The only file that names tl::expected; std::expected takes its place when the compiler has it.
#include <utility>

#include <tl/expected.hpp>

#include "core/error.h"

namespace earmark {

/// A value or the reason why there is none.
template <class T>
using Result = tl::expected<T, Error>;

/// The outcome of a call that has nothing to return.
using Status = Result<void>;

/// Builds the failure side of a Result: `return fail(ErrorCode::kCorrupt, "…");`.
[[nodiscard]] inline tl::unexpected<Error> fail(ErrorCode code, std::string message) {
  return tl::unexpected<Error>(Error{code, std::move(message)});
}
[[nodiscard]] inline tl::unexpected<Error> fail(Error error) {
  return tl::unexpected<Error>(std::move(error));
}

}  // namespace earmark

#define EARMARK_CONCAT_INNER(a, b) a##b
#define EARMARK_CONCAT(a, b) EARMARK_CONCAT_INNER(a, b)

/// EARMARK_TRY(auto x, expr): x = the value of expr, or return its error from the enclosing function.
#define EARMARK_TRY(declaration, expression) \
  auto EARMARK_CONCAT(earmark_try_, __LINE__) = (expression); \
  if (!EARMARK_CONCAT(earmark_try_, __LINE__)) { \
    return ::earmark::fail(std::move(EARMARK_CONCAT(earmark_try_, __LINE__)).error()); \
  } \
  declaration = std::move(*EARMARK_CONCAT(earmark_try_, __LINE__))

/// EARMARK_TRY_STATUS(expr): return the error of expr, if any, from the enclosing function.
#define EARMARK_TRY_STATUS(expression) \
  if (auto EARMARK_CONCAT(earmark_try_, __LINE__) = (expression); !EARMARK_CONCAT(earmark_try_, __LINE__)) { \
    return ::earmark::fail(std::move(EARMARK_CONCAT(earmark_try_, __LINE__)).error()); \
  }
