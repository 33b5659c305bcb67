#include "registry/ids.h"

#include <gtest/gtest.h>

#include "core/bytes.h"

namespace earmark::registry {
namespace {

TEST(PublicId, IsTheBase32OfTheDigest) {
  Sha256 digest{};
  const auto text = as_bytes("foobar");  // RFC 4648, section 10: MZXW6YTBOI
  std::copy(text.begin(), text.end(), digest.begin());
  EXPECT_EQ(public_id("rec_", digest, 9), "rec_mzxw6ytbo");
  EXPECT_EQ(public_id("rec_", digest).size(), 4 + kIdLength);
}

TEST(PublicId, OfALongerLengthBeginsWithTheShorterOne) {
  const auto digest = digest_of({"a"});
  EXPECT_TRUE(public_id("x_", digest, kIdLengthMax).starts_with(public_id("x_", digest)));
}

TEST(DigestOf, KeepsThePartsApart) {
  EXPECT_NE(digest_of({"ab", "c"}), digest_of({"a", "bc"}));
  EXPECT_NE(digest_of({"ab"}), digest_of({"ab", ""}));
  EXPECT_EQ(digest_of({"ab", "c"}), digest_of({"ab", "c"}));
}

}  // namespace
}  // namespace earmark::registry
