#include "crawler/schedule.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>
#include <vector>

#include "crawler/ascii.h"

namespace earmark::crawler {
namespace {

using Ms = std::chrono::milliseconds;

constexpr std::size_t kDatesLookedAt = 11;  ///< the newest: ten gaps
constexpr std::int64_t kMostPerPeriod = 16, kFewestPerPeriod = 4;
constexpr std::int64_t kMostDoublings = 10;
constexpr std::int64_t kSpreadPart = 10;  ///< a tenth of the interval at most

/// Calls `use(name, value)` for each "name=value" of a list.
template <class Use>
void for_each_pair(std::string_view text, char separator, Use&& use) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(separator), text.size());
    std::string_view part = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const std::size_t equals = part.find('=');
    std::string_view value = equals == std::string_view::npos ? std::string_view() : part.substr(equals + 1);
    std::string name = ascii_lower(part.substr(0, equals));
    std::erase(name, ' ');
    use(name, value);
  }
}

std::optional<std::int64_t> number(std::string_view text) {
  std::int64_t value = 0;
  while (text.starts_with(' ') || text.starts_with('"')) text.remove_prefix(1);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  static_cast<void>(end);
  return error == std::errc() && value >= 0 ? std::optional(value) : std::nullopt;
}

/// The usual time between episodes: the median of the last gaps.
std::optional<Ms> usual_gap(std::span<const Timestamp> published) {
  std::vector<Timestamp> newest(published.begin(), published.end());
  std::sort(newest.begin(), newest.end(), std::greater<>());
  newest.erase(std::unique(newest.begin(), newest.end()), newest.end());
  if (newest.size() > kDatesLookedAt) newest.resize(kDatesLookedAt);
  if (newest.size() < 3) return std::nullopt;
  std::vector<Ms> gaps;
  for (std::size_t i = 1; i < newest.size(); ++i) gaps.push_back(newest[i - 1] - newest[i]);
  std::nth_element(gaps.begin(), gaps.begin() + static_cast<std::ptrdiff_t>(gaps.size() / 2), gaps.end());
  return gaps[gaps.size() / 2];
}

/// So that feeds that were added together do not come due together for ever.
Ms spread(Ms interval, std::uint64_t which) {
  constexpr std::uint64_t kGolden = 0x9E3779B97F4A7C15ULL;  // Knuth's multiplicative hash
  constexpr std::uint64_t kSteps = 1024;
  const auto step = static_cast<std::int64_t>((which * kGolden >> 32U) % kSteps);
  return interval / kSpreadPart * step / static_cast<std::int64_t>(kSteps);
}

}  // namespace

std::optional<Ms> period_of(std::string_view rrule) {
  constexpr std::array<std::pair<std::string_view, std::int64_t>, 5> kHours = {
      {{"hourly", 1}, {"daily", 24}, {"weekly", 24 * 7}, {"monthly", 24 * 30}, {"yearly", 24 * 365}}};
  std::optional<std::int64_t> hours;
  std::int64_t interval = 1, times = 1;
  for_each_pair(rrule, ';', [&](const std::string& name, std::string_view value) {
    if (name == "freq") {
      const std::string frequency = ascii_lower(value);
      for (const auto& [known, length] : kHours) {
        if (frequency == known) hours = length;
      }
    }
    if (name == "interval") interval = std::clamp<std::int64_t>(number(value).value_or(1), 1, 1000);
    if (name == "byday" || name == "bymonthday" || name == "byhour")
      times *= 1 + std::count(value.begin(), value.end(), ',');
  });
  if (!hours) return std::nullopt;
  return Ms(std::chrono::hours(*hours * interval)) / std::max<std::int64_t>(times, 1);
}

std::optional<std::chrono::seconds> max_age_of(std::string_view cache_control) {
  std::optional<std::chrono::seconds> age;
  bool keeps_nothing = false;
  for_each_pair(cache_control, ',', [&](const std::string& name, std::string_view value) {
    if (name == "no-cache" || name == "no-store") keeps_nothing = true;
    if (name != "max-age") return;
    if (const auto seconds = number(value))
      age = std::chrono::seconds(std::min<std::int64_t>(*seconds, 1 << 30));
  });
  return keeps_nothing ? std::nullopt : age;
}

Ms next_interval(const ScheduleFacts& facts, const ScheduleBounds& bounds) {
  using Outcome = ScheduleFacts::Outcome;
  const Ms longest = std::max(bounds.longest, bounds.shortest);
  if (facts.outcome == Outcome::kFailed) {
    const auto doublings = std::clamp<std::int64_t>(facts.failures - 1, 0, kMostDoublings);
    const Ms backed_off = std::max(bounds.shortest, Ms(1)) * (std::int64_t{1} << doublings);
    const Ms interval = std::min(backed_off, longest);
    return interval + spread(interval, facts.spread);
  }
  auto usual = facts.rrule.empty() ? std::nullopt : period_of(facts.rrule);
  if (!usual) usual = usual_gap(facts.published);
  Ms soonest = bounds.shortest, latest = longest;
  if (usual) {
    soonest = std::clamp(*usual / kMostPerPeriod, bounds.shortest, longest);
    latest = std::clamp(*usual / kFewestPerPeriod, soonest, longest);
  }
  Ms interval = soonest;
  if (facts.last_interval.count() > 0)
    interval = facts.outcome == Outcome::kChanged ? facts.last_interval / 2 : facts.last_interval * 3 / 2;
  interval = std::clamp(interval, soonest, latest);
  if (facts.is_complete) interval = longest;
  if (facts.ttl) interval = std::max(interval, Ms(*facts.ttl));
  if (facts.max_age) interval = std::max(interval, Ms(*facts.max_age));
  interval = std::clamp(interval, bounds.shortest, longest);
  return interval + spread(interval, facts.spread);
}

}  // namespace earmark::crawler
