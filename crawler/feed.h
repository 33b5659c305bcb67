#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "core/time.h"
#include "crawler/podcast.h"
#include "crawler/url.h"

namespace earmark::crawler {

/// The media file of an item, as the feed states it: type and length are often wrong.
struct Enclosure {
  std::string url;  ///< resolved against the feed's URL; as written where that cannot be done
  std::string type;
  std::optional<std::uint64_t> length;  ///< bytes
};

struct FeedItem {
  std::string guid;   ///< the item's identity; the enclosure's URL where the feed gives none that is unique
  std::string title;  ///< may be empty
  std::optional<Timestamp> published;
  Enclosure enclosure;
  ItemTags tags;
};

/// A live stream that the feed announces (podcast:liveItem).
struct LiveItem {
  std::string status;  ///< "pending", "live", "ended"
  std::optional<Timestamp> starts, ends;
  FeedItem item;  ///< its enclosure is the stream; an empty URL: none
};

struct Feed {
  std::string title;  ///< may be empty
  FeedTags tags;
  std::vector<LiveItem> live_items;
  std::vector<FeedItem> items;  ///< that have an enclosure, in the order of the feed
  std::size_t items_without_enclosure = 0;
  bool is_complete = true;            ///< false: the document was cut off, there may be more items
  std::vector<std::string> warnings;  ///< damage that was survived; at most 20
};

/// Reads RSS 0.9x, 1.0 and 2.0 and Atom 1.0, in any encoding, broken or not: what can be read is returned,
/// with warnings. `base` is where the feed came from, `charset` what the transport said (may be empty).
/// kCorrupt: not a feed; the message says what it is instead.
/// Source: rssboard.org RSS 2.0.11; RFC 4287; for the tags podcast_tags.h.
[[nodiscard]] Result<Feed> parse_feed(std::span<const std::byte> document, const Url& base,
                                      std::string_view charset);

}  // namespace earmark::crawler
