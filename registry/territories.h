#pragma once
// Sets of territories. Pure values.
#include <set>
#include <string>
#include <string_view>

#include "core/result.h"

namespace earmark::registry {

/// Stands for every territory that is not named where it is used.
inline constexpr std::string_view kElsewhere = "*";

/// The world, the world without some countries, or some countries (ISO 3166-1 alpha-2 codes).
class Territories {
 public:
  /// The world.
  Territories() = default;
  /// "" or "WW": the world; "WW -US -CA": without them; "DE AT" or "DE,AT": those. kInvalidArgument names the
  /// word that is no code.
  [[nodiscard]] static Result<Territories> parse(std::string_view text);

  /// `code` may be kElsewhere: then whether the set holds what it does not name.
  [[nodiscard]] bool contains(std::string_view code) const;
  [[nodiscard]] bool is_world() const { return is_complement_ && codes_.empty(); }
  /// The codes that are named, be it in or out.
  [[nodiscard]] const std::set<std::string, std::less<>>& named() const { return codes_; }
  /// Canonical: "WW", "WW -CA -US", "AT DE".
  [[nodiscard]] std::string text() const;

  friend bool operator==(const Territories&, const Territories&) = default;

 private:
  bool is_complement_ = true;  ///< all but codes_
  std::set<std::string, std::less<>> codes_;
};

/// Whether `code` is assigned in ISO 3166-1 (or "XK", which payments and music use for Kosovo).
[[nodiscard]] bool is_country(std::string_view code);

}  // namespace earmark::registry
