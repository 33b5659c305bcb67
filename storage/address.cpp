#include "storage/address.h"

#include <algorithm>
#include <cctype>

namespace earmark::storage {
namespace {

constexpr std::string_view kSchemes[] = {"postgresql://", "postgres://"};

/// The scheme in any case: what was meant as a URL is not made a folder of that name.
std::string_view scheme_of(std::string_view text) {
  for (const std::string_view scheme : kSchemes) {
    const bool same = text.size() >= scheme.size() &&
                      std::equal(scheme.begin(), scheme.end(), text.begin(), [](char wanted, char given) {
                        return wanted == std::tolower(static_cast<unsigned char>(given));
                      });
    if (same) return scheme;
  }
  return {};
}

/// The query without its parameter "password".
std::string without_password(std::string_view query) {
  std::string kept;
  while (!query.empty()) {
    const auto end = std::min(query.find('&'), query.size());
    const std::string_view parameter = query.substr(0, end);
    if (!parameter.starts_with("password=")) {
      if (!kept.empty()) kept += '&';
      kept += parameter;
    }
    query.remove_prefix(std::min(end + 1, query.size()));
  }
  return kept;
}

}  // namespace

bool Address::is_url(std::string_view text) { return !scheme_of(text).empty(); }

Result<Address> Address::of_url(std::string_view url) {
  const auto scheme = scheme_of(url);
  if (scheme.empty() || url.find('\0') != std::string_view::npos) {
    return fail(ErrorCode::kInvalidArgument,
                "not the URL of a database: it must look like postgresql://USER@HOST/DATABASE");
  }
  Address address;
  address.url_ = std::string(kSchemes[0]) + std::string(url.substr(scheme.size()));
  return address;
}

std::string Address::name() const {
  if (!is_postgresql()) return file_.string();
  std::string_view rest = std::string_view(url_).substr(kSchemes[0].size());
  const auto question = rest.find('?');
  const std::string query =
      question == std::string_view::npos ? std::string() : without_password(rest.substr(question + 1));
  rest = rest.substr(0, question);
  const auto slash = std::min(rest.find('/'), rest.size());
  std::string_view authority = rest.substr(0, slash);
  std::string user;
  if (const auto at = authority.rfind('@'); at != std::string_view::npos) {
    const std::string_view login = authority.substr(0, at);
    user = std::string(login.substr(0, login.find(':'))) + "@";
    authority.remove_prefix(at + 1);
  }
  std::string name =
      std::string(kSchemes[0]) + user + std::string(authority) + std::string(rest.substr(slash));
  if (!query.empty()) name += "?" + query;
  return name;
}

}  // namespace earmark::storage
