#include "registry/use_facts.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "registry/policy_store.h"
#include "registry/rights_steps.h"
#include "storage/session.h"

namespace earmark::registry {
namespace {

using storage::Session;

/// The policy that counts for a party: for this recording; else for all it owns; else what it was registered
/// with.
struct Assigned {
  std::string party;
  std::string rule_id;
};

void map_columns(storage::Columns& columns, Assigned& assigned) { columns(assigned.party)(assigned.rule_id); }

struct Registered {
  std::string id;
  std::string registrant;
  std::string rule_id;
};

void map_columns(storage::Columns& columns, Registered& registered) {
  columns(registered.id)(registered.registrant)(registered.rule_id);
}

Result<RightsSide> side_of(Session& session, const Subject& subject) {
  RightsSide side;
  side.subject = subject.id;
  side.is_work = subject.work_key.has_value();
  EARMARK_TRY(side.shares, shares_of(session, subject));
  EARMARK_TRY(side.conflicts, conflicts_in_store(session, subject));
  EARMARK_TRY(side.documents, documents_of(session, subject));
  return side;
}

Status add_policies(Session& session, UseFacts& facts, std::int64_t recording_key,
                    const Registered& registered) {
  std::set<std::string> parties = {registered.registrant};
  for (const RightsSide& side : facts.sides) {
    for (const Share& share : side.shares) parties.insert(share.party);
  }
  EARMARK_TRY(const auto assigned,
              session.query<Assigned>(
                  "SELECT p.name, a.rule_id FROM party_policies a JOIN parties p ON p.key = a.party_key"
                  " WHERE a.ended_at IS NULL AND (a.recording_key IS NULL OR a.recording_key = :recording)"
                  " ORDER BY CASE WHEN a.recording_key IS NULL THEN 0 ELSE 1 END",
                  {recording_key}));
  std::map<std::string, std::string> rules = {{registered.registrant, registered.rule_id}};
  for (const Assigned& one : assigned) {
    if (parties.contains(one.party)) rules[one.party] = one.rule_id;
  }
  for (const auto& [party, rule_id] : rules) {
    EARMARK_TRY(auto policy, newest_policy(session, rule_id));
    facts.policies.emplace(party, std::move(policy));
  }
  return {};
}

}  // namespace

Result<Policy> newest_policy(Session& session, std::string_view rule_id) {
  EARMARK_TRY(auto policies,
              select_policies(session, "WHERE o.rule_id = :rule ORDER BY o.version DESC LIMIT 1", rule_id));
  if (policies.empty()) return fail(ErrorCode::kNotFound, fmt::format("{}: no such policy", rule_id));
  return std::move(policies.front());
}

Result<std::optional<UseFacts>> load_facts(Session& session, std::int64_t recording_key,
                                           std::string_view feed_url, Timestamp at) {
  EARMARK_TRY(const auto registered,
              session.find<Registered>("SELECT r.id, p.name, o.rule_id FROM recordings r"
                                       " JOIN parties p ON p.key = r.party_key"
                                       " JOIN policies o ON o.key = r.policy_key"
                                       " WHERE r.key = :key AND r.status = :status",
                                       {recording_key, to_string(RecordingStatus::kRegistered)}));
  if (!registered) return std::optional<UseFacts>();
  UseFacts facts;
  facts.at = at;
  facts.registrant = registered->registrant;
  EARMARK_TRY(auto master, side_of(session, {registered->id, recording_key, std::nullopt}));
  facts.sides.push_back(std::move(master));
  EARMARK_TRY(const auto works, works_of_recording(session, recording_key));
  for (const Subject& work : works) {
    EARMARK_TRY(auto side, side_of(session, work));
    facts.sides.push_back(std::move(side));
  }
  EARMARK_TRY(facts.licences, licences_for(session, recording_key, feed_url, at));
  EARMARK_TRY(facts.exclusions, exclusions_of(session, recording_key));
  EARMARK_TRY_STATUS(add_policies(session, facts, recording_key, *registered));
  return std::optional<UseFacts>(std::move(facts));
}

Result<std::int64_t> recording_length(Session& session, std::int64_t recording_key) {
  return session.get<std::int64_t>("SELECT duration_ms FROM recordings WHERE key = :key", {recording_key});
}

void add_use(UseFacts& facts, const NewSighting& use, std::int64_t recording_ms) {
  facts.use.match_type = use.match_type;
  facts.use.length_ms = use.query_end_ms - use.query_start_ms;
  const std::int64_t used = std::max<std::int64_t>(0, use.reference_end_ms - use.reference_start_ms);
  facts.use.share = recording_ms > 0 ? std::min<Ppm>(kWhole, used * kWhole / recording_ms) : 0;
  facts.probability = use.probability;
  facts.reference_start_ms = use.reference_start_ms;
  facts.reference_end_ms = use.reference_end_ms;
}

}  // namespace earmark::registry
