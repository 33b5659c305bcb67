#include <string_view>

#include <fmt/format.h>

#include "tests/api/write_paths.h"

namespace earmark::api {
namespace {

/// A query that counts what must not be there.
struct Invariant {
  const char* name;
  std::string_view counts;
};

constexpr Invariant kInvariants[] = {
    {"a claim that nobody made",
     "SELECT count(*) FROM claims c WHERE NOT EXISTS"
     " (SELECT 1 FROM claim_events e WHERE e.claim_key = c.key AND e.kind = 'created')"},
    {"a claim on nothing that was heard",
     "SELECT count(*) FROM claims c WHERE NOT EXISTS (SELECT 1 FROM sightings s WHERE s.claim_key = c.key)"},
    {"a claim whose history ends in another status",
     "SELECT count(*) FROM claims c WHERE c.status <> (SELECT e.to_status FROM claim_events e WHERE "
     "e.sequence ="
     " (SELECT max(n.sequence) FROM claim_events n WHERE n.claim_key = c.key AND n.kind <> 'seen_again'))"},
    {"an open question without a deadline, or with two",
     "SELECT count(*) FROM claims c WHERE c.status IN ('review', 'disputed') AND 1 <>"
     " (SELECT count(*) FROM claim_deadlines d WHERE d.claim_key = c.key AND d.settled_at IS NULL)"},
    {"a settled claim with an open deadline",
     "SELECT count(*) FROM claims c WHERE c.status IN ('released', 'withdrawn', 'expired') AND EXISTS"
     " (SELECT 1 FROM claim_deadlines d WHERE d.claim_key = c.key AND d.settled_at IS NULL)"},
    {"a released claim whose use is not cleared",
     "SELECT count(*) FROM claims c WHERE c.status = 'released' AND NOT EXISTS"
     " (SELECT 1 FROM cleared_uses u WHERE u.claim_key = c.key AND u.lifted_at IS NULL)"},
    {"a scan without all of its sightings",
     "SELECT count(*) FROM episode_versions v WHERE v.state = 'scanned' AND v.matches <> (SELECT count(*)"
     " FROM sightings s JOIN scans n ON n.key = s.scan_key WHERE n.version_key = v.key)"},
    {"a scan of an episode that is not scanned",
     "SELECT count(*) FROM scans n JOIN episode_versions v ON v.key = n.version_key WHERE v.state <> "
     "'scanned'"},
    {"an episode without its version",
     "SELECT count(*) FROM episodes e WHERE NOT EXISTS"
     " (SELECT 1 FROM episode_versions v WHERE v.episode_key = e.key AND v.version = e.version)"},
    {"a recording without history",
     "SELECT count(*) FROM recordings r WHERE NOT EXISTS"
     " (SELECT 1 FROM recording_events e WHERE e.recording_key = r.key)"},
    {"a fingerprint of what is forgotten",
     "SELECT count(*) FROM recordings r JOIN fingerprints f ON f.recording_key = r.key"
     " WHERE r.status = 'forgotten'"},
    {"a hole in the log of changes",
     "SELECT count(*) FROM store s WHERE s.revision <> (SELECT count(*) FROM catalogue_changes)"
     " OR s.revision <> (SELECT coalesce(max(revision), 0) FROM catalogue_changes)"},
    {"a licence that is not in the history",
     "SELECT count(*) FROM licences l WHERE NOT EXISTS (SELECT 1 FROM rights_events e WHERE e.subject = "
     "l.id)"},
    {"a conflict without shares",
     "SELECT count(*) FROM share_conflicts c WHERE c.resolved_at IS NULL AND NOT EXISTS"
     " (SELECT 1 FROM shares s WHERE s.recording_key = c.recording_key AND s.ended_at IS NULL)"},
    {"a policy without its rules",
     "SELECT count(*) FROM policies o WHERE o.name = 'mine' AND 2 <>"
     " (SELECT count(*) FROM policy_rules l WHERE l.policy_key = o.key)"},
    {"a bundle out of the chain",
     "SELECT count(*) FROM evidence_bundles b WHERE b.previous_sha256 <> coalesce((SELECT p.sha256 FROM"
     " evidence_bundles p WHERE p.sequence = (SELECT max(q.sequence) FROM evidence_bundles q WHERE"
     " q.sequence < b.sequence)), '')"},
    {"a transaction of the ledger that is not nothing in all",
     "SELECT count(*) FROM (SELECT l.transaction_sequence FROM ledger_lines l JOIN ledger_accounts a ON"
     " a.key = l.account_key GROUP BY l.transaction_sequence, a.currency HAVING sum(l.micros) <> 0) AS "
     "wrong"},
    {"a transaction without lines",
     "SELECT count(*) FROM ledger_transactions t WHERE NOT EXISTS"
     " (SELECT 1 FROM ledger_lines l WHERE l.transaction_sequence = t.sequence)"},
    {"an account that is not the sum of its lines",
     "SELECT count(*) FROM ledger_accounts a WHERE a.balance_micros <> (SELECT coalesce(sum(l.micros), 0)"
     " FROM ledger_lines l WHERE l.account_key = a.key)"},
    {"a revenue that is not booked",
     "SELECT count(*) FROM revenues r WHERE NOT EXISTS"
     " (SELECT 1 FROM ledger_transactions t WHERE t.source = r.id)"},
    {"a batch without its listens",
     "SELECT count(*) FROM listen_batches b WHERE NOT EXISTS"
     " (SELECT 1 FROM listens l WHERE l.batch_key = b.key)"},
    {"a member without an address",
     "SELECT count(*) FROM members m WHERE NOT EXISTS (SELECT 1 FROM member_tokens t WHERE t.member_key = "
     "m.key)"},
    {"requests of a log that was not read",
     "SELECT count(*) FROM audience_imports i WHERE i.kept <> (SELECT coalesce(sum(b.requests), 0)"
     " FROM audience_batches b WHERE b.import_key = i.key)"},
    {"a finished scan that is still to be done",
     "SELECT count(*) FROM crawl_tasks t JOIN episode_versions v ON v.key = t.target_key WHERE t.kind = "
     "'scan' AND v.state = 'scanned'"},
    {"a decided finding of what is still in quarantine",
     "SELECT count(*) FROM registration_findings f JOIN recordings r ON r.key = f.recording_key"
     " WHERE f.decision = 'accepted' AND r.status = 'quarantined'"},
};

}  // namespace

Status check_invariants(Stores& stores) {
  EARMARK_TRY_STATUS(stores.registry->verify());
  return stores.service->database().read([](storage::Session& session) -> Status {
    for (const Invariant& invariant : kInvariants) {
      EARMARK_TRY(const auto found, session.get<std::int64_t>(invariant.counts));
      if (found != 0) return fail(ErrorCode::kCorrupt, fmt::format("{}: {}", invariant.name, found));
    }
    return {};
  });
}

}  // namespace earmark::api
