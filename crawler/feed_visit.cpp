#include "crawler/feed_visit.h"

#include <algorithm>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "core/log.h"
#include "crawler/ascii.h"
#include "crawler/feed_json.h"
#include "crawler/politeness.h"
#include "crawler/text_encoding.h"

namespace earmark::crawler {
namespace {

constexpr std::int64_t kMovesToBelieve = 2;  ///< visits that saw the same permanent redirect
constexpr std::size_t kMostPages = 200;
constexpr int kGone = 410;

std::vector<registry::EpisodeInput> episodes_of(const Feed& feed) {
  std::vector<registry::EpisodeInput> episodes;
  episodes.reserve(feed.items.size());
  for (const FeedItem& item : feed.items) {
    const auto length = item.enclosure.length;
    const Json details = to_json(item.tags);
    episodes.push_back({item.guid, item.title, item.published, item.enclosure.url, item.enclosure.type,
                        length ? std::optional(static_cast<std::int64_t>(*length)) : std::nullopt,
                        details.empty() ? std::string() : to_line(details)});
  }
  return episodes;
}

/// Where the feed has gone for good: behind the permanent redirects that the way begins with; empty: nowhere.
std::string permanent_target(const std::vector<Hop>& chain) {
  std::string target;
  for (std::size_t i = 0; i + 1 < chain.size(); ++i) {
    if (chain[i].status != 301 && chain[i].status != 308) break;
    target = chain[i + 1].url;
  }
  return target;
}

std::string details_of(const Feed& feed) {
  Json json = to_json(feed.tags);
  if (!feed.live_items.empty()) {
    Json live = Json::array();
    for (const LiveItem& item : feed.live_items) live.push_back(to_json(item));
    json["live"] = std::move(live);
  }
  return to_line(json);
}

/// The same show: by its podcast:guid, or, where neither has one, by the guid of an episode.
bool is_same_show(const Feed& a, const Feed& b) {
  if (!a.tags.guid.empty() || !b.tags.guid.empty()) return a.tags.guid == b.tags.guid;
  std::set<std::string_view> guids;
  for (const FeedItem& item : a.items) guids.insert(item.guid);
  return std::any_of(b.items.begin(), b.items.end(),
                     [&](const FeedItem& item) { return guids.contains(item.guid); });
}

}  // namespace

struct FeedVisit::Look {
  const registry::CrawlFeed& feed;
  const FetchProgress& progress;
  const std::stop_token& stop;
  registry::Feed stored = {};
  FetchTrace trace = {};
  std::string cache_control = {};
  std::vector<Timestamp> published = {};
  FeedTags tags = {};
  registry::FeedCheck check = {};
  registry::FeedFetch fetch = {};
  ScheduleFacts facts = {};
};

std::optional<std::string> opt_out_of(const FeedTags& tags) {
  const std::string us = ascii_lower(kProductToken);
  std::optional<bool> of_us, of_all;
  for (const BlockRule& rule : tags.blocks) {
    if (rule.id == us && !of_us) of_us = rule.is_blocked;
    if (rule.id.empty() && !of_all) of_all = rule.is_blocked;
  }
  if (of_us) return *of_us ? std::optional(fmt::format("podcast:block id=\"{}\" is yes", us)) : std::nullopt;
  if (of_all && *of_all) return "podcast:block is yes";
  return std::nullopt;
}

registry::NewCrawlTask scan_task(const registry::Episode& episode, registry::CrawlLane lane,
                                 Timestamp due_at) {
  const auto url = Url::parse(episode.enclosure_url);
  return {registry::CrawlTaskKind::kScan,
          episode.version_key,
          episode.feed_key,
          url ? url->origin() : std::string(),
          lane,
          due_at};
}

Status enqueue_scans(registry::Registry& registry, std::int64_t feed_key, registry::CrawlLane lane,
                     Timestamp now) {
  registry::PendingFilter filter;
  filter.feed_key = feed_key;
  EARMARK_TRY(const auto episodes, registry.feeds().pending(filter));
  std::vector<registry::NewCrawlTask> tasks;
  tasks.reserve(episodes.size());
  for (const registry::Episode& episode : episodes) tasks.push_back(scan_task(episode, lane, now));
  return registry.crawl_queue().put(tasks);
}

Result<FeedVisit::Outcome> FeedVisit::run(const registry::CrawlFeed& feed, const FetchProgress& progress,
                                          const std::stop_token& stop) {
  Look look{feed, progress, stop};
  EARMARK_TRY(auto stored, registry_.feeds().find(feed.url));
  if (!stored) return fail(ErrorCode::kNotFound, feed.url + ": not in this store");
  look.stored = *std::move(stored);
  look.facts.last_interval = feed.interval;
  look.facts.spread = static_cast<std::uint64_t>(feed.feed_key);
  Outcome outcome;
  if (const Status fetched = fetch(look); !fetched) {
    if (stop.stop_requested()) return fail(fetched.error());
    EARMARK_TRY_STATUS(give_up(look, fetched.error()));
    outcome.failure = fetched.error();
  } else {
    EARMARK_TRY_STATUS(conclude(look));
  }
  outcome.next_at = clock_.now() + look.check.interval;
  return outcome;
}

Status FeedVisit::fetch(Look& look) {
  EARMARK_TRY(Url url, Url::parse(look.feed.where()));
  FetchRequest request{std::move(url), look.stored.etag, look.stored.last_modified, look.progress, look.stop};
  request.gate = &gate_;
  request.trace = &look.trace;
  EARMARK_TRY(const FetchedDocument document, fetcher_.fetch_document(request));
  const FetchRecord& record = document.record;
  for (const auto& [name, value] : record.headers) {
    if (name == "cache-control") look.cache_control = value;
  }
  EARMARK_TRY_STATUS(learn_moves(look));
  if (document.state == FetchedDocument::State::kNew) return read(look, document);
  look.check.outcome = registry::FeedCheck::Outcome::kNotModified;
  look.fetch.etag = record.etag.empty() ? look.stored.etag : record.etag;
  look.fetch.last_modified = record.last_modified.empty() ? look.stored.last_modified : record.last_modified;
  return {};
}

Status FeedVisit::read(Look& look, const FetchedDocument& document) {
  EARMARK_TRY(const Url base, Url::parse(document.record.final_url()));
  EARMARK_TRY(const Feed parsed, parse_feed(document.body, base, charset_of(document.record.content_type)));
  if (!parsed.warnings.empty()) {
    log(LogLevel::kWarning, "{}: {} ({} warnings)", base.shown(), parsed.warnings.front(),
        parsed.warnings.size());
  }
  look.tags = parsed.tags;
  look.check.podcast_guid = parsed.tags.guid;
  look.check.details = details_of(parsed);
  look.fetch.title = parsed.title;
  if (const auto why = opt_out_of(parsed.tags)) {
    EARMARK_TRY_STATUS(
        registry_.crawl_feeds().set_state(look.feed.feed_key, registry::CrawlState::kOptedOut, *why));
    note("opt_out", look, base.shown(), *why);
    return fail(ErrorCode::kRefused,
                fmt::format("{}: the feed asks not to be crawled ({})", base.shown(), *why));
  }
  EARMARK_TRY(const bool is_news, store_episodes(look, parsed));
  look.check.outcome =
      is_news ? registry::FeedCheck::Outcome::kChanged : registry::FeedCheck::Outcome::kUnchanged;
  const std::string& more =
      parsed.tags.next_page.empty() ? parsed.tags.previous_archive : parsed.tags.next_page;
  const bool is_first = look.feed.checks == look.feed.errors;
  if (!more.empty() && (is_news || is_first)) EARMARK_TRY_STATUS(read_pages(look, more));
  EARMARK_TRY_STATUS(enqueue_scans(registry_, look.feed.feed_key,
                                   is_first ? registry::CrawlLane::kBacklog : registry::CrawlLane::kNew,
                                   clock_.now()));
  EARMARK_TRY_STATUS(follow_announced_move(look, parsed));
  // The validators come last: a crash in between must not make the next answer "not modified". Nor must a
  // document that was cut off.
  if (parsed.is_complete) {
    look.fetch.etag = document.record.etag;
    look.fetch.last_modified = document.record.last_modified;
  }
  return {};
}

/// RFC 5005: the older episodes are on other pages. Goes on until a page brings nothing that is new.
Status FeedVisit::read_pages(Look& look, std::string next) {
  std::set<std::string> seen = {look.feed.where()};
  while (!next.empty() && seen.size() <= kMostPages && seen.insert(next).second) {
    auto url = Url::parse(next);
    if (!url) return {};
    FetchRequest request{*std::move(url), {}, {}, look.progress, look.stop};
    request.gate = &gate_;
    const auto document = fetcher_.fetch_document(request);
    if (!document) {
      // What was read stays. Without validators the next visit begins anew and gets here again.
      log(LogLevel::kWarning, "{}: a page of the feed cannot be read: {}", look.feed.url,
          document.error().message);
      return fail(document.error());
    }
    EARMARK_TRY(const Url base, Url::parse(document->record.final_url()));
    EARMARK_TRY(const Feed page, parse_feed(document->body, base, charset_of(document->record.content_type)));
    EARMARK_TRY(const bool is_news, store_episodes(look, page));
    if (!is_news) return {};
    next = page.tags.next_page.empty() ? page.tags.previous_archive : page.tags.next_page;
  }
  return {};
}

/// Whether there is something new among them.
Result<bool> FeedVisit::store_episodes(Look& look, const Feed& parsed) {
  for (const FeedItem& item : parsed.items) {
    if (item.published) look.published.push_back(*item.published);
  }
  EARMARK_TRY(const auto stored, registry_.feeds().upsert_episodes(look.feed.feed_key, episodes_of(parsed)));
  return stored.new_episodes + stored.new_versions > 0;
}

Status FeedVisit::learn_moves(Look& look) {
  const std::string target = permanent_target(look.trace.chain);
  if (target.empty()) return {};
  EARMARK_TRY(const bool is_believed,
              registry_.crawl_feeds().record_move(look.feed.feed_key, target, kMovesToBelieve));
  if (is_believed)
    note("moved", look, target, fmt::format("permanent redirect, seen {} times", kMovesToBelieve));
  return {};
}

/// itunes:new-feed-url, where what is there is the same show.
Status FeedVisit::follow_announced_move(Look& look, const Feed& parsed) {
  const std::string& to = parsed.tags.new_feed_url;
  auto url = Url::parse(to);
  if (to.empty() || !url || url->text() == look.feed.where()) return {};
  FetchRequest request{*url, {}, {}, look.progress, look.stop};
  request.gate = &gate_;
  const auto document = fetcher_.fetch_document(request);
  if (!document) return {};  // it will be announced again
  const auto there = parse_feed(document->body, *url, charset_of(document->record.content_type));
  if (!there || !is_same_show(parsed, *there)) {
    note("move_refused", look, url->shown(), "itunes:new-feed-url leads to another show");
    return {};
  }
  EARMARK_TRY(const bool is_moved, registry_.crawl_feeds().record_move(look.feed.feed_key, url->text(), 1));
  if (is_moved) note("moved", look, url->shown(), "itunes:new-feed-url, the same show is there");
  return {};
}

Status FeedVisit::conclude(Look& look) {
  EARMARK_TRY_STATUS(registry_.feeds().record_fetch(look.feed.feed_key, look.fetch));
  look.facts.outcome = look.check.outcome == registry::FeedCheck::Outcome::kChanged
                           ? ScheduleFacts::Outcome::kChanged
                           : ScheduleFacts::Outcome::kSame;
  look.facts.published = look.published;
  if (look.tags.ttl_minutes) look.facts.ttl = std::chrono::minutes(*look.tags.ttl_minutes);
  look.facts.max_age = max_age_of(look.cache_control);
  look.facts.rrule = look.tags.update.rrule;
  look.facts.is_complete = look.tags.update.is_complete || look.tags.itunes_complete;
  look.check.interval = next_interval(look.facts, bounds_);
  return registry_.crawl_feeds().record_check(look.feed.feed_key, look.check);
}

Status FeedVisit::give_up(Look& look, const Error& error) {
  EARMARK_TRY_STATUS(registry_.feeds().record_failure(look.feed.feed_key, error.message));
  if (look.trace.status() == kGone) {
    const std::string why = "HTTP status 410: gone for good";
    EARMARK_TRY_STATUS(
        registry_.crawl_feeds().set_state(look.feed.feed_key, registry::CrawlState::kGone, why));
    note("gone", look, look.feed.where(), why);
  }
  look.check.outcome = registry::FeedCheck::Outcome::kFailed;
  look.facts.outcome = ScheduleFacts::Outcome::kFailed;
  look.facts.failures = look.stored.failures + 1;
  look.check.interval = next_interval(look.facts, bounds_);
  return registry_.crawl_feeds().record_check(look.feed.feed_key, look.check);
}

void FeedVisit::note(const char* kind, const Look& look, const std::string& url, const std::string& detail) {
  log(LogLevel::kInfo, "{}: {}: {} ({})", look.feed.url, kind, url, detail);
  if (const Status noted = registry_.crawl_feeds().log_event(kind, look.feed.url, url, detail); !noted)
    log(LogLevel::kWarning, "{}: cannot be recorded: {}", url, noted.error().message);
}

}  // namespace earmark::crawler
