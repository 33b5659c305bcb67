#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "registry/policy_rules.h"
#include "registry/resolution.h"

namespace earmark::storage {
class Database;
}

namespace earmark::registry {

struct NewPolicy {
  std::string party;
  std::string name;       ///< "track", "monetize" and "block" are taken: they are the plain policies
  std::string made_from;  ///< name of a template, for the record
  PolicyAction otherwise = PolicyAction::kTrack;
  std::vector<PolicyLine> lines;
};

/// One use of the past under the policies of now and under those of a proposal.
struct DryRunUse {
  std::string recording_id;
  std::string feed;
  std::string guid;
  std::int64_t query_start_ms = 0;
  std::int64_t query_end_ms = 0;
  Decision now;
  Decision then;
};
/// Counts of uses by what follows: "track", "monetize", "block", "review", "no_claim".
using DecisionCounts = std::map<std::string, std::int64_t>;
struct DryRun {
  std::int64_t uses = 0;
  DecisionCounts now;
  DecisionCounts then;
  DecisionCounts reasons;          ///< of `then`
  std::vector<DryRunUse> changed;  ///< in the order in which they were heard
};
struct DryRunOptions {
  std::string party;
  std::string recording_id;  ///< empty: all of the party's
  std::int64_t days = 30;
};

/// Policies as versioned rules, and what they make of uses. Synchronised.
class Policies {
 public:
  Policies(storage::Database& database, const Clock& clock) : database_(&database), clock_(&clock) {}

  /// The policy of that party and name: version 1, the next version, or, where nothing changes, the one that
  /// is there.
  [[nodiscard]] Result<Policy> put(const NewPolicy& policy, std::string_view actor);
  /// Newest versions; empty `party`: of all.
  [[nodiscard]] Result<std::vector<Policy>> list(std::string_view party) const;
  /// All versions of a rule, oldest first. kNotFound.
  [[nodiscard]] Result<std::vector<Policy>> versions(std::string_view rule_id) const;
  /// From now on the party wants this for the recording, or, where that is empty, for all it owns (also for
  /// those that were registered with another plain policy). The newest version counts at any time.
  [[nodiscard]] Status use(std::string_view party, std::string_view recording_id, std::string_view rule_id,
                           std::string_view actor);
  /// What would have followed from the uses of the last days with `proposal` for what it is about. Writes
  /// nothing.
  [[nodiscard]] Result<DryRun> dry_run(const NewPolicy& proposal, const DryRunOptions& options) const;

  /// What follows from a use now: for a match that is asked about before it is published. Nothing when the
  /// recording is not registered.
  struct Asked {
    std::int64_t recording_key = 0;
    std::string feed_url;  ///< empty: not known; then only licences for any feed count
    std::int64_t query_start_ms = 0;
    std::int64_t query_end_ms = 0;
    std::int64_t reference_start_ms = 0;
    std::int64_t reference_end_ms = 0;
    double probability = 0.0;
    MatchType match_type = MatchType::kRecording;
    bool is_ambiguous = false;  ///< other recordings have all of what is heard as well
  };
  [[nodiscard]] Result<std::optional<Decision>> ask(const Asked& use) const;

 private:
  storage::Database* database_;
  const Clock* clock_;
};

}  // namespace earmark::registry
