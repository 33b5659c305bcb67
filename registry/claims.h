#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "registry/calendar.h"
#include "registry/claim_types.h"
#include "registry/resolution.h"

namespace earmark::storage {
class Database;
}

namespace earmark::registry {

/// Time to answer a claim (the period of YouTube's Content ID, for disputes and for unreviewed claims alike).
inline constexpr std::chrono::days kAnswerPeriod{30};

struct ClaimFilter {
  std::optional<ClaimStatus> status;
  std::string recording_id;  ///< empty: any
  std::string feed_url;      ///< empty: any
};

/// Scans of episodes, what was heard in them, and what is claimed. Synchronised.
class Claims {
 public:
  Claims(storage::Database& database, const Clock& clock) : database_(&database), clock_(&clock) {}

  /// One transaction: the scan, its sightings, the claims that follow from the policies, the episode's new
  /// state. Uses of recordings that were forgotten meanwhile are left out. A use that is claimed already
  /// (same episode and recording, same place on both sides) gets no second claim; one that was released stays
  /// released. kConflict: the scan comes with a lease that has ended; nothing is stored.
  [[nodiscard]] Result<ScanOutcome> record_scan(const NewScan& scan);
  /// The version could not be scanned: adds one to its attempts. `state` is kRefused or kError.
  [[nodiscard]] Status record_scan_failure(std::int64_t version_key, ScanState state,
                                           std::string_view reason);

  /// In the order in which they were made.
  [[nodiscard]] Result<std::vector<Claim>> list(const ClaimFilter& filter) const;
  [[nodiscard]] Result<std::optional<Claim>> find(std::string_view id) const;
  [[nodiscard]] Result<std::vector<ClaimEvent>> events(std::string_view id) const;

  /// Moves a claim along and appends the event, as `actor` in the role that may take the step. kNotFound;
  /// kConflict where the states do not allow it (docs/claims.md).
  [[nodiscard]] Status set_status(std::string_view id, ClaimStatus to, std::string_view actor,
                                  std::string_view note);

  /// What a party asks for; a deadline that went by before counts first. kNotFound; kInvalidArgument (no such
  /// verb or role, a step that needs evidence has none or none that is new); kConflict (not from this
  /// status); kRefused (not in this role: nothing that a person has to do is done by a machine).
  [[nodiscard]] Result<Claim> act(const ClaimAction& action);
  /// Lets the clock take every step that is due. Each deadline fires once, however often this is called, in
  /// whatever process, after whatever restart or step of the clock.
  [[nodiscard]] Result<std::vector<FiredDeadline>> tick();

  [[nodiscard]] Result<std::vector<ClaimDeadline>> deadlines(std::string_view id) const;
  [[nodiscard]] Result<std::vector<ClaimEvidence>> evidence(std::string_view id) const;
  /// By name of the claimant.
  [[nodiscard]] Result<std::vector<ClaimantStats>> claimant_stats() const;

  /// The standing periods, by the name of the status (claim_machine.h), in the order of a claim's life.
  [[nodiscard]] Result<std::vector<std::pair<std::string, Period>>> periods() const;
  /// For deadlines that are set from now on. kNotFound: no such status.
  [[nodiscard]] Status set_period(std::string_view status, const Period& period);

 private:
  storage::Database* database_;
  const Clock* clock_;
};

}  // namespace earmark::registry
