#include "bench/money_store.h"

#include <fstream>
#include <random>

#include <fmt/format.h>

#include "monetization/books.h"
#include "monetization/dates.h"
#include "registry/ids.h"
#include "registry/registry.h"

namespace earmark::bench {
namespace {

constexpr std::int64_t kEpisodesPerFeed = 500;
constexpr std::int64_t kRecordings = 2000;
constexpr std::int64_t kEpisodeMs = 3'600'000;
constexpr std::int64_t kRecordingMs = 200'000;
constexpr int kDays = 7;
constexpr const char* kFirstDay = "2026-10-05";
constexpr const char* kTerritories[] = {"DE", "US", "GB", "FR", "BR", "IN", "JP", "MX", "SE", "ZA", "AU", ""};

std::string feed_of(std::int64_t episode) {
  return fmt::format("https://example.org/{}.xml", episode / kEpisodesPerFeed);
}
std::string guid_of(std::int64_t episode) { return fmt::format("guid-{}", episode); }

Result<std::vector<std::int64_t>> add_recordings(registry::Registry& registry) {
  std::vector<std::int64_t> keys;
  for (std::int64_t i = 0; i < kRecordings; ++i) {
    const auto name = fmt::format("recording {}", i);
    registry::NewRecording recording;
    recording.identity = registry::digest_of({"identity", name});
    recording.content_hash = registry::digest_of({"content", name});
    recording.owner = fmt::format("Label {}", i % 50);
    recording.title = name;
    recording.source = name;
    recording.action = registry::PolicyAction::kMonetize;
    recording.duration_ms = kRecordingMs;
    recording.fingerprint.resize(1);
    EARMARK_TRY(const auto added, registry.recordings().add(recording));
    keys.push_back(added.recording.key);
    EARMARK_TRY(const auto abroad, registry::Territories::parse("US GB"));
    EARMARK_TRY(const auto home, registry::Territories::parse("WW -US -GB"));
    const std::vector<registry::Share> shares = {
        {recording.owner, 700'000, home, Timestamp{}, std::nullopt},
        {fmt::format("Publisher {}", i % 20), 300'000, home, Timestamp{}, std::nullopt},
        {fmt::format("Licensee {}", i % 10), registry::kWhole, abroad, Timestamp{}, std::nullopt}};
    EARMARK_TRY_STATUS(registry.rights().set_shares(added.recording.id, shares, "bench"));
  }
  return keys;
}

registry::NewScan scan_of(const registry::Episode& episode, std::span<const std::int64_t> recordings,
                          std::mt19937_64& random) {
  registry::NewScan scan;
  scan.version_key = episode.version_key;
  scan.fetch.url = episode.enclosure_url;
  scan.duration_ms = kEpisodeMs;
  scan.engine = "bench";
  for (std::int64_t i = 0; i < kUsesPerEpisode; ++i) {
    registry::NewSighting use;
    use.recording_key = recordings[random() % recordings.size()];
    use.query_start_ms = i * kEpisodeMs / kUsesPerEpisode + static_cast<std::int64_t>(random() % 300'000);
    use.query_end_ms = use.query_start_ms + 10'000 + static_cast<std::int64_t>(random() % 120'000);
    use.reference_end_ms = use.query_end_ms - use.query_start_ms;
    use.probability = 0.99;
    scan.sightings.push_back(use);
  }
  return scan;
}

Status add_feed(registry::Registry& registry, std::int64_t first, std::int64_t count,
                const std::function<Status(const registry::Episode&)>& scan) {
  EARMARK_TRY(const auto feed, registry.feeds().add(feed_of(first)));
  std::vector<registry::EpisodeInput> episodes;
  for (std::int64_t i = first; i < first + count; ++i)
    episodes.push_back(
        {guid_of(i), "Episode", std::nullopt, fmt::format("https://cdn.example.org/{}", i), "audio/mpeg", 1});
  EARMARK_TRY_STATUS(registry.feeds().upsert_episodes(feed.feed.key, episodes));
  EARMARK_TRY(const auto made, registry.feeds().episodes(feed.feed.key));
  for (const auto& episode : made) EARMARK_TRY_STATUS(scan(episode));
  return {};
}

Status add_revenue(monetization::Books& books, std::int64_t episode) {
  monetization::NewRevenue revenue;
  revenue.feed = feed_of(episode);
  revenue.guid = guid_of(episode);
  revenue.amount.micros = 10'000'000 + 7919 * episode;
  EARMARK_TRY(revenue.amount.currency, Currency::parse("USD"));
  EARMARK_TRY(revenue.from, monetization::parse_when(kFirstDay));
  revenue.until = revenue.from + std::chrono::days(kDays);
  EARMARK_TRY_STATUS(books.earn(revenue));
  return {};
}

}  // namespace

Status fill(const std::filesystem::path& store, const MoneyScale& scale,
            const std::function<void(std::int64_t)>& progress) {
  registry::Registry::Options options;
  options.store = store;
  EARMARK_TRY(const auto registry, registry::Registry::open(options));
  EARMARK_TRY(const auto books, monetization::Books::open(store));
  EARMARK_TRY(const auto recordings, add_recordings(*registry));
  std::mt19937_64 random(scale.seed);
  const std::int64_t episodes = scale.uses / kUsesPerEpisode;
  std::int64_t done = 0;
  for (std::int64_t first = 0; first < episodes; first += kEpisodesPerFeed) {
    EARMARK_TRY_STATUS(add_feed(*registry, first, std::min(kEpisodesPerFeed, episodes - first),
                                [&](const registry::Episode& episode) -> Status {
                                  const auto scan = scan_of(episode, recordings, random);
                                  EARMARK_TRY_STATUS(registry->claims().record_scan(scan));
                                  EARMARK_TRY_STATUS(add_revenue(*books, done));
                                  if (++done % 1000 == 0) progress(done);
                                  return {};
                                }));
  }
  return {};
}

Status write_listens(const std::filesystem::path& file, const MoneyScale& scale) {
  std::ofstream out(file, std::ios::binary);
  out << "feed,guid,day,territory,start_ms,end_ms\n";
  std::mt19937_64 random(scale.seed + 1);
  EARMARK_TRY(const auto first_day, monetization::parse_day(kFirstDay));
  const auto episodes = static_cast<std::uint64_t>(scale.uses / kUsesPerEpisode);
  for (std::int64_t i = 0; i < scale.listens; ++i) {
    const auto episode = static_cast<std::int64_t>(random() % episodes);
    // Half of them hear all of it, the others some part.
    const bool whole = random() % 2 == 0;
    const auto start = whole ? 0 : static_cast<std::int64_t>(random() % (kEpisodeMs / 2));
    const auto end =
        whole ? kEpisodeMs : start + 1000 + static_cast<std::int64_t>(random() % (kEpisodeMs / 2));
    const auto day = first_day + std::chrono::days(static_cast<int>(random() % kDays));
    out << fmt::format("{},{},{},{},{},{}\n", feed_of(episode), guid_of(episode), monetization::show_day(day),
                       kTerritories[random() % std::size(kTerritories)], start, end);
  }
  out.flush();
  return out ? Status() : fail(ErrorCode::kIo, file.string() + ": cannot be written");
}

}  // namespace earmark::bench
