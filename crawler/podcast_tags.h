#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "crawler/podcast.h"
#include "crawler/url.h"
#include "crawler/xml.h"

namespace earmark::crawler {

/// Reads what podcast.h holds out of a feed as it streams by. The reader of the feed tells it of every
/// element of the feed's own, and whether that is within an item. Thread-confined. Source:
/// github.com/Podcastindex-org/podcast-namespace docs/1.0.md; Apple's podcast RSS reference; RFC 5005; W3C
/// WebSub §4.
class TagReader {
 public:
  explicit TagReader(const Url& base) : base_(base) {}

  /// `depth`: of the element; `item`: of which it is a part, nullptr for the feed itself. The item must stay
  /// where it is until its end, or reset().
  void start(const XmlElement& element, std::size_t depth, ItemTags* item);
  void text(std::string_view piece);
  void end(std::size_t depth);
  /// Whatever is open is over: an item begins or ends.
  void reset();

  [[nodiscard]] FeedTags& feed() { return feed_; }

 private:
  enum class Text {
    kNone,
    kPodcastGuid,
    kMedium,
    kLocked,
    kBlock,
    kNote,
    kLicence,
    kPerson,
    kFrequency,
    kLanguage,
    kCopyright,
    kAuthor,
    kType,
    kEmail,
    kItunesBlock,
    kComplete,
    kNewUrl,
    kTtl,
    kSeason,
    kEpisode,
    kEpisodeType,
    kDuration
  };

  void start_podcast(std::string_view name, const XmlElement& element);
  void start_feed_podcast(std::string_view name, const XmlElement& element);
  void start_shared_podcast(std::string_view name, const XmlElement& element);
  void start_value(std::string_view name, const XmlElement& element);
  void start_itunes(std::string_view name);
  void start_core(std::string_view name);
  void start_link(const XmlElement& element);
  void capture(Text what);
  void store();
  void store_item(const std::string& text);
  void store_feed(const std::string& text);
  [[nodiscard]] std::string resolved(std::string_view reference) const;

  template <class T>
  std::vector<T>& place(std::vector<T> FeedTags::*of_feed, std::vector<T> ItemTags::*of_item) {
    return item_ != nullptr ? item_->*of_item : feed_.*of_feed;
  }
  [[nodiscard]] std::vector<Value>& values() { return place(&FeedTags::values, &ItemTags::values); }

  const Url& base_;
  FeedTags feed_;
  ItemTags* item_ = nullptr;
  std::size_t depth_ = 0;
  Text capturing_ = Text::kNone;
  std::size_t capture_depth_ = 0;
  std::string captured_;
  std::size_t alternate_depth_ = 0;  ///< of the open alternateEnclosure; 0: none
  std::size_t value_depth_ = 0;
  std::size_t split_depth_ = 0;
};

}  // namespace earmark::crawler
