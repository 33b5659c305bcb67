#include "core/file.h"

#include <csignal>
#include <fstream>

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/result_matchers.h"
#include "tests/support/temp_dir.h"

namespace earmark {
namespace {

constexpr std::uint64_t kPlenty = 1 << 20;

std::size_t entries(const std::filesystem::path& folder) {
  const std::filesystem::directory_iterator walk(folder);
  return static_cast<std::size_t>(std::distance(begin(walk), end(walk)));
}

std::string text_of(const std::filesystem::path& path) {
  const auto bytes = read_file(path, kPlenty);
  return bytes ? std::string(as_text(*bytes)) : bytes.error().message;
}

TEST(AtomicFile, ReplacesAndLeavesNothingElse) {
  const test::TempDir folder;

  ASSERT_OK(write_file_atomically(folder / "a", as_bytes("one")));
  ASSERT_OK(write_file_atomically(folder / "a", as_bytes("two")));
  ASSERT_OK(write_file_atomically(folder / "empty", {}));

  EXPECT_EQ(text_of(folder / "a"), "two");
  EXPECT_EQ(text_of(folder / "empty"), "");
  EXPECT_EQ(entries(folder.path()), 2U);
}

TEST(AtomicFile, TakesTheLongestNameAndBytesThatAreNoText) {
  const test::TempDir folder;
  const std::string longest(255, 'n');

  ASSERT_OK(write_file_atomically(folder / longest, as_bytes("x")));
  ASSERT_OK(write_file_atomically(folder / "caf\xe9", as_bytes("y")));

  EXPECT_EQ(text_of(folder / longest), "x");
  EXPECT_EQ(text_of(folder / "caf\xe9"), "y");
}

TEST(AtomicFile, AnErrorNamesTheFileAndLeavesNothingBehind) {
  const test::TempDir folder;
  std::filesystem::create_directory(folder / "taken");

  const auto onto_folder = write_file_atomically(folder / "taken", as_bytes("x"));
  const auto no_folder = write_file_atomically(folder / "absent" / "a", as_bytes("x"));

  ASSERT_FALSE(onto_folder);
  EXPECT_NE(onto_folder.error().message.find("taken"), std::string::npos);
  EXPECT_EQ(entries(folder.path()), 1U);
  EXPECT_FAILS(no_folder, ErrorCode::kNotFound);
}

/// In a child whose files may not grow past `limit` bytes, as on a full disk: 0 when the write failed
/// cleanly.
int write_in_small_space(const std::filesystem::path& path, std::size_t size, rlim_t limit) {
  const pid_t child = ::fork();
  if (child == 0) {
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit space{limit, limit};
    ::setrlimit(RLIMIT_FSIZE, &space);
    const auto written = write_file_atomically(path, Bytes(size));
    ::_exit(written ? 1 : 0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST(AtomicFile, KeepsTheOldContentWhenTheNewDoesNotFit) {
  const test::TempDir folder;
  ASSERT_OK(write_file_atomically(folder / "a", as_bytes("old")));

  EXPECT_EQ(write_in_small_space(folder / "a", 100000, 4096), 0);

  EXPECT_EQ(text_of(folder / "a"), "old");
  EXPECT_EQ(entries(folder.path()), 1U);
}

TEST(ReadFile, SaysWhatIsWrong) {
  const test::TempDir folder;
  std::ofstream(folder / "ten") << "0123456789";

  EXPECT_FAILS(read_file(folder / "absent", kPlenty), ErrorCode::kNotFound);
  EXPECT_FAILS(read_file(folder.path(), kPlenty), ErrorCode::kIo);
  EXPECT_FAILS(read_file(folder / "ten", 9), ErrorCode::kResourceExhausted);
  ASSERT_OK(read_file(folder / "ten", 10));
}

TEST(FileHandle, ClosesWithItsOwnerOnce) {
  int ends[2] = {-1, -1};
  ASSERT_EQ(::pipe(ends), 0);
  FileHandle reader(ends[0]);
  {
    FileHandle writer(ends[1]);
    FileHandle moved(std::move(writer));
    FileHandle assigned;
    assigned = std::move(moved);
    EXPECT_TRUE(assigned.is_open());
  }
  char byte = 0;
  EXPECT_EQ(::read(reader.get(), &byte, 1), 0);  // the end of the pipe: no writer is left

  const int released = reader.release();
  EXPECT_FALSE(reader.is_open());
  EXPECT_EQ(::close(released), 0);
}

}  // namespace
}  // namespace earmark
