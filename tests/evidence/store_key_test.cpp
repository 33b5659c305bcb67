#include "evidence/store_key.h"

#include <sys/stat.h>

#include "core/file.h"
#include "core/hash.h"
#include "tests/support/result_matchers.h"
#include "tests/support/temp_dir.h"

namespace earmark::evidence {
namespace {

TEST(StoreKey, IsMadeOnceAndOnlyItsOwnerReadsIt) {
  const test::TempDir folder;
  ASSERT_OK_AND(const auto before, store_public_key(folder.path()));
  EXPECT_FALSE(before);

  ASSERT_OK_AND(const auto seed, ensure_store_key(folder.path()));
  ASSERT_OK_AND(const auto again, ensure_store_key(folder.path()));

  EXPECT_EQ(seed, again);
  ASSERT_OK_AND(const auto key, store_public_key(folder.path()));
  EXPECT_EQ(key, public_key_of(seed));
  struct stat info {};
  ASSERT_EQ(::stat((folder / kKeyFile).c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777U, 0600U);
}

TEST(StoreKey, ThatIsDamagedIsReportedAndNotReplaced) {
  const test::TempDir folder;
  ASSERT_OK(write_file_atomically(folder / kKeyFile, as_bytes("earmark-ed25519-seed 00\n")));
  EXPECT_FAILS(ensure_store_key(folder.path()), ErrorCode::kCorrupt);
  EXPECT_FAILS(store_public_key(folder.path()), ErrorCode::kCorrupt);
}

TEST(Signing, FollowsRfc8032) {
  // Section 7.1, test 2.
  const auto bytes = from_hex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb");
  ASSERT_OK(bytes);
  SigningSeed seed{};
  std::copy(bytes->begin(), bytes->end(), seed.begin());
  EXPECT_EQ(to_hex(public_key_of(seed)), "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
  const Bytes message = {std::byte{0x72}};
  const Signature signature = sign(seed, message);
  EXPECT_EQ(to_hex(signature),
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
            "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
  EXPECT_TRUE(is_signed_by(public_key_of(seed), message, signature));
  EXPECT_FALSE(is_signed_by(public_key_of(seed), Bytes{std::byte{0x73}}, signature));
  EXPECT_FALSE(is_signed_by(public_key_of(seed), message, std::span(signature).first(63)));
}

TEST(Hex, IsReadOrRefused) {
  EXPECT_EQ(from_hex("00fF").value_or(Bytes()), (Bytes{std::byte{0}, std::byte{255}}));
  EXPECT_FAILS(from_hex("0"), ErrorCode::kInvalidArgument);
  EXPECT_FAILS(from_hex("0g"), ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace earmark::evidence
