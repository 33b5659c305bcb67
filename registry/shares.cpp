#include "registry/shares.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>

#include <fmt/format.h>

namespace earmark::registry {
namespace {

bool holds_at(const Share& share, Timestamp at) {
  return share.valid_from <= at && (!share.valid_to || at < *share.valid_to);
}

tl::unexpected<Error> no_share(std::string_view text) {
  return fail(ErrorCode::kInvalidArgument,
              fmt::format("share '{}': must be like 50%, 33.3333% or 500000 (parts per million)", text));
}

/// The times at which holdings may change, in order.
std::vector<Timestamp> boundaries(std::span<const Share> shares) {
  std::set<Timestamp> times;
  for (const Share& share : shares) {
    times.insert(share.valid_from);
    if (share.valid_to) times.insert(*share.valid_to);
  }
  return {times.begin(), times.end()};
}

}  // namespace

Result<Ppm> parse_share(std::string_view text) {
  constexpr std::size_t kMostDigits = 7;
  constexpr int kPercentDecimals = 4;  // of a percent, in parts per million
  std::string_view number = text;
  const bool percent = number.ends_with('%');
  if (percent) number.remove_suffix(1);
  while (number.ends_with(' ')) number.remove_suffix(1);
  Ppm value = 0;
  int decimals = -1;
  std::size_t digits = 0;
  for (const char c : number) {
    if (c == '.' && percent && decimals < 0) {
      decimals = 0;
    } else if (c >= '0' && c <= '9' && ++digits <= kMostDigits) {
      value = 10 * value + (c - '0');
      if (decimals >= 0) ++decimals;
    } else {
      return no_share(text);
    }
  }
  if (digits == 0 || decimals > kPercentDecimals) return no_share(text);
  for (int i = std::max(decimals, 0); percent && i < kPercentDecimals; ++i) value *= 10;
  if (value > kWhole) return no_share(text);
  return value;
}

std::string show_share(Ppm share) {
  constexpr Ppm kPercent = kWhole / 100;
  std::string text = fmt::format("{}.{:04}", share / kPercent, share % kPercent);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.ends_with('.')) text.pop_back();
  return text + " %";
}

std::vector<Holding> holdings_in(std::span<const Share> shares, std::string_view territory, Timestamp at) {
  std::map<std::string, Ppm> held;
  for (const Share& share : shares) {
    if (holds_at(share, at) && share.territories.contains(territory)) held[share.party] += share.ppm;
  }
  std::vector<Holding> holdings;
  for (auto& [party, ppm] : held) holdings.push_back({party, ppm});
  return holdings;
}

Ppm total_of(std::span<const Holding> holdings) {
  return std::accumulate(holdings.begin(), holdings.end(), Ppm{0},
                         [](Ppm sum, const Holding& holding) { return sum + holding.ppm; });
}

std::vector<std::string> territories_of(std::span<const Share> shares) {
  std::set<std::string> named;
  for (const Share& share : shares)
    named.insert(share.territories.named().begin(), share.territories.named().end());
  std::vector<std::string> all(named.begin(), named.end());
  all.emplace_back(kElsewhere);
  return all;
}

std::vector<ShareConflict> conflicts_of(std::span<const Share> shares) {
  std::vector<ShareConflict> conflicts;
  const auto times = boundaries(shares);
  for (const auto& territory : territories_of(shares)) {
    std::optional<ShareConflict> open;
    for (const Timestamp at : times) {
      const Ppm total = total_of(holdings_in(shares, territory, at));
      if (total <= kWhole) {
        if (open) open->valid_to = at;
        if (open) conflicts.push_back(*std::exchange(open, std::nullopt));
      } else if (open) {
        open->total = std::max(open->total, total);
      } else {
        open = ShareConflict{territory, total, at, std::nullopt};
      }
    }
    if (open) conflicts.push_back(*open);
  }
  return conflicts;
}

}  // namespace earmark::registry
