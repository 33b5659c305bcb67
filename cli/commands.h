#pragma once
// One struct of options and one function per command. A function returns when its work is done, was stopped,
// or failed; it says what happened through the console and by its exit code.
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "cli/audience_commands.h"
#include "cli/console.h"
#include "cli/crawl_options.h"
#include "cli/evidence_commands.h"
#include "cli/exit_code.h"
#include "cli/live_commands.h"
#include "cli/recommend_commands.h"
#include "cli/rights_options.h"
#include "registry/claim_types.h"
#include "registry/types.h"

namespace earmark::cli {

/// What every command takes.
struct Common {
  std::filesystem::path store;
  std::size_t threads = 1;
  Console::Options console;
};

struct RegisterOptions {
  std::vector<std::string> paths;
  std::string owner;  ///< empty: the store's default party
  registry::PolicyAction policy = registry::PolicyAction::kTrack;
  std::string manifest;  ///< empty: none
  bool dry_run = false;
};
struct MatchOptions {
  std::vector<std::string> paths;
  double min_probability = 0.9;
  bool review = false;
};
struct ForgetOptions {
  std::vector<std::string> recording_ids;
};
struct FingerprintOptions {
  std::vector<std::string> paths;
  std::filesystem::path folder;
};
struct ClaimsListOptions {
  std::optional<registry::ClaimStatus> status;
  std::string recording_id;  ///< empty: any
  std::string feed;          ///< empty: any
};
struct ServeOptions {
  std::string host = "127.0.0.1";
  int port = 8787;
  bool open = false;  ///< no key is the operator's own key
  std::string tls_certificate;
  std::string tls_key;
  std::size_t workers = 16;
  std::uint64_t most_upload_mb = 1024;
  std::int64_t rate = 2000;  ///< requests a second and key; 0: no limit
  bool allow_private = false;
  bool no_access_log = false;
  std::vector<std::string> acoustid_clients;
};
struct KeysCreateOptions {
  std::string role;
  std::string party;  ///< empty: the store's default party
  std::string label;
  int days = 0;  ///< 0: until it is revoked
};
struct KeysListOptions {};
struct KeysRevokeOptions {
  std::string id;
};
struct KeysRotateOptions {
  std::string id;
  int grace_hours = 168;
};
/// `earmark money …` (cli/money_options.h): apart, because it has many commands of its own.
struct MoneyOptions;
struct MoneyCommand {
  std::shared_ptr<const MoneyOptions> options;  ///< never null
};
struct StoreCopyOptions {
  std::string from;  ///< folder, or URL of a PostgreSQL database
  std::string to;
};
struct StatsOptions {};
struct DoctorOptions {};

using Command = std::variant<
    RegisterOptions, MatchOptions, ForgetOptions, FingerprintOptions, CrawlAddOptions, CrawlRunOptions,
    CrawlPreviewOptions, CrawlStatusOptions, CrawlPauseOptions, CrawlExportOptions, CrawlRetroOptions,
    ClaimsListOptions, ServeOptions, KeysCreateOptions, KeysListOptions, KeysRevokeOptions, KeysRotateOptions,
    ClaimStepOptions, ClaimViewOptions, PolicyOptions, RightsOptions, ReviewOptions, ExportOptions,
    StoreCopyOptions, StatsOptions, DoctorOptions, ExplainOptions, RecordingsShowOptions,
    ClaimsEvidenceOptions, ClaimsNoticeOptions, ClaimsCueSheetOptions, VerifyOptions, MoneyCommand,
    AudienceImportOptions, AudienceMediaOptions, AudienceShowOptions, AudienceEpochOptions,
    AudienceListsOptions, AudienceForecastOptions, RecommendSimilarOptions, RecommendDataOptions,
    CrawlRobotsOptions, LiveAddOptions, LiveStateOptions, LiveListOptions, LiveRunOptions, LiveLogOptions>;

[[nodiscard]] Exit run(const Common& common, const RegisterOptions& options, Console& console);
[[nodiscard]] Exit run(const Common& common, const MatchOptions& options, Console& console);
[[nodiscard]] Exit run(const Common& common, const ForgetOptions& options, Console& console);
[[nodiscard]] Exit run(const Common& common, const FingerprintOptions& options, Console& console);
[[nodiscard]] Exit run(const Common& common, const CrawlAddOptions& options, Console& console);
[[nodiscard]] Exit run(const Common& common, const CrawlRunOptions& options, Console& console);
[[nodiscard]] Exit run(const Common& common, const CrawlPreviewOptions& options, Console& console);
[[nodiscard]] Exit run(const Common& common, const CrawlStatusOptions& options, Console& console);
[[nodiscard]] Exit run(const Common& common, const CrawlPauseOptions& options, Console& console);
[[nodiscard]] Exit run(const Common& common, const CrawlExportOptions& options, Console& console);
[[nodiscard]] Exit run(const Common& common, const CrawlRetroOptions& options, Console& console);
[[nodiscard]] Exit run(const Common& common, const CrawlRobotsOptions& options, Console& console);
[[nodiscard]] Exit run(const Common& common, const ClaimsListOptions& options, Console& console);
[[nodiscard]] Exit run(const Common& common, const ServeOptions& options, Console& console);
[[nodiscard]] Exit run(const Common& common, const KeysCreateOptions& options, Console& console);
[[nodiscard]] Exit run(const Common& common, const KeysListOptions& options, Console& console);
[[nodiscard]] Exit run(const Common& common, const KeysRevokeOptions& options, Console& console);
[[nodiscard]] Exit run(const Common& common, const KeysRotateOptions& options, Console& console);
[[nodiscard]] Exit run(const Common& common, const ClaimStepOptions& options, Console& console);
[[nodiscard]] Exit run(const Common& common, const ClaimViewOptions& options, Console& console);
[[nodiscard]] Exit run(const Common& common, const PolicyOptions& options, Console& console);
[[nodiscard]] Exit run(const Common& common, const RightsOptions& options, Console& console);
[[nodiscard]] Exit run(const Common& common, const ReviewOptions& options, Console& console);
[[nodiscard]] Exit run(const Common& common, const ExportOptions& options, Console& console);
[[nodiscard]] Exit run(const Common& common, const StoreCopyOptions& options, Console& console);
[[nodiscard]] Exit run(const Common& common, const StatsOptions& options, Console& console);
[[nodiscard]] Exit run(const Common& common, const DoctorOptions& options, Console& console);
[[nodiscard]] Exit run(const Common& common, const ExplainOptions& options, Console& console);
[[nodiscard]] Exit run(const Common& common, const RecordingsShowOptions& options, Console& console);
[[nodiscard]] Exit run(const Common& common, const ClaimsEvidenceOptions& options, Console& console);
[[nodiscard]] Exit run(const Common& common, const ClaimsNoticeOptions& options, Console& console);
[[nodiscard]] Exit run(const Common& common, const ClaimsCueSheetOptions& options, Console& console);
[[nodiscard]] Exit run(const Common& common, const VerifyOptions& options, Console& console);
[[nodiscard]] Exit run(const Common& common, const MoneyCommand& command, Console& console);
[[nodiscard]] Exit run(const Common& common, const AudienceImportOptions& options, Console& console);
[[nodiscard]] Exit run(const Common& common, const AudienceMediaOptions& options, Console& console);
[[nodiscard]] Exit run(const Common& common, const AudienceShowOptions& options, Console& console);
[[nodiscard]] Exit run(const Common& common, const AudienceEpochOptions& options, Console& console);
[[nodiscard]] Exit run(const Common& common, const AudienceListsOptions& options, Console& console);
[[nodiscard]] Exit run(const Common& common, const AudienceForecastOptions& options, Console& console);
[[nodiscard]] Exit run(const Common& common, const RecommendSimilarOptions& options, Console& console);
[[nodiscard]] Exit run(const Common& common, const RecommendDataOptions& options, Console& console);
[[nodiscard]] Exit run(const Common& common, const LiveAddOptions& options, Console& console);
[[nodiscard]] Exit run(const Common& common, const LiveStateOptions& options, Console& console);
[[nodiscard]] Exit run(const Common& common, const LiveListOptions& options, Console& console);
[[nodiscard]] Exit run(const Common& common, const LiveRunOptions& options, Console& console);
[[nodiscard]] Exit run(const Common& common, const LiveLogOptions& options, Console& console);

}  // namespace earmark::cli
