#pragma once
// The tariffs of a store, each with its versions, and which one counts for which feed.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/time.h"
#include "monetization/tariff.h"

namespace earmark::storage {
class Session;
}

namespace earmark::monetization {

struct TariffVersion {
  Tariff tariff;
  Timestamp starts_at{};  ///< counts for what is earned from then on
  std::string created_by;
  Timestamp created_at{};
};

/// Adds the next version; the same settings as the newest are no new version. The first one counts from ever,
/// later ones from `starts_at`. kInvalidArgument (also: begins before the version before it).
[[nodiscard]] Result<TariffVersion> put_tariff(storage::Session& session, const Tariff& tariff,
                                               std::optional<Timestamp> starts_at, std::string_view by,
                                               Timestamp now);
/// By name, then version; the standard one first.
[[nodiscard]] Result<std::vector<TariffVersion>> tariffs(storage::Session& session);
/// "name", its newest version, or "name@2". kNotFound.
[[nodiscard]] Result<Tariff> find_tariff(storage::Session& session, std::string_view name);

/// Lets a tariff count for a feed (empty: for all that have none of their own) from a time on. kNotFound.
struct TariffUse {
  std::string feed;
  std::string name;
  Timestamp starts_at{};
};
[[nodiscard]] Status use_tariff(storage::Session& session, const TariffUse& use, std::string_view by,
                                Timestamp now);
/// What counts for what the feed earned at that time.
[[nodiscard]] Result<Tariff> tariff_for(storage::Session& session, std::string_view feed, Timestamp at);

}  // namespace earmark::monetization
