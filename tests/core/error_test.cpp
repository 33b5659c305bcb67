#include "core/error.h"

#include <cerrno>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "core/result.h"
#include "tests/support/result_matchers.h"

namespace earmark {
namespace {

Result<int> half(int value) {
  if (value % 2 != 0) return fail(ErrorCode::kInvalidArgument, "odd");
  return value / 2;
}

Result<int> quarter(int value) {
  EARMARK_TRY(const int first, half(value));
  EARMARK_TRY(const int second, half(first));
  return second;
}

Status is_quarterable(int value) {
  EARMARK_TRY_STATUS(quarter(value));
  return {};
}

TEST(Result, TryGivesTheValueOrReturnsTheError) {
  ASSERT_OK_AND(const int value, quarter(12));
  EXPECT_EQ(value, 3);
  EXPECT_FAILS(quarter(6), ErrorCode::kInvalidArgument);
  ASSERT_OK(is_quarterable(4));
  EXPECT_FAILS(is_quarterable(5), ErrorCode::kInvalidArgument);
}

TEST(Error, ContextStandsInFrontAndKeepsTheCode) {
  const Error error = Error{ErrorCode::kCorrupt, "header is 3 bytes, need 4"}.with_context("track.flac");

  EXPECT_EQ(error.code, ErrorCode::kCorrupt);
  EXPECT_EQ(error.message, "track.flac: header is 3 bytes, need 4");
}

TEST(Error, ErrnoBecomesTheCodeThatCallersBranchOn) {
  EXPECT_EQ(error_from_errno(ENOENT, "x").code, ErrorCode::kNotFound);
  EXPECT_EQ(error_from_errno(ENOSPC, "x").code, ErrorCode::kResourceExhausted);
  EXPECT_EQ(error_from_errno(EMFILE, "x").code, ErrorCode::kResourceExhausted);
  EXPECT_EQ(error_from_errno(EACCES, "x").code, ErrorCode::kIo);
  EXPECT_EQ(error_from_errno(ENOENT, "open a.wav").message, "open a.wav: No such file or directory");
}

TEST(Error, EveryCodeHasItsOwnName) {
  std::set<std::string_view> names;
  for (int code = 0; code <= static_cast<int>(ErrorCode::kInternal); ++code) {
    names.insert(to_string(static_cast<ErrorCode>(code)));
  }
  EXPECT_EQ(names.size(), static_cast<std::size_t>(ErrorCode::kInternal) + 1);
}

}  // namespace
}  // namespace earmark
