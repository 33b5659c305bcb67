#include "registry/identifiers.h"

#include <algorithm>
#include <array>
#include <span>

#include <fmt/format.h>

namespace earmark::registry {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_capital(char c) { return c >= 'A' && c <= 'Z'; }
bool is_alphanumeric(char c) { return is_digit(c) || is_capital(c); }
int digit(char c) { return c - '0'; }
char as_digit(int value) { return static_cast<char>('0' + value); }

/// How an identifier is laid out: one class of character a place. 'A' capital, '9' digit, 'X' either, 'C'
/// digit or X; anything else stands for itself.
struct Scheme {
  IdentifierScheme scheme;
  std::string_view name;
  std::string_view prefix;  ///< that people put in front
  std::string_view layout;
};

constexpr std::array kSchemes = {
    Scheme{IdentifierScheme::kIsrc, "isrc", "ISRC", "AAXXX9999999"},
    Scheme{IdentifierScheme::kIswc, "iswc", "ISWC", "T9999999999"},
    Scheme{IdentifierScheme::kIpiName, "ipi", "IPI", "99999999999"},
    Scheme{IdentifierScheme::kIpiBase, "ipi_base", "IPI", "I9999999999"},
    Scheme{IdentifierScheme::kIsni, "isni", "ISNI", "999999999999999C"},
    Scheme{IdentifierScheme::kDpid, "dpid", "", "PADPIDAXXXXXXXXXXX"},
    Scheme{IdentifierScheme::kGtin, "gtin", "", "99999999999999"},
    Scheme{IdentifierScheme::kGrid, "grid", "GRID", "A1XXXXXXXXXXXXXXXX"},
    Scheme{IdentifierScheme::kPodcastGuid, "podcast_guid", "", ""},
};

const Scheme& scheme_of(IdentifierScheme scheme) {
  return *std::find_if(kSchemes.begin(), kSchemes.end(), [&](const Scheme& s) { return s.scheme == scheme; });
}

bool fits(char c, char place) {
  switch (place) {
    case '9': return is_digit(c);
    case 'X': return is_alphanumeric(c);
    case 'C': return is_digit(c) || c == 'X';
    default: return c == place;
  }
}

/// Country letters only where the layout says 'A' and is not a literal 'A'.
bool fits_layout(IdentifierScheme scheme, std::string_view value, std::string_view layout) {
  for (std::size_t i = 0; i < layout.size(); ++i) {
    const bool any_capital = scheme == IdentifierScheme::kIsrc && layout[i] == 'A';
    if (any_capital ? !is_capital(value[i]) : !fits(value[i], layout[i])) return false;
  }
  return true;
}

std::string bare(std::string_view text, std::string_view prefix) {
  std::string value;
  for (const char c : text) {
    if (c == ' ' || c == '-' || c == '.' || c == '\t') continue;
    value += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  if (!prefix.empty() && value.starts_with(prefix)) value.erase(0, prefix.size());
  if (!value.empty() && value.front() == ':') value.erase(0, 1);
  return value;
}

int weighted_sum(std::string_view digits, int first, int step) {
  int sum = 0;
  int weight = first;
  for (const char c : digits) {
    sum += weight * digit(c);
    weight += step;
  }
  return sum;
}

char iswc_check(std::string_view nine) { return as_digit((10 - (1 + weighted_sum(nine, 1, 1)) % 10) % 10); }
char ipi_base_check(std::string_view nine) {
  return as_digit((10 - (2 + weighted_sum(nine, 1, 1)) % 10) % 10);
}
std::string ipi_name_check(std::string_view nine) {
  return fmt::format("{:02}", (101 - weighted_sum(nine, 10, -1) % 101) % 100);
}
/// Weights 3 and 1 from the right (GS1 General Specifications, 7.9).
char gtin_check(std::string_view digits) {
  int sum = 0;
  for (std::size_t i = 0; i < digits.size(); ++i)
    sum += ((digits.size() - i) % 2 == 1 ? 3 : 1) * digit(digits[i]);
  return as_digit((10 - sum % 10) % 10);
}

/// What the characters before it make the check characters; empty: the scheme has none.
std::string check_of(IdentifierScheme scheme, std::string_view value) {
  const auto head = [&](std::size_t skipped, std::size_t checks) {
    return value.substr(skipped, value.size() - skipped - checks);
  };
  switch (scheme) {
    case IdentifierScheme::kIswc: return {iswc_check(head(1, 1))};
    case IdentifierScheme::kIpiBase: return {ipi_base_check(head(1, 1))};
    case IdentifierScheme::kIpiName: return ipi_name_check(head(0, 2));
    case IdentifierScheme::kIsni: return {check_mod_11_2(head(0, 1))};
    case IdentifierScheme::kDpid:
    case IdentifierScheme::kGrid: return {check_mod_37_36(head(0, 1))};
    case IdentifierScheme::kGtin: return {gtin_check(head(0, 1))};
    case IdentifierScheme::kIsrc:
    case IdentifierScheme::kPodcastGuid: return {};
  }
  return {};
}

tl::unexpected<Error> wrong(const Scheme& scheme, std::string_view text, std::string_view what) {
  return fail(ErrorCode::kInvalidArgument, fmt::format("{} '{}': {}", scheme.name, text, what));
}

Result<Identifier> parse_guid(std::string_view text) {
  constexpr std::size_t kLength = 36;
  std::string value(text);
  for (char& c : value) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  bool good = value.size() == kLength;
  for (std::size_t i = 0; good && i < value.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    const bool hex = is_digit(value[i]) || (value[i] >= 'a' && value[i] <= 'f');
    good = dash ? value[i] == '-' : hex;
  }
  if (!good) return wrong(scheme_of(IdentifierScheme::kPodcastGuid), text, "not a UUID");
  return Identifier{std::move(value), {}};
}

/// Prefixes that are not countries and are in use all the same say nothing (ISRC Bulletin 2015/01); a code
/// of ISO 3166's user-assigned range that is not among them is unusual.
std::string isrc_warning(std::string_view value) {
  constexpr std::array<std::string_view, 12> kKnown = {"QM", "QN", "QT", "QZ", "ZZ", "ZA",
                                                       "ZM", "ZW", "ZB", "CP", "DG", "UK"};
  const auto prefix = value.substr(0, 2);
  const bool user_assigned = prefix[0] == 'X' || prefix == "AA" || prefix[0] == 'Q' || prefix[0] == 'Z';
  const bool known = prefix == "QA" || std::find(kKnown.begin(), kKnown.end(), prefix) != kKnown.end();
  return user_assigned && !known ? fmt::format("prefix {} is unusual", prefix) : std::string();
}

}  // namespace

std::string_view to_string(IdentifierScheme scheme) { return scheme_of(scheme).name; }

Result<IdentifierScheme> parse_identifier_scheme(std::string_view text) {
  std::string words;
  for (const Scheme& scheme : kSchemes) {
    if (scheme.name == text) return scheme.scheme;
    words += (words.empty() ? "" : ", ") + std::string(scheme.name);
  }
  return fail(ErrorCode::kInvalidArgument, fmt::format("identifier \"{}\": must be one of {}", text, words));
}

char check_mod_37_36(std::string_view text) {
  constexpr std::string_view kAlphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  constexpr int kModulus = 36;
  int product = kModulus;
  for (const char c : text) {
    product += static_cast<int>(kAlphabet.find(c));
    if (product > kModulus) product -= kModulus;
    product *= 2;
    if (product > kModulus) product -= kModulus + 1;
  }
  return kAlphabet[static_cast<std::size_t>((kModulus + 1 - product) % kModulus)];
}

char check_mod_11_2(std::string_view digits) {
  int product = 0;
  for (const char c : digits) product = (product + digit(c)) * 2 % 11;
  const int check = (12 - product) % 11;
  return check == 10 ? 'X' : as_digit(check);
}

Result<Identifier> parse_identifier(IdentifierScheme scheme, std::string_view text) {
  if (scheme == IdentifierScheme::kPodcastGuid) return parse_guid(text);
  const Scheme& known = scheme_of(scheme);
  constexpr std::size_t kUpc = 12;  // UPC-A, the shortest that names a release
  constexpr std::size_t kShortestIpi = 9;
  std::string value = bare(text, known.prefix);
  const bool may_be_short = (scheme == IdentifierScheme::kGtin && value.size() >= kUpc) ||
                            (scheme == IdentifierScheme::kIpiName && value.size() >= kShortestIpi);
  if (may_be_short && value.size() < known.layout.size())
    value.insert(0, known.layout.size() - value.size(), '0');
  if (value.size() != known.layout.size())
    return wrong(known, text, fmt::format("{} characters, need {}", value.size(), known.layout.size()));
  if (!fits_layout(scheme, value, known.layout))
    return wrong(known, text, fmt::format("not of the form {}", known.layout));
  const std::string check = check_of(scheme, value);
  if (!value.ends_with(check)) return wrong(known, text, fmt::format("the check digit would be {}", check));
  Identifier identifier{std::move(value), {}};
  if (scheme == IdentifierScheme::kIsrc) identifier.warning = isrc_warning(identifier.value);
  return identifier;
}

std::string shown(IdentifierScheme scheme, std::string_view value) {
  const auto part = [&](std::size_t at, std::size_t count) { return value.substr(at, count); };
  if (value.size() != scheme_of(scheme).layout.size()) return std::string(value);
  switch (scheme) {
    case IdentifierScheme::kIsrc:
      return fmt::format("{}-{}-{}-{}", part(0, 2), part(2, 3), part(5, 2), part(7, 5));
    case IdentifierScheme::kIswc:
      return fmt::format("T-{}.{}.{}-{}", part(1, 3), part(4, 3), part(7, 3), part(10, 1));
    case IdentifierScheme::kIpiBase: return fmt::format("I-{}-{}", part(1, 9), part(10, 1));
    case IdentifierScheme::kIsni:
      return fmt::format("{} {} {} {}", part(0, 4), part(4, 4), part(8, 4), part(12, 4));
    case IdentifierScheme::kGrid:
      return fmt::format("{}-{}-{}-{}", part(0, 2), part(2, 5), part(7, 10), part(17, 1));
    case IdentifierScheme::kIpiName:
    case IdentifierScheme::kDpid:
    case IdentifierScheme::kGtin:
    case IdentifierScheme::kPodcastGuid: break;
  }
  return std::string(value);
}

}  // namespace earmark::registry
