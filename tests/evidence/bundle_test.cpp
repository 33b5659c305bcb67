#include "evidence/bundle.h"

#include <algorithm>

#include "core/hash.h"
#include "core/json.h"
#include "evidence/explain_json.h"
#include "evidence/store_key.h"
#include "evidence/verify.h"
#include "tests/catalogue/fixture.h"

namespace earmark::evidence {
namespace {

bool has(const std::vector<Part>& parts, std::string_view name) {
  return std::any_of(parts.begin(), parts.end(), [&](const Part& part) { return part.name == name; });
}

/// A store with one claim, of which a clip and the explanation were kept.
class BundleTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_OK_AND(catalogue_, catalogue::open(folder_ / "store"));
    const auto id = add(*catalogue_, catalogue::song(1));
    auto& registry = catalogue_->registry();
    ASSERT_OK_AND(const auto recording, registry.recordings().find(id));
    ASSERT_OK_AND(const auto feed, registry.feeds().add("https://example.org/feed.xml"));
    const registry::EpisodeInput input[] = {
        {"guid-1", "One", std::nullopt, "https://example.org/1.mp3", "", 10}};
    ASSERT_OK(registry.feeds().upsert_episodes(feed.feed.key, input));
    ASSERT_OK_AND(const auto episodes, registry.feeds().episodes(feed.feed.key));
    ASSERT_OK_AND(const auto explained, catalogue_->explain(catalogue::medley({1}), id, {}));
    registry::NewScan scan;
    scan.version_key = episodes.at(0).version_key;
    scan.engine = "earmark test, model 1";
    registry::NewSighting use;
    use.recording_key = recording->key;
    use.query_end_ms = 9'000;
    use.reference_end_ms = 9'000;
    use.probability = 0.99;
    const std::string text = to_line(to_json(explained));
    const auto bytes = as_bytes(text);
    use.evidence.push_back({"clip.query", "audio/flac", 0, 9'000, "", "", Bytes(100, std::byte{1})});
    use.evidence.push_back({"clip.reference", "", 0, 9'000, "", "the file is gone", {}});
    use.evidence.push_back(
        {"explanation", "application/json", 0, 9'000, "", "", Bytes(bytes.begin(), bytes.end())});
    scan.sightings.push_back(use);
    ASSERT_OK(registry.claims().record_scan(scan));
    ASSERT_OK_AND(const auto claims, registry.claims().list({}));
    claim_id_ = claims.at(0).id;
  }
  Bundle make() {
    auto bundle = make_bundle(catalogue_->registry(), claim_id_);
    EXPECT_TRUE(bundle) << bundle.error().message;
    return bundle.value_or(Bundle());
  }
  test::TempDir folder_;
  std::unique_ptr<catalogue::Catalogue> catalogue_;
  std::string claim_id_;
};

TEST_F(BundleTest, HoldsEverythingAndIsTrue) {
  const Bundle bundle = make();

  for (const char* name : {"manifest.json", "manifest.sig", "claim.json", "fetch.json", "episode-clip.flac",
                           "explanation.json", "explanation.svg", "public-key.pem", "README.txt"})
    EXPECT_TRUE(has(bundle.parts, name)) << name;
  EXPECT_FALSE(has(bundle.parts, "recording-clip.flac"));
  ASSERT_OK_AND(const auto manifest, parse_json(bundle.record.signed_manifest.manifest));
  EXPECT_EQ(manifest.at("absent").at(0).at("reason"), "the file is gone");
  EXPECT_EQ(manifest.at("engine"), "earmark test, model 1");
  for (const Bytes& archive : {to_zip(bundle.parts), to_tar(bundle.parts)}) {
    ASSERT_OK_AND(const auto parts, read_archive(archive));
    ASSERT_OK_AND(const auto verified, verify(parts, std::nullopt));
    EXPECT_EQ(verified.claim_id, claim_id_);
    EXPECT_EQ(verified.sequence, 1);
    EXPECT_EQ(verified.previous_sha256, "");
    EXPECT_EQ(verified.public_key, bundle.record.signed_manifest.public_key);
  }
}

TEST_F(BundleTest, ThatWasTouchedAnywhereIsFalse) {
  const Bundle bundle = make();
  for (std::size_t i = 0; i < bundle.parts.size(); ++i) {
    auto parts = bundle.parts;
    parts[i].bytes[parts[i].bytes.size() / 2] ^= std::byte{1};
    EXPECT_FAILS(verify(parts, std::nullopt), ErrorCode::kCorrupt);
    auto without = bundle.parts;
    without.erase(without.begin() + static_cast<std::ptrdiff_t>(i));
    EXPECT_FAILS(verify(without, std::nullopt), ErrorCode::kCorrupt);
  }
  auto more = bundle.parts;
  more.push_back({"note.txt", "", Bytes(3, std::byte{65})});
  EXPECT_FAILS(verify(more, std::nullopt), ErrorCode::kCorrupt);
}

TEST_F(BundleTest, OfAnotherSignerIsFoundOut) {
  const Bundle bundle = make();
  ASSERT_OK_AND(const auto key, store_public_key(folder_ / "store"));
  ASSERT_TRUE(key);
  ASSERT_OK(verify(bundle.parts, key));
  EXPECT_FAILS(verify(bundle.parts, public_key_of(new_signing_seed())), ErrorCode::kCorrupt);
}

TEST_F(BundleTest, IsTheSameUntilTheClaimChangesAndThenFollowsInTheChain) {
  const Bundle first = make();
  const Bundle again = make();
  EXPECT_EQ(to_zip(first.parts), to_zip(again.parts));
  ASSERT_OK(
      catalogue_->registry().claims().set_status(claim_id_, registry::ClaimStatus::kDisputed, "them", "no"));

  const Bundle second = make();

  EXPECT_EQ(second.record.sequence, first.record.sequence + 1);
  ASSERT_OK_AND(const auto verified, verify(second.parts, std::nullopt));
  EXPECT_EQ(verified.previous_sha256, first.record.signed_manifest.sha256);
  EXPECT_EQ(verified.previous_sha256, to_hex(sha256(first.parts.at(0).bytes)));
  ASSERT_OK_AND(const auto chain, catalogue_->registry().evidence().chain());
  EXPECT_EQ(chain.size(), 2U);
}

TEST_F(BundleTest, OfNoClaimIsNotMade) {
  EXPECT_FAILS(make_bundle(catalogue_->registry(), "clm_none"), ErrorCode::kNotFound);
}

}  // namespace
}  // namespace earmark::evidence
