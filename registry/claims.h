#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "registry/claim_types.h"

namespace earmark::storage {
class Database;
}

namespace earmark::registry {

/// From this probability on a sighting makes an active claim; below, one that a person has to confirm.
inline constexpr double kActiveProbability = 0.9;
/// Below this probability a sighting makes no claim.
inline constexpr double kReviewProbability = 0.5;
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
  /// released.
  [[nodiscard]] Result<ScanOutcome> record_scan(const NewScan& scan);
  /// The version could not be scanned: adds one to its attempts. `state` is kRefused or kError.
  [[nodiscard]] Status record_scan_failure(std::int64_t version_key, ScanState state,
                                           std::string_view reason);

  /// In the order in which they were made.
  [[nodiscard]] Result<std::vector<Claim>> list(const ClaimFilter& filter) const;
  [[nodiscard]] Result<std::optional<Claim>> find(std::string_view id) const;
  [[nodiscard]] Result<std::vector<ClaimEvent>> events(std::string_view id) const;

  /// Moves a claim along and appends the event. kNotFound; kConflict where the states do not allow it:
  /// review → active | released; active → disputed | released; disputed → active | released; each →
  /// withdrawn.
  [[nodiscard]] Status set_status(std::string_view id, ClaimStatus to, std::string_view actor,
                                  std::string_view note);

 private:
  storage::Database* database_;
  const Clock* clock_;
};

}  // namespace earmark::registry
