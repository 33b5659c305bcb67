#include "registry/policy_rules.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

namespace earmark::registry {
namespace {

constexpr std::int64_t kMsPerSecond = 1000;
constexpr Ppm kNearlyAll = 900'000;

tl::unexpected<Error> bad_line(std::string_view text, const std::string& what) {
  return fail(ErrorCode::kInvalidArgument, fmt::format("rule '{}': {}", text, what));
}

/// "10s" or "1500ms".
std::optional<std::int64_t> parse_length(std::string_view text) {
  constexpr std::int64_t kLongest = 86'400'000;
  std::int64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, value);
  const std::string_view unit(rest, static_cast<std::size_t>(end - rest));
  if (error != std::errc{} || value < 0 || value > kLongest) return std::nullopt;
  if (unit == "ms") return value;
  if (unit == "s" && value <= kLongest / kMsPerSecond) return value * kMsPerSecond;
  return std::nullopt;
}

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  while (true) {
    const auto first = text.find_first_not_of(' ');
    if (first == std::string_view::npos) return words;
    text.remove_prefix(first);
    const auto word = text.substr(0, text.find(' '));
    words.push_back(word);
    text.remove_prefix(word.size());
  }
}

Status read_condition(PolicyLine& line, std::string_view name, std::string_view value) {
  if (name == "territory") {
    EARMARK_TRY(line.territories, Territories::parse(value));
  } else if (name == "match") {
    EARMARK_TRY(line.match_type, parse_match_type(value));
  } else if (name == "min_share") {
    EARMARK_TRY(line.min_share, parse_share(value));
  } else if (name == "min_length") {
    const auto length = parse_length(value);
    if (!length) return fail(ErrorCode::kInvalidArgument, "min_length must be like 10s or 1500ms");
    line.min_length_ms = *length;
  } else {
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("'{}' is no condition (territory, match, min_share, min_length)", name));
  }
  return {};
}

PolicyLine line_of(PolicyAction action, std::int64_t min_length_ms, Ppm min_share) {
  PolicyLine line;
  line.action = action;
  line.min_length_ms = min_length_ms;
  line.min_share = min_share;
  return line;
}

}  // namespace

int restriction_of(PolicyAction action) {
  return static_cast<int>(std::find(std::begin(kByRestriction), std::end(kByRestriction), action) -
                          std::begin(kByRestriction));
}

PolicyAction more_restrictive(PolicyAction a, PolicyAction b) {
  return restriction_of(a) >= restriction_of(b) ? a : b;
}

std::string_view to_string(MatchType type) {
  switch (type) {
    case MatchType::kRecording: return "recording";
    case MatchType::kMelody: return "melody";
    case MatchType::kNearDuplicate: return "near_duplicate";
  }
  return "recording";
}

Result<MatchType> parse_match_type(std::string_view text) {
  for (const auto type : {MatchType::kRecording, MatchType::kMelody, MatchType::kNearDuplicate}) {
    if (text == to_string(type)) return type;
  }
  return fail(ErrorCode::kInvalidArgument,
              fmt::format("match \"{}\": must be one of recording, melody, near_duplicate", text));
}

Result<PolicyLine> parse_policy_line(std::string_view text) {
  const auto words = words_of(text);
  if (words.empty()) return bad_line(text, "it is empty");
  PolicyLine line;
  const auto action = parse_policy_action(words[0]);
  if (!action) return bad_line(text, action.error().message);
  line.action = *action;
  for (std::size_t i = 1; i < words.size(); ++i) {
    const auto equals = words[i].find('=');
    if (equals == std::string_view::npos)
      return bad_line(text, fmt::format("'{}' is no condition like min_length=10s", words[i]));
    const auto read = read_condition(line, words[i].substr(0, equals), words[i].substr(equals + 1));
    if (!read) return bad_line(text, read.error().message);
  }
  return line;
}

std::string to_string(const PolicyLine& line) {
  std::string text(to_string(line.action));
  if (!line.territories.is_world()) {
    std::string where = line.territories.text();
    std::replace(where.begin(), where.end(), ' ', ',');
    text += " territory=" + where;
  }
  if (line.match_type) text += fmt::format(" match={}", to_string(*line.match_type));
  if (line.min_length_ms > 0) text += fmt::format(" min_length={}ms", line.min_length_ms);
  if (line.min_share > 0) text += fmt::format(" min_share={}", line.min_share);
  return text;
}

PolicyAction action_of(const Policy& policy, const UseShape& use, std::string_view territory) {
  for (const PolicyLine& line : policy.lines) {
    const bool fits = line.territories.contains(territory) &&
                      (!line.match_type || *line.match_type == use.match_type) &&
                      use.length_ms >= line.min_length_ms && use.share >= line.min_share;
    if (fits) return line.action;
  }
  return policy.otherwise;
}

std::span<const PolicyTemplate> policy_templates() {
  using enum PolicyAction;
  static const std::vector<PolicyTemplate> templates = {
      {"track-all", "only count uses, everywhere", kTrack, {}},
      {"monetize-all", "share in the revenue of every use", kMonetize, {}},
      {"block-all", "ask that no use be published; a person decides on each", kBlock, {}},
      {"monetize-from-10s",
       "share in the revenue of uses of 10 s and more, count shorter ones",
       kTrack,
       {line_of(kMonetize, 10 * kMsPerSecond, 0)}},
      {"monetize-from-30s",
       "share in the revenue of uses of 30 s and more, count shorter ones",
       kTrack,
       {line_of(kMonetize, 30 * kMsPerSecond, 0)}},
      {"block-whole",
       "object to nearly whole recordings (90 %), share in the revenue of the rest from 10 s on",
       kTrack,
       {line_of(kBlock, 0, kNearlyAll), line_of(kMonetize, 10 * kMsPerSecond, 0)}},
  };
  return templates;
}

Result<const PolicyTemplate*> find_template(std::string_view name) {
  std::string names;
  for (const PolicyTemplate& known : policy_templates()) {
    if (known.name == name) return &known;
    names += (names.empty() ? "" : ", ") + std::string(known.name);
  }
  return fail(ErrorCode::kNotFound, fmt::format("template '{}': there are {}", name, names));
}

}  // namespace earmark::registry
