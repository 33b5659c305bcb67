#pragma once
#include <string_view>
#include <vector>

#include "registry/types.h"

namespace earmark::storage {
class Database;
class Session;
}  // namespace earmark::storage

namespace earmark::registry {

/// The party that owns what is registered without a name.
inline constexpr std::string_view kDefaultParty = "default";

/// A policy as it stood in one version.
struct PolicyRule {
  std::int64_t key = 0;
  std::string rule_id;  ///< "rule_…", of (party, name)
  std::int64_t version = 0;
  PolicyAction action = PolicyAction::kTrack;
};

/// Who owns, and what they want. Synchronised.
class Parties {
 public:
  Parties(storage::Database& database, const Clock& clock) : database_(&database), clock_(&clock) {}

  /// The party of that name, made when it is not there. kInvalidArgument for an empty name.
  [[nodiscard]] Result<Party> ensure(std::string_view name);
  [[nodiscard]] Result<std::vector<Party>> list() const;

 private:
  storage::Database* database_;
  const Clock* clock_;
};

/// Within a transaction: the party of that name, made when it is not there.
[[nodiscard]] Result<Party> ensure_party(storage::Session& session, std::string_view name, Timestamp now);
/// Within a transaction: the party's standing rule for that action, made (version 1) when it is not there.
[[nodiscard]] Result<PolicyRule> ensure_rule(storage::Session& session, const Party& party,
                                             PolicyAction action, Timestamp now);

}  // namespace earmark::registry
