#include "registry/policy_store.h"

#include "registry/rights_steps.h"
#include "storage/session.h"

namespace earmark::registry {

using storage::Session;

static void map_columns(storage::Columns& columns, Policy& policy) {
  columns(policy.key)(policy.rule_id)(policy.version)(policy.party)(policy.name)(policy.made_from);
  columns.text([&policy](const std::string& text) {
    policy.otherwise = parse_policy_action(text).value_or(PolicyAction::kTrack);
  });
  columns(policy.created_at);
}

static void map_columns(storage::Columns& columns, PolicyLine& line) {
  columns.text([&line](const std::string& text) {
    line.action = parse_policy_action(text).value_or(PolicyAction::kTrack);
  });
  columns.text([&line](const std::string& text) { line.territories = territories_from(text); });
  columns.text([&line](const std::string& text) {
    if (const auto type = parse_match_type(text)) line.match_type = *type;
  });
  columns(line.min_length_ms)(line.min_share);
}

Result<std::vector<Policy>> select_policies(Session& session, std::string_view where,
                                            std::string_view value) {
  EARMARK_TRY(auto policies, session.query<Policy>(
                                 "SELECT o.key, o.rule_id, o.version, p.name,"
                                 " CASE WHEN o.name = '' THEN o.action ELSE o.name END, o.template, o.action,"
                                 " o.created_at FROM policies o JOIN parties p ON p.key = o.party_key " +
                                     std::string(where),
                                 {value}));
  for (Policy& policy : policies) {
    EARMARK_TRY(policy.lines, session.query<PolicyLine>(
                                  "SELECT action, territories, match_type, min_length_ms, min_share_ppm"
                                  " FROM policy_rules WHERE policy_key = :policy ORDER BY position",
                                  {policy.key}));
  }
  return policies;
}

Status insert_lines(Session& session, const Policy& policy) {
  std::int64_t position = 0;
  for (const PolicyLine& line : policy.lines) {
    EARMARK_TRY_STATUS(session.execute(
        "INSERT INTO policy_rules (policy_key, position, action, territories, match_type, min_length_ms,"
        " min_share_ppm) VALUES (:policy, :position, :action, :territories, :match, :length, :share)",
        {policy.key, ++position, to_string(line.action), line.territories.text(),
         line.match_type ? to_string(*line.match_type) : std::string_view(), line.min_length_ms,
         line.min_share}));
  }
  return {};
}

}  // namespace earmark::registry
