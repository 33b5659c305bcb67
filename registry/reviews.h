#pragma once
// What registration found, and what people made of it.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "registry/types.h"

namespace earmark::storage {
class Database;
class Session;
}  // namespace earmark::storage

namespace earmark::registry {

/// A finding as it is kept.
struct KeptFinding {
  RegistrationFinding finding;
  std::string other_id;     ///< public id of the other recording; empty: none
  std::string other_owner;  ///< as of now
  Timestamp at{};
  std::optional<Timestamp> decided_at;
  std::string decided_by;
  std::string decision;  ///< "accepted", "refused"; empty: open
};

/// A recording that waits for a person: in quarantine, or registered and contested.
struct ReviewItem {
  Recording recording;
  std::vector<KeptFinding> findings;  ///< open ones
};

/// Synchronised.
class Reviews {
 public:
  Reviews(storage::Database& database, const Clock& clock) : database_(&database), clock_(&clock) {}

  /// Recordings with open findings that ask for a person, in the order of registration.
  [[nodiscard]] Result<std::vector<ReviewItem>> list() const;
  /// All findings of a recording, also decided ones.
  [[nodiscard]] Result<std::vector<KeptFinding>> findings(std::string_view recording_id) const;

  /// One in quarantine is registered and matched from now on; one that is contested stays as it is.
  /// kNotFound; kConflict: there is nothing to decide, or nothing to recognise it by.
  [[nodiscard]] Result<Recording> accept(std::string_view recording_id, std::string_view by,
                                         std::string_view note);
  /// One in quarantine stays there for good, without its fingerprint. kNotFound; kConflict: it is registered.
  [[nodiscard]] Result<Recording> refuse(std::string_view recording_id, std::string_view by,
                                         std::string_view note);

 private:
  storage::Database* database_;
  const Clock* clock_;
};

/// Within a transaction: keeps what was found when `recording_key` was handed in.
[[nodiscard]] Status keep_findings(storage::Session& session, std::int64_t recording_key,
                                   const std::vector<RegistrationFinding>& findings, Timestamp now);

}  // namespace earmark::registry
