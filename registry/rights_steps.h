#pragma once
// Steps that changes of rights have in common, within the transaction of whoever makes them.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/json.h"
#include "registry/rights_types.h"
#include "storage/columns.h"

namespace earmark::storage {
class Session;
}

namespace earmark::registry {

/// What rights are about: exactly one of the two is set.
struct Subject {
  std::string id;
  std::optional<std::int64_t> recording_key;
  std::optional<std::int64_t> work_key;
};
/// "rec_…" or "wrk_…". kNotFound.
[[nodiscard]] Result<Subject> find_subject(storage::Session& session, std::string_view id);
/// kNotFound.
[[nodiscard]] Result<std::int64_t> recording_key_of(storage::Session& session, std::string_view id);

/// Appends to the history of rights.
[[nodiscard]] Status append_rights_event(storage::Session& session, Timestamp now, std::string_view actor,
                                         std::string_view subject, std::string_view kind, const Json& detail);

[[nodiscard]] Result<std::vector<Share>> shares_of(storage::Session& session, const Subject& subject);
[[nodiscard]] Result<std::vector<ShareConflict>> conflicts_in_store(storage::Session& session,
                                                                    const Subject& subject);
/// Also withdrawn ones.
[[nodiscard]] Result<std::vector<RightsDocument>> documents_of(storage::Session& session,
                                                               const Subject& subject);
[[nodiscard]] Result<std::vector<Exclusion>> exclusions_of(storage::Session& session,
                                                           std::int64_t recording_key);
[[nodiscard]] Result<std::vector<Subject>> works_of_recording(storage::Session& session,
                                                              std::int64_t recording_key);
/// Licences that have not been ended, for this recording or all of their party's, for this feed or any.
[[nodiscard]] Result<std::vector<Licence>> licences_for(storage::Session& session, std::int64_t recording_key,
                                                        std::string_view feed_url, Timestamp at);

/// "SELECT … FROM licences l …", to be continued with a WHERE; its rows are read by map_columns.
inline constexpr std::string_view kSelectLicences =
    "SELECT l.id, l.kind, p.name, l.licensee, coalesce(r.id, ''), l.feed_url, l.territories, l.uses,"
    " l.reference, l.valid_from, l.valid_to, l.created_at, l.ended_at FROM licences l"
    " JOIN parties p ON p.key = l.party_key LEFT JOIN recordings r ON r.key = l.recording_key ";
void map_columns(storage::Columns& columns, Licence& licence);

/// What territories are written as in the store.
[[nodiscard]] Territories territories_from(const std::string& text);

}  // namespace earmark::registry
