#include "crawler/feed.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "core/bytes.h"
#include "crawler/ascii.h"
#include "crawler/feed_date.h"
#include "crawler/feed_text.h"
#include "crawler/podcast_tags.h"
#include "crawler/xml.h"

namespace earmark::crawler {
namespace {

constexpr std::size_t kMostItems = 100'000;
constexpr std::size_t kMostWarnings = 20;
constexpr std::size_t kLongestField = 4096;  ///< bytes of a title, guid or date
constexpr std::size_t kLongestExcerpt = 60;
constexpr std::string_view kAtom = "http://www.w3.org/2005/Atom";
constexpr std::string_view kDublinCore = "http://purl.org/dc/elements/1.1/";

/// Among several enclosures of an item: sound first, then pictures that move, then what does not say, then
/// the rest.
int media_rank(std::string_view type) {
  const std::string name = ascii_lower(type);
  if (name.starts_with("audio/")) return 0;
  if (name.starts_with("video/")) return 1;
  return name.starts_with("image/") || name.starts_with("text/") ? 3 : 2;
}

class FeedReader : public XmlHandler {
 public:
  explicit FeedReader(const Url& base) : base_(base), tags_(base) {}

  Next on_start(const XmlElement& element) override;
  void on_text(std::string_view text) override;
  Next on_end() override;

  /// What was read, once the document is over.
  [[nodiscard]] Feed take(bool is_complete);
  [[nodiscard]] const std::string& wrong_root() const { return wrong_root_; }

 private:
  enum class Field { kNone, kTitle, kGuid, kDate };
  struct Draft {
    std::string guid, title, date;
    Enclosure enclosure;
    int rank = -1;  ///< of the enclosure; -1: none yet
    ItemTags tags;
    std::optional<LiveItem> live;  ///< it is no episode, but a stream
  };

  [[nodiscard]] bool begins_item(const XmlElement& element, std::string_view name) const;
  Next begin_item(const XmlElement& element, std::string_view name);
  void start_field(const XmlElement& element, std::string_view name, bool is_core);
  void start_item();
  void finish_item();
  void take_enclosure(std::string_view url, const XmlElement& element);
  void capture(Field field, std::size_t level);
  void store_captured();
  void warn(std::string text) {
    if (feed_.warnings.size() < kMostWarnings) feed_.warnings.push_back(std::move(text));
  }
  std::string* slot(Field field);
  void make_guids_unique();

