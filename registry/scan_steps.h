#pragma once
// A scan on its way into the store, within the transaction of whoever made it.
#include "registry/claim_types.h"

namespace earmark::storage {
class Session;
}

namespace earmark::registry {

/// What Claims::record_scan does.
[[nodiscard]] Result<ScanOutcome> store_scan(storage::Session& session, const NewScan& scan, Timestamp now);

}  // namespace earmark::registry
