#include "crawler/opml.h"

#include <set>
#include <utility>

#include <fmt/format.h>

#include "core/markup.h"
#include "crawler/ascii.h"
#include "crawler/xml.h"

namespace earmark::crawler {
namespace {

constexpr std::size_t kMostFeeds = 1'000'000;
constexpr std::size_t kLongestTitle = 4096;

class OpmlReader : public XmlHandler {
 public:
  Next on_start(const XmlElement& element) override {
    const std::string name = ascii_lower(element.name);
    if (++depth_ == 1 && name != "opml") {
      wrong_root = element.name;
      return Next::kStop;
    }
    if (name == "title" && list.title.empty()) title_depth_ = depth_;
    if (name == "outline") add(element);
    return list.feeds.size() < kMostFeeds ? Next::kContinue : Next::kStop;
  }
  void on_text(std::string_view text) override {
    if (title_depth_ != 0 && list.title.size() < kLongestTitle) list.title += text.substr(0, kLongestTitle);
  }
  Next on_end() override {
    if (depth_ == title_depth_) title_depth_ = 0;
    --depth_;
    return Next::kContinue;
  }

  Opml list;
  std::string wrong_root;

 private:
  void add(const XmlElement& outline) {
    for (const XmlAttribute& attribute : outline.attributes) {
      if (ascii_lower(attribute.name) != "xmlurl" || attribute.value.empty()) continue;
      if (seen_.emplace(attribute.value).second) list.feeds.push_back(std::string(attribute.value));
    }
  }

  std::size_t depth_ = 0;
  std::size_t title_depth_ = 0;
  std::set<std::string> seen_;
};

/// Text as the value of an attribute in double quotes, or between tags.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (const auto reference = markup_reference(c); !reference.empty()) {
      out += reference;
    } else if (c == '\t' || c == '\n' || c == '\r') {
      out += ' ';
    } else if (static_cast<unsigned char>(c) >= ' ') {
      out += c;
    }
  }
  return out;
}

}  // namespace

std::string write_opml(std::string_view title, std::span<const OpmlEntry> feeds) {
  std::string out = fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<opml "
      "version=\"2.0\">\n<head><title>{}</title></head>\n<body>\n",
      escaped(title));
  for (const OpmlEntry& feed : feeds) {
    out += fmt::format("<outline type=\"rss\" text=\"{}\" xmlUrl=\"{}\"/>\n",
                       escaped(feed.title.empty() ? feed.url : feed.title), escaped(feed.url));
  }
  return out + "</body>\n</opml>\n";
}

Result<Opml> parse_opml(std::span<const std::byte> document) {
  OpmlReader reader;
  XmlSummary summary = read_xml(document, {}, reader);
  if (!reader.wrong_root.empty()) {
    return fail(ErrorCode::kCorrupt,
                fmt::format("not OPML: the root element is <{}>", reader.wrong_root.substr(0, 100)));
  }
  if (!summary.has_root) return fail(ErrorCode::kCorrupt, "not OPML: no XML element in it");
  reader.list.warnings = std::move(summary.warnings);
  if (!summary.is_complete)
    reader.list.warnings.insert(reader.list.warnings.begin(), "the document is cut off");
  return std::move(reader.list);
}

}  // namespace earmark::crawler
