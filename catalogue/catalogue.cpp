#include "catalogue/catalogue.h"

#include <algorithm>
#include <mutex>
#include <optional>
#include <system_error>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include "catalogue/analyser.h"
#include "catalogue/entry.h"
#include "catalogue/live_index.h"
#include "catalogue/near_identity.h"
#include "catalogue/self_join.h"
#include "core/parallel.h"
#include "fingerprint/chromaprint.h"
#include "fingerprint/codec.h"
#include "fingerprint/extractor.h"
#include "registry/ids.h"

namespace earmark::catalogue {
namespace {

using registry::NewRecording;
using registry::Recording;
using registry::RecordingStatus;

std::uint64_t bytes_below(const std::filesystem::path& folder) {
  std::uint64_t bytes = 0;
  std::error_code error;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder, error)) {
    const auto size = entry.is_regular_file(error) ? entry.file_size(error) : 0;
    if (!error) bytes += size;
  }
  return bytes;
}

class StoreCatalogue final : public Catalogue {
 public:
  StoreCatalogue(std::unique_ptr<registry::Registry> registry, const Options& options)
      : registry_(std::move(registry)),
        decode_workers_(options.decode_workers),
        index_(*registry_, options.store / "index" / "engine.idx",
               registry_->is_writable() ? LiveIndex::Saving::kAllowed : LiveIndex::Saving::kForbidden) {}
  ~StoreCatalogue() override { index_.close(); }

  [[nodiscard]] Status load() { return index_.open(); }

  Result<Analysed> analyse(const std::filesystem::path& path) override {
    EARMARK_TRY(Analyser* const analyser, started_analyser());
    return analyser->analyse(path);
  }
  Result<Analysed> analyse(audio::ByteSource& source) override {
    EARMARK_TRY(Analyser* const analyser, started_analyser());
    return analyser->analyse(source);
  }
  Result<RegisterOutcome> add(const Analysed& input, const RegisterRequest& request) override;
  Status forget(const std::string& recording_id) override;
  Result<std::vector<MatchedUse>> match(const Analysed& input, const index::SearchOptions& options) override;
  Result<std::vector<ExplainedUse>> match_explained(const Analysed& input,
                                                    const index::SearchOptions& options,
                                                    double threshold) override;
  Result<std::vector<Bytes>> clips(audio::ByteSource& source, std::span<const ClipRange> ranges) override {
    EARMARK_TRY(Analyser* const analyser, started_analyser());
    return analyser->clips(source, ranges);
  }
  Result<Explained> explain(const Analysed& input, const std::string& recording_id,
                            const ExplainOptions& options) override;
  Result<CatalogueStats> stats() override;
  registry::Registry& registry() override { return *registry_; }

 private:
  [[nodiscard]] Result<Analyser*> started_analyser();
  [[nodiscard]] Result<std::optional<Recording>> find_known(const NewRecording& input) const;
  [[nodiscard]] Result<std::optional<Twin>> find_twin(std::span<const index::Shared> shared,
                                                      const fingerprint::Fingerprint& reference) const;
  [[nodiscard]] Result<std::vector<registry::SharedStretch>> shown(
      std::span<const registry::NewShared> shared, std::int64_t duration_ms) const;
  [[nodiscard]] Result<std::optional<RegisterOutcome>> compare(const Analysed& input, NewRecording& recording,
                                                               const fingerprint::Fingerprint& reference,
                                                               bool dry_run);
  [[nodiscard]] Result<RegisterOutcome> commit(const NewRecording& input);
  [[nodiscard]] Status add_names(Explained& explained) const;
  /// What the registry knows of recordings that were matched.
  struct Names {
    std::unordered_map<std::int64_t, Recording> recordings;
    std::unordered_map<std::int64_t, std::vector<registry::SharedStretch>> shared;
    std::unordered_map<std::int64_t, std::vector<registry::Exclusion>> excluded;  ///< from matching
    /// Nothing when it was forgotten by another process while the search ran.
    [[nodiscard]] std::optional<MatchedUse> use_of(const index::Match& match) const;
  };
  [[nodiscard]] Result<Names> names_of(const std::vector<std::int64_t>& keys) const;

