#include "core/log.h"

#include <gtest/gtest.h>

#include "core/json.h"
#include "tests/support/result_matchers.h"

namespace earmark {
namespace {

TEST(Log, IsAJsonLineOnStderrWhenThatIsNoTerminal) {
  testing::internal::CaptureStderr();
  log(LogLevel::kWarning, "{} of {}", 2, "three\n");
  const std::string text = testing::internal::GetCapturedStderr();

  ASSERT_OK_AND(const Json line, parse_json(text));
  EXPECT_EQ(line["level"], "warning");
  EXPECT_EQ(line["message"], "2 of three\n");
  EXPECT_TRUE(text.ends_with("}\n"));
}

TEST(Log, LeavesOutWhatIsBelowTheLevel) {
  testing::internal::CaptureStderr();
  log(LogLevel::kDebug, "no");
  set_log_level(LogLevel::kError);
  log(LogLevel::kWarning, "no");
  set_log_level(LogLevel::kInfo);

  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

}  // namespace
}  // namespace earmark
