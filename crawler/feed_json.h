#pragma once
#include "core/json.h"
#include "crawler/feed.h"

namespace earmark::crawler {

/// What a feed says of itself, and of an episode, beyond title, guid and enclosure: as it is stored and as
/// `crawl preview` shows it. Members that the feed does not have are left out.
[[nodiscard]] Json to_json(const FeedTags& tags);
[[nodiscard]] Json to_json(const ItemTags& tags);
[[nodiscard]] Json to_json(const LiveItem& live);
[[nodiscard]] Json to_json(const FeedItem& item);

}  // namespace earmark::crawler
