#pragma once
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace earmark::crawler {

/// The rules of one robots.txt. Immutable. Source: RFC 9309 §2.2; Crawl-delay is older custom, beside the
/// RFC.
class Robots {
 public:
  /// Reads what a robots.txt says to the crawler with this product token (letters, "-" and "_"), or, where no
  /// group names it, to all. Only the first 500 KiB count (§2.5). What is no rule is passed over.
  [[nodiscard]] static Robots parse(std::string_view text, std::string_view product);
  /// Nothing may be fetched: what stands for a robots.txt that the server fails to give (§2.3.1.4).
  [[nodiscard]] static Robots disallow_all();

  struct Verdict {
    bool is_allowed = true;
    std::string rule;  ///< that decided, as "disallow: /private"; empty: none did
  };
  /// `path`: of a URL with its query, percent-encoded, beginning with "/". The longest rule that matches
  /// decides, of two as long the one that allows (§2.2.2).
  [[nodiscard]] Verdict judge(std::string_view path) const;

  /// Pause between two requests that the site asks for.
  [[nodiscard]] std::optional<std::chrono::milliseconds> crawl_delay() const { return crawl_delay_; }

 private:
  struct Rule {
    std::string pattern;  ///< normalised: octets percent-encoded where they must be, and nowhere else
    bool is_allow = false;
  };
  std::vector<Rule> rules_;
  std::optional<std::chrono::milliseconds> crawl_delay_;
};

}  // namespace earmark::crawler
