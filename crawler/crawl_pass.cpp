#include "crawler/crawl_pass.h"

#include <array>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "core/json.h"
#include "core/log.h"
#include "crawler/feed.h"
#include "crawler/text_encoding.h"
#include "evidence/keep.h"

namespace earmark::crawler {
namespace {

constexpr std::size_t kEntriesAhead = 64;  ///< lines that wait for an earlier one
constexpr std::int64_t kMostAttempts = 3;  ///< at an episode that fails for a reason of its own
constexpr std::string_view kReasonSeparator = ": ";

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

bool is_final(const registry::Episode& episode) {
  if (episode.state != registry::ScanState::kError || episode.attempts < kMostAttempts) return false;
  for (const ErrorCode code : kPassing) {
    if (episode.reason.starts_with(std::string(to_string(code)) + std::string(kReasonSeparator)))
      return false;
  }
  return true;
}

EpisodeStatus status_of(const Error& error) {
  return error.code == ErrorCode::kRefused ? EpisodeStatus::kRefused : EpisodeStatus::kError;
}

void count(const EpisodeLine& line, CrawlSummary& summary) {
  switch (line.status) {
    case EpisodeStatus::kScanned:
      ++summary.scanned;
      summary.matches += static_cast<std::uint64_t>(line.matches);
      summary.claims += static_cast<std::uint64_t>(line.claims);
      break;
    case EpisodeStatus::kUnchanged: ++summary.unchanged; break;
    case EpisodeStatus::kRefused: ++summary.refused; break;
    case EpisodeStatus::kError: ++summary.errors; break;
  }
}

std::vector<registry::EpisodeInput> episodes_of(const Feed& feed) {
  std::vector<registry::EpisodeInput> episodes;
  episodes.reserve(feed.items.size());
  for (const FeedItem& item : feed.items) {
    const auto length = item.enclosure.length;
    episodes.push_back({item.guid, item.title, item.published, item.enclosure.url, item.enclosure.type,
                        length ? std::optional(static_cast<std::int64_t>(*length)) : std::nullopt});
  }
  return episodes;
}

/// How the bytes came here, for evidence.
std::string transfer_of(const FetchRecord& fetch) {
  Json chain = Json::array();
  for (const Hop& hop : fetch.chain) chain.push_back({{"url", hop.url}, {"status", hop.status}});
  Json headers = Json::array();
  for (const auto& [name, value] : fetch.headers) {
    if (name != "set-cookie") headers.push_back(Json::array({name, value}));
  }
  return to_line(Json{{"chain", std::move(chain)},
                      {"peer", fetch.peer},
                      {"received", fetch.received},
                      {"last_modified", fetch.last_modified},
                      {"headers", std::move(headers)}});
}

registry::NewScan scan_record(const registry::Episode& episode, const FetchRecord& fetch,
                              const catalogue::Analysed& analysed) {
  registry::NewScan scan;
  scan.version_key = episode.version_key;
  scan.fetch = {
      episode.enclosure_url, fetch.final_url(), to_hex(fetch.sha256), static_cast<std::int64_t>(fetch.bytes),
      fetch.content_type,    fetch.etag,        fetch.fetched_at,     transfer_of(fetch)};
  scan.duration_ms = static_cast<std::int64_t>(analysed.fingerprint.duration_ms());
  scan.engine = fmt::format("earmark 0.1.0, model {}", analysed.fingerprint.model_version);
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

registry::NewSighting sighting_of(const catalogue::MatchedUse& use) {
  const index::Match& match = use.match;
  return {match.recording,
          match.query_start_ms,
          match.query_end_ms,
          match.reference_start_ms,
          match.reference_end_ms,
          match.speed,
          match.pitch_cents,
          match.score,
          match.probability,
          use.ambiguous_with,
          {}};
}

}  // namespace

CrawlPass::CrawlPass(catalogue::Catalogue& catalogue, Fetcher& fetcher, const CrawlOptions& options)
    : catalogue_(catalogue), fetcher_(fetcher), options_(options), entries_(kEntriesAhead), work_(1) {}

Status CrawlPass::run(Report report, const OnEpisode& on_episode, CrawlSummary& summary) {
  EARMARK_TRY(feeds_, catalogue_.registry().feeds().list());
  std::vector<std::jthread> threads;
  threads.emplace_back([this] { walk(); });
  for (std::size_t i = 0; i < std::max<std::size_t>(options_.in_flight, 1); ++i) {
    threads.emplace_back([this] { scan_all(); });
  }
  while (auto entry = entries_.pop()) {
    if (entry->scan.valid()) {
      entry->scan.wait();
      if (options_.stop.stop_requested()) break;
      finish(*entry);
    }
    count(entry->line, summary);
    const bool is_news = entry->line.status != EpisodeStatus::kUnchanged;
    if (on_episode && (is_news || report == Report::kAll)) on_episode(entry->line);
  }
  entries_.close();
  work_.close();
  return {};
}

void CrawlPass::walk() {
  for (const registry::Feed& feed : feeds_) {
    if (options_.stop.stop_requested()) break;
    walk_feed(feed);
  }
  work_.close();
  entries_.close();
}

void CrawlPass::walk_feed(const registry::Feed& feed) {
  if (const Status refreshed = refresh(feed); !refreshed) {
    if (!options_.stop.stop_requested()) push_feed_failure(feed, refreshed.error());
    return;
  }
  auto episodes = catalogue_.registry().feeds().episodes(feed.key);
  if (!episodes) return push_feed_failure(feed, episodes.error());
  for (registry::Episode& episode : *episodes) {
    if (options_.stop.stop_requested()) return;
    push_episode(std::move(episode));
  }
}

/// Brings the store up to what the feed says now.
Status CrawlPass::refresh(const registry::Feed& feed) {
  EARMARK_TRY(Url url, Url::parse(feed.url));
  FetchRequest request{std::move(url), feed.etag, feed.last_modified, {}, options_.stop};
  request.progress = [&](std::uint64_t received, std::optional<std::uint64_t> total) {
    report_progress({CrawlProgress::Stage::kFeed, feed.url, {}, received, total});
  };
  EARMARK_TRY(const FetchedDocument document, fetcher_.fetch_document(request));
  if (document.state == FetchedDocument::State::kNew) return store_feed(feed, document);
  const FetchRecord& record = document.record;
  return catalogue_.registry().feeds().record_fetch(
      feed.key, {{},
                 record.etag.empty() ? feed.etag : record.etag,
                 record.last_modified.empty() ? feed.last_modified : record.last_modified});
}

Status CrawlPass::store_feed(const registry::Feed& feed, const FetchedDocument& document) {
  EARMARK_TRY(const Url base, Url::parse(document.record.final_url()));
  EARMARK_TRY(const Feed parsed, parse_feed(document.body, base, charset_of(document.record.content_type)));
  if (!parsed.warnings.empty()) {
    log(LogLevel::kWarning, "{}: {} ({} warnings)", base.shown(), parsed.warnings.front(),
        parsed.warnings.size());
  }
  registry::Feeds& feeds = catalogue_.registry().feeds();
  EARMARK_TRY_STATUS(feeds.upsert_episodes(feed.key, episodes_of(parsed)));
  // The validators come last: a crash in between must not make the next answer "not modified". Nor must a
  // document that was cut off.
  registry::FeedFetch fetch{parsed.title, {}, {}};
  if (parsed.is_complete) {
    fetch.etag = document.record.etag;
    fetch.last_modified = document.record.last_modified;
  }
  return feeds.record_fetch(feed.key, fetch);
}

void CrawlPass::push_feed_failure(const registry::Feed& feed, const Error& error) {
  if (const Status recorded = catalogue_.registry().feeds().record_failure(feed.key, error.message);
      !recorded) {
    log(LogLevel::kWarning, "{}: cannot be recorded: {}", feed.url, recorded.error().message);
  }
  Entry entry;
  entry.line = {feed.url, {}, feed.title, {}, status_of(error), error.message, 0, 0};
  static_cast<void>(entries_.push(std::move(entry)));
}

void CrawlPass::push_episode(registry::Episode episode) {
  Entry entry;
  entry.version_key = episode.version_key;
  entry.line = {episode.feed_url,
                episode.guid,
                episode.title,
                episode.enclosure_url,
                EpisodeStatus::kScanned,
                {},
                0,
                0};
  if (episode.state == registry::ScanState::kScanned) {
    entry.line.status = EpisodeStatus::kUnchanged;
    entry.line.matches = episode.matches;
    entry.line.claims = episode.claims;
  } else if (is_final(episode)) {
    entry.line.status = EpisodeStatus::kError;
    entry.line.reason =
        fmt::format("{} (given up after {} attempts)", shown_reason(episode.reason), episode.attempts);
  } else {
    Work work{std::move(episode), {}};
    entry.scan = work.result.get_future();
    if (!entries_.push(std::move(entry))) return;
    static_cast<void>(work_.push(std::move(work)));
    return;
  }
  static_cast<void>(entries_.push(std::move(entry)));
}

void CrawlPass::scan_all() {
  while (auto work = work_.pop()) {
    work->result.set_value(options_.stop.stop_requested() ? Scanned(fail(ErrorCode::kUnavailable, "stopped"))
                                                          : scan(work->episode));
  }
}

CrawlPass::Scanned CrawlPass::scan(const registry::Episode& episode) {
  CrawlProgress progress{CrawlProgress::Stage::kDownload, episode.feed_url, episode.title, 0, std::nullopt};
  EARMARK_TRY(Url url, Url::parse(episode.enclosure_url));
  FetchRequest request{std::move(url), {}, {}, {}, options_.stop};
  request.progress = [&](std::uint64_t received, std::optional<std::uint64_t> total) {
    progress.received = received;
    progress.total = total;
    report_progress(progress);
  };
  EARMARK_TRY(FetchedMedia media, fetcher_.fetch_media(request));
  progress.stage = CrawlProgress::Stage::kScan;
  report_progress(progress);
  StoppableSource source(*media.source, options_.stop);
  EARMARK_TRY(const catalogue::Analysed analysed, catalogue_.analyse(source));
  index::SearchOptions search;
  search.min_probability = registry::kReviewProbability;
  EARMARK_TRY(const auto uses, catalogue_.match_explained(analysed, search, registry::kActiveProbability));
  auto kept = evidence::keep(catalogue_, source, uses);
  media.source.reset();  // frees the disk
  registry::NewScan scan = scan_record(episode, media.record, analysed);
  for (std::size_t i = 0; i < uses.size(); ++i) {
    scan.sightings.push_back(sighting_of(uses[i].use));
    scan.sightings.back().evidence = std::move(kept[i]);
  }
  return scan;
}

/// Commits what the scan gave and completes the line.
void CrawlPass::finish(Entry& entry) {
  registry::Claims& claims = catalogue_.registry().claims();
  const Scanned scanned = entry.scan.get();
  auto outcome =
      scanned ? claims.record_scan(*scanned) : Result<registry::ScanOutcome>(fail(scanned.error()));
  if (outcome) {
    entry.line.matches = outcome->matches;
    entry.line.claims = outcome->claims;
    return;
  }
  entry.line.status = status_of(outcome.error());
  entry.line.reason = outcome.error().message;
  const auto state = entry.line.status == EpisodeStatus::kRefused ? registry::ScanState::kRefused
                                                                  : registry::ScanState::kError;
  const Status recorded =
      claims.record_scan_failure(entry.version_key, state, stored_reason(outcome.error()));
  if (!recorded)
    log(LogLevel::kWarning, "{}: cannot be recorded: {}", entry.line.enclosure, recorded.error().message);
}

void CrawlPass::report_progress(const CrawlProgress& progress) {
  if (!options_.on_progress) return;
  const std::lock_guard lock(progress_mutex_);
  options_.on_progress(progress);
}

}  // namespace earmark::crawler
