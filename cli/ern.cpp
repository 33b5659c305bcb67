#include "cli/ern.h"

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "crawler/xml.h"

namespace earmark::cli {
namespace {

/// An element with its text and children; a message is some megabytes at most.
struct Node {
  std::string name;
  std::string text;
  std::vector<std::unique_ptr<Node>> children;

  /// The first descendant along a path of names; null where there is none.
  [[nodiscard]] const Node* at(std::initializer_list<std::string_view> path) const {
    const Node* node = this;
    for (const auto name_of : path) {
      const Node* next = nullptr;
      for (const auto& child : node->children) {
        if (child->name == name_of) {
          next = child.get();
          break;
        }
      }
      if (next == nullptr) return nullptr;
      node = next;
    }
    return node;
  }
  [[nodiscard]] std::string text_at(std::initializer_list<std::string_view> path) const {
    const Node* const node = at(path);
    if (node == nullptr) return {};
    const auto first = node->text.find_first_not_of(" \t\r\n");
    if (first == std::string::npos) return {};
    return node->text.substr(first, node->text.find_last_not_of(" \t\r\n") - first + 1);
  }
  /// All descendants of that name, in their order.
  void collect(std::string_view wanted, std::vector<const Node*>& found) const {
    for (const auto& child : children) {
      if (child->name == wanted) found.push_back(child.get());
      child->collect(wanted, found);
    }
  }
  [[nodiscard]] std::vector<const Node*> all(std::string_view wanted) const {
    std::vector<const Node*> found;
    collect(wanted, found);
    return found;
  }
};

class TreeBuilder final : public crawler::XmlHandler {
 public:
  TreeBuilder() { open_.push_back(&root_); }
  Next on_start(const crawler::XmlElement& element) override {
    auto node = std::make_unique<Node>();
    node->name = element.name;
    Node* const added = node.get();
    open_.back()->children.push_back(std::move(node));
    open_.push_back(added);
    return Next::kContinue;
  }
  void on_text(std::string_view text) override { open_.back()->text += text; }
  Next on_end() override {
    if (open_.size() > 1) open_.pop_back();
    return Next::kContinue;
  }
  [[nodiscard]] const Node& root() const { return root_; }

 private:
  Node root_;
  std::vector<Node*> open_;
};

struct Deal {
  registry::Territories territories;
  Timestamp from{};
  std::optional<Timestamp> to;
};

/// "2024-05-01" or a whole RFC 3339 time; nothing where there is none.
Result<std::optional<Timestamp>> time_at(const Node& node, std::string_view date,
                                         std::string_view date_time) {
  std::string text = node.text_at({"ValidityPeriod", date_time});
  if (text.empty()) text = node.text_at({"ValidityPeriod", date});
  if (text.empty()) return std::optional<Timestamp>();
  constexpr std::size_t kDate = 10;
  if (text.size() == kDate) text += "T00:00:00Z";
  EARMARK_TRY(const auto time, parse_rfc3339(text));
  return std::optional(time);
}

Result<Deal> deal_of(const Node& terms) {
  constexpr std::string_view kDdexWorld = "Worldwide";
  std::string list;
  for (const Node* territory : terms.all("TerritoryCode"))
    list += " " + (territory->text == kDdexWorld ? std::string("WW") : territory->text);
  for (const Node* territory : terms.all("ExcludedTerritoryCode")) list += " -" + territory->text;
  Deal deal;
  EARMARK_TRY(deal.territories, registry::Territories::parse(list));
  EARMARK_TRY(const auto from, time_at(terms, "StartDate", "StartDateTime"));
  EARMARK_TRY(deal.to, time_at(terms, "EndDate", "EndDateTime"));
  deal.from = from.value_or(Timestamp{});
  return deal;
}

/// Reads one message.
class ErnReader {
 public:
  ErnReader(const Node& message, const std::filesystem::path& folder) : message_(message), folder_(folder) {
    sender_ = message.text_at({"MessageHeader", "MessageSender", "PartyName", "FullName"});
    for (const Node* release : message.all("Release")) index_release(*release);
    for (const Node* offer : message.all("ReleaseDeal"))
      offers_[offer->text_at({"DealReleaseReference"})].push_back(offer);
  }

