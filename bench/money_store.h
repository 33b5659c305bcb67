#pragma once
// A store full of claims and revenue that nobody made, for measuring how fast money is split.
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

#include "core/result.h"

namespace earmark::bench {

struct MoneyScale {
  std::int64_t uses = 100'000;
  std::int64_t listens = 10'000'000;
  std::uint64_t seed = 1;
};

inline constexpr std::int64_t kUsesPerEpisode = 10;

/// Registers recordings with shares in several territories, scans episodes with ten uses each, and records
/// what each episode earned in a week. Slow: every fact is a durable transaction of its own. `progress` hears
/// of every thousandth episode.
[[nodiscard]] Status fill(const std::filesystem::path& store, const MoneyScale& scale,
                          const std::function<void(std::int64_t)>& progress);

/// Writes the listens as the CSV that `earmark money listens` reads: each of one range of one episode, by day
/// and territory.
[[nodiscard]] Status write_listens(const std::filesystem::path& file, const MoneyScale& scale);

}  // namespace earmark::bench
