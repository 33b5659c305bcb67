#pragma once
#include <functional>
#include <optional>
#include <stop_token>
#include <string>

#include "crawler/feed.h"
#include "crawler/fetcher.h"
#include "crawler/schedule.h"
#include "registry/registry.h"

namespace earmark::crawler {

/// Looks at one feed: fetches it, with its pages where it has several, brings the store's episodes up to what
/// it says, puts those that are new into the queue, learns where it has moved to, and plans the next look.
/// Synchronised by what it is made of.
class FeedVisit {
 public:
  FeedVisit(registry::Registry& registry, Fetcher& fetcher, HostGate& gate, const ScheduleBounds& bounds,
            const Clock& clock)
      : registry_(registry), fetcher_(fetcher), gate_(gate), bounds_(bounds), clock_(clock) {}

  struct Outcome {
    Timestamp next_at{};           ///< when to look again
    std::optional<Error> failure;  ///< why it could not be read; kRefused: it does not want to be
  };
  /// Fails only where the store does, or when stopped.
  [[nodiscard]] Result<Outcome> run(const registry::CrawlFeed& feed, const FetchProgress& progress,
                                    const std::stop_token& stop);

 private:
  struct Look;  ///< one visit on its way
  [[nodiscard]] Status fetch(Look& look);
  [[nodiscard]] Status read(Look& look, const FetchedDocument& document);
  [[nodiscard]] Status read_pages(Look& look, std::string next);
  [[nodiscard]] Result<bool> store_episodes(Look& look, const Feed& parsed);
  [[nodiscard]] Status learn_moves(Look& look);
  [[nodiscard]] Status follow_announced_move(Look& look, const Feed& parsed);
  [[nodiscard]] Status conclude(Look& look);
  [[nodiscard]] Status give_up(Look& look, const Error& error);
  void note(const char* kind, const Look& look, const std::string& url, const std::string& detail);

  registry::Registry& registry_;
  Fetcher& fetcher_;
  HostGate& gate_;
  ScheduleBounds bounds_;
  const Clock& clock_;
};

/// Why a feed wants to be left alone, by its podcast:block tags; nothing: it does not. A word about us counts
/// before one about all. Source: podcast-namespace, tags/block.md.
[[nodiscard]] std::optional<std::string> opt_out_of(const FeedTags& tags);

/// Tasks for all episodes of a feed that wait for their scan.
[[nodiscard]] Status enqueue_scans(registry::Registry& registry, std::int64_t feed_key,
                                   registry::CrawlLane lane, Timestamp now);

/// The task that scans this episode.
[[nodiscard]] registry::NewCrawlTask scan_task(const registry::Episode& episode, registry::CrawlLane lane,
                                               Timestamp due_at);

}  // namespace earmark::crawler
