#include "crawler/retro.h"

#include <algorithm>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/log.h"
#include "crawler/sighting.h"
#include "evidence/keep.h"
#include "fingerprint/codec.h"

namespace earmark::crawler {
namespace {

using registry::ArchivedEpisode;

constexpr std::int64_t kBatch = 64;  ///< episodes that are read from the store at a time

/// What is left of an episode's audio: its name.
class GoneSource : public audio::ByteSource {
 public:
  explicit GoneSource(std::string name) : name_(std::move(name)) {}
  Result<std::size_t> read_at(std::uint64_t /*offset*/, std::span<std::byte> /*out*/) override {
    return fail(ErrorCode::kNotFound,
                "the episode's audio is not kept; it was matched by its archived fingerprint");
  }
  std::optional<std::uint64_t> size() const override { return std::nullopt; }
  const std::string& name() const override { return name_; }

 private:
  std::string name_;
};

/// The recordings that were registered after a state of the catalogue, as an index of their own.
struct Newcomers {
  std::int64_t since = -1;
  index::Engine engine = {};
  std::unordered_map<std::int64_t, std::int64_t> revisions = {};  ///< by key

  [[nodiscard]] static Result<Newcomers> gather(registry::Registry& registry, std::int64_t since) {
    Newcomers newcomers;
    newcomers.since = since;
    EARMARK_TRY(const auto changes, registry.recordings().changes_since(since));
    for (const auto& change : changes) {
      newcomers.revisions.erase(change.recording_key);
      if (change.kind != registry::CatalogueChange::Kind::kRemoved)
        newcomers.revisions[change.recording_key] = change.revision;
    }
    for (const auto& [key, revision] : newcomers.revisions) {
      EARMARK_TRY(const auto stored, registry.recordings().fingerprint(key));
      if (!stored) continue;
      if (const auto print = fingerprint::decode(*stored)) newcomers.engine.add(key, *print);
    }
    return newcomers;
  }

  /// One of them that the episode was not matched against yet is in it.
  [[nodiscard]] bool are_in(const fingerprint::Fingerprint& query, std::int64_t matched_revision) const {
    index::SearchOptions search;
    search.min_probability = registry::kReviewProbability;
    const auto matches = engine.search(query, search);
    return std::any_of(matches.begin(), matches.end(), [&](const index::Match& match) {
      return revisions.at(match.recording) > matched_revision;
    });
  }
};

Result<registry::ScanOutcome> match_again(catalogue::Catalogue& catalogue, const ArchivedEpisode& episode,
                                          registry::ArchivedScan archived,
                                          fingerprint::Fingerprint fingerprint) {
  catalogue::Analysed analysed;
  analysed.source = episode.enclosure_url;
  analysed.fingerprint = std::move(fingerprint);
  index::SearchOptions search;
  search.min_probability = registry::kReviewProbability;
  EARMARK_TRY(const auto uses, catalogue.match_explained(analysed, search, registry::kActiveProbability));
  GoneSource gone(episode.enclosure_url);
  auto kept = evidence::keep(catalogue, gone, uses);
  registry::NewScan scan;
  scan.version_key = episode.version_key;
  scan.fetch = std::move(archived.fetch);
  scan.duration_ms = episode.duration_ms;
  scan.engine = engine_name(analysed.fingerprint) + ", from the archive";
  for (std::size_t i = 0; i < uses.size(); ++i) {
    scan.sightings.push_back(sighting_of(uses[i].use));
    scan.sightings.back().evidence = std::move(kept[i]);
  }
  return catalogue.registry().claims().record_scan(scan);
}

/// Looks at one episode; what was found, if something was.
Result<std::optional<RetroFind>> look_at(catalogue::Catalogue& catalogue, const ArchivedEpisode& episode,
                                         const Newcomers& newcomers) {
  EARMARK_TRY(auto archived, catalogue.registry().crawl_archive().load(episode.version_key));
  auto print = fingerprint::decode(archived.emfp);
  if (!print) {
    log(LogLevel::kError, "{}: its archived fingerprint: {}", episode.guid, print.error().message);
    return std::optional<RetroFind>();
  }
  if (!newcomers.are_in(*print, episode.matched_revision)) return std::optional<RetroFind>();
  EARMARK_TRY(const auto outcome, match_again(catalogue, episode, std::move(archived), *std::move(print)));
  return std::optional(RetroFind{episode.feed_url, episode.guid, episode.title, episode.enclosure_url,
                                 outcome.matches, outcome.claims, outcome.new_claims});
}

}  // namespace

Result<RetroProgress> RetroScan::run(const std::stop_token& stop, const OnFind& on_find,
                                     const std::function<void(const RetroProgress&)>& on_progress) {
  RetroProgress progress;
  registry::CrawlArchive& archive = catalogue_.registry().crawl_archive();
  EARMARK_TRY(const auto revision, catalogue_.registry().recordings().revision());
  std::optional<Newcomers> newcomers;
  std::int64_t last_key = 0;
  while (!stop.stop_requested()) {
    EARMARK_TRY(const auto episodes, archive.behind(revision, last_key, kBatch));
    if (episodes.empty()) break;
    if (progress.to_look_at == 0) {
      EARMARK_TRY(const auto state, archive.state(revision));
      progress.to_look_at = state.behind;
    }
    const auto oldest = std::min_element(episodes.begin(), episodes.end(), [](const auto& a, const auto& b) {
      return a.matched_revision < b.matched_revision;
    });
    if (!newcomers || newcomers->since > oldest->matched_revision) {
      EARMARK_TRY(newcomers, Newcomers::gather(catalogue_.registry(), oldest->matched_revision));
    }
    for (const ArchivedEpisode& episode : episodes) {
      if (stop.stop_requested()) break;
      EARMARK_TRY(const auto find, look_at(catalogue_, episode, *newcomers));
      EARMARK_TRY_STATUS(archive.mark_matched(episode.version_key, revision));
      last_key = episode.version_key;
      ++progress.looked_at;
      progress.duration_ms += episode.duration_ms;
      if (find) {
        ++progress.found;
        progress.new_claims += find->new_claims;
        if (on_find) on_find(*find, progress);
      }
      if (on_progress) on_progress(progress);
    }
  }
  return progress;
}

}  // namespace earmark::crawler
