#pragma once
// Which party publishes which feed: proved by a secret that only who can edit the feed can put into it.
#include <optional>
#include <string>
#include <vector>

#include "api/service_store.h"
#include "registry/types.h"

namespace earmark::api {

struct FeedLink {
  std::string token;  ///< "earmark-verify=…": to be put into the feed, e.g. as <podcast:txt purpose="verify">
  Timestamp added_at{};
  std::optional<Timestamp> verified_at;
};

/// Notes that the party watches the feed; what is there already stays. `proved`: the operator's own word.
[[nodiscard]] Result<FeedLink> link_feed(ServiceStore& store, std::int64_t feed_key, std::int64_t party_key,
                                         bool proved);
[[nodiscard]] Result<std::optional<FeedLink>> find_link(ServiceStore& store, std::int64_t feed_key,
                                                        std::int64_t party_key);
[[nodiscard]] Status mark_verified(ServiceStore& store, std::int64_t feed_key, std::int64_t party_key);

}  // namespace earmark::api
