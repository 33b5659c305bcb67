#include "crawler/url.h"

#include <charconv>
#include <memory>

#include <curl/curl.h>
#include <fmt/format.h>
#include <locale.h>  // NOLINT(modernize-deprecated-headers): newlocale and uselocale are POSIX

#include "crawler/ascii.h"

namespace earmark::crawler {
namespace {

constexpr std::size_t kLongestUrl =
    8192;  ///< longer ones are attacks or mistakes; servers refuse them anyway
constexpr std::size_t kLongestShown = 200;
constexpr std::uint16_t kHttpPort = 80, kHttpsPort = 443;

struct UrlDeleter {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
using UrlHandle = std::unique_ptr<CURLU, UrlDeleter>;

struct CurlStringDeleter {
  void operator()(char* text) const { curl_free(text); }
};

/// libcurl turns international host names into punycode in the locale's character set, and ours are UTF-8 in
/// any locale.
class Utf8Locale {
 public:
  Utf8Locale() : locale_(newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr)) {
    if (locale_ != nullptr) previous_ = uselocale(locale_);
  }
  ~Utf8Locale() {
    if (locale_ == nullptr) return;
    uselocale(previous_);
    freelocale(locale_);
  }
  Utf8Locale(const Utf8Locale&) = delete;
  Utf8Locale& operator=(const Utf8Locale&) = delete;

 private:
  locale_t locale_;
  locale_t previous_ = nullptr;
};

std::string part(CURLU* url, CURLUPart which, unsigned flags) {
  char* text = nullptr;
  if (curl_url_get(url, which, &text, flags) != CURLUE_OK) return {};
  const std::unique_ptr<char, CurlStringDeleter> owner(text);
  return text;
}

std::string shortened(std::string_view text) {
  if (text.size() <= kLongestShown) return std::string(text);
  return std::string(text.substr(0, kLongestShown)) + "…";
}

/// Where the path begins: the host name before it must not be percent-encoded (IDN).
std::size_t end_of_authority(std::string_view text) {
  const std::size_t slashes = text.find("//");
  if (slashes == std::string_view::npos) return 0;
  if (slashes != 0 && text[slashes - 1] != ':') return 0;
  const std::size_t end = text.find_first_of("/?#", slashes + 2);
  return end == std::string_view::npos ? text.size() : end;
}

/// What browsers do before they parse: strip, drop line ends and tabs, percent-encode what no URL may hold
/// (WHATWG URL §4.4).
std::string cleaned(std::string_view text) {
  const auto is_space = [](char c) { return static_cast<unsigned char>(c) <= ' '; };
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  constexpr std::string_view kNeverRaw = " \"<>\\^`{|}";
  const std::size_t path = end_of_authority(text);
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\t' || c == '\n' || c == '\r') continue;
    const auto byte = static_cast<unsigned char>(c);
    const bool encode =
        i >= path && (byte < ' ' || byte >= 0x7F || kNeverRaw.find(c) != std::string_view::npos);
    out += encode ? fmt::format("%{:02X}", byte) : std::string(1, c);
  }
  return out;
}

}  // namespace

Result<Url> Url::parse(std::string_view text) { return read({}, text); }
Result<Url> Url::resolve(std::string_view reference) const { return read(text_, reference); }

Result<Url> Url::read(std::string_view base, std::string_view text) {
  if (text.size() > kLongestUrl) {
    return fail(ErrorCode::kInvalidArgument, fmt::format("{}: a URL of {} bytes, the limit is {}",
                                                         shortened(text), text.size(), kLongestUrl));
  }
  const std::string wanted = cleaned(text);
  const UrlHandle handle(curl_url());
  if (handle == nullptr) return fail(ErrorCode::kResourceExhausted, "no memory for a URL");
  const Utf8Locale utf8;
  if (!base.empty()) curl_url_set(handle.get(), CURLUPART_URL, std::string(base).c_str(), 0);
  const CURLUcode set = curl_url_set(handle.get(), CURLUPART_URL, wanted.c_str(), CURLU_NON_SUPPORT_SCHEME);
  if (set != CURLUE_OK || wanted.empty()) {
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("\"{}\" is no absolute URL: {}", shortened(text), curl_url_strerror(set)));
  }
  const std::string scheme = part(handle.get(), CURLUPART_SCHEME, 0);
  if (scheme != "http" && scheme != "https") {
    return fail(ErrorCode::kRefused,
                fmt::format("{}: scheme {}, only http and https are crawled", shortened(wanted), scheme));
  }
  curl_url_set(handle.get(), CURLUPART_FRAGMENT, nullptr, 0);
  std::string host = part(handle.get(), CURLUPART_HOST, CURLU_PUNYCODE);
  if (host.empty()) {
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("{}: the host name is not a valid one", shortened(wanted)));
  }
  host = ascii_lower(host);
  curl_url_set(handle.get(), CURLUPART_HOST, host.c_str(), 0);

  Url url;
  url.text_ = part(handle.get(), CURLUPART_URL, CURLU_NO_DEFAULT_PORT);
  const std::string port = part(handle.get(), CURLUPART_PORT, CURLU_DEFAULT_PORT);
  std::from_chars(port.data(), port.data() + port.size(), url.port_);
  url.host_ = std::move(host);
  url.path_ = part(handle.get(), CURLUPART_PATH, 0);
  curl_url_set(handle.get(), CURLUPART_USER, nullptr, 0);
  curl_url_set(handle.get(), CURLUPART_PASSWORD, nullptr, 0);
  url.shown_ = part(handle.get(), CURLUPART_URL, CURLU_NO_DEFAULT_PORT);
  const std::string query = part(handle.get(), CURLUPART_QUERY, 0);
  url.target_ = query.empty() ? url.path_ : url.path_ + "?" + query;
  const bool is_default = url.port_ == (scheme == "https" ? kHttpsPort : kHttpPort);
  url.origin_ = scheme + "://" + url.host_ + (is_default ? "" : fmt::format(":{}", url.port_));
  if (url.text_.empty() || url.shown_.empty()) {
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("{}: cannot be written as a URL", shortened(wanted)));
  }
  return url;
}

}  // namespace earmark::crawler
