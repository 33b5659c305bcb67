#include "core/bytes.h"

#include <limits>

#include <gtest/gtest.h>

#include "tests/support/result_matchers.h"

namespace earmark {
namespace {

Bytes bytes_of(std::initializer_list<int> values) {
  Bytes bytes;
  for (const int value : values) bytes.push_back(static_cast<std::byte>(value));
  return bytes;
}

TEST(ByteWriter, WritesLittleEndian) {
  ByteWriter out;

  out.put<std::uint32_t>(0x01020304);
  out.put<std::int16_t>(-2);

  EXPECT_EQ(std::move(out).take(), bytes_of({4, 3, 2, 1, 0xfe, 0xff}));
}

TEST(ByteReader, FailsAtTheEndAndStaysWhereItWas) {
  const Bytes bytes = bytes_of({1, 2, 3});
  ByteReader in(bytes);

  EXPECT_FAILS(in.get<std::uint32_t>(), ErrorCode::kCorrupt);
  EXPECT_EQ(in.position(), 0U);
  ASSERT_OK_AND(const auto low, in.get<std::uint16_t>());
  EXPECT_EQ(low, 0x0201);
  EXPECT_EQ(in.remaining(), 1U);
  EXPECT_FAILS(in.get_bytes(2), ErrorCode::kCorrupt);
}

TEST(ByteReader, RefusesAnArrayLargerThanTheInputWithoutAllocating) {
  const Bytes bytes(16);
  ByteReader in(bytes);

  EXPECT_FAILS(in.get_array<std::uint64_t>(std::numeric_limits<std::size_t>::max()), ErrorCode::kCorrupt);
  EXPECT_FAILS(in.get_array<std::uint64_t>(3), ErrorCode::kCorrupt);
  ASSERT_OK_AND(const auto values, in.get_array<std::uint64_t>(2));
  EXPECT_EQ(values, std::vector<std::uint64_t>({0, 0}));
  ASSERT_OK_AND(const auto none, in.get_array<std::uint64_t>(0));
  EXPECT_TRUE(none.empty());
}

TEST(Varint, HasTheKnownForms) {
  const auto form = [](std::uint64_t value) {
    ByteWriter out;
    out.put_varint(value);
    return std::move(out).take();
  };

  EXPECT_EQ(form(0), bytes_of({0}));
  EXPECT_EQ(form(127), bytes_of({0x7f}));
  EXPECT_EQ(form(128), bytes_of({0x80, 0x01}));
  EXPECT_EQ(form(300), bytes_of({0xac, 0x02}));
  EXPECT_EQ(form(std::numeric_limits<std::uint64_t>::max()),
            bytes_of({0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01}));
}

TEST(Varint, RefusesNumbersOver64Bits) {
  const Bytes too_large = bytes_of({0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02});
  const Bytes too_long = bytes_of({0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01});
  const Bytes cut = bytes_of({0x80, 0x80});

  EXPECT_FAILS(ByteReader(too_large).get_varint(), ErrorCode::kCorrupt);
  EXPECT_FAILS(ByteReader(too_long).get_varint(), ErrorCode::kCorrupt);
  EXPECT_FAILS(ByteReader(cut).get_varint(), ErrorCode::kCorrupt);
}

TEST(Text, ComesBackFromBytes) {
  const std::string_view text("a\0\xff", 3);

  EXPECT_EQ(as_text(as_bytes(text)), text);
}

}  // namespace
}  // namespace earmark
