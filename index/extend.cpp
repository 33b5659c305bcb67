#include "index/extend.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "index/proof.h"

namespace earmark::index {
namespace {

constexpr std::int64_t kBlock = 16;    // frames; 0.256 s
constexpr std::int64_t kGiveUp = 500;  // frames without support after which the search outwards ends: 8 s
constexpr std::int64_t kStretch = 10 * kBlock;  // frames that tell how loud a use plays; 2.56 s
constexpr std::int64_t kShortUse = 375;         // frames; 6 s
constexpr double kSwitchCost = 6.0;             // nats for starting or ending
constexpr double kLoudnessChange = 0.3;  // probability that a block turns from loud to drowned, or back
constexpr double kDilution = 0.7;        // the use may be fainter elsewhere than where it was proven
constexpr double kDrowned = 0.5;         // of the proven contrast that is left under a loud voice
constexpr double kLeastContrast = 1.6;   // matched share over the null's, at least
constexpr int kOnLine = 1;               // frames of tolerance on the line
constexpr double kNullShare = (2.0 * kOnLine + 1.0) / (2.0 * (kNullTo - kNullFrom + 1) +
                                                       2.0 * kOnLine);  // of the null's frames a line sees
constexpr std::int32_t kSameBin16 = 10;
constexpr double kPriorPeaks = 40.0;  // weight of the line's null in a block's own

struct Counts {
  int peaks = 0;
  int matched = 0;
  double null_matched = 0.0;  ///< expected matches on a line beside this one
};

Counts count_block(const QueryPeaks& query, const LocalPeaks& local, const Line& line, FrameRange block) {
  Counts counts;
  int beside = 0;
  for (const auto& peak : query.in(block)) {
    const GridPeak expected = line.expected(peak);
    bool matched = false;
    for (const std::int32_t frame : local.between(expected.bin16 - kSameBin16, expected.bin16 + kSameBin16)) {
      const int away = std::abs(frame - expected.frame);
      matched = matched || away <= kOnLine;
      beside += away >= kNullFrom - kOnLine && away <= kNullTo + kOnLine ? 1 : 0;
    }
    ++counts.peaks;
    counts.matched += matched ? 1 : 0;
  }
  counts.null_matched = beside * kNullShare;
  return counts;
}

/// Shares of query peaks that agree, on the line and beside it, where the line was proven.
struct Rates {
  double on = 0.0;
  double off = 0.0;
};

/// The window that proves a short use holds more than the use: where it agrees most tells how loud it plays.
Counts loudest_stretch(const QueryPeaks& query, const LocalPeaks& local, const Line& line,
                       FrameRange proven) {
  Counts best;
  double most = -1.0;
  for (std::int64_t first = proven.first; first == proven.first || first + kStretch <= proven.last;
       first += kBlock) {
    const Counts c = count_block(query, local, line, {first, std::min(first + kStretch, proven.last)});
    const double share = c.matched / std::max(1.0, static_cast<double>(c.peaks));
    if (share <= most) continue;
    most = share;
    best = c;
  }
  return best;
}

/// How loud the use plays: on average over what proves it, or where that agrees most.
enum class Loudness { kMean, kMost };

Rates proven_rates(const QueryPeaks& query, const Extension& extension, const Line& line, Loudness loudness) {
  LocalPeaks local;
  const FrameRange reach = reach_of(extension.proven, line);
  local.gather(*extension.reference, reach.first, reach.last);
  const Counts all = count_block(query, local, line, extension.proven);
  const Counts loud =
      loudness == Loudness::kMean ? all : loudest_stretch(query, local, line, extension.proven);
  Rates rates;
  rates.off = std::clamp((all.null_matched + 0.1) / (all.peaks + 2.0), 0.005, 0.3);
  rates.on = std::clamp(kDilution * loud.matched / std::max(1, loud.peaks), kLeastContrast * rates.off, 0.95);
  return rates;
}

/// What a block says: log likelihoods against "does not play" of playing as loud as where it was proven, and
/// of being nearly drowned by a voice.
struct BlockEvidence {
  double loud = 0.0;
  double drowned = 0.0;
  bool supported = false;  ///< at least one peak agrees
  [[nodiscard]] double mixed() const {
    return std::max(loud, drowned) + std::log1p(std::exp(-std::abs(loud - drowned))) - std::log(2.0);
  }
};

BlockEvidence block_evidence(const Counts& c, const Rates& rates) {
  const double off =
      std::clamp((c.null_matched + kPriorPeaks * rates.off) / (c.peaks + kPriorPeaks), 0.004, 0.5);
  const auto likelihood = [&](double part) {
    const double on = std::clamp(off + part * (rates.on - rates.off),
                                 kLeastContrast * off * part + off * (1.0 - part), 0.97);
    return c.matched * std::log(on / off) + (c.peaks - c.matched) * std::log((1.0 - on) / (1.0 - off));
  };
  return {likelihood(1.0), likelihood(kDrowned), c.matched > 0};
}

/// Evidence from `from` outwards, block by block, until the line leaves the recording or nothing was found
/// for kGiveUp. Re-anchors the line where enough peaks agree, so that slow drift does not lose it.
class Walk {
 public:
  Walk(const QueryPeaks& query, const Extension& extension, const Rates& rates)
      : query_(query), extension_(extension), rates_(rates) {}

