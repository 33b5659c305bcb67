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

/// Stored fingerprints that are decoded side by side before the engine is locked; bounds the memory that
/// takes.
constexpr std::size_t kBatch = 64;
/// An index of up to this size is saved after any change; a larger one once 1 / kWorthSaving of it is new.
/// Writing it costs more than reading as many fingerprints again.
constexpr std::uint64_t kSmallIndexBytes = 64 << 20;
constexpr std::uint64_t kWorthSaving = 16;
/// While the process runs it is saved less often: saving keeps searches waiting.
constexpr std::uint64_t kWorthSavingBusy = 4;
constexpr std::uint64_t kFewestBusyChanges = 1024;
/// A half-written file of a process that was killed; younger ones may still be written.
constexpr std::chrono::hours kLeftoverAge{1};

std::string make_tag(const std::string& store_uuid, std::int64_t revision, const std::string& chain) {
  return fmt::format("{} {} {}", store_uuid, revision, chain);
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
  const auto revision = std::strtoll(tag.c_str() + revision_at + 1, nullptr, 10);
  EARMARK_TRY(const auto chain, registry_->recordings().chain_at(revision));
  if (!chain || tag != make_tag(registry_->store_uuid(), revision, *chain)) {
    return fail(ErrorCode::kConflict, "it was made from another store, or from another history of this one");
  }
  return {};
}

void LiveIndex::load() {
  std::string tag;
  auto loaded = index::Engine::load(file_, tag);
  const Status usable = loaded ? adopt(tag) : Status(fail(loaded.error()));
  if (!usable) {
    if (usable.error().code != ErrorCode::kNotFound) {
      log(LogLevel::kWarning, "{} is made again: {}", file_.string(), usable.error().message);
    }
    return;
  }
  const std::lock_guard engine(engine_mutex_);
  engine_ = std::move(*loaded);
  revision_ = std::strtoll(tag.c_str() + tag.find(' ') + 1, nullptr, 10);
  chain_ = tag.substr(tag.rfind(' ') + 1);
}

Status LiveIndex::catch_up() {
  EARMARK_TRY(const auto newest, registry_->recordings().revision());
  if (newest <= revision_) return {};
  const std::lock_guard changing(changing_);
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
  }
  unsaved_ += due.size();
  const auto recordings = stats().recordings;
  if (saving_ == Saving::kAllowed && unsaved_ >= std::max(kFewestBusyChanges, recordings / kWorthSavingBusy))
    save();
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
  const std::lock_guard gate(gate_);
  const std::lock_guard engine(engine_mutex_);
  for (const Update& update : updates) {
    if (update.fingerprint) {
      engine_.add(update.change.recording_key, *update.fingerprint);
    } else {
      engine_.remove(update.change.recording_key);
    }
  }
  revision_ = updates.back().change.revision;
  chain_ = updates.back().change.chain;
}

Result<std::vector<index::Match>> LiveIndex::search(const fingerprint::Fingerprint& query,
                                                    const index::SearchOptions& options) {
  EARMARK_TRY_STATUS(catch_up());
  std::unique_lock gate(gate_);
  const std::shared_lock engine(engine_mutex_);
  gate.unlock();
  return engine_.search(query, options);
}

Result<index::Explanation> LiveIndex::explain(const fingerprint::Fingerprint& query,
                                              const index::SearchOptions& options,
                                              const index::ExplainRequest& request) {
  EARMARK_TRY_STATUS(catch_up());
  std::unique_lock gate(gate_);
  const std::shared_lock engine(engine_mutex_);
  gate.unlock();
  if (!engine_.contains(request.recording)) {
    return fail(ErrorCode::kNotFound, "the recording is not in the index");
  }
  return engine_.explain(query, options, request);
}

Result<std::vector<index::ExplainedMatch>> LiveIndex::search_explained(const fingerprint::Fingerprint& query,
                                                                       const index::SearchOptions& options,
                                                                       double threshold) {
  EARMARK_TRY_STATUS(catch_up());
  std::unique_lock gate(gate_);
  const std::shared_lock engine(engine_mutex_);
  gate.unlock();
  return engine_.search_explained(query, options, threshold);
}

Result<std::vector<index::Shared>> LiveIndex::find_shared(const fingerprint::Fingerprint& recording,
                                                          std::size_t threads) {
  EARMARK_TRY_STATUS(catch_up());
  std::unique_lock gate(gate_);
  const std::shared_lock engine(engine_mutex_);
  gate.unlock();
  return engine_.find_shared(recording, threads);
}

index::IndexStats LiveIndex::stats() {
  std::unique_lock gate(gate_);
  const std::shared_lock engine(engine_mutex_);
  gate.unlock();
  return engine_.stats();
}

void LiveIndex::close() {
  const std::lock_guard changing(changing_);
  if (saving_ == Saving::kForbidden || unsaved_ == 0) return;
  const auto size = stats();
  if (size.bytes <= kSmallIndexBytes || unsaved_ >= size.recordings / kWorthSaving) save();
}

void LiveIndex::save() {
  std::error_code error;
  std::filesystem::create_directories(file_.parent_path(), error);
  const auto tag = make_tag(registry_->store_uuid(), revision_, chain_);
  const std::lock_guard gate(gate_);
  const std::lock_guard engine(engine_mutex_);
  const auto saved = engine_.save(file_, tag);
  if (saved) {
    unsaved_ = 0;
  } else {
    log(LogLevel::kWarning, "the index stays in memory, and is made again by the next start: {}",
        saved.error().message);
  }
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
