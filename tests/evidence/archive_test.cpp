#include "evidence/archive.h"

#include <gtest/gtest.h>

#include "tests/support/result_matchers.h"

namespace earmark::evidence {
namespace {

Bytes bytes_of(std::string_view text) {
  const auto bytes = as_bytes(text);
  return {bytes.begin(), bytes.end()};
}

std::vector<Part> parts() {
  return {{"a.txt", "text/plain", bytes_of("hello")},
          {"empty", "", {}},
          {"big.bin", "", Bytes(2000, std::byte{0xa5})}};
}

void expect_same(const std::vector<Part>& got) {
  const auto wanted = parts();
  ASSERT_EQ(got.size(), wanted.size());
  for (std::size_t i = 0; i < got.size(); ++i) {
    EXPECT_EQ(got[i].name, wanted[i].name);
    EXPECT_EQ(got[i].bytes, wanted[i].bytes);
  }
}

TEST(Archive, IsReadAsItWasWritten) {
  ASSERT_OK_AND(const auto zip, read_archive(to_zip(parts())));
  expect_same(zip);
  ASSERT_OK_AND(const auto tar, read_archive(to_tar(parts())));
  expect_same(tar);
  ASSERT_OK_AND(const auto none, read_archive(to_zip({})));
  EXPECT_TRUE(none.empty());
}

TEST(Archive, OfTheSamePartsIsTheSame) {
  EXPECT_EQ(to_zip(parts()), to_zip(parts()));
  EXPECT_EQ(to_tar(parts()), to_tar(parts()));
  EXPECT_EQ(to_tar(parts()).size() % 512, 0U);
}

TEST(Archive, ThatIsNoneIsRefused) {
  EXPECT_FAILS(read_archive({}), ErrorCode::kUnsupported);
  EXPECT_FAILS(read_archive(bytes_of("PK is not enough")), ErrorCode::kUnsupported);
}

TEST(Archive, ThatIsDamagedOrCutOffIsNeverReadPastItsEnd) {
  for (const Bytes& whole : {to_zip(parts()), to_tar(parts())}) {
    for (std::size_t size = 0; size < whole.size(); size += 7)
      static_cast<void>(read_archive(std::span(whole).first(size)));
    for (std::size_t at = 0; at < whole.size(); at += 3) {
      Bytes damaged = whole;
      damaged[at] ^= std::byte{0xff};
      static_cast<void>(read_archive(damaged));
    }
  }
  Bytes damaged = to_zip(parts());
  damaged[30 + 5] ^= std::byte{1};  // the first letter of "hello"
  EXPECT_FAILS(read_archive(damaged), ErrorCode::kCorrupt);
}

}  // namespace
}  // namespace earmark::evidence
