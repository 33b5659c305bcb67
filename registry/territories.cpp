#include "registry/territories.h"

#include <fmt/format.h>

namespace earmark::registry {
namespace {

/// ISO 3166-1 alpha-2, two letters each.
constexpr std::string_view kCountries =
    "ADAEAFAGAIALAMAOAQARASATAUAWAXAZBABBBDBEBFBGBHBIBJBLBMBNBOBQBRBSBTBVBWBYBZCACCCDCFCGCHCICKCLCMCNCOCRCU"
    "CVCWCXCYCZDEDJDKDMDODZECEEEGEHERESETFIFJFKFMFOFRGAGBGDGEGFGGGHGIGLGMGNGPGQGRGSGTGUGWGYHKHMHNHRHTHUIDIEIL"
    "IMINIOIQIRISITJEJMJOJPKEKGKHKIKMKNKPKRKWKYKZLALBLCLILKLRLSLTLULVLYMAMCMDMEMFMGMHMKMLMMMNMOMPMQMRMSMTMUMV"
    "MWMXMYMZNANCNENFNGNINLNONPNRNUNZOMPAPEPFPGPHPKPLPMPNPRPSPTPWPYQARERORSRURWSASBSCSDSESGSHSISJSKSLSMSNSOSR"
    "SSSTSVSXSYSZTCTDTFTGTHTJTKTLTMTNTOTRTTTVTWTZUAUGUMUSUYUZVAVCVEVGVIVNVUWFWSXKYEYTZAZMZW";

constexpr std::string_view kWorld = "WW";

}  // namespace

bool is_country(std::string_view code) {
  if (code.size() != 2) return false;
  for (std::size_t at = 0; at < kCountries.size(); at += 2) {
    if (kCountries.substr(at, 2) == code) return true;
  }
  return false;
}

Result<Territories> Territories::parse(std::string_view text) {
  Territories set;
  bool has_world = false;
  bool has_plain = false;
  constexpr std::string_view kSeparators = " ,;\t";
  while (true) {
    const auto first = text.find_first_not_of(kSeparators);
    if (first == std::string_view::npos) break;
    text.remove_prefix(first);
    std::string word(text.substr(0, text.find_first_of(kSeparators)));
    text.remove_prefix(word.size());
    for (char& c : word) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    if (word == kWorld) {
      has_world = true;
      continue;
    }
    const bool is_out = word.starts_with('-');
    const std::string code = is_out ? word.substr(1) : word;
    if (!is_country(code))
      return fail(ErrorCode::kInvalidArgument, fmt::format("territory '{}': no ISO 3166 code, nor WW", word));
    has_world = has_world || is_out;
    has_plain = has_plain || !is_out;
    set.codes_.insert(code);
  }
  if (has_world && has_plain)
    return fail(ErrorCode::kInvalidArgument, "territories: either WW (with -XX for what is out) or a list");
  set.is_complement_ = has_world || !has_plain;
  return set;
}

bool Territories::contains(std::string_view code) const { return codes_.contains(code) != is_complement_; }

std::string Territories::text() const {
  std::string text(is_complement_ ? kWorld : std::string_view());
  for (const auto& code : codes_) {
    if (!text.empty()) text += ' ';
    if (is_complement_) text += '-';
    text += code;
  }
  return text;
}

}  // namespace earmark::registry
