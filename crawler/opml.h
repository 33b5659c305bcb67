#pragma once
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace earmark::crawler {

/// A list of feeds.
struct Opml {
  std::string title;
  std::vector<std::string>
      feeds;  ///< xmlUrl of every outline that has one, as written, each once, in document order
  std::vector<std::string> warnings;
};

/// Reads OPML 1.0 and 2.0, outlines nested in folders included. kCorrupt: not OPML; the message says what it
/// is instead. Source: opml.org/spec2.
[[nodiscard]] Result<Opml> parse_opml(std::span<const std::byte> document);

/// One line of a list that is written.
struct OpmlEntry {
  std::string title;  ///< empty: the URL stands for it
  std::string url;
};

/// OPML 2.0; parse_opml() reads it. Characters that XML cannot hold are left out.
[[nodiscard]] std::string write_opml(std::string_view title, std::span<const OpmlEntry> feeds);

}  // namespace earmark::crawler
