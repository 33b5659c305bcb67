#pragma once
#include <gtest/gtest.h>

#include "core/result.h"

/// ASSERT_OK(expr): the Status or Result is good; prints the error's message otherwise.
#define ASSERT_OK(expression) \
  do { \
    const auto& earmark_result = (expression); \
    ASSERT_TRUE(earmark_result.has_value()) << earmark_result.error().message; \
  } while (false)

/// ASSERT_OK_AND(auto x, expr): x = the value of expr; the test ends with the error's message otherwise.
#define ASSERT_OK_AND(declaration, expression) \
  auto EARMARK_CONCAT(earmark_assert_, __LINE__) = (expression); \
  ASSERT_TRUE(EARMARK_CONCAT(earmark_assert_, __LINE__).has_value()) \
      << EARMARK_CONCAT(earmark_assert_, __LINE__).error().message; \
  declaration = std::move(*EARMARK_CONCAT(earmark_assert_, __LINE__))

/// EXPECT_FAILS(expr, ErrorCode::kX): expr has an error of that code.
#define EXPECT_FAILS(expression, expected_code) \
  do { \
    const auto& earmark_result = (expression); \
    EXPECT_FALSE(earmark_result.has_value()); \
    if (!earmark_result.has_value()) { \
      EXPECT_EQ(earmark_result.error().code, expected_code) << earmark_result.error().message; \
    } \
  } while (false)
