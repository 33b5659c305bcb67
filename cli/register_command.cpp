#include <fmt/format.h>

#include "api/encode.h"
#include "catalogue/analyser.h"
#include "cli/batch.h"
#include "cli/commands.h"
#include "cli/encode.h"
#include "cli/inputs.h"
#include "cli/manifest.h"
#include "cli/open_store.h"
#include "cli/table.h"
#include "core/text.h"
#include "fingerprint/codec.h"
#include "fingerprint/extractor.h"

namespace earmark::cli {
namespace {

using catalogue::Analysed;
using catalogue::RegisterOutcome;
using catalogue::RegisterRequest;
using catalogue::RegisterStatus;

struct Job {
  std::filesystem::path path;
  RegisterRequest request;
  std::string error;  ///< not empty: nothing to analyse, this is why
  ManifestRights rights{};
};

Status add_manifest_jobs(const RegisterOptions& options, const RegisterRequest& defaults, Console& console,
                         std::vector<Job>& jobs) {
  EARMARK_TRY(const Manifest manifest, read_manifest(options.manifest));
  for (const auto& name : manifest.unknown_columns) {
    console.note(LogLevel::kWarning,
                 fmt::format("{}: column '{}' is not known and was ignored", options.manifest, name));
  }
  for (const auto& row : manifest.rows) {
    Job job{row.path, defaults, {}};
    if (!row.error.empty()) job.error = fmt::format("{}:{}: {}", options.manifest, row.line, row.error);
    if (!row.owner.empty()) job.request.owner = row.owner;
    job.request.policy = row.policy.value_or(defaults.policy);
    job.request.title = row.title;
    job.request.isrc = row.isrc;
    job.rights = row.rights;
    jobs.push_back(std::move(job));
  }
  return {};
}

Result<std::vector<Job>> make_jobs(const RegisterOptions& options, Console& console) {
  RegisterRequest defaults;
  defaults.owner = options.owner;
  defaults.policy = options.policy;
  defaults.mode = options.dry_run ? RegisterRequest::Mode::kDryRun : RegisterRequest::Mode::kCommit;
  std::vector<Job> jobs;
  const Inputs inputs = collect_inputs(options.paths);
  for (const Input& input : inputs.files) {
    jobs.push_back({input.path, defaults, input.error ? input.error->message : std::string()});
  }
  note_skipped(inputs, console);
  if (!options.manifest.empty()) EARMARK_TRY_STATUS(add_manifest_jobs(options, defaults, console, jobs));
  return jobs;
}

/// The two ways to do a job: with a store, or, for a dry run before there is one, without.
class Registrar {
 public:
  virtual ~Registrar() = default;
  virtual Result<Analysed> analyse(const std::filesystem::path& path) = 0;  ///< on any thread
  virtual Result<RegisterOutcome> add(const Analysed& input, const RegisterRequest& request) = 0;
  /// Findings in what the manifest says of the recording's rights, once they are written.
  virtual Result<std::vector<registry::RegistrationFinding>> apply(const std::string& recording_id,
                                                                   const Job& job) = 0;
};

class StoreRegistrar final : public Registrar {
 public:
  explicit StoreRegistrar(std::unique_ptr<catalogue::Catalogue> catalogue)
      : catalogue_(std::move(catalogue)) {}
  Result<Analysed> analyse(const std::filesystem::path& path) override { return catalogue_->analyse(path); }
  Result<RegisterOutcome> add(const Analysed& input, const RegisterRequest& request) override {
    return catalogue_->add(input, request);
  }
  Result<std::vector<registry::RegistrationFinding>> apply(const std::string& recording_id,
                                                           const Job& job) override {
    if (job.request.mode == RegisterRequest::Mode::kDryRun) return contradictions_in(job.rights);
    const std::string_view actor = job.request.owner.empty() ? registry::kDefaultParty : job.request.owner;
    return apply_rights(catalogue_->registry(), recording_id, job.rights, actor);
  }

 private:
  std::unique_ptr<catalogue::Catalogue> catalogue_;
};

/// In an empty store everything would be registered.
class StorelessRegistrar final : public Registrar {
 public:
  explicit StorelessRegistrar(std::unique_ptr<catalogue::Analyser> analyser)
      : analyser_(std::move(analyser)) {}
  Result<Analysed> analyse(const std::filesystem::path& path) override { return analyser_->analyse(path); }
  Result<RegisterOutcome> add(const Analysed& input, const RegisterRequest&) override {
    RegisterOutcome outcome;
    outcome.duration_ms = input.fingerprint.duration_ms();
    outcome.fingerprint_bytes = fingerprint::encode(fingerprint::thin(input.fingerprint)).size();
    return outcome;
  }
  Result<std::vector<registry::RegistrationFinding>> apply(const std::string&, const Job& job) override {
    return contradictions_in(job.rights);
  }