  std::unique_ptr<registry::Registry> registry_;
  std::size_t decode_workers_;
  LiveIndex index_;
  std::mutex adding_;  ///< between the search for a twin and the commit nobody else may add that twin
  std::mutex analyser_mutex_;
  std::unique_ptr<Analyser>
      analyser_;  ///< guarded by analyser_mutex_; started when first needed: not all commands decode
};

Result<Analyser*> StoreCatalogue::started_analyser() {
  const std::lock_guard lock(analyser_mutex_);
  if (!analyser_) {
    EARMARK_TRY(analyser_, Analyser::start(decode_workers_));
  }
  return analyser_.get();
}

Result<std::optional<Recording>> StoreCatalogue::find_known(const NewRecording& input) const {
  EARMARK_TRY(auto known, registry_->recordings().find_by_identity(input.identity));
  if (!known) {
    EARMARK_TRY(known, registry_->recordings().find_by_content(input.content_hash));
  }
  return known;
}

Result<std::optional<Twin>> StoreCatalogue::find_twin(std::span<const index::Shared> shared,
                                                      const fingerprint::Fingerprint& reference) const {
  std::int64_t best_key = 0;
  double best = kNearIdentityAgreement;
  for (const index::Shared& stretch : shared) {
    if (!may_be_whole(stretch, reference)) continue;
    EARMARK_TRY(const auto stored, registry_->recordings().fingerprint(stretch.other));
    if (!stored) continue;
    const auto other = fingerprint::decode(*stored);
    const double common = other ? likeness(reference, *other, shift_of(stretch)) : 0.0;
    if (common < best) continue;
    best = common;
    best_key = stretch.other;
  }
  if (best_key == 0) return std::nullopt;
  EARMARK_TRY(auto recording, registry_->recordings().find_by_key(best_key));
  if (!recording || recording->status != RecordingStatus::kRegistered) return std::nullopt;
  return Twin{std::move(*recording), fmt::format("{:.0f} % the same", 100.0 * best)};
}

/// New stretches with the names of the others, as they will be read from the store.
Result<std::vector<registry::SharedStretch>> StoreCatalogue::shown(
    std::span<const registry::NewShared> shared, std::int64_t duration_ms) const {
  std::vector<std::int64_t> keys;
  for (const auto& stretch : shared) keys.push_back(stretch.other_key);
  EARMARK_TRY(const auto others, registry_->recordings().find_all(keys));
  std::vector<registry::SharedStretch> out;
  for (const auto& stretch : shared) {
    registry::SharedStretch s;
    if (stretch.other_key == 0) s.kind = registry::SharedKind::kRepeat;
    if (const auto other = others.find(stretch.other_key); other != others.end()) {
      s.other_key = other->second.key;
      s.other_id = other->second.id;
      s.other_title = other->second.title;
      s.other_owner = other->second.owner;
      s.other_action = other->second.action;
      s.other_duration_ms = other->second.duration_ms;
    }
    s.start_ms = stretch.start_ms;
    s.end_ms = stretch.end_ms;
    s.other_start_ms = stretch.other_start_ms;
    s.other_end_ms = stretch.other_end_ms;
    s.speed = stretch.speed;
    s.score = stretch.score;
    s.share = stretch.share;
    out.push_back(std::move(s));
  }
  classify(out, duration_ms);
  return out;
}

/// Lays a new recording beside those that are there: an outcome where it is one of them, else what it shares
/// with them goes into `recording`.
Result<std::optional<RegisterOutcome>> StoreCatalogue::compare(const Analysed& input, NewRecording& recording,
                                                               const fingerprint::Fingerprint& reference,
                                                               bool dry_run) {
  EARMARK_TRY(const auto shared, index_.find_shared(input.fingerprint, default_threads()));
  EARMARK_TRY(const auto twin, find_twin(shared, reference));
  if (twin) {
    if (owner_of(recording) != twin->recording.owner) recording.findings = {contested_by(recording)};
    if (!dry_run) EARMARK_TRY_STATUS(registry_->recordings().note_duplicate(twin->recording.key, recording));
    return duplicate_of(*twin, recording);
  }
  recording.shared = as_new(shared, index::Engine::find_repeats(input.fingerprint, default_threads()));
  EARMARK_TRY(const auto in_others, shown(recording.shared, recording.duration_ms));
  EARMARK_TRY_STATUS(pass_gates(*registry_, in_others, recording));
  return std::nullopt;
}

