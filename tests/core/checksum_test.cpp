#include "core/checksum.h"

#include <random>

#include <gtest/gtest.h>

#include "core/bytes.h"

namespace earmark {
namespace {

TEST(Checksum, IsCrc32c) {
  // RFC 3720, appendix B.4.
  EXPECT_EQ(crc32c(Bytes(32, std::byte{0})), 0x8a9136aaU);
  EXPECT_EQ(crc32c(Bytes(32, std::byte{0xff})), 0x62a8ab43U);
  EXPECT_EQ(crc32c(as_bytes("123456789")), 0xe3069283U);
  EXPECT_EQ(crc32c({}), 0U);
}

TEST(Checksum, IsTheSameWithAndWithoutTheInstruction) {
  std::mt19937 random(1);
  for (std::size_t size = 0; size < 70; ++size) {
    Bytes bytes(size);
    for (std::byte& byte : bytes) byte = static_cast<std::byte>(random());
    EXPECT_EQ(crc32c(bytes), crc32c_portable(bytes)) << size;
  }
}

}  // namespace
}  // namespace earmark