  Manifest read() {
    Manifest manifest;
    for (const Node* recording : message_.all("SoundRecording")) {
      ManifestRow row;
      row.line = manifest.rows.size() + 1;
      if (const Status read = read_recording(*recording, row); !read) row.error = read.error().message;
      manifest.rows.push_back(std::move(row));
    }
    return manifest;
  }

 private:
  Status read_recording(const Node& recording, ManifestRow& row) const {
    const auto title = recording.text_at({"DisplayTitleText"});
    const auto artist = recording.text_at({"DisplayArtistName"});
    row.title = artist.empty() || title.empty() ? title : artist + " – " + title;
    row.owner = sender_;
    const auto files = recording.all("URI");
    if (files.empty())
      return fail(ErrorCode::kInvalidArgument, fmt::format("SoundRecording '{}' names no file", title));
    row.path = folder_ / files.front()->text;
    if (const auto isrcs = recording.all("ISRC"); !isrcs.empty()) {
      EARMARK_TRY(auto isrc,
                  registry::parse_identifier(registry::IdentifierScheme::kIsrc, isrcs.front()->text));
      row.isrc = std::move(isrc.value);
    }
    return read_releases(recording.text_at({"ResourceReference"}), row);
  }

  /// Of several releases that refer to a recording the first counts, and its first place there.
  void index_release(const Node& release) {
    std::int64_t position = 0;
    for (const Node* item : release.all("ReleaseResourceReference"))
      places_.try_emplace(item->text, Place{&release, ++position});
  }

  Status read_releases(const std::string& reference, ManifestRow& row) const {
    const auto place = places_.find(reference);
    if (place == places_.end()) return {};
    const Node& release = *place->second.release;
    row.rights.position = place->second.position;
    row.rights.release = release.text_at({"DisplayTitleText"});
    if (const auto code = release.text_at({"ReleaseId", "ICPN"}); !code.empty())
      EARMARK_TRY_STATUS(set_field(row.rights, "gtin", code));
    if (const auto code = release.text_at({"ReleaseId", "GRid"}); !code.empty())
      EARMARK_TRY_STATUS(set_field(row.rights, "grid", code));
    return read_deals(release.text_at({"ReleaseReference"}), row);
  }

  Status read_deals(const std::string& release, ManifestRow& row) const {
    std::set<std::string> seen;
    const auto offers = offers_.find(release);
    if (offers == offers_.end()) return {};
    for (const Node* offer : offers->second) {
      for (const Node* terms : offer->all("DealTerms")) {
        EARMARK_TRY(const auto deal, deal_of(*terms));
        // Several ways of using it on the same terms are one right.
        const auto key =
            deal.territories.text() + to_rfc3339(deal.from) + (deal.to ? to_rfc3339(*deal.to) : "");
        if (!seen.insert(key).second || sender_.empty()) continue;
        row.rights.shares.push_back({sender_, registry::kWhole, deal.territories, deal.from, deal.to});
      }
    }
    return {};
  }

  /// Where a recording is.
  struct Place {
    const Node* release = nullptr;
    std::int64_t position = 0;  ///< from 1
  };

  const Node& message_;
  const std::filesystem::path& folder_;
  std::string sender_;
  std::map<std::string, Place> places_;                     ///< by ResourceReference
  std::map<std::string, std::vector<const Node*>> offers_;  ///< by ReleaseReference
};

}  // namespace

bool is_ern(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && text[first] == '<';
}

Result<Manifest> parse_ern(std::string_view text, const std::filesystem::path& folder) {
  TreeBuilder tree;
  const auto summary = crawler::read_xml(as_bytes(text), {}, tree);
  const Node* const message = tree.root().at({"NewReleaseMessage"});
  if (message == nullptr) return fail(ErrorCode::kCorrupt, "no NewReleaseMessage (DDEX ERN 4)");
  if (!summary.is_complete) return fail(ErrorCode::kCorrupt, "the NewReleaseMessage breaks off");
  return ErnReader(*message, folder).read();
}

}  // namespace earmark::cli
