#include "core/hash.h"

#include <random>
#include <string>

#include <gtest/gtest.h>

#include "core/bytes.h"

namespace earmark {
namespace {

std::string digest_of(std::string_view text) { return to_hex(sha256(as_bytes(text))); }

// Source: NIST, FIPS 180-4 example vectors.
TEST(Sha256, HasThePublishedDigests) {
  EXPECT_EQ(digest_of(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(digest_of("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(digest_of("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(digest_of(std::string(1000000, 'a')),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256Stream, DoesNotDependOnThePieces) {
  std::mt19937 random(3);
  Bytes bytes(10000);
  for (auto& byte : bytes) byte = static_cast<std::byte>(random());
  for (int round = 0; round < 50; ++round) {
    Sha256Stream stream;
    for (std::size_t at = 0; at < bytes.size();) {
      const std::size_t n = std::min<std::size_t>(random() % 700, bytes.size() - at);
      stream.update(std::span(bytes).subspan(at, n));
      at += n;
    }
    ASSERT_EQ(stream.finish(), sha256(bytes));
  }
}

TEST(ToHex, WritesTwoLowerCaseDigitsAByte) {
  const Bytes bytes = {std::byte{0x00}, std::byte{0x0f}, std::byte{0xa5}, std::byte{0xff}};

  EXPECT_EQ(to_hex(bytes), "000fa5ff");
  EXPECT_EQ(to_hex({}), "");
}

TEST(RandomToken, IsNeverTakenForAnOption) {
  for (int i = 0; i < 2000; ++i) {
    const std::string token = random_token(32);
    EXPECT_EQ(token.size(), 43U);
    EXPECT_FALSE(token.starts_with('-')) << token;
  }
  EXPECT_NE(random_token(16), random_token(16));
}

}  // namespace
}  // namespace earmark
