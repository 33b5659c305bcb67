#include "catalogue/live_index.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <system_error>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include "core/log.h"
#include "core/parallel.h"
#include "fingerprint/codec.h"

namespace earmark::catalogue {
namespace {

/// Stored fingerprints that are decoded and indexed together; bounds the memory that takes.
constexpr std::size_t kBatch = 64;
/// From so much new index in memory on it is saved while the process runs, beside the searches.
constexpr std::uint64_t kTailBytes = 32 << 20;
/// A half-written file of a process that was killed; younger ones may still be written.
constexpr std::chrono::hours kLeftoverAge{1};

std::string make_tag(const std::string& store_uuid, std::int64_t revision, const std::string& chain) {
  return fmt::format("{} {} {}", store_uuid, revision, chain);
}

/// Of a tag of ours; 0 of anything else.
std::int64_t revision_in(const std::string& tag) {
  const auto at = tag.find(' ');
  return at == std::string::npos ? 0 : std::strtoll(tag.c_str() + at + 1, nullptr, 10);
}

}  // namespace

/// What happened last to one recording.
struct LiveIndex::Update {
  registry::CatalogueChange change;
  std::optional<fingerprint::Fingerprint> fingerprint;  ///< nothing: remove it
};

Status LiveIndex::open() {
  {
    const std::lock_guard changing(changing_);
    if (saving_ == Saving::kAllowed) remove_leftovers();
    load();
  }
  EARMARK_TRY_STATUS(catch_up());
  close();
  return {};
}

Status LiveIndex::adopt(const std::string& tag) const {
  const auto revision_at = tag.find(' ');
  const auto chain_at = tag.find(' ', revision_at + 1);
  if (revision_at == std::string::npos || chain_at == std::string::npos) {
    return fail(ErrorCode::kCorrupt, "its tag is \"" + tag + "\"");
  }
  const auto revision = revision_in(tag);
  EARMARK_TRY(const auto chain, registry_->recordings().chain_at(revision));
  if (!chain || tag != make_tag(registry_->store_uuid(), revision, *chain)) {
    return fail(ErrorCode::kConflict, "it was made from another store, or from another history of this one");
  }
  return {};
}

void LiveIndex::load() {
  auto loaded = index::Engine::load(file_);
  const Status usable = loaded ? adopt(loaded->tag()) : Status(fail(loaded.error()));
  if (!usable) {
    if (usable.error().code != ErrorCode::kNotFound) {
      log(LogLevel::kWarning, "{} is made again: {}", file_.string(), usable.error().message);
    }
    return;
  }
  use(std::move(*loaded));
}

void LiveIndex::use(index::Engine engine) {
  const std::string tag = engine.tag();
  engine_.adopt(std::move(engine));
  revision_ = tag.empty() ? 0 : revision_in(tag);
  chain_ = tag.substr(tag.rfind(' ') + 1);
  unsaved_ = 0;
}

Status LiveIndex::catch_up() {
  EARMARK_TRY(const auto newest, registry_->recordings().revision());
  if (newest <= revision_) return {};
  const std::lock_guard changing(changing_);
  EARMARK_TRY_STATUS(follow());
  if (saving_ == Saving::kAllowed && engine_.stats().unsaved_bytes >= kTailBytes) save_beside();
  return {};
}

Status LiveIndex::follow() {
  EARMARK_TRY(const auto changes, registry_->recordings().changes_since(revision_));
  std::unordered_map<std::int64_t, std::int64_t> last;
  for (const auto& change : changes) last[change.recording_key] = change.revision;
  std::vector<registry::CatalogueChange> due;
  std::copy_if(changes.begin(), changes.end(), std::back_inserter(due),
               [&](const auto& change) { return last[change.recording_key] == change.revision; });
  for (std::size_t begin = 0; begin < due.size(); begin += kBatch) {
    const auto count = std::min(kBatch, due.size() - begin);
    EARMARK_TRY(auto updates, read_updates(std::span(due).subspan(begin, count)));
    apply(std::move(updates));
    unsaved_ += count;
  }
  return {};
}

Result<std::vector<LiveIndex::Update>> LiveIndex::read_updates(
    std::span<const registry::CatalogueChange> changes) const {
  std::vector<Update> updates(changes.size());
  std::vector<Status> outcomes(changes.size());
  parallel_for(changes.size(), default_threads(), [&](std::size_t i) {
    updates[i].change = changes[i];
    if (changes[i].kind == registry::CatalogueChange::Kind::kRemoved) return;
    auto stored = registry_->recordings().fingerprint(changes[i].recording_key);
    if (!stored) {
      outcomes[i] = fail(stored.error());
      return;
    }
    if (!*stored) return;  // forgotten since; that change is still to come
    auto decoded = fingerprint::decode(**stored);
    if (decoded) {
      updates[i].fingerprint = std::move(*decoded);
    } else {
      log(LogLevel::kError, "recording with key {} cannot be matched: its stored fingerprint: {}",
          changes[i].recording_key, decoded.error().message);
    }
  });
  for (const Status& outcome : outcomes) EARMARK_TRY_STATUS(outcome);
  return updates;
}

void LiveIndex::apply(std::vector<Update> updates) {
  const auto& newest = updates.back().change;
  index::IndexChange change;
  change.tag = make_tag(registry_->store_uuid(), newest.revision, newest.chain);
  for (const Update& update : updates) {
    if (update.fingerprint) {
      change.added.push_back({update.change.recording_key, &*update.fingerprint});
    } else {
      change.removed.push_back(update.change.recording_key);
    }
  }
  engine_.apply(change);
  chain_ = newest.chain;
  revision_ = newest.revision;
}

/// What `ask` finds; asked again when it met damage, on an index that was made again.
template <class Ask>
auto LiveIndex::undamaged(Ask&& ask) -> Result<decltype(ask())> {
  auto found = ask();
  if (!engine_.is_damaged()) return found;
  EARMARK_TRY_STATUS(make_again());
  return ask();
}

Result<std::vector<index::Match>> LiveIndex::search(const fingerprint::Fingerprint& query,
                                                    const index::SearchOptions& options) {
  EARMARK_TRY_STATUS(catch_up());
  return undamaged([&] { return engine_.search(query, options); });
}

Result<index::Explanation> LiveIndex::explain(const fingerprint::Fingerprint& query,
                                              const index::SearchOptions& options,
                                              const index::ExplainRequest& request) {
  EARMARK_TRY_STATUS(catch_up());
  if (!engine_.contains(request.recording)) {
    return fail(ErrorCode::kNotFound, "the recording is not in the index");
  }
  return undamaged([&] { return engine_.explain(query, options, request); });
}

Result<std::vector<index::ExplainedMatch>> LiveIndex::search_explained(const fingerprint::Fingerprint& query,
                                                                       const index::SearchOptions& options,
                                                                       double threshold) {
  EARMARK_TRY_STATUS(catch_up());
  return undamaged([&] { return engine_.search_explained(query, options, threshold); });
}

Result<std::vector<index::Shared>> LiveIndex::find_shared(const fingerprint::Fingerprint& recording,
                                                          std::size_t threads) {
  EARMARK_TRY_STATUS(catch_up());
  return undamaged([&] { return engine_.find_shared(recording, threads); });
}

Status LiveIndex::make_again() {
  const std::lock_guard changing(changing_);
  if (!engine_.is_damaged()) return {};  // somebody else was faster
  log(LogLevel::kWarning, "the index at {} is damaged, and is made again", file_.string());
  use(index::Engine());
  if (saving_ == Saving::kAllowed) index::Engine::remove_files(file_);
  return follow();
}

void LiveIndex::close() {
  if (saver_.joinable()) saver_.join();
  if (saving_ == Saving::kAllowed && unsaved_ > 0) save(index::Engine::kQuickMergeBytes);
}

/// Has another process written files that are at least as new?
bool LiveIndex::is_saved_by_others() const {
  const auto tag = index::Engine::saved_tag(file_);
  return tag && adopt(*tag) && revision_in(*tag) >= revision_in(engine_.tag());
}

void LiveIndex::save(std::uint64_t merge_bytes) {
  std::error_code error;
  std::filesystem::create_directories(file_.parent_path(), error);
  const std::uint64_t changes = unsaved_;
  if (is_saved_by_others()) {
    unsaved_ -= changes;
    return;
  }
  const auto saved = engine_.save(file_, merge_bytes);
  if (saved) {
    unsaved_ -= changes;
  } else if (saved.error().code != ErrorCode::kUnavailable) {
    log(LogLevel::kWarning, "the index stays in memory, and is made again by the next start: {}",
        saved.error().message);
  }
}

void LiveIndex::save_beside() {
  if (is_saving_.exchange(true)) return;
  saver_ = std::jthread([this] {
    save(index::Engine::kMostSegmentBytes);
    is_saving_ = false;
  });
}

void LiveIndex::remove_leftovers() const {
  std::error_code error;
  const auto now = std::filesystem::file_time_type::clock::now();
  for (const auto& entry : std::filesystem::directory_iterator(file_.parent_path(), error)) {
    const auto name = entry.path().filename().string();
    if (!name.starts_with(".earmark-") || !name.ends_with(".tmp")) continue;
    if (now - entry.last_write_time(error) > kLeftoverAge) std::filesystem::remove(entry.path(), error);
  }
}

}  // namespace earmark::catalogue
