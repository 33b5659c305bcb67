#pragma once
#include <string>
#include <vector>

#include "api/listing.h"

namespace earmark::api {

/// One act that changed something, or tried to. Append-only.
struct AuditEntry {
  std::int64_t sequence = 0;
  Timestamp at{};
  std::string party;
  std::string key_id;
  std::string role;
  std::string action;  ///< operation of the API, e.g. "releaseClaim"
  std::string target;  ///< path
  std::int64_t status = 0;
  std::string trace_id;
};

/// Who did what. Synchronised.
class Audit {
 public:
  explicit Audit(ServiceStore& store) : store_(&store) {}
  /// sequence, at and party of `entry` are set here. Durable when it returns.
  [[nodiscard]] Status append(const Caller& caller, const AuditEntry& entry);
  /// A party's own acts, all for admins; one more than the page has.
  [[nodiscard]] Result<std::vector<AuditEntry>> list(const Caller& caller, const Page& page);

 private:
  ServiceStore* store_;
};

[[nodiscard]] Json encode(const AuditEntry& entry);

}  // namespace earmark::api