Result<RegisterOutcome> StoreCatalogue::add(const Analysed& input, const RegisterRequest& request) {
  const auto reference = fingerprint::thin(input.fingerprint);
  NewRecording recording = make_recording(input, request, reference);
  const bool dry_run = request.mode == RegisterRequest::Mode::kDryRun;
  const std::lock_guard adding(adding_);
  EARMARK_TRY(auto known, find_known(recording));
  const bool is_registered = known && known->status == RecordingStatus::kRegistered;
  if (!is_registered && recording.quarantine_reason.empty()) {
    EARMARK_TRY(auto same, compare(input, recording, reference, dry_run));
    if (same) return std::move(*same);
  }
  if (is_registered && owner_of(recording) != known->owner) recording.findings = {contested_by(recording)};
  if (!dry_run) return commit(recording);
  if (is_registered) return duplicate_of(same_twin(std::move(*known), recording), recording);
  RegisterOutcome outcome = outcome_of(recording);
  outcome.recording_id = known ? known->id : registry::public_id("rec_", recording.identity);
  EARMARK_TRY(outcome.shared, shown(recording.shared, recording.duration_ms));
  return outcome;
}

Result<RegisterOutcome> StoreCatalogue::commit(const NewRecording& input) {
  EARMARK_TRY(auto added, registry_->recordings().add(input));
  EARMARK_TRY_STATUS(index_.catch_up());
  const bool is_registered = added.recording.status == RecordingStatus::kRegistered;
  if (added.kind == registry::AddRecordingOutcome::Kind::kDuplicate && is_registered) {
    return duplicate_of(same_twin(std::move(added.recording), input), input);
  }
  RegisterOutcome outcome = outcome_of(input);
  outcome.recording_id = added.recording.id;
  EARMARK_TRY(outcome.shared, shown(input.shared, input.duration_ms));
  return outcome;
}

Status StoreCatalogue::forget(const std::string& recording_id) {
  EARMARK_TRY_STATUS(registry_->recordings().forget(recording_id));
  return index_.catch_up();
}

/// Whether its owner took the stretch that was matched out of matching.
bool is_excluded(const index::Match& match, const std::vector<registry::Exclusion>& exclusions) {
  const std::int64_t length = static_cast<std::int64_t>(match.reference_end_ms) - match.reference_start_ms;
  const auto left = registry::length_outside(exclusions, match.reference_start_ms, match.reference_end_ms);
  return left < std::min(length, registry::kShortestUseMs);
}

std::optional<MatchedUse> StoreCatalogue::Names::use_of(const index::Match& match) const {
  const auto found = recordings.find(match.recording);
  if (found == recordings.end() || found->second.status != RecordingStatus::kRegistered) return std::nullopt;
  if (is_excluded(match, excluded.at(match.recording))) return std::nullopt;
  const Recording& recording = found->second;
  return MatchedUse{match, recording.id, recording.source, recording.title,
                    ambiguous_with(match.reference_start_ms, match.reference_end_ms, recording,
                                   shared.at(match.recording))};
}

Result<StoreCatalogue::Names> StoreCatalogue::names_of(const std::vector<std::int64_t>& keys) const {
  Names names;
  EARMARK_TRY(names.recordings, registry_->recordings().find_all(keys));
  for (const auto& [key, recording] : names.recordings) {
    EARMARK_TRY(names.shared[key], registry_->shared().of(key));
    EARMARK_TRY(auto exclusions, registry_->terms().exclusions_by_key(key));
    std::erase_if(exclusions, [](const registry::Exclusion& exclusion) {
      return exclusion.scope != registry::Exclusion::Scope::kMatching;
    });
    names.excluded.emplace(key, std::move(exclusions));
  }
  return names;
}

