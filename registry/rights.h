#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "registry/rights_types.h"

namespace earmark::storage {
class Database;
}

namespace earmark::registry {

/// Works, releases, and who owns what. Synchronised. Every change is one transaction and leaves an entry in
/// the history; nothing is overwritten. `actor` is who made the change. Errors: kNotFound, kInvalidArgument,
/// kConflict (an identifier that belongs to somebody else), and those of the store.
class Rights {
 public:
  Rights(storage::Database& database, const Clock& clock) : database_(&database), clock_(&clock) {}

  /// The work of that ISWC, or, without one, of that title; made when it is not there.
  [[nodiscard]] Result<Work> ensure_work(std::string_view iswc, std::string_view title,
                                         std::string_view actor);
  [[nodiscard]] Result<std::vector<Work>> works() const;
  /// The recording is of this work. Idempotent.
  [[nodiscard]] Status link_work(std::string_view recording_id, std::string_view work_id,
                                 std::string_view actor);
  [[nodiscard]] Result<std::vector<Work>> works_of(std::string_view recording_id) const;
  [[nodiscard]] Result<std::vector<std::string>> recordings_of(std::string_view work_id) const;

  /// The release of that GTIN, GRid or else title; made when it is not there.
  [[nodiscard]] Result<Release> ensure_release(const Release& wanted, std::string_view actor);
  [[nodiscard]] Result<std::vector<Release>> releases() const;
  /// Idempotent; a new position replaces the old one.
  [[nodiscard]] Status add_to_release(std::string_view release_id, std::string_view recording_id,
                                      std::int64_t position, std::string_view actor);
  [[nodiscard]] Result<std::vector<std::string>> recordings_on(std::string_view release_id) const;

  /// Replaces what is known of who owns the recording (master) or the work. More than the whole somewhere is
  /// recorded as a conflict and is no error: claims there wait for a person.
  [[nodiscard]] Result<Ownership> set_shares(std::string_view subject, std::span<const Share> shares,
                                             std::string_view actor);
  [[nodiscard]] Result<Ownership> ownership(std::string_view subject) const;

  /// Makes the party where needed. kConflict: it is another party's.
  [[nodiscard]] Status identify(const PartyIdentifier& identifier, std::string_view actor);
  /// Empty `party`: of all.
  [[nodiscard]] Result<std::vector<PartyIdentifier>> identifiers(std::string_view party) const;

  /// Of one subject (public id, name of a party), or of all where it is empty; in order.
  [[nodiscard]] Result<std::vector<RightsEvent>> history(std::string_view subject) const;

 private:
  storage::Database* database_;
  const Clock* clock_;
};

}  // namespace earmark::registry
