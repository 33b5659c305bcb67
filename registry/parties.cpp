#include "registry/parties.h"

#include "registry/ids.h"
#include "storage/database.h"

namespace earmark::registry {

static void map_columns(storage::Columns& columns, Party& party) {
  columns(party.key)(party.name)(party.created_at);
}

static void map_columns(storage::Columns& columns, PolicyRule& rule) {
  columns(rule.key)(rule.rule_id)(rule.version);
}

Result<Party> ensure_party(storage::Session& session, std::string_view name, Timestamp now) {
  if (name.empty()) return fail(ErrorCode::kInvalidArgument, "the name of a party is empty");
  EARMARK_TRY(auto known,
              session.find<Party>("SELECT key, name, created_at FROM parties WHERE name = :name", {name}));
  if (known) return std::move(*known);
  return session.get<Party>(
      "INSERT INTO parties (name, created_at) VALUES (:name, :now) RETURNING key, name, created_at",
      {name, now});
}

Result<PolicyRule> ensure_rule(storage::Session& session, const Party& party, PolicyAction action,
                               Timestamp now) {
  const auto rule_id = public_id("rule_", digest_of({"policy", party.name, to_string(action)}));
  EARMARK_TRY(auto known, session.find<PolicyRule>("SELECT key, rule_id, version FROM policies"
                                                   " WHERE rule_id = :rule ORDER BY version DESC LIMIT 1",
                                                   {rule_id}));
  if (!known) {
    EARMARK_TRY(known, session.get<PolicyRule>(
                           "INSERT INTO policies (rule_id, version, party_key, action, created_at)"
                           " VALUES (:rule, 1, :party, :action, :now) RETURNING key, rule_id, version",
                           {rule_id, party.key, to_string(action), now}));
  }
  known->action = action;
  return std::move(*known);
}

Result<Party> Parties::ensure(std::string_view name) {
  return database_->write(
      [&](storage::Session& session) { return ensure_party(session, name, clock_->now()); });
}

Result<std::vector<Party>> Parties::list() const {
  return database_->read([&](storage::Session& session) {
    return session.query<Party>("SELECT key, name, created_at FROM parties ORDER BY key");
  });
}

}  // namespace earmark::registry
