#pragma once
// What a use earns, as a rule that a program can apply and a person can read. Pure values and functions.
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "monetization/overlap.h"
#include "registry/policy_rules.h"
#include "registry/shares.h"

namespace earmark::monetization {

/// How a recording is used, told from lengths alone.
enum class UseKind {
  kSting,    ///< shorter than kStingMs
  kExcerpt,  ///< longer
  kWhole,    ///< at least kWholeShare of the recording
};
inline constexpr std::int64_t kStingMs = 5000;
inline constexpr registry::Ppm kWholeShare = 900'000;
[[nodiscard]] std::string_view to_string(UseKind kind);  ///< "sting", "excerpt", "whole"
[[nodiscard]] Result<UseKind> parse_use_kind(std::string_view text);
[[nodiscard]] UseKind kind_of(std::int64_t length_ms, std::int64_t recording_ms);

/// Taken off an episode's revenue before anything is shared.
struct Fee {
  std::string name;
  registry::Ppm rate = 0;
};

/// One version of a tariff (docs/money.md explains each part with an example).
struct Tariff {
  std::string name;
  std::int64_t version = 0;
  std::vector<Fee> fees;                 ///< by name; each of the gross amount, rounded down
  registry::Ppm floor = 500'000;         ///< of what remains after fees: the show's at least
  registry::Ppm cap = registry::kWhole;  ///< of what remains after fees: one use's at most
  registry::Ppm work = 0;          ///< of a use's amount: the compositions'; the rest is the recording's
  std::int64_t min_length_ms = 0;  ///< shorter uses earn nothing
  Overlap overlap = Overlap::kShapley;
  std::map<registry::MatchType, registry::Ppm> match_weights;  ///< missing: the whole
  std::map<UseKind, registry::Ppm> kind_weights;               ///< missing: the whole
  std::map<std::string, std::int64_t> audience;  ///< listeners by territory, where none are known

  [[nodiscard]] registry::Ppm weight_of(registry::MatchType match, UseKind kind) const;
};

/// Reads settings "floor=50%", "fee.platform=15%", "cap=30%", "work=20%", "min_length=5s", "overlap=shapley",
/// "weight.melody=50%", "weight.sting=25%", "audience.DE=7"; one that is not given has its default.
/// kInvalidArgument names what is wrong.
[[nodiscard]] Result<Tariff> parse_tariff(std::string_view name, std::span<const std::string> settings);
/// All settings, each as parse_tariff reads it, in one order: the same rule has the same settings.
[[nodiscard]] std::vector<std::string> settings_of(const Tariff& tariff);

/// The tariff that counts where none was put: 10 % to the platform, at least half to the show, melodies at
/// half weight.
inline constexpr std::string_view kStandardTariff = "standard";
[[nodiscard]] Tariff standard_tariff();

}  // namespace earmark::monetization
