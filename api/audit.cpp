#include "api/audit.h"

namespace earmark::api {

static void map_columns(storage::Columns& columns, AuditEntry& entry) {
  columns(entry.sequence)(entry.at)(entry.party)(entry.key_id)(entry.role)(entry.action)(entry.target);
  columns(entry.status)(entry.trace_id);
}

Status Audit::append(const Caller& caller, const AuditEntry& entry) {
  return store_->database().write([&](storage::Session& session) -> Status {
    EARMARK_TRY_STATUS(session.execute(
        "INSERT INTO api_audit (at, party_key, key_id, role, action, target, status, trace_id)"
        " VALUES (:now, :party, :key, :role, :action, :target, :status, :trace)",
        {store_->now(), caller.party_key, caller.key_id, to_string(caller.role), entry.action, entry.target,
         entry.status, entry.trace_id}));
    return {};
  });
}

Result<std::vector<AuditEntry>> Audit::list(const Caller& caller, const Page& page) {
  return store_->database().read([&](storage::Session& session) {
    return session.query<AuditEntry>(
        "SELECT a.sequence, a.at, p.name, a.key_id, a.role, a.action, a.target, a.status, a.trace_id"
        " FROM api_audit a JOIN parties p ON p.key = a.party_key WHERE a.sequence > :after"
        " AND (:is_admin = 1 OR a.party_key = :party) ORDER BY a.sequence LIMIT :most",
        {page.after, caller.is_admin() ? 1 : 0, caller.party_key, page.limit + 1});
  });
}

Json encode(const AuditEntry& entry) {
  return {{"sequence", entry.sequence}, {"at", to_rfc3339(entry.at)}, {"party", entry.party},
          {"key_id", entry.key_id},     {"role", entry.role},         {"action", entry.action},
          {"target", entry.target},     {"status", entry.status},     {"trace_id", entry.trace_id}};
}

}  // namespace earmark::api