  const Url& base_;
  TagReader tags_;
  Feed feed_;
  std::string wrong_root_;
  std::size_t depth_ = 0;
  std::size_t item_depth_ = 0;     ///< 0: not in an item
  std::size_t foreign_depth_ = 0;  ///< of the element whose children speak of something else; 0: none
  Field capturing_ = Field::kNone;
  std::size_t capture_depth_ = 0;
  std::string captured_;
  Draft draft_;
};

XmlHandler::Next FeedReader::on_start(const XmlElement& element) {
  ++depth_;
  const std::string name = ascii_lower(element.name);
  if (depth_ == 1) {
    if (name == "rss" || name == "rdf" || name == "feed" || name == "channel") return Next::kContinue;
    wrong_root_ = fmt::format("{}{}{}", element.prefix, element.prefix.empty() ? "" : ":", element.name);
    return Next::kStop;
  }
  if (begins_item(element, name)) return begin_item(element, name);
  if (foreign_depth_ != 0) return Next::kContinue;
  tags_.start(element, depth_, item_depth_ != 0 ? &draft_.tags : nullptr);
  const bool is_foreign =
      name == "source" || name == "image" || name == "textinput" || name == "author" || name == "contributor";
  if (is_foreign) {
    foreign_depth_ = depth_;
  } else {
    start_field(element, name, element.prefix.empty() || element.space == kAtom);
  }
  return Next::kContinue;
}

bool FeedReader::begins_item(const XmlElement& element, std::string_view name) const {
  const bool is_core = element.prefix.empty() || element.space == kAtom;
  if (is_core) return name == "item" || name == "entry";
  return name == "liveitem" && item_depth_ == 0;
}

XmlHandler::Next FeedReader::begin_item(const XmlElement& element, std::string_view name) {
  if (item_depth_ != 0) finish_item();  // its end tag is missing
  if (feed_.items.size() >= kMostItems || feed_.live_items.size() >= kMostItems) {
    warn(fmt::format("more than {} items, the rest is not read", kMostItems));
    return Next::kStop;
  }
  start_item();
  if (name == "liveitem") {
    draft_.live = LiveItem{ascii_lower(tidied(attribute(element, "status"))),
                           parse_feed_date(tidied(attribute(element, "start"))),
                           parse_feed_date(tidied(attribute(element, "end"))),
                           {}};
  }
  return Next::kContinue;
}

void FeedReader::start_field(const XmlElement& element, std::string_view name, bool is_core) {
  if (name == "enclosure" && item_depth_ != 0) {
    const std::string_view url = attribute(element, "url");
    take_enclosure(url.empty() ? attribute(element, "resource") : url, element);
  } else if (is_core && name == "link" && item_depth_ != 0 && attribute(element, "rel") == "enclosure") {
    take_enclosure(attribute(element, "href"), element);
  } else if (name == "title" && (is_core || element.space == kDublinCore)) {
    capture(Field::kTitle, depth_);
  } else if (is_core && (name == "guid" || name == "id")) {
    capture(Field::kGuid, depth_);
  } else if ((is_core &&
              (name == "pubdate" || name == "published" || name == "updated" || name == "issued")) ||
             (element.space == kDublinCore && name == "date")) {
    capture(Field::kDate, depth_);
  }
}

void FeedReader::on_text(std::string_view text) {
  tags_.text(text);
  if (capturing_ == Field::kNone) return;
  const std::size_t room = 4 * kLongestField - std::min(captured_.size(), 4 * kLongestField);
  captured_ += text.substr(0, room);
}

XmlHandler::Next FeedReader::on_end() {
  if (capturing_ != Field::kNone && depth_ <= capture_depth_) store_captured();
  tags_.end(depth_);
  if (foreign_depth_ == depth_) foreign_depth_ = 0;
  if (item_depth_ != 0 && item_depth_ == depth_) finish_item();
  --depth_;
  return Next::kContinue;
}

void FeedReader::start_item() {
  item_depth_ = depth_;
  foreign_depth_ = 0;
  capturing_ = Field::kNone;
  tags_.reset();
  draft_ = {};
}

void FeedReader::take_enclosure(std::string_view url, const XmlElement& element) {
  const std::string_view type = attribute(element, "type");
  const int rank = media_rank(type);
  if (tidied(url).empty() || (draft_.rank >= 0 && draft_.rank <= rank)) return;
  const auto resolved = base_.resolve(url);
  draft_.rank = rank;
  draft_.enclosure = {resolved ? resolved->text() : tidied(url), tidied(type), std::nullopt};
  const auto bytes = whole_number(attribute(element, "length"));
  if (bytes && *bytes > 0 && *bytes <= INT64_MAX) draft_.enclosure.length = bytes;
}

std::string* FeedReader::slot(Field field) {
  if (item_depth_ == 0) return field == Field::kTitle ? &feed_.title : nullptr;
  switch (field) {
    case Field::kTitle: return &draft_.title;
    case Field::kGuid: return &draft_.guid;
    case Field::kDate: return &draft_.date;
    case Field::kNone: break;
  }
  return nullptr;
}

void FeedReader::capture(Field field, std::size_t level) {
  const std::string* target = slot(field);
  if (target == nullptr || !target->empty()) return;  // the first one counts
  capturing_ = field;
  capture_depth_ = level;
  captured_.clear();
}

void FeedReader::store_captured() {
  if (std::string* target = slot(capturing_)) *target = tidied(captured_);
  capturing_ = Field::kNone;
}

void FeedReader::finish_item() {
  if (capturing_ != Field::kNone) store_captured();
  tags_.reset();
  item_depth_ = 0;
  foreign_depth_ = 0;
  if (draft_.rank < 0 && !draft_.live) {
    ++feed_.items_without_enclosure;
    return;
  }
  FeedItem item{std::move(draft_.guid), std::move(draft_.title), parse_feed_date(draft_.date),
                std::move(draft_.enclosure), std::move(draft_.tags)};
  if (item.guid.empty()) item.guid = item.enclosure.url;
  if (draft_.live) {
    draft_.live->item = std::move(item);
    feed_.live_items.push_back(std::move(*draft_.live));
  } else {
    feed_.items.push_back(std::move(item));
  }
}

/// A guid that stands for several files identifies none of them: their URLs do.
void FeedReader::make_guids_unique() {
  std::map<std::string, std::set<std::string>> files;
  for (const FeedItem& item : feed_.items) files[item.guid].insert(item.enclosure.url);
  std::set<std::string> seen;
  std::vector<FeedItem> kept;
  std::size_t shared = 0;
  for (FeedItem& item : feed_.items) {
    if (files[item.guid].size() > 1) {
      ++shared;
      item.guid = item.enclosure.url;
    }
    if (seen.insert(item.guid).second) kept.push_back(std::move(item));
  }
  if (shared > 0)
    warn(fmt::format("{} items share a guid with another file; their enclosure's URL is used", shared));
  if (kept.size() < feed_.items.size())
    warn(fmt::format("{} items come twice", feed_.items.size() - kept.size()));
  feed_.items = std::move(kept);
}

Feed FeedReader::take(bool is_complete) {
  if (item_depth_ != 0 && is_complete) finish_item();
  if (item_depth_ != 0) warn("the document ends within an item, which is left out");
  make_guids_unique();
  feed_.tags = std::move(tags_.feed());
  return std::move(feed_);
}

/// What stands where a feed should be, for a message: printable ASCII only.
std::string excerpt(std::span<const std::byte> document) {
  std::string out;
  for (const char c : as_text(document.first(std::min(document.size(), kLongestExcerpt)))) {
    out += c >= ' ' && c <= '~' ? c : '.';
  }
  return out;
}

}  // namespace

Result<Feed> parse_feed(std::span<const std::byte> document, const Url& base, std::string_view charset) {
  if (document.empty()) return fail(ErrorCode::kCorrupt, "not a feed: the document is empty");
  FeedReader reader(base);
  const XmlSummary summary = read_xml(document, charset, reader);
  if (!reader.wrong_root().empty()) {
    return fail(ErrorCode::kCorrupt,
                fmt::format("not a feed: the root element is <{}>", reader.wrong_root().substr(0, 100)));
  }
  if (!summary.has_root) {
    return fail(ErrorCode::kCorrupt,
                fmt::format("not a feed: no XML, begins with \"{}\"", excerpt(document)));
  }
  Feed feed = reader.take(summary.is_complete);
  feed.is_complete = summary.is_complete;
  for (const std::string& warning : summary.warnings) {
    if (feed.warnings.size() < kMostWarnings) feed.warnings.push_back(warning);
  }
  return feed;
}

}  // namespace earmark::crawler
