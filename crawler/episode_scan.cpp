#include "crawler/episode_scan.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "core/log.h"
#include "crawler/sighting.h"
#include "evidence/keep.h"
#include "fingerprint/codec.h"

namespace earmark::crawler {
namespace {

constexpr std::int64_t kMostAttempts = 3;  ///< at an episode that fails for a reason of its own
constexpr std::string_view kReasonSeparator = ": ";
constexpr std::chrono::minutes kFirstRetry{5};
constexpr std::int64_t kMostDoublings = 8;  ///< of the wait: 5 min … 21 h

/// Failures that say nothing about the episode; they are tried again at each pass.
constexpr std::array kPassing = {ErrorCode::kUnavailable, ErrorCode::kIo, ErrorCode::kConflict,
                                 ErrorCode::kInternal};

/// How a failure is stored: its code in front, so that the next pass knows what kind it was.
std::string stored_reason(const Error& error) {
  return std::string(to_string(error.code)) + std::string(kReasonSeparator) + error.message;
}

std::string shown_reason(std::string_view stored) {
  const std::size_t at = stored.find(kReasonSeparator);
  return std::string(at == std::string_view::npos ? stored : stored.substr(at + kReasonSeparator.size()));
}

EpisodeStatus status_of(const Error& error) {
  return error.code == ErrorCode::kRefused ? EpisodeStatus::kRefused : EpisodeStatus::kError;
}

registry::NewScan scan_record(const registry::Episode& episode, const FetchRecord& fetch,
                              const catalogue::Analysed& analysed) {
  registry::NewScan scan;
  scan.version_key = episode.version_key;
  scan.fetch = {
      episode.enclosure_url, fetch.final_url(), to_hex(fetch.sha256), static_cast<std::int64_t>(fetch.bytes),
      fetch.content_type,    fetch.etag,        fetch.fetched_at,     transfer_of(fetch)};
  scan.duration_ms = static_cast<std::int64_t>(analysed.fingerprint.duration_ms());
  scan.engine = engine_name(analysed.fingerprint);
  return scan;
}

/// A source that ends when the run is to: a long episode's scan reads to its last second.
class StoppableSource : public audio::ByteSource {
 public:
  StoppableSource(audio::ByteSource& inner, std::stop_token stop) : inner_(inner), stop_(std::move(stop)) {}

  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) override {
    if (stop_.stop_requested()) return fail(ErrorCode::kUnavailable, name() + ": stopped");
    return inner_.read_at(offset, out);
  }
  std::optional<std::uint64_t> size() const override { return inner_.size(); }
  const std::string& name() const override { return inner_.name(); }

 private:
  audio::ByteSource& inner_;
  std::stop_token stop_;
};

/// The store says now what another worker made of the episode.
void read_again(catalogue::Catalogue& catalogue, const ScanOutcome& outcome, EpisodeLine& line) {
  const auto now = catalogue.registry().feeds().episode_of_version(outcome.episode.version_key);
  if (now && *now) line = line_of(**now);
}

Status put_back(catalogue::Catalogue& catalogue, const ScanOutcome& outcome, Timestamp due_at) {
  if (!outcome.lease) return {};
  return catalogue.registry().crawl_queue().put_back(*outcome.lease, due_at);
}

/// The failure goes to the episode, and its task waits for the next attempt, or ends.
Status store_failure(catalogue::Catalogue& catalogue, const ScanOutcome& outcome, const Error& error,
                     EpisodeStatus status, Timestamp now) {
  registry::Claims& claims = catalogue.registry().claims();
  const auto state =
      status == EpisodeStatus::kRefused ? registry::ScanState::kRefused : registry::ScanState::kError;
  EARMARK_TRY_STATUS(claims.record_scan_failure(outcome.episode.version_key, state, stored_reason(error)));
  EARMARK_TRY(const auto episode,
              catalogue.registry().feeds().episode_of_version(outcome.episode.version_key));
  if (!outcome.lease) return {};
  if (!episode || is_final(*episode)) return catalogue.registry().crawl_queue().remove(*outcome.lease);
  const auto doublings = std::clamp<std::int64_t>(episode->attempts - 1, 0, kMostDoublings);
  return put_back(catalogue, outcome, now + kFirstRetry * (std::int64_t{1} << doublings));
}

}  // namespace

