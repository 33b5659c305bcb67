#include "audience/listener_keys.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "core/file.h"
#include "tests/support/result_matchers.h"
#include "tests/support/temp_dir.h"

namespace earmark::audience {
namespace {

TEST(Epoch, IsAMonth) {
  EXPECT_EQ(epoch_of(1'795'478'400), "2026-11");
  ASSERT_OK_AND(const auto span, span_of_epoch("2026-12"));
  EXPECT_EQ(epoch_of(span.first), "2026-12");
  EXPECT_EQ(epoch_of(span.first - 1), "2026-11");
  EXPECT_EQ(epoch_of(span.second), "2027-01");
  for (const char* text : {"2026", "2026-13", "2026-00", "2026/11", "x"})
    EXPECT_FAILS(span_of_epoch(text), ErrorCode::kInvalidArgument);
}

TEST(ListenerKeys, AreKeptForTheirOwnerOnlyAndErasedForGood) {
  const test::TempDir folder;
  ASSERT_OK_AND(auto keys, ListenerKeys::load(folder.path()));
  ASSERT_OK(keys.make("2026-11"));
  ASSERT_OK(keys.make("2026-12"));
  ASSERT_OK(keys.save());
  struct stat status = {};
  ASSERT_EQ(::stat((folder / kKeyFile).c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
  ASSERT_OK_AND(auto again, ListenerKeys::load(folder.path()));
  const auto address = *parse_address("192.0.2.1");
  const auto id = listener_id(*keys.find("2026-11"), address);
  EXPECT_EQ(listener_id(*again.find("2026-11"), address), id);
  EXPECT_NE(listener_id(*again.find("2026-12"), address), id) << "another month, another id";

  ASSERT_OK(again.erase("2026-11"));
  ASSERT_OK(again.save());

  ASSERT_OK_AND(auto last, ListenerKeys::load(folder.path()));
  EXPECT_FALSE(last.find("2026-11"));
  EXPECT_TRUE(last.find("2026-12"));
  EXPECT_FAILS(last.make("2026-11"), ErrorCode::kRefused);
  EXPECT_FAILS(last.erase("2026-11"), ErrorCode::kNotFound);
}

TEST(ListenerKeys, OfADamagedFileAreRefused) {
  const test::TempDir folder;
  ASSERT_OK(
      write_file_atomically(folder / kKeyFile, as_bytes("{\"version\":1,\"epochs\":{\"2026-11\":\"x\"}")));
  EXPECT_FAILS(ListenerKeys::load(folder.path()), ErrorCode::kCorrupt);
}

TEST(Sealing, OpensOnlyWhatWasSealedWithTheKey) {
  const SealingKey key = new_sealing_key();
  const Bytes text = {std::byte{1}, std::byte{2}};
  const Bytes sealed = seal(key, text);
  EXPECT_EQ(sealed, seal(key, text)) << "the same text, the same bytes";
  ASSERT_OK_AND(const auto back, unseal(key, sealed));
  EXPECT_EQ(back, text);
  EXPECT_FAILS(unseal(new_sealing_key(), sealed), ErrorCode::kCorrupt);
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    Bytes changed = sealed;
    changed[i] ^= std::byte{1};
    EXPECT_FAILS(unseal(key, changed), ErrorCode::kCorrupt);
  }
  EXPECT_FAILS(unseal(key, std::span(sealed).first(10)), ErrorCode::kCorrupt);
}

}  // namespace
}  // namespace earmark::audience
