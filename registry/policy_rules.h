#pragma once
// What an owner wants, as rules that a program can apply and a person can read. Pure values and functions.
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "core/time.h"
#include "registry/shares.h"
#include "registry/territories.h"
#include "registry/types.h"

namespace earmark::registry {

/// The least restrictive first: of several policies on one use in one territory, the last of them wins
/// (docs/registry.md, "Which policy wins").
inline constexpr PolicyAction kByRestriction[] = {PolicyAction::kMonetize, PolicyAction::kTrack,
                                                  PolicyAction::kBlock};
[[nodiscard]] int restriction_of(PolicyAction action);
[[nodiscard]] PolicyAction more_restrictive(PolicyAction a, PolicyAction b);

/// What it is that was heard.
enum class MatchType { kRecording, kMelody, kNearDuplicate };
[[nodiscard]] std::string_view to_string(MatchType type);  ///< "recording", "melody", "near_duplicate"
[[nodiscard]] Result<MatchType> parse_match_type(std::string_view text);

/// What a rule may ask about a use.
struct UseShape {
  MatchType match_type = MatchType::kRecording;
  std::int64_t length_ms = 0;
  Ppm share = 0;  ///< of the recording that is used
};

/// One line of a policy: the action, where all its conditions hold.
struct PolicyLine {
  PolicyAction action = PolicyAction::kTrack;
  Territories territories;
  std::optional<MatchType> match_type;  ///< nothing: any
  std::int64_t min_length_ms = 0;
  Ppm min_share = 0;

  friend bool operator==(const PolicyLine&, const PolicyLine&) = default;
};
/// "block min_share=90% territory=DE,AT", "monetize min_length=10s match=recording". kInvalidArgument names
/// what is wrong.
[[nodiscard]] Result<PolicyLine> parse_policy_line(std::string_view text);
[[nodiscard]] std::string to_string(const PolicyLine& line);  ///< as parse_policy_line reads it

/// A policy as it stood in one version: the first line that fits decides, `otherwise` where none does.
struct Policy {
  std::int64_t key = 0;
  std::string rule_id;  ///< "rule_…"
  std::int64_t version = 0;
  std::string party;
  std::string name;
  std::string made_from;  ///< name of the template; empty: none
  PolicyAction otherwise = PolicyAction::kTrack;
  std::vector<PolicyLine> lines;
  Timestamp created_at{};
};
[[nodiscard]] PolicyAction action_of(const Policy& policy, const UseShape& use, std::string_view territory);

struct PolicyTemplate {
  std::string_view name;
  std::string_view what;  ///< for people
  PolicyAction otherwise;
  std::vector<PolicyLine> lines;
};
[[nodiscard]] std::span<const PolicyTemplate> policy_templates();
/// kNotFound, with the names that there are.
[[nodiscard]] Result<const PolicyTemplate*> find_template(std::string_view name);

}  // namespace earmark::registry
