#pragma once
// Gathers what a decision depends on, within the transaction of whoever decides.
#include <optional>
#include <string_view>

#include "registry/claim_types.h"
#include "registry/resolution.h"

namespace earmark::storage {
class Session;
}

namespace earmark::registry {

/// Facts of a recording for uses in that feed at that time; those of a use are still to be filled in
/// (add_use). Nothing: the recording is not registered.
[[nodiscard]] Result<std::optional<UseFacts>> load_facts(storage::Session& session,
                                                         std::int64_t recording_key,
                                                         std::string_view feed_url, Timestamp at);
/// Share of the recording that is used, from its stored length.
[[nodiscard]] Result<std::int64_t> recording_length(storage::Session& session, std::int64_t recording_key);

/// Fills in what is of this use.
void add_use(UseFacts& facts, const NewSighting& use, std::int64_t recording_ms);

/// The newest version of a rule. kNotFound.
[[nodiscard]] Result<Policy> newest_policy(storage::Session& session, std::string_view rule_id);

}  // namespace earmark::registry
