#pragma once
#include <cstddef>
#include <span>
#include <string>
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

}  // namespace earmark::crawler
