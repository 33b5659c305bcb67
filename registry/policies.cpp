#include "registry/policies.h"

#include <algorithm>

#include <fmt/format.h>

#include "registry/ids.h"
#include "registry/parties.h"
#include "registry/policy_store.h"
#include "registry/rights_steps.h"
#include "registry/use_facts.h"
#include "storage/database.h"

namespace earmark::registry {
namespace {

using storage::Session;

bool is_same(const Policy& known, const NewPolicy& wanted) {
  return known.otherwise == wanted.otherwise && known.lines == wanted.lines &&
         known.made_from == wanted.made_from;
}

Json detail_of(const Policy& policy) {
  Json lines = Json::array();
  for (const PolicyLine& line : policy.lines) lines.push_back(to_string(line));
  return {{"party", policy.party},     {"name", policy.name},
          {"version", policy.version}, {"template", policy.made_from},
          {"rules", std::move(lines)}, {"otherwise", to_string(policy.otherwise)}};
}

Policy policy_of(const NewPolicy& wanted) {
  Policy policy;
  policy.rule_id = public_id("rule_", digest_of({"policy", wanted.party, wanted.name}));
  policy.party = wanted.party;
  policy.name = wanted.name;
  policy.made_from = wanted.made_from;
  policy.otherwise = wanted.otherwise;
  policy.lines = wanted.lines;
  return policy;
}

/// A use of the past.
struct PastUse {
  std::string recording_id;
  std::string feed;
  std::string guid;
  NewSighting use;
  std::int64_t recording_ms = 0;
  std::string claim_status;  ///< empty: it made no claim
};

void map_columns(storage::Columns& columns, PastUse& past) {
  columns(past.recording_id)(past.feed)(past.guid)(past.use.recording_key)(past.use.query_start_ms);
  columns(past.use.query_end_ms)(past.use.reference_start_ms)(past.use.reference_end_ms)(
      past.use.probability);
  columns.text([&past](const std::string& text) {
    past.use.match_type = parse_match_type(text).value_or(MatchType::kRecording);
  });
  columns(past.recording_ms)(past.claim_status);
}

/// Uses of what the party has a say in; of several sightings of one claim, the last.
Result<std::vector<PastUse>> past_uses(Session& session, const DryRunOptions& options, Timestamp since) {
  return session.query<PastUse>(
      "SELECT r.id, f.url, e.guid, s.recording_key, s.query_start_ms, s.query_end_ms, s.reference_start_ms,"
      " s.reference_end_ms, s.probability, s.match_type, r.duration_ms, coalesce(c.status, '')"
      " FROM sightings s JOIN scans n ON n.key = s.scan_key JOIN episode_versions v ON v.key = n.version_key"
      " JOIN episodes e ON e.key = v.episode_key JOIN feeds f ON f.key = e.feed_key"
      " JOIN recordings r ON r.key = s.recording_key JOIN parties p ON p.key = r.party_key"
      " LEFT JOIN claims c ON c.key = s.claim_key"
      " WHERE n.at >= :since AND (:any_recording = '' OR r.id = :recording)"
      " AND (p.name = :party OR r.key IN (SELECT h.recording_key FROM shares h JOIN parties q ON q.key = "
      "h.party_key"
      " WHERE h.ended_at IS NULL AND q.name = :holder) OR r.key IN (SELECT l.recording_key FROM "
      "recording_works l"
      " JOIN shares h ON h.work_key = l.work_key JOIN parties q ON q.key = h.party_key"
      " WHERE h.ended_at IS NULL AND q.name = :writer))"
      " AND (s.claim_key IS NULL OR s.key = (SELECT max(t.key) FROM sightings t WHERE t.claim_key = "
      "s.claim_key))"
      " ORDER BY s.key",
      {since, options.recording_id, options.recording_id, options.party, options.party, options.party});
}

std::string outcome_of(const Decision& decision) {
  if (decision.disposition != Disposition::kActive) return std::string(to_string(decision.disposition));
  return std::string(to_string(*decision.action));
}

bool is_cleared(const PastUse& past) {
  const auto status = parse_claim_status(past.claim_status);
  return status && (*status == ClaimStatus::kReleased || *status == ClaimStatus::kRestored);
}

}  // namespace

Result<Policy> Policies::put(const NewPolicy& wanted, std::string_view actor) {
  if (wanted.name.empty()) return fail(ErrorCode::kInvalidArgument, "a policy has a name");
  if (parse_policy_action(wanted.name))
    return fail(ErrorCode::kInvalidArgument, fmt::format("'{}' is the name of a plain policy", wanted.name));
  return database_->write([&](Session& session) -> Result<Policy> {
    Policy policy = policy_of(wanted);
    policy.created_at = clock_->now();
    EARMARK_TRY(const auto party, ensure_party(session, wanted.party, policy.created_at));
    if (auto known = newest_policy(session, policy.rule_id)) {
      if (is_same(*known, wanted)) return std::move(*known);
      policy.version = known->version;
    } else if (known.error().code != ErrorCode::kNotFound) {
      return fail(known.error());
    }
    ++policy.version;
    EARMARK_TRY(policy.key,
                session.get<std::int64_t>(
                    "INSERT INTO policies (rule_id, version, party_key, action, created_at, name, template)"
                    " VALUES (:rule, :version, :party, :action, :now, :name, :template) RETURNING key",
                    {policy.rule_id, policy.version, party.key, to_string(policy.otherwise),
                     policy.created_at, policy.name, policy.made_from}));
    EARMARK_TRY_STATUS(insert_lines(session, policy));
    EARMARK_TRY_STATUS(append_rights_event(session, policy.created_at, actor, policy.rule_id, "policy_put",
                                           detail_of(policy)));
    return policy;
  });
}

Result<std::vector<Policy>> Policies::list(std::string_view party) const {
  return database_->read([&](Session& session) {
    return select_policies(session,
                           party.empty()
                               ? "WHERE :any = '' AND o.version = (SELECT max(n.version) FROM policies n"
                                 " WHERE n.rule_id = o.rule_id) ORDER BY p.name, o.key"
                               : "WHERE p.name = :party AND o.version = (SELECT max(n.version) FROM"
                                 " policies n WHERE n.rule_id = o.rule_id) ORDER BY o.key",
                           party);
  });
}

Result<std::vector<Policy>> Policies::versions(std::string_view rule_id) const {
  return database_->read([&](Session& session) -> Result<std::vector<Policy>> {
    EARMARK_TRY(auto all, select_policies(session, "WHERE o.rule_id = :rule ORDER BY o.version", rule_id));
    if (all.empty()) return fail(ErrorCode::kNotFound, fmt::format("{}: no such policy", rule_id));
    return all;
  });
}

Status Policies::use(std::string_view party_name, std::string_view recording_id, std::string_view rule_id,
                     std::string_view actor) {
  return database_->write([&](Session& session) -> Status {
    const Timestamp now = clock_->now();
    EARMARK_TRY(const auto policy, newest_policy(session, rule_id));
    if (policy.party != party_name) {
      return fail(ErrorCode::kInvalidArgument,
                  fmt::format("{} is a policy of {}, not of {}", rule_id, policy.party, party_name));
    }
    EARMARK_TRY(const auto party, ensure_party(session, party_name, now));
    std::optional<std::int64_t> recording;
    if (!recording_id.empty()) {
      EARMARK_TRY(recording, recording_key_of(session, recording_id));
    }
    EARMARK_TRY_STATUS(session.execute(
        "UPDATE party_policies SET ended_at = :now WHERE ended_at IS NULL AND party_key = :party"
        " AND coalesce(recording_key, 0) = :recording",
        {now, party.key, recording.value_or(0)}));
    EARMARK_TRY_STATUS(
        session.execute("INSERT INTO party_policies (party_key, recording_key, rule_id, set_at)"
                        " VALUES (:party, :recording, :rule, :now)",
                        {party.key, recording, rule_id, now}));
    return append_rights_event(session, now, actor, recording_id.empty() ? party_name : recording_id,
                               "policy_used",
                               {{"party", party_name}, {"rule_id", rule_id}, {"name", policy.name}});
  });
}

Result<DryRun> Policies::dry_run(const NewPolicy& proposal, const DryRunOptions& options) const {
  return database_->read([&](Session& session) -> Result<DryRun> {
    const Timestamp now = clock_->now();
    EARMARK_TRY(const auto past, past_uses(session, options, now - std::chrono::days(options.days)));
    const Policy proposed = policy_of(proposal);
    DryRun run;
    for (const PastUse& one : past) {
      EARMARK_TRY(auto facts, load_facts(session, one.use.recording_key, one.feed, now));
      if (!facts) continue;
      add_use(*facts, one.use, one.recording_ms);
      facts->is_cleared = is_cleared(one);
      DryRunUse use{one.recording_id,     one.feed,       one.guid, one.use.query_start_ms,
                    one.use.query_end_ms, decide(*facts), {}};
      facts->policies.insert_or_assign(options.party, proposed);
      use.then = decide(*facts);
      ++run.uses;
      ++run.now[outcome_of(use.now)];
      ++run.then[outcome_of(use.then)];
      ++run.reasons[std::string(use.then.reason)];
      if (outcome_of(use.now) != outcome_of(use.then)) run.changed.push_back(std::move(use));
    }
    return run;
  });
}

Result<std::optional<Decision>> Policies::ask(const Asked& asked) const {
  return database_->read([&](Session& session) -> Result<std::optional<Decision>> {
    EARMARK_TRY(auto facts, load_facts(session, asked.recording_key, asked.feed_url, clock_->now()));
    if (!facts) return std::optional<Decision>();
    EARMARK_TRY(const auto length, recording_length(session, asked.recording_key));
    NewSighting use;
    use.query_start_ms = asked.query_start_ms;
    use.query_end_ms = asked.query_end_ms;
    use.reference_start_ms = asked.reference_start_ms;
    use.reference_end_ms = asked.reference_end_ms;
    use.probability = asked.probability;
    use.match_type = asked.match_type;
    add_use(*facts, use, length);
    facts->is_ambiguous = asked.is_ambiguous;
    return std::optional<Decision>(decide(*facts));
  });
}

}  // namespace earmark::registry