 private:
  std::unique_ptr<catalogue::Analyser> analyser_;
};

/// Registers one input and what the manifest says of its rights. Another owner's recording stays theirs.
void register_one(Registrar& registrar, const Job& job, const Analysed& analysed, RegisterLine& line) {
  auto outcome = registrar.add(analysed, job.request);
  if (!outcome) {
    line.error = outcome.error().message;
    return;
  }
  line.outcome = std::move(*outcome);
  const bool is_anothers =
      line.outcome->status == RegisterStatus::kDuplicate && !line.outcome->findings.empty();
  if (job.rights.is_empty() || is_anothers) return;
  const auto findings = registrar.apply(line.outcome->recording_id, job);
  if (!findings) {
    line.warnings.push_back("its rights could not be written: " + findings.error().message);
    return;
  }
  line.outcome->findings.insert(line.outcome->findings.end(), findings->begin(), findings->end());
}

Result<std::unique_ptr<Registrar>> make_registrar(const Common& common, const RegisterOptions& options) {
  auto catalogue =
      open_catalogue(common, common.threads, options.dry_run ? Access::kReadOnly : Access::kReadWrite);
  if (catalogue) return std::make_unique<StoreRegistrar>(std::move(*catalogue));
  if (!options.dry_run || catalogue.error().code != ErrorCode::kNotFound)
    return fail(std::move(catalogue).error());
  EARMARK_TRY(auto analyser, catalogue::Analyser::start(common.threads));
  return std::make_unique<StorelessRegistrar>(std::move(analyser));
}

struct Tally {
  std::size_t registered = 0;
  std::size_t duplicates = 0;
  std::size_t quarantined = 0;
  std::size_t failed = 0;
  std::uint64_t audio_ms = 0;

  void count(const RegisterLine& line) {
    if (!line.outcome) {
      ++failed;
      return;
    }
    audio_ms += line.outcome->duration_ms;
    switch (line.outcome->status) {
      case RegisterStatus::kRegistered: ++registered; break;
      case RegisterStatus::kDuplicate: ++duplicates; break;
      case RegisterStatus::kQuarantined: ++quarantined; break;
    }
  }
};

/// What a person should know at once; `recordings show` has the rest.
void print_shared(const std::vector<registry::SharedStretch>& shared, Console& console) {
  for (const auto& stretch : shared) {
    if (stretch.kind == registry::SharedKind::kRepeat) continue;
    console.line(fmt::format("             {} {} to {}: also in {}  {} ({})",
                             registry::to_string(stretch.kind),
                             time_code(static_cast<std::uint64_t>(stretch.start_ms)),
                             time_code(static_cast<std::uint64_t>(stretch.end_ms)), stretch.other_id,
                             printable(stretch.other_title), printable(stretch.other_owner)));
  }
}

void print(const RegisterLine& line, Console& console) {
  if (console.is_json()) {
    console.result(encode(line));
    return;
  }
  if (!line.outcome) {
    console.note(LogLevel::kError, line.error);
    return;
  }
  const std::string reason =
      line.outcome->reason.empty() ? "" : "  (" + printable(line.outcome->reason) + ")";
  const std::string& id = line.outcome->recording_id;
  console.line(fmt::format("{:<11} {:>12}  {}  {}{}", api::to_string(line.outcome->status),
                           time_code(line.outcome->duration_ms), id.empty() ? "-" : id,
                           printable(line.source), reason));
  print_shared(line.outcome->shared, console);
  for (const auto& warning : line.warnings) console.note(LogLevel::kWarning, line.source + ": " + warning);
}

void print_summary(const Tally& tally, const Common& common, const RegisterOptions& options,
                   Console& console) {
  if (console.is_json()) return;
  console.line(fmt::format("{} {}, {} duplicate, {} quarantined, {} failed; {} of audio; store {}",
                           tally.registered, options.dry_run ? "would be registered" : "registered",
                           tally.duplicates, tally.quarantined, tally.failed, time_code(tally.audio_ms),
                           printable(common.store.native())));
}

}  // namespace

Exit run(const Common& common, const RegisterOptions& options, Console& console) {
  const auto jobs = make_jobs(options, console);
  if (!jobs) return failed(console, jobs.error());
  if (jobs->empty()) console.note(LogLevel::kWarning, "there is nothing to register");
  const auto registrar = make_registrar(common, options);
  if (!registrar) return failed(console, registrar.error());
  Tally tally;
  console.begin_progress("register", jobs->size());
  run_in_order<Result<Analysed>>(
      jobs->size(), common.threads,
      [&](std::size_t i) -> Result<Analysed> {
        const Job& job = (*jobs)[i];
        if (!job.error.empty()) return fail(ErrorCode::kInvalidArgument, job.error);
        return (*registrar)->analyse(job.path);
      },
      [&](std::size_t i, Result<Analysed> analysed) {
        RegisterLine line{(*jobs)[i].path.native(), std::nullopt, {}, {}};
        if (analysed) {
          line.warnings = std::move(analysed->warnings);
          register_one(**registrar, (*jobs)[i], *analysed, line);
        } else {
          line.error = analysed.error().message;
        }
        tally.count(line);
        console.advance(line.outcome ? line.outcome->duration_ms : 0);
        print(line, console);
      });
  console.end_progress();
  print_summary(tally, common, options, console);
  return tally.failed > 0 ? Exit::kSomeFailed : Exit::kDone;
}

}  // namespace earmark::cli
