#include "catalogue/catalogue.h"

#include <mutex>
#include <optional>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "catalogue/analyser.h"
#include "catalogue/eligibility.h"
#include "catalogue/live_index.h"
#include "catalogue/near_identity.h"
#include "core/parallel.h"
#include "fingerprint/codec.h"
#include "fingerprint/extractor.h"
#include "registry/ids.h"

namespace earmark::catalogue {
namespace {

using registry::NewRecording;
using registry::Recording;
using registry::RecordingStatus;

/// Matches weaker than this are no sign of a duplicate.
constexpr double kDuplicateProbability = 0.9;

/// A registered recording that the input is another copy of.
struct Twin {
  Recording recording;
  std::string how;
};

NewRecording make_recording(const Analysed& input, const RegisterRequest& request,
                            const fingerprint::Fingerprint& reference) {
  NewRecording recording;
  recording.identity = identity_of(reference, input.content_hash);
  recording.content_hash = input.content_hash;
  recording.owner = request.owner;
  recording.title = request.title.empty() ? title_from(input.source) : request.title;
  recording.isrc = request.isrc;
  recording.source = input.source;
  recording.action = request.policy;
  recording.duration_ms = static_cast<std::int64_t>(input.fingerprint.duration_ms());
  recording.quarantine_reason = quarantine_reason(input.fingerprint);
  if (recording.quarantine_reason.empty()) recording.fingerprint = fingerprint::encode(reference);
  return recording;
}

RegisterOutcome outcome_of(const NewRecording& input) {
  RegisterOutcome outcome;
  outcome.duration_ms = static_cast<std::uint64_t>(input.duration_ms);
  outcome.fingerprint_bytes = input.fingerprint.size();
  outcome.reason = input.quarantine_reason;
  if (!outcome.reason.empty()) outcome.status = RegisterStatus::kQuarantined;
  return outcome;
}

RegisterOutcome duplicate_of(const Twin& twin, const NewRecording& input) {
  RegisterOutcome outcome = outcome_of(input);
  outcome.status = RegisterStatus::kDuplicate;
  outcome.recording_id = twin.recording.id;
  outcome.fingerprint_bytes = static_cast<std::uint64_t>(twin.recording.fingerprint_bytes);
  outcome.reason = fmt::format("{} as {}", twin.how, twin.recording.source);
  const std::string_view owner =
      input.owner.empty() ? registry::kDefaultParty : std::string_view(input.owner);
  if (owner != twin.recording.owner) outcome.reason += ", which belongs to " + twin.recording.owner;
  return outcome;
}

Twin same_twin(Recording recording, const NewRecording& input) {
  const bool same_file = recording.content_sha256 == to_hex(input.content_hash);
  return {std::move(recording), same_file ? "the same file" : "the same audio"};
}

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
  Result<CatalogueStats> stats() override;
  registry::Registry& registry() override { return *registry_; }

 private:
  [[nodiscard]] Result<Analyser*> started_analyser();
  [[nodiscard]] Result<std::optional<Recording>> find_known(const NewRecording& input) const;
  [[nodiscard]] Result<std::optional<Twin>> find_twin(const Analysed& input,
                                                      const fingerprint::Fingerprint& reference);
  [[nodiscard]] Result<RegisterOutcome> commit(const NewRecording& input);

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

Result<std::optional<Twin>> StoreCatalogue::find_twin(const Analysed& input,
                                                      const fingerprint::Fingerprint& reference) {
  index::SearchOptions options;
  options.threads = default_threads();
  options.min_probability = kDuplicateProbability;
  std::int64_t best_key = 0;
  double best = kNearIdentityAgreement;
  for (const Probe& probe : make_probes(input.fingerprint)) {
    EARMARK_TRY(const auto matches, index_.search(probe.piece, options));
    for (const index::Match& match : matches) {
      if (match.recording == best_key) continue;
      EARMARK_TRY(const auto stored, registry_->recordings().fingerprint(match.recording));
      if (!stored) continue;
      const auto other = fingerprint::decode(*stored);
      const double common = other ? likeness(reference, *other, shift_of(probe, match)) : 0.0;
      if (common < best) continue;
      best = common;
      best_key = match.recording;
    }
  }
  if (best_key == 0) return std::nullopt;
  EARMARK_TRY(auto recording, registry_->recordings().find_by_key(best_key));
  if (!recording || recording->status != RecordingStatus::kRegistered) return std::nullopt;
  return Twin{std::move(*recording), fmt::format("{:.0f} % the same", 100.0 * best)};
}

Result<RegisterOutcome> StoreCatalogue::add(const Analysed& input, const RegisterRequest& request) {
  const auto reference = fingerprint::thin(input.fingerprint);
  const NewRecording recording = make_recording(input, request, reference);
  const bool dry_run = request.mode == RegisterRequest::Mode::kDryRun;
  const std::lock_guard adding(adding_);
  EARMARK_TRY(auto known, find_known(recording));
  const bool is_registered = known && known->status == RecordingStatus::kRegistered;
  if (!is_registered && recording.quarantine_reason.empty()) {
    EARMARK_TRY(const auto twin, find_twin(input, reference));
    if (twin) {
      if (!dry_run)
        EARMARK_TRY_STATUS(registry_->recordings().note_duplicate(twin->recording.key, recording));
      return duplicate_of(*twin, recording);
    }
  }
  if (!dry_run) return commit(recording);
  if (is_registered) return duplicate_of(same_twin(std::move(*known), recording), recording);
  RegisterOutcome outcome = outcome_of(recording);
  outcome.recording_id = known ? known->id : registry::public_id("rec_", recording.identity);
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
  return outcome;
}

Status StoreCatalogue::forget(const std::string& recording_id) {
  EARMARK_TRY_STATUS(registry_->recordings().forget(recording_id));
  return index_.catch_up();
}

Result<std::vector<MatchedUse>> StoreCatalogue::match(const Analysed& input,
                                                      const index::SearchOptions& options) {
  EARMARK_TRY(const auto matches, index_.search(input.fingerprint, options));
  std::vector<std::int64_t> keys;
  keys.reserve(matches.size());
  for (const index::Match& match : matches) keys.push_back(match.recording);
  EARMARK_TRY(const auto recordings, registry_->recordings().find_all(keys));
  std::vector<MatchedUse> uses;
  for (const index::Match& match : matches) {
    const auto found = recordings.find(match.recording);
    // Forgotten by another process while the search ran.
    if (found == recordings.end() || found->second.status != RecordingStatus::kRegistered) continue;
    uses.push_back({match, found->second.id, found->second.source, found->second.title});
  }
  return uses;
}

Result<CatalogueStats> StoreCatalogue::stats() {
  EARMARK_TRY_STATUS(index_.catch_up());
  CatalogueStats stats;
  stats.index = index_.stats();
  stats.store_bytes = bytes_below(registry_->store());
  return stats;
}

}  // namespace

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
