#pragma once
#include <string>
#include <vector>

#include "registry/claims.h"
#include "tests/registry/fixture.h"

namespace earmark::registry {

/// A store with a recording of Label, and a feed with one episode that can be scanned.
class ClaimsTest : public RegistryTest {
 protected:
  void SetUp() override {
    RegistryTest::SetUp();
    song_ = add(recording("song", "Label"));
    auto feed = registry_->feeds().add("https://example.org/feed.xml");
    ASSERT_TRUE(feed) << feed.error().message;
    feed_ = feed->feed;
    publish("https://cdn.example.org/1.mp3");
  }
  /// The feed now has one episode, with that enclosure.
  void publish(const std::string& url) {
    const EpisodeInput input[] = {{"guid-1", "One", std::nullopt, url, "audio/mpeg", 1000}};
    ASSERT_OK(registry_->feeds().upsert_episodes(feed_.key, input));
    ASSERT_OK_AND(const auto all, registry_->feeds().episodes(feed_.key));
    episode_ = all.at(0);
  }
  [[nodiscard]] NewSighting sighting(std::int64_t query_start_ms, double probability = 0.99) const {
    NewSighting use;
    use.recording_key = song_.key;
    use.query_start_ms = query_start_ms;
    use.query_end_ms = query_start_ms + 20'000;
    use.reference_start_ms = 30'000;
    use.reference_end_ms = 50'000;
    use.score = 12.5;
    use.probability = probability;
    return use;
  }
  [[nodiscard]] NewScan scan(std::vector<NewSighting> sightings) const {
    NewScan scan;
    scan.version_key = episode_.version_key;
    scan.fetch.url = episode_.enclosure_url;
    scan.fetch.final_url = "https://edge.example.org/1.mp3";
    scan.fetch.sha256 = "ab";
    scan.fetch.bytes = 1000;
    scan.fetch.fetched_at = clock_.now();
    scan.duration_ms = 3'600'000;
    scan.engine = "earmark test";
    scan.sightings = std::move(sightings);
    return scan;
  }
  ScanOutcome record(const NewScan& scan) {
    const auto outcome = registry_->claims().record_scan(scan);
    EXPECT_TRUE(outcome) << outcome.error().message;
    return outcome.value_or(ScanOutcome());
  }
  std::vector<Claim> claims(const ClaimFilter& filter = {}) {
    const auto all = registry_->claims().list(filter);
    EXPECT_TRUE(all) << all.error().message;
    return all.value_or(std::vector<Claim>());
  }

  Recording song_;
  Feed feed_;
  Episode episode_;
};

}  // namespace earmark::registry
