#include "registry/evidence.h"

#include "core/json.h"
#include "registry/shared.h"
#include "tests/registry/fixture.h"

namespace earmark::registry {
namespace {

class EvidenceTest : public RegistryTest {
 protected:
  void SetUp() override {
    RegistryTest::SetUp();
    const auto song = add(recording("song", "Label"));
    ASSERT_OK_AND(const auto feed, registry_->feeds().add("https://example.org/feed.xml"));
    const EpisodeInput input[] = {
        {"guid-1", "One", std::nullopt, "https://cdn.example.org/1.mp3", "audio/mpeg", 1000}};
    ASSERT_OK(registry_->feeds().upsert_episodes(feed.feed.key, input));
    ASSERT_OK_AND(const auto episodes, registry_->feeds().episodes(feed.feed.key));
    scan_.version_key = episodes.at(0).version_key;
    scan_.fetch.detail = R"({"peer":"192.0.2.1"})";
    scan_.engine = "earmark test";
    NewSighting use;
    use.recording_key = song.key;
    use.query_end_ms = 20'000;
    use.reference_end_ms = 20'000;
    use.probability = 0.99;
    use.evidence.push_back({"clip.query", "audio/flac", 5'000, 15'000, "ab", "", Bytes(3, std::byte{7})});
    use.evidence.push_back({"clip.reference", "", 5'000, 15'000, "", "no file", {}});
    scan_.sightings.push_back(use);
  }
  Claim claim() {
    const auto all = registry_->claims().list({});
    EXPECT_TRUE(all && all->size() == 1);
    return all && !all->empty() ? all->front() : Claim();
  }
  NewScan scan_;
};

TEST_F(EvidenceTest, OfASightingIsKeptWithItsClaim) {
  ASSERT_OK(registry_->claims().record_scan(scan_));

  ASSERT_OK_AND(const auto kept, registry_->evidence().kept(claim().id));

  ASSERT_EQ(kept.size(), 2U);
  EXPECT_EQ(kept[0].kind, "clip.query");
  EXPECT_EQ(kept[0].data, Bytes(3, std::byte{7}));
  EXPECT_EQ(kept[1].note, "no file");
  EXPECT_TRUE(kept[1].data.empty());
  ASSERT_OK_AND(const auto json, parse_json(claim().evidence));
  EXPECT_EQ(json.at("fetch").at("transfer").at("peer"), "192.0.2.1");
}

TEST_F(EvidenceTest, OfALaterScanDoesNotTakeThePlaceOfTheFirst) {
  ASSERT_OK(registry_->claims().record_scan(scan_));
  scan_.sightings[0].evidence[0].data = Bytes(5, std::byte{9});
  ASSERT_OK(registry_->claims().record_scan(scan_));

  ASSERT_OK_AND(const auto kept, registry_->evidence().kept(claim().id));

  ASSERT_EQ(kept.size(), 2U);
  EXPECT_EQ(kept[0].data.size(), 3U);
}

TEST_F(EvidenceTest, OfWhatTwoRecordingsShareIsForAPerson) {
  scan_.sightings[0].ambiguous_with = {"rec_other"};
  ASSERT_OK(registry_->claims().record_scan(scan_));

  EXPECT_EQ(claim().status, ClaimStatus::kReview);
  ASSERT_OK_AND(const auto json, parse_json(claim().evidence));
  EXPECT_EQ(json.at("ambiguous_with"), Json::array({"rec_other"}));
}

TEST_F(EvidenceTest, BundlesMakeAChain) {
  ASSERT_OK(registry_->claims().record_scan(scan_));
  const auto id = claim().id;
  const auto append = [&](const std::string& hash) {
    return registry_->evidence().append(id, [&](const auto& previous, Timestamp) -> Result<SignedManifest> {
      return SignedManifest{previous ? previous->signed_manifest.sha256 : "first", hash, "s", "k"};
    });
  };

  ASSERT_OK(append("one"));
  ASSERT_OK(append("two"));

  ASSERT_OK_AND(const auto chain, registry_->evidence().chain());
  ASSERT_EQ(chain.size(), 2U);
  EXPECT_EQ(chain[0].signed_manifest.manifest, "first");
  EXPECT_EQ(chain[0].previous_sha256, "");
  EXPECT_EQ(chain[1].signed_manifest.manifest, "one");
  EXPECT_EQ(chain[1].previous_sha256, "one");
  EXPECT_EQ(chain[1].sequence, chain[0].sequence + 1);
  ASSERT_OK_AND(const auto last, registry_->evidence().last_of(id));
  EXPECT_EQ(last->signed_manifest.sha256, "two");
  EXPECT_FAILS(
      registry_->evidence().append(
          "clm_none", [](const auto&, Timestamp) -> Result<SignedManifest> { return SignedManifest{}; }),
      ErrorCode::kNotFound);
}

TEST_F(EvidenceTest, ABundleThatCannotBeMadeLeavesNothing) {
  ASSERT_OK(registry_->claims().record_scan(scan_));
  EXPECT_FAILS(registry_->evidence().append(claim().id,
                                            [](const auto&, Timestamp) -> Result<SignedManifest> {
                                              return fail(ErrorCode::kInternal, "no");
                                            }),
               ErrorCode::kInternal);
  ASSERT_OK_AND(const auto chain, registry_->evidence().chain());
  EXPECT_TRUE(chain.empty());
}

SharedStretch shared(std::int64_t other, std::int64_t from, std::int64_t to, std::int64_t other_duration) {
  SharedStretch s;
  s.other_key = other;
  s.other_duration_ms = other_duration;
  s.start_ms = from;
  s.end_ms = to;
  s.other_start_ms = 0;
  s.other_end_ms = to - from;
  return s;
}

TEST(Classify, TellsWhatIsSharedByHowMuchAndByHowMany) {
  std::vector<SharedStretch> all = {shared(1, 0, 95'000, 100'000), shared(2, 10'000, 60'000, 300'000),
                                    shared(3, 20'000, 60'000, 41'000)};
  classify(all, 100'000);
  EXPECT_EQ(all[0].kind, SharedKind::kDuplicate);
  EXPECT_EQ(all[1].kind, SharedKind::kSample);
  EXPECT_EQ(all[2].kind, SharedKind::kExcerpt);

  std::vector<SharedStretch> jingles = {shared(1, 5'000, 9'000, 100'000), shared(2, 5'200, 9'100, 100'000)};
  classify(jingles, 100'000);
  EXPECT_EQ(jingles[0].kind, SharedKind::kJingle);
  EXPECT_EQ(jingles[1].kind, SharedKind::kJingle);
  jingles.pop_back();
  classify(jingles, 100'000);
  EXPECT_EQ(jingles[0].kind, SharedKind::kSample);
}

}  // namespace
}  // namespace earmark::registry