bool is_final(const registry::Episode& episode) {
  if (episode.state != registry::ScanState::kError || episode.attempts < kMostAttempts) return false;
  return std::none_of(kPassing.begin(), kPassing.end(), [&](ErrorCode code) {
    return episode.reason.starts_with(std::string(to_string(code)) + std::string(kReasonSeparator));
  });
}

EpisodeLine line_of(const registry::Episode& episode) {
  EpisodeLine line{episode.feed_url,
                   episode.guid,
                   episode.title,
                   episode.enclosure_url,
                   EpisodeStatus::kScanned,
                   {},
                   0,
                   0};
  if (episode.state == registry::ScanState::kScanned) {
    line.status = EpisodeStatus::kUnchanged;
    line.matches = episode.matches;
    line.claims = episode.claims;
  } else if (is_final(episode)) {
    line.status = EpisodeStatus::kError;
    line.reason =
        fmt::format("{} (given up after {} attempts)", shown_reason(episode.reason), episode.attempts);
  }
  return line;
}

Result<registry::NewScan> EpisodeScan::run(const registry::Episode& episode, const std::stop_token& stop) {
  CrawlProgress progress{CrawlProgress::Stage::kDownload, episode.feed_url, episode.title, 0, std::nullopt};
  EARMARK_TRY(Url url, Url::parse(episode.enclosure_url));
  FetchRequest request{std::move(url), {}, {}, {}, stop};
  request.gate = &gate_;
  request.progress = [&](std::uint64_t received, std::optional<std::uint64_t> total) {
    progress.received = received;
    progress.total = total;
    on_progress_(progress);
  };
  EARMARK_TRY(FetchedMedia media, fetcher_.fetch_media(request));
  progress.stage = CrawlProgress::Stage::kScan;
  on_progress_(progress);
  StoppableSource source(*media.source, stop);
  EARMARK_TRY(const catalogue::Analysed analysed, catalogue_.analyse(source));
  // Read before the match, which sees at least this much of the catalogue.
  EARMARK_TRY(const std::int64_t revision, catalogue_.registry().recordings().revision());
  index::SearchOptions search;
  search.min_probability = registry::kReviewProbability;
  EARMARK_TRY(const auto uses, catalogue_.match_explained(analysed, search, registry::kActiveProbability));
  auto kept = evidence::keep(catalogue_, source, uses);
  media.source.reset();  // frees the disk
  registry::NewScan scan = scan_record(episode, media.record, analysed);
  scan.archived = registry::ArchivedPrint{fingerprint::encode(analysed.fingerprint), revision};
  for (std::size_t i = 0; i < uses.size(); ++i) {
    scan.sightings.push_back(sighting_of(uses[i].use));
    scan.sightings.back().evidence = std::move(kept[i]);
  }
  return scan;
}

void finish_scan(catalogue::Catalogue& catalogue, const ScanOutcome& outcome, Timestamp now,
                 EpisodeLine& line) {
  if (outcome.was_done) return read_again(catalogue, outcome, line);
  auto stored = Result<registry::ScanOutcome>(fail(ErrorCode::kInternal, ""));
  if (outcome.scan) {
    registry::NewScan scan = *outcome.scan;
    scan.lease = outcome.lease;
    stored = catalogue.registry().claims().record_scan(scan);
  } else {
    stored = fail(outcome.scan.error());
  }
  if (stored) {
    line.matches = stored->matches;
    line.claims = stored->claims;
    return;
  }
  if (outcome.scan && stored.error().code == ErrorCode::kConflict && outcome.lease) {
    log(LogLevel::kWarning, "{}: {}", outcome.episode.guid, stored.error().message);
    return read_again(catalogue, outcome, line);
  }
  line.status = status_of(stored.error());
  line.reason = stored.error().message;
  const Status recorded = store_failure(catalogue, outcome, stored.error(), line.status, now);
  if (!recorded)
    log(LogLevel::kWarning, "{}: cannot be recorded: {}", line.enclosure, recorded.error().message);
}

}  // namespace earmark::crawler
