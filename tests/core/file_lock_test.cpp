#include "core/file_lock.h"

#include <optional>

#include <gtest/gtest.h>

#include "core/mapped_file.h"
#include "tests/support/result_matchers.h"
#include "tests/support/temp_dir.h"

namespace earmark {
namespace {

TEST(FileLock, IsHeldByOneUntilItGoes) {
  const test::TempDir folder;
  {
    ASSERT_OK_AND(const auto lock, FileLock::try_take(folder / "lock"));
    EXPECT_FAILS(FileLock::try_take(folder / "lock"), ErrorCode::kUnavailable);
  }
  ASSERT_OK(FileLock::try_take(folder / "lock"));
  EXPECT_FAILS(FileLock::try_take(folder / "none" / "lock"), ErrorCode::kNotFound);
}

TEST(MappedFile, HasTheBytesOfTheFileEvenAfterItIsReplaced) {
  const test::TempDir folder;
  ASSERT_OK(write_file_atomically(folder / "a", as_bytes("one")));
  ASSERT_OK_AND(const auto mapped, MappedFile::open(folder / "a"));
  ASSERT_OK(write_file_atomically(folder / "a", as_bytes("other")));

  EXPECT_EQ(as_text(mapped.bytes()), "one");
  ASSERT_OK_AND(const auto again, MappedFile::open(folder / "a"));
  EXPECT_EQ(as_text(again.bytes()), "other");
}

TEST(MappedFile, MayBeEmptyAndMustBeAFile) {
  const test::TempDir folder;
  ASSERT_OK(write_file_atomically(folder / "empty", {}));
  ASSERT_OK_AND(const auto mapped, MappedFile::open(folder / "empty"));
  EXPECT_TRUE(mapped.bytes().empty());
  EXPECT_FAILS(MappedFile::open(folder / "none"), ErrorCode::kNotFound);
  EXPECT_FAILS(MappedFile::open(folder.path()), ErrorCode::kIo);
}

}  // namespace
}  // namespace earmark
