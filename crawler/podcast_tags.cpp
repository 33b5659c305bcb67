#include "crawler/podcast_tags.h"

#include <algorithm>

#include "crawler/ascii.h"
#include "crawler/feed_text.h"

namespace earmark::crawler {
namespace {

constexpr std::size_t kLongestText = 16 << 10;  ///< bytes of an element's text
constexpr std::size_t kMostOfAKind = 1000;      ///< persons, recipients, … of one feed or item
constexpr std::int64_t kMostMinutes = 60 * 24 * 366;

constexpr std::string_view kPodcast = "https://podcastindex.org/namespace/1.0";
/// The name that the namespace had at first; feeds still use it.
constexpr std::string_view kPodcastOld =
    "https://github.com/podcastindex-org/podcast-namespace/blob/main/docs/1.0.md";
constexpr std::string_view kItunes = "http://www.itunes.com/dtds/podcast-1.0.dtd";
constexpr std::string_view kAtom = "http://www.w3.org/2005/Atom";
constexpr std::string_view kHistory = "http://purl.org/syndication/history/1.0";

bool is_of(const XmlElement& element, std::string_view space, std::string_view prefix) {
  if (element.space.empty()) return ascii_lower(element.prefix) == prefix;
  return ascii_lower(element.space) == space;
}

bool is_podcast(const XmlElement& element) {
  return is_of(element, kPodcast, "podcast") || ascii_lower(element.space) == kPodcastOld;
}

template <class T>
T* appended(std::vector<T>& list, T value) {
  if (list.size() >= kMostOfAKind) return nullptr;
  list.push_back(std::move(value));
  return &list.back();
}

/// "3600", "60:00", "1:00:00"; nothing for anything else.
std::optional<std::int64_t> duration_of(std::string_view text) {
  constexpr std::int64_t kBase = 60;
  constexpr std::int64_t kLongest = 366 * 24 * 3600;
  std::int64_t seconds = 0;
  for (int part = 0; part < 3; ++part) {
    const std::size_t colon = text.find(':');
    std::string_view digits = text.substr(0, colon);
    digits = digits.substr(0, digits.find('.'));
    const auto value = whole_number(digits);
    if (!value || *value > static_cast<std::uint64_t>(kLongest)) return std::nullopt;
    seconds = seconds * kBase + static_cast<std::int64_t>(*value);
    if (colon == std::string_view::npos) return seconds <= kLongest ? std::optional(seconds) : std::nullopt;
    text.remove_prefix(colon + 1);
  }
  return std::nullopt;
}

ValueRecipient recipient_of(const XmlElement& element) {
  ValueRecipient recipient{tidied(attribute(element, "name")), tidied(attribute(element, "type")),
                           tidied(attribute(element, "address")), 0, is_yes(attribute(element, "fee"))};
  const auto split = whole_number(attribute(element, "split"));
  constexpr std::uint64_t kLargestSplit = 1'000'000'000;
  recipient.split = split ? static_cast<std::int64_t>(std::min(*split, kLargestSplit)) : 0;
  return recipient;
}

ValueTimeSplit time_split_of(const XmlElement& element) {
  ValueTimeSplit split;
  split.start_ms = seconds_as_ms(attribute(element, "starttime")).value_or(0);
  split.duration_ms = seconds_as_ms(attribute(element, "duration")).value_or(0);
  split.remote_start_ms = seconds_as_ms(attribute(element, "remotestarttime")).value_or(0);
  constexpr std::uint64_t kWhole = 100;
  const auto percentage = whole_number(attribute(element, "remotepercentage"));
  split.remote_percentage = static_cast<std::int64_t>(std::min(percentage.value_or(kWhole), kWhole));
  return split;
}

}  // namespace

std::string TagReader::resolved(std::string_view reference) const {
  const auto url = base_.resolve(reference);
  return url ? url->text() : tidied(reference);
}

void TagReader::start(const XmlElement& element, std::size_t depth, ItemTags* item) {
  depth_ = depth;
  // What is open belongs to what it was opened in: an item within a channel's value, say, has none open.
  if (item != item_) alternate_depth_ = value_depth_ = split_depth_ = 0;
  item_ = item;
  const std::string name = ascii_lower(element.name);
  if (is_podcast(element)) return start_podcast(name, element);
  if (is_of(element, kItunes, "itunes")) return start_itunes(name);
  if (name == "archive" && element.space == kHistory) feed_.is_archive = true;
  const bool is_core = element.prefix.empty() || element.space == kAtom;
  if (item != nullptr || !(is_core || element.space == kAtom)) return;
  if (name == "link") return start_link(element);
  start_core(name);
}

void TagReader::start_podcast(std::string_view name, const XmlElement& element) {
  if (item_ == nullptr) start_feed_podcast(name, element);
  if (name.starts_with("value") || name == "remoteitem") return start_value(name, element);
  start_shared_podcast(name, element);
}

void TagReader::start_feed_podcast(std::string_view name, const XmlElement& element) {
  if (name == "guid" && feed_.guid.empty()) capture(Text::kPodcastGuid);
  if (name == "medium" && feed_.medium.empty()) capture(Text::kMedium);
  if (name == "locked" && !feed_.locked) {
    feed_.locked_owner = tidied(attribute(element, "owner"));
    capture(Text::kLocked);
  }
  if (name == "block" && appended(feed_.blocks, {ascii_lower(tidied(attribute(element, "id"))), false}))
    capture(Text::kBlock);
  if (name == "updatefrequency") {
    feed_.update = {tidied(attribute(element, "rrule")), {}, is_yes(attribute(element, "complete"))};
    capture(Text::kFrequency);
  }
  if (name == "podping") feed_.uses_podping = is_yes(attribute(element, "usespodping"));
}

void TagReader::start_shared_podcast(std::string_view name, const XmlElement& element) {
  if (name == "txt" &&
      appended(place(&FeedTags::texts, &ItemTags::texts), {tidied(attribute(element, "purpose")), {}}))
    capture(Text::kNote);
  if (name == "license" &&
      appended(place(&FeedTags::licences, &ItemTags::licences), {{}, resolved(attribute(element, "url"))}))
    capture(Text::kLicence);
  if (name == "person" &&
      appended(place(&FeedTags::persons, &ItemTags::persons), {{},
                                                               tidied(attribute(element, "role")),
                                                               tidied(attribute(element, "group")),
                                                               tidied(attribute(element, "href"))}))
    capture(Text::kPerson);
  if (item_ == nullptr) return;
  if (name == "transcript") {
    appended(item_->transcripts, {resolved(attribute(element, "url")), tidied(attribute(element, "type")),
                                  tidied(attribute(element, "language")), tidied(attribute(element, "rel"))});
  } else if (name == "chapters") {
    item_->chapters_url = resolved(attribute(element, "url"));
  } else if (name == "alternateenclosure") {
    AlternateEnclosure alternate;
    alternate.type = tidied(attribute(element, "type"));
    alternate.title = tidied(attribute(element, "title"));
    alternate.length = whole_number(attribute(element, "length"));
    alternate.bitrate = whole_number(attribute(element, "bitrate"));
    alternate.is_default = is_yes(attribute(element, "default"));
    if (appended(item_->alternates, std::move(alternate))) alternate_depth_ = depth_;
  } else if (name == "source" && alternate_depth_ != 0) {
    appended(item_->alternates.back().sources, resolved(attribute(element, "uri")));
  } else if (name == "integrity" && alternate_depth_ != 0) {
    item_->alternates.back().integrity =
        tidied(attribute(element, "type")) + " " + tidied(attribute(element, "value"));
  } else if (name == "season") {
    capture(Text::kSeason);
  } else if (name == "episode") {
    capture(Text::kEpisode);
  }
}

void TagReader::start_value(std::string_view name, const XmlElement& element) {
  if (name == "value") {
    if (appended(values(),
                 {tidied(attribute(element, "type")), tidied(attribute(element, "method")), {}, {}})) {
      value_depth_ = depth_;
      split_depth_ = 0;
    }
    return;
  }
  if (value_depth_ == 0 || values().empty()) return;
  Value& value = values().back();
  if (name == "valuetimesplit") {
    if (appended(value.time_splits, time_split_of(element))) split_depth_ = depth_;
  } else if (name == "valuerecipient") {
    appended(split_depth_ != 0 ? value.time_splits.back().recipients : value.recipients,
             recipient_of(element));
  } else if (name == "remoteitem" && split_depth_ != 0) {
    ValueTimeSplit& split = value.time_splits.back();
    split.feed_guid = tidied(attribute(element, "feedguid"));
    split.item_guid = tidied(attribute(element, "itemguid"));
    split.medium = tidied(attribute(element, "medium"));
  }
}

void TagReader::start_itunes(std::string_view name) {
  if (name == "block") return capture(Text::kItunesBlock);
  if (item_ != nullptr) {
    if (name == "duration") capture(Text::kDuration);
    if (name == "season" && item_->season.empty()) capture(Text::kSeason);
    if (name == "episode" && item_->episode.empty()) capture(Text::kEpisode);
    if (name == "episodetype") capture(Text::kEpisodeType);
    return;
  }
  if (name == "author") capture(Text::kAuthor);
  if (name == "type") capture(Text::kType);
  if (name == "email") capture(Text::kEmail);
  if (name == "complete") capture(Text::kComplete);
  if (name == "new-feed-url") capture(Text::kNewUrl);
}

void TagReader::start_core(std::string_view name) {
  if (name == "ttl") capture(Text::kTtl);
  if (name == "language") capture(Text::kLanguage);
  if (name == "copyright" || name == "rights") capture(Text::kCopyright);
}

void TagReader::start_link(const XmlElement& element) {
  const std::string rel = ascii_lower(tidied(attribute(element, "rel")));
  const std::string_view href = attribute(element, "href");
  if (href.empty()) return;
  if (rel == "self") feed_.self_url = resolved(href);
  if (rel == "hub") appended(feed_.hubs, resolved(href));
  if (rel == "next") feed_.next_page = resolved(href);
  if (rel == "prev-archive") feed_.previous_archive = resolved(href);
}

void TagReader::capture(Text what) {
  capturing_ = what;
  capture_depth_ = depth_;
  captured_.clear();
}

void TagReader::text(std::string_view piece) {
  if (capturing_ == Text::kNone || captured_.size() >= kLongestText) return;
  captured_ += piece.substr(0, kLongestText - captured_.size());
}

void TagReader::end(std::size_t depth) {
  if (capturing_ != Text::kNone && depth <= capture_depth_) store();
  if (depth <= split_depth_) split_depth_ = 0;
  if (depth <= value_depth_) value_depth_ = 0;
  if (depth <= alternate_depth_) alternate_depth_ = 0;
}

void TagReader::reset() {
  capturing_ = Text::kNone;
  alternate_depth_ = value_depth_ = split_depth_ = 0;
  item_ = nullptr;
}

void TagReader::store() {
  const std::string text = tidied(captured_);
  switch (capturing_) {
    case Text::kNote: place(&FeedTags::texts, &ItemTags::texts).back().text = text; break;
    case Text::kLicence: place(&FeedTags::licences, &ItemTags::licences).back().name = text; break;
    case Text::kPerson: place(&FeedTags::persons, &ItemTags::persons).back().name = text; break;
    case Text::kItunesBlock:
      (item_ != nullptr ? item_->itunes_block : feed_.itunes_block) = is_yes(text);
      break;
    default: item_ != nullptr ? store_item(text) : store_feed(text);
  }
  capturing_ = Text::kNone;
}

void TagReader::store_item(const std::string& text) {
  switch (capturing_) {
    case Text::kSeason: item_->season = text; break;
    case Text::kEpisode: item_->episode = text; break;
    case Text::kEpisodeType: item_->episode_type = text; break;
    case Text::kDuration: item_->duration_s = duration_of(text); break;
    default: break;
  }
}

void TagReader::store_feed(const std::string& text) {
  switch (capturing_) {
    case Text::kPodcastGuid: feed_.guid = text; break;
    case Text::kMedium: feed_.medium = text; break;
    case Text::kLocked: feed_.locked = is_yes(text); break;
    case Text::kBlock: feed_.blocks.back().is_blocked = is_yes(text); break;
    case Text::kFrequency: feed_.update.text = text; break;
    case Text::kLanguage: feed_.language = text; break;
    case Text::kCopyright: feed_.copyright = text; break;
    case Text::kAuthor: feed_.itunes_author = text; break;
    case Text::kType: feed_.itunes_type = text; break;
    case Text::kEmail: feed_.itunes_owner_email = text; break;
    case Text::kComplete: feed_.itunes_complete = is_yes(text); break;
    case Text::kNewUrl: feed_.new_feed_url = resolved(text); break;
    case Text::kTtl: {
      const auto minutes = whole_number(text);
      if (minutes) {
        feed_.ttl_minutes =
            static_cast<std::int64_t>(std::min(*minutes, static_cast<std::uint64_t>(kMostMinutes)));
      }
      break;
    }
    default: break;
  }
}

}  // namespace earmark::crawler