  /// The edge of blocks around which a second of the proven stretch supports the line most: there it surely
  /// plays, while the middle of a window may lie beside a short use.
  std::int64_t surest(const Line& line) {
    const FrameRange proven = extension_.proven;
    const FrameRange reach = reach_of(proven, line);
    local_.gather(*extension_.reference, reach.first, reach.last);
    std::int64_t best = (proven.first + proven.last) / 2;
    double most = -1e300;
    std::array<double, 4> second{};
    double sum = 0.0;
    std::size_t i = 0;
    for (std::int64_t at = proven.first; at + kBlock <= proven.last; at += kBlock, ++i) {
      const double evidence =
          block_evidence(count_block(query_, local_, line, {at, at + kBlock}), rates_).mixed();
      sum += evidence - second[i % second.size()];
      second[i % second.size()] = evidence;
      if (i + 1 >= second.size() && sum > most) {
        most = sum;
        best = at - kBlock;  // the second is [at - 3, at + 1) blocks: its middle
      }
    }
    return best;
  }

  std::vector<BlockEvidence> go(std::int64_t from, int direction, Line line) {
    std::vector<BlockEvidence> evidence;
    double run = 0.0;
    double best = 0.0;
    std::int64_t since_best = 0;
    for (std::int64_t at = from; since_best < kGiveUp; at += direction * kBlock) {
      const FrameRange block = direction > 0 ? FrameRange{at, at + kBlock} : FrameRange{at - kBlock, at};
      const double middle = line.reference_at(0.5 * static_cast<double>(block.first + block.last));
      if (block.last <= 0 || block.first >= query_.frames() || middle < 0 ||
          middle >= static_cast<double>(extension_.reference_frames))
        break;
      const FrameRange reach = reach_of(block, line);
      local_.gather(*extension_.reference, reach.first, reach.last);
      evidence.push_back(block_evidence(count_block(query_, local_, line, block), rates_));
      run += evidence.back().mixed();
      since_best += kBlock;
      if (run > best) {
        best = run;
        since_best = 0;
      }
      if (evidence.size() % kFollowEvery == 0) follow(line, block, direction);
    }
    return evidence;
  }

 private:
  static constexpr std::size_t kFollowEvery = 16;   // blocks: 4 s
  static constexpr std::int64_t kFollowSpan = 320;  // frames looked at: 5 s

  /// Moves the anchor by a frame where the peaks just passed agree clearly better there.
  void follow(Line& line, FrameRange block, int direction) {
    const FrameRange span = direction > 0 ? FrameRange{block.last - kFollowSpan, block.last}
                                          : FrameRange{block.first, block.first + kFollowSpan};
    const FrameRange reach = reach_of(span, line);
    local_.gather(*extension_.reference, reach.first, reach.last);
    int best = 0;
    int best_matched = 0;
    for (const int shift : {0, -1, 1}) {
      Line moved = line;
      moved.reference_anchor += shift;
      int matched = 0;
      for (const auto& peak : query_.in(span)) {
        const GridPeak expected = moved.expected(peak);
        for (const std::int32_t frame :
             local_.between(expected.bin16 - kSameBin16, expected.bin16 + kSameBin16)) {
          matched += frame == expected.frame ? 1 : 0;
        }
      }
      if (matched > best_matched + (shift == 0 ? 0 : best_matched / 4 + 2)) {
        best = shift;
        best_matched = matched;
      }
    }
    line.reference_anchor += best;
  }

