#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.h"

namespace earmark::crawler {

/// An absolute http or https URL in normal form: scheme and host in lower case (IDN as punycode), dot
/// segments resolved, no default port, no fragment, everything outside the URL alphabet percent-encoded.
/// Immutable. Source: RFC 3986, as libcurl's URL API implements it.
class Url {
 public:
  /// White space around the text and line ends within it are dropped. kInvalidArgument: not an absolute URL;
  /// kRefused: any scheme but http and https.
  [[nodiscard]] static Result<Url> parse(std::string_view text);

  /// What `reference` (absolute or relative) means in a document that came from this URL. Errors as parse().
  [[nodiscard]] Result<Url> resolve(std::string_view reference) const;

  [[nodiscard]] const std::string& text() const { return text_; }
  /// The text without user name and password: what messages and logs show.
  [[nodiscard]] const std::string& shown() const { return shown_; }
  [[nodiscard]] const std::string& host() const { return host_; }
  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] const std::string& path() const { return path_; }
  /// Path with query: what a request line asks for.
  [[nodiscard]] const std::string& target() const { return target_; }
  /// Scheme, host and port ("https://example.org", "http://[::1]:8080"): what a robots.txt is for, and whose
  /// patience is one.
  [[nodiscard]] const std::string& origin() const { return origin_; }

  friend bool operator==(const Url& a, const Url& b) { return a.text_ == b.text_; }

 private:
  Url() = default;
  static Result<Url> read(std::string_view base, std::string_view text);

  std::string text_;
  std::string shown_;
  std::string host_;
  std::string path_;
  std::string target_;
  std::string origin_;
  std::uint16_t port_ = 0;
};

}  // namespace earmark::crawler
