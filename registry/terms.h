#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "registry/rights_types.h"

namespace earmark::storage {
class Database;
}

namespace earmark::registry {

/// What bounds a right: licences and allow-lists, rights documents, stretches of recordings that are left
/// out. Synchronised. Every change is one transaction and leaves an entry in the history; what ended is kept.
/// Errors: kNotFound, kInvalidArgument, and those of the store.
class Terms {
 public:
  Terms(storage::Database& database, const Clock& clock) : database_(&database), clock_(&clock) {}

  /// Needs a party, and for kAllow a feed. The id is made from the terms: giving the same again is the same
  /// licence. Claims that are made from now on respect it; claims that are there stay until somebody acts.
  [[nodiscard]] Result<Licence> give(const Licence& licence, std::string_view actor);
  [[nodiscard]] Status end_licence(std::string_view id, std::string_view actor);
  /// In the order in which they were given, also ended ones; empty `party`: of all.
  [[nodiscard]] Result<std::vector<Licence>> licences(std::string_view party) const;

  /// Needs a subject and a reason; a party unless it is the public domain.
  [[nodiscard]] Result<RightsDocument> attach(const RightsDocument& document, std::string_view actor);
  [[nodiscard]] Status withdraw_document(std::string_view id, std::string_view actor);
  /// Of a recording or a work, also withdrawn ones.
  [[nodiscard]] Result<std::vector<RightsDocument>> documents(std::string_view subject) const;

  [[nodiscard]] Result<Exclusion> exclude(std::string_view recording_id, const Exclusion& exclusion,
                                          std::string_view actor);
  [[nodiscard]] Status end_exclusion(std::string_view recording_id, std::int64_t key, std::string_view actor);
  /// Those in force, by time.
  [[nodiscard]] Result<std::vector<Exclusion>> exclusions(std::string_view recording_id) const;
  /// Those in force of the recording with this key.
  [[nodiscard]] Result<std::vector<Exclusion>> exclusions_by_key(std::int64_t recording_key) const;

 private:
  storage::Database* database_;
  const Clock* clock_;
};

}  // namespace earmark::registry