  const QueryPeaks& query_;
  const Extension& extension_;
  const Rates& rates_;
  LocalPeaks local_;
};

constexpr std::size_t kStates = 3;  // loud, drowned, not playing
using States = std::array<double, kStates>;

double log_sum(const States& terms) {
  const double most = *std::max_element(terms.begin(), terms.end());
  double sum = 0.0;
  for (const double term : terms) sum += std::exp(term - most);
  return most + std::log(sum);
}

/// log P(next | state).
const std::array<States, kStates>& transitions() {
  static const std::array<States, kStates> kTable = [] {
    const double leave = std::exp(-kSwitchCost);
    const double stay = 1.0 - leave - kLoudnessChange;
    return std::array<States, kStates>{{{std::log(stay), std::log(kLoudnessChange), -kSwitchCost},
                                        {std::log(kLoudnessChange), std::log(stay), -kSwitchCost},
                                        {-kSwitchCost, -kSwitchCost, std::log1p(-2.0 * leave)}}};
  }();
  return kTable;
}

/// How many leading blocks belong to the use: up to the last one that plays more likely than not, by the
/// forward-backward algorithm (Rabiner 1989) from a first block that plays.
std::size_t playing_prefix(std::span<const BlockEvidence> evidence) {
  const auto& step = transitions();
  const auto seen = [&](std::size_t i, std::size_t state) {
    return state == 0 ? evidence[i].loud : state == 1 ? evidence[i].drowned : 0.0;
  };
  const std::size_t n = evidence.size();
  std::vector<States> after(n + 1, States{});  // log P(what follows block i | its state)
  for (std::size_t i = n; i-- > 1;) {
    for (std::size_t from = 0; from < kStates; ++from) {
      States terms;
      for (std::size_t to = 0; to < kStates; ++to) terms[to] = step[from][to] + seen(i, to) + after[i][to];
      after[i - 1][from] = log_sum(terms);
    }
  }
  std::size_t last = 0;
  States before{std::log(0.5), std::log(0.5), -1e300};
  for (std::size_t i = 0; i < n; ++i) {
    States here;
    for (std::size_t to = 0; to < kStates; ++to) here[to] = before[to] + seen(i, to);
    const double off = here[2] + after[i][2];
    const double all = log_sum({here[0] + after[i][0], here[1] + after[i][1], off});
    if (std::exp(off - all) < 0.5) last = i + 1;
    for (std::size_t to = 0; to < kStates; ++to)
      before[to] = log_sum({here[0] + step[0][to], here[1] + step[1][to], here[2] + step[2][to]});
  }
  while (last > 0 && !evidence[last - 1].supported) --last;  // silence tells nothing: it belongs to no use
  return last;
}

FrameRange extend(const QueryPeaks& query, const Extension& extension, const Line& line, Loudness loudness) {
  const Rates rates = proven_rates(query, extension, line, loudness);
  Walk walk(query, extension, rates);
  const std::int64_t middle = walk.surest(line);
  const auto forward = playing_prefix(walk.go(middle, +1, line));
  const auto backward = playing_prefix(walk.go(middle, -1, line));
  FrameRange range{middle - static_cast<std::int64_t>(backward) * kBlock,
                   middle + static_cast<std::int64_t>(forward) * kBlock};
  range.first =
      std::max<std::int64_t>({range.first, 0, static_cast<std::int64_t>(std::ceil(line.query_at(0.0)))});
  range.last = std::min<std::int64_t>(
      {range.last, query.frames(),
       static_cast<std::int64_t>(line.query_at(static_cast<double>(extension.reference_frames)))});
  if (range.last < range.first) range.last = range.first;
  return range;
}

}  // namespace

FrameRange extend(const QueryPeaks& query, const Extension& extension, Line& line) {
  const FrameRange range = extend(query, extension, line, Loudness::kMean);
  return range.size() >= kShortUse ? range : extend(query, extension, line, Loudness::kMost);
}

}  // namespace earmark::index
