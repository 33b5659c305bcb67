#pragma once
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace earmark::crawler {

struct XmlAttribute {
  std::string_view name;  ///< without prefix
  std::string_view value;
};

struct XmlElement {
  std::string_view space;  ///< namespace URI; empty for none and for an undeclared prefix
  std::string_view prefix;
  std::string_view name;  ///< without prefix
  std::span<const XmlAttribute> attributes;
};

/// Takes a document as it is read. The views live only during the call.
class XmlHandler {
 public:
  enum class Next { kContinue, kStop };
  virtual ~XmlHandler() = default;
  virtual Next on_start(const XmlElement& element) = 0;
  /// A piece of text of the innermost open element, or of a CDATA section in it.
  virtual void on_text(std::string_view text) = 0;
  /// The innermost open element ends.
  virtual Next on_end() = 0;
};

struct XmlSummary {
  bool has_root = false;
  bool is_complete = false;           ///< the root element's end tag was there
  std::string stray_text;             ///< text in front of the root element, at most 60 bytes
  std::vector<std::string> warnings;  ///< at most a dozen: "line 12: …"
};

/// Streams a document of any encoding and any state of repair through `handler`. Never fails: what cannot be
/// read is left out and warned of. No document type is read, no entity but HTML's named characters is known,
/// nothing is fetched. `charset` is the transport's, empty for none. Memory: below 25 MB whatever the
/// document; time: linear, see the limits in the source. Thread-safe.
[[nodiscard]] XmlSummary read_xml(std::span<const std::byte> document, std::string_view charset,
                                  XmlHandler& handler);

}  // namespace earmark::crawler
