#include "monetization/tariff.h"

#include <algorithm>
#include <charconv>
#include <numeric>
#include <optional>

#include <fmt/format.h>

namespace earmark::monetization {
namespace {

using registry::kWhole;
using registry::Ppm;

constexpr std::int64_t kMsPerSecond = 1000;
constexpr std::int64_t kMostNumber = 1'000'000'000;

tl::unexpected<Error> makes_no_sense(std::string_view setting, std::string_view why) {
  return fail(ErrorCode::kInvalidArgument, fmt::format("tariff setting '{}': {}", setting, why));
}

std::optional<std::int64_t> number_of(std::string_view text) {
  std::int64_t value = 0;
  const auto* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || rest != end || value < 0 || value > kMostNumber) return std::nullopt;
  return value;
}

bool is_name(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

Status set_weight(Tariff& tariff, std::string_view what, Ppm weight, std::string_view setting) {
  if (const auto match = registry::parse_match_type(what)) {
    tariff.match_weights[*match] = weight;
    return {};
  }
  const auto kind = parse_use_kind(what);
  if (!kind) {
    return makes_no_sense(
        setting,
        "weights are of recording, melody, near_duplicate (matches) and sting, excerpt, whole (uses)");
  }
  tariff.kind_weights[*kind] = weight;
  return {};
}

Status set_share(Tariff& tariff, std::string_view key, std::string_view value, std::string_view setting) {
  const auto share = registry::parse_share(value);
  if (!share) return makes_no_sense(setting, "must be like 50% or 33.3333%");
  if (key == "floor") {
    tariff.floor = *share;
  } else if (key == "cap") {
    tariff.cap = *share;
  } else if (key == "work") {
    tariff.work = *share;
  } else if (key.starts_with("weight.")) {
    return set_weight(tariff, key.substr(sizeof("weight.") - 1), *share, setting);
  } else if (key.starts_with("fee.") && is_name(key.substr(sizeof("fee.") - 1))) {
    tariff.fees.push_back({std::string(key.substr(sizeof("fee.") - 1)), *share});
  } else {
    return makes_no_sense(setting,
                          "known are fee.NAME, floor, cap, work, min_length, overlap, weight.KIND and "
                          "audience.TERRITORY");
  }
  return {};
}

Status set_one(Tariff& tariff, std::string_view setting) {
  const auto equals = setting.find('=');
  if (equals == std::string_view::npos) return makes_no_sense(setting, "must be like floor=50%");
  const auto key = setting.substr(0, equals);
  auto value = setting.substr(equals + 1);
  if (key == "overlap") {
    EARMARK_TRY(tariff.overlap, parse_overlap(value));
    return {};
  }
  if (key == "min_length") {
    if (value.ends_with('s')) value.remove_suffix(1);
    const auto seconds = number_of(value);
    if (!seconds) return makes_no_sense(setting, "must be like 5s");
    tariff.min_length_ms = *seconds * kMsPerSecond;
    return {};
  }
  constexpr std::string_view kAudience = "audience.";
  if (key.starts_with(kAudience)) {
    const auto territory = key.substr(kAudience.size());
    const auto listeners = number_of(value);
    if (!registry::is_country(territory) || !listeners)
      return makes_no_sense(setting, "must be like audience.DE=70");
    tariff.audience[std::string(territory)] = *listeners;
    return {};
  }
  return set_share(tariff, key, value, setting);
}

std::string share_text(Ppm share) {
  auto text = registry::show_share(share);
  text.erase(std::remove(text.begin(), text.end(), ' '), text.end());
  return text;
}

}  // namespace

std::string_view to_string(UseKind kind) {
  switch (kind) {
    case UseKind::kSting: return "sting";
    case UseKind::kExcerpt: return "excerpt";
    case UseKind::kWhole: return "whole";
  }
  return "excerpt";
}

Result<UseKind> parse_use_kind(std::string_view text) {
  for (const auto kind : {UseKind::kSting, UseKind::kExcerpt, UseKind::kWhole}) {
    if (text == to_string(kind)) return kind;
  }
  return fail(ErrorCode::kInvalidArgument, fmt::format("use '{}': must be sting, excerpt or whole", text));
}

UseKind kind_of(std::int64_t length_ms, std::int64_t recording_ms) {
  // In 128 bits: a length in ms times a million is near the end of 64.
  if (Weight(length_ms) * Weight(kWhole) >= Weight(recording_ms) * Weight(kWholeShare))
    return UseKind::kWhole;
  return length_ms < kStingMs ? UseKind::kSting : UseKind::kExcerpt;
}

Ppm Tariff::weight_of(registry::MatchType match, UseKind kind) const {
  const auto by_match = match_weights.find(match);
  const auto by_kind = kind_weights.find(kind);
  const Ppm a = by_match == match_weights.end() ? kWhole : by_match->second;
  const Ppm b = by_kind == kind_weights.end() ? kWhole : by_kind->second;
  return a * b / kWhole;
}

Result<Tariff> parse_tariff(std::string_view name, std::span<const std::string> settings) {
  if (name.empty()) return fail(ErrorCode::kInvalidArgument, "the name of a tariff is empty");
  Tariff tariff;
  tariff.name = name;
  for (const auto& setting : settings) EARMARK_TRY_STATUS(set_one(tariff, setting));
  std::sort(tariff.fees.begin(), tariff.fees.end(),
            [](const Fee& a, const Fee& b) { return a.name < b.name; });
  const auto twice = std::adjacent_find(tariff.fees.begin(), tariff.fees.end(),
                                        [](const Fee& a, const Fee& b) { return a.name == b.name; });
  if (twice != tariff.fees.end()) return makes_no_sense("fee." + twice->name, "is there twice");
  const Ppm fees = std::accumulate(tariff.fees.begin(), tariff.fees.end(), Ppm{0},
                                   [](Ppm sum, const Fee& fee) { return sum + fee.rate; });
  if (fees > kWhole)
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("tariff '{}': the fees are {} of the revenue", name, registry::show_share(fees)));
  return tariff;
}

std::vector<std::string> settings_of(const Tariff& tariff) {
  std::vector<std::string> settings;
  for (const Fee& fee : tariff.fees)
    settings.push_back(fmt::format("fee.{}={}", fee.name, share_text(fee.rate)));
  settings.push_back("floor=" + share_text(tariff.floor));
  settings.push_back("cap=" + share_text(tariff.cap));
  settings.push_back("work=" + share_text(tariff.work));
  settings.push_back(fmt::format("min_length={}s", tariff.min_length_ms / kMsPerSecond));
  settings.push_back(fmt::format("overlap={}", to_string(tariff.overlap)));
  for (const auto& [match, weight] : tariff.match_weights)
    settings.push_back(fmt::format("weight.{}={}", registry::to_string(match), share_text(weight)));
  for (const auto& [kind, weight] : tariff.kind_weights)
    settings.push_back(fmt::format("weight.{}={}", to_string(kind), share_text(weight)));
  for (const auto& [territory, listeners] : tariff.audience)
    settings.push_back(fmt::format("audience.{}={}", territory, listeners));
  return settings;
}

Tariff standard_tariff() {
  Tariff tariff;
  tariff.name = kStandardTariff;
  tariff.fees = {{"platform", kWhole / 10}};
  tariff.match_weights[registry::MatchType::kMelody] = kWhole / 2;
  return tariff;
}

}  // namespace earmark::monetization
