#pragma once
// Steps in the life of recordings, within the transaction of whoever takes them.
#include <cstdint>
#include <string_view>

#include "core/json.h"
#include "registry/types.h"

namespace earmark::storage {
class Session;
}

namespace earmark::registry {

inline constexpr std::string_view kChangeAdded = "added";
inline constexpr std::string_view kChangeRemoved = "removed";

/// Appends to the recording's history.
[[nodiscard]] Status append_recording_event(storage::Session& session, std::int64_t key, Timestamp now,
                                            std::string_view kind, const Json& detail);
/// The next revision: from it, indexes catch up. The counter is a row that the transaction locks, so that
/// revisions become visible in their order.
[[nodiscard]] Status append_change(storage::Session& session, std::int64_t key, std::string_view kind);
/// kNotFound.
[[nodiscard]] Result<Recording> recording_by_id(storage::Session& session, std::string_view id);

}  // namespace earmark::registry