Result<std::vector<MatchedUse>> StoreCatalogue::match(const Analysed& input,
                                                      const index::SearchOptions& options) {
  EARMARK_TRY(const auto matches, index_.search(input.fingerprint, options));
  std::vector<std::int64_t> keys;
  keys.reserve(matches.size());
  for (const index::Match& match : matches) keys.push_back(match.recording);
  EARMARK_TRY(const Names names, names_of(keys));
  std::vector<MatchedUse> uses;
  for (const index::Match& match : matches) {
    if (auto use = names.use_of(match)) uses.push_back(std::move(*use));
  }
  return uses;
}

Result<std::vector<ExplainedUse>> StoreCatalogue::match_explained(const Analysed& input,
                                                                  const index::SearchOptions& options,
                                                                  double threshold) {
  EARMARK_TRY(auto found, index_.search_explained(input.fingerprint, options, threshold));
  std::vector<std::int64_t> keys;
  keys.reserve(found.size());
  for (const auto& item : found) keys.push_back(item.match.recording);
  EARMARK_TRY(const Names names, names_of(keys));
  std::vector<ExplainedUse> uses;
  for (auto& item : found) {
    auto use = names.use_of(item.match);
    if (!use) continue;
    Explained explained;
    explained.query = input.source;
    explained.query_ms = input.fingerprint.duration_ms();
    explained.recording = named(names.recordings.at(item.match.recording));
    explained.why = std::move(item.explanation);
    EARMARK_TRY_STATUS(add_names(explained));
    uses.push_back({std::move(*use), std::move(explained)});
  }
  return uses;
}

Result<Explained> StoreCatalogue::explain(const Analysed& input, const std::string& recording_id,
                                          const ExplainOptions& options) {
  EARMARK_TRY(const auto recording, registry_->recordings().find(recording_id));
  if (!recording) return fail(ErrorCode::kNotFound, recording_id + ": no such recording");
  if (recording->status != RecordingStatus::kRegistered) {
    const std::string why = recording->reason.empty() ? "" : " (" + recording->reason + ")";
    return fail(ErrorCode::kConflict, fmt::format("{} is {}{}: it is never matched", recording_id,
                                                  registry::to_string(recording->status), why));
  }
  index::SearchOptions search;
  search.threads = options.threads;
  search.min_probability = std::min(search.min_probability, options.threshold);
  Explained explained;
  explained.query = input.source;
  explained.query_ms = input.fingerprint.duration_ms();
  explained.recording = named(*recording);
  EARMARK_TRY(explained.why,
              index_.explain(input.fingerprint, search, {recording->key, options.at_ms, options.threshold}));
  EARMARK_TRY_STATUS(add_names(explained));
  return explained;
}

/// The other recordings that the explanation speaks of.
Status StoreCatalogue::add_names(Explained& explained) const {
  const auto find = [&](std::int64_t key, std::optional<NamedRecording>& name) -> Status {
    EARMARK_TRY(const auto recording, registry_->recordings().find_by_key(key));
    if (recording) name = named(*recording);
    return {};
  };
  if (explained.why.rival) EARMARK_TRY_STATUS(find(explained.why.rival->recording, explained.rival));
  if (explained.why.explained_by == 0) return {};
  return find(explained.why.explained_by, explained.explained_by);
}

Result<CatalogueStats> StoreCatalogue::stats() {
  EARMARK_TRY_STATUS(index_.catch_up());
  CatalogueStats stats;
  stats.index = index_.stats();
  EARMARK_TRY(const auto database_bytes, registry_->database_bytes());
  stats.store_bytes = bytes_below(registry_->store()) + static_cast<std::uint64_t>(database_bytes);
  return stats;
}

}  // namespace

NamedRecording named(const Recording& recording) {
  return {recording.id, recording.title, recording.owner, recording.source, recording.duration_ms};
}

Result<std::unique_ptr<Catalogue>> Catalogue::open(const Options& options) {
  registry::Registry::Options registry_options;
  registry_options.store = options.store;
  registry_options.access = options.access == Options::Access::kReadWrite
                                ? registry::Registry::Options::Access::kReadWrite
                                : registry::Registry::Options::Access::kReadOnly;
  EARMARK_TRY(auto registry, registry::Registry::open(registry_options));
  auto catalogue = std::make_unique<StoreCatalogue>(std::move(registry), options);
  EARMARK_TRY_STATUS(catalogue->load());
  return catalogue;
}

}  // namespace earmark::catalogue
