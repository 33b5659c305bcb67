#include "index/extend.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <span>
#include <vector>

#include "index/peak_raster.h"
#include "index/proof.h"

namespace earmark::index {
namespace {

constexpr std::int64_t kBlock = 16;    // frames; 0.256 s
constexpr std::int64_t kGiveUp = 500;  // frames without support after which the search outwards ends: 8 s
constexpr std::size_t kStretch = 10;   // blocks that tell how loud a use plays; 2.56 s
constexpr double kLeaveCost = 5.0;     // nats for ceasing to play
constexpr double kReturnCost = 10.0;   // nats for playing again: chance agreements come in clusters
constexpr double kLevelChange = 0.3;   // probability that a block plays at another given level than the last
constexpr std::array<double, 2> kLevels = {0.3, 0.1};  // of the best survival: as loud as most, drowned
constexpr double kLeastSurvival = 0.05;                // of the recording's peaks, where a use plays
constexpr double kLeastChance = 0.04;                  // agreements that a block has by chance, at least
constexpr int kOnLine = 1;                             // frames of tolerance on the line
constexpr double kNullShare = (2.0 * kOnLine + 1.0) / (2.0 * (kNullTo - kNullFrom + 1) +
                                                       2.0 * kOnLine);  // of the null's frames a line sees
constexpr double kPriorBlocks = 0.5;                         // weight of the line's null in a block's own
constexpr std::int64_t kEmbeddedMiddle = 32;                 // frames
constexpr std::array<double, 2> kCosineLevels = {0.6, 0.2};  // of the closeness where the line was proven
constexpr double kLeastRise = 0.1;
constexpr double kCosineDeviation = 0.15;
constexpr double kPerEmbedding = 0.125;  // each second is in four embeddings, each of them in two blocks
constexpr double kMostNats = 1.5;
constexpr double kIndependence = 0.8;  // of a block's agreements: a long tone agrees many times

/// What agrees in a block.
struct Counts {
  int recorded = 0;           ///< peaks of the recording: what could agree
  int matched = 0;            ///< peaks of the query that agree
  double null_matched = 0.0;  ///< the same, expected on a line beside this one
  int embeddings = 0;         ///< of the query that lie over the block's middle
  double cosines = 0.0;       ///< sum of theirs with the recording's

  void add(const Counts& other) {
    recorded += other.recorded;
    matched += other.matched;
    null_matched += other.null_matched;
  }
  void subtract(const Counts& other) {
    recorded -= other.recorded;
    matched -= other.matched;
    null_matched -= other.null_matched;
  }
  /// Agreements beyond chance for each peak of the recording.
  [[nodiscard]] double survival() const {
    return std::max(0.0, matched - null_matched) / std::max(1, recorded);
  }
};

/// Bits of a FrameBits with from <= i <= to.
template <std::size_t kWords>
constexpr FrameBits<kWords> bits_between(std::int64_t from, std::int64_t to) {
  FrameBits<kWords> bits{};
  for (std::int64_t i = from; i <= to; ++i)
    bits[static_cast<std::size_t>(i / 64)] |= std::uint64_t{1} << (i % 64);
  return bits;
}

Counts count_block(const QueryPeaks& query, const PeakRaster& raster, const ReferencePeaks& reference,
                   const Line& line, FrameRange block) {
  constexpr std::int64_t kReach = kNullTo + kOnLine;
  constexpr std::size_t kWords = (2 * kReach + 64) / 64;
  using Bits = FrameBits<kWords>;
  static constexpr Bits kLine = bits_between<kWords>(kReach - kOnLine, kReach + kOnLine);
  static constexpr Bits kBefore = bits_between<kWords>(0, kReach - kNullFrom + kOnLine);
  static constexpr Bits kBehind = bits_between<kWords>(kReach + kNullFrom - kOnLine, 2 * kReach);
  Counts counts;
  int beside = 0;
  for (const auto& peak : query.in(block)) {
    const GridPeak expected = line.expected(peak);
    const auto met = raster.frames_from<kWords>(expected.frame - kReach, expected.bin16);
    std::uint64_t matched = 0;
    for (std::size_t i = 0; i < kWords; ++i) {
      matched |= met[i] & kLine[i];
      beside += std::popcount(met[i] & (kBefore[i] | kBehind[i]));
    }
    counts.matched += matched != 0 ? 1 : 0;
  }
  counts.null_matched = beside * kNullShare;
  const auto at = [&](std::int64_t frame) {
    return static_cast<std::int64_t>(round_to_grid(line.reference_at(static_cast<double>(frame))));
  };
  reference.visit(at(block.first), at(block.last), [&](std::int32_t, std::int32_t) { ++counts.recorded; });
  return counts;
}

/// What agrees where the line was proven.
struct Rates {
  double survival = 0.0;   ///< of the recording's peaks, where most agree
  double chance = 0.0;     ///< agreements by chance in a block
  double closeness = 0.0;  ///< of the embeddings
  double beside = 0.0;     ///< their cosine beside the line
};

/// blocks: the proven ones, at least one. The stretch where they agree most counts: the window that proves a
/// short use holds more than the use, and a voice drowns parts of a bed.
Rates rates_of(std::span<const Counts> blocks) {
  Counts all;
  Counts stretch;
  double most = 0.0;
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    all.add(blocks[i]);
    stretch.add(blocks[i]);
    if (i >= kStretch) stretch.subtract(blocks[i - kStretch]);
    if (i + 1 >= std::min(kStretch, blocks.size())) most = std::max(most, stretch.survival());
  }
  return {std::max(most, kLeastSurvival), all.null_matched / static_cast<double>(blocks.size())};
}

/// Logarithm of the sum of what the terms are logarithms of.
double log_sum(std::span<const double> terms) {
  const double most = *std::max_element(terms.begin(), terms.end());
  double sum = 0.0;
  for (const double term : terms) sum += std::exp(term - most);
  return most + std::log(sum);
}

/// What a block says: log likelihoods of playing at each level against not playing.
struct BlockEvidence {
  std::array<double, kLevels.size()> levels{};
  bool supported = false;  ///< at least one peak agrees
  [[nodiscard]] double mixed() const {
    return log_sum(levels) - std::log(static_cast<double>(levels.size()));
  }
};

/// Cosines are normal, about the same mean as beside the line, or higher.
double resembles(const Counts& c, const Rates& rates, double level) {
  const double rise = std::max(level * rates.closeness, kLeastRise);
  const double nats = kPerEmbedding * rise / (kCosineDeviation * kCosineDeviation) *
                      (c.cosines - c.embeddings * (rates.beside + rise / 2.0));
  return std::clamp(nats, -kMostNats, kMostNats);
}

/// Agreements are Poisson: by chance alone, or with what survives of the recording's peaks besides. A quiet
/// passage of the recording has few peaks, and so promises little.
BlockEvidence block_evidence(const Counts& c, const Rates& rates) {
  const double chance =
      std::max((c.null_matched + kPriorBlocks * rates.chance) / (1.0 + kPriorBlocks), kLeastChance);
  BlockEvidence evidence;
  evidence.supported = c.matched > 0;
  for (std::size_t i = 0; i < kLevels.size(); ++i) {
    const double heard = kLevels[i] * rates.survival * c.recorded;
    evidence.levels[i] = kIndependence * (c.matched * std::log1p(heard / chance) - heard) +
                         resembles(c, rates, kCosineLevels[i]);
  }
  return evidence;
}

/// Evidence along a line. Measures first how loud the use plays where it is proven.
class Walk {
 public:
  Walk(const QueryPeaks& query, const Extension& extension, const Line& line)
      : query_(query), extension_(extension), line_(line) {
    const FrameRange proven = extension.proven;
    gather(proven, line);
    for (std::int64_t at = proven.first; at == proven.first || at + kBlock <= proven.last; at += kBlock)
      proven_.push_back(count(line, {at, at + kBlock}));
    rates_ = rates_of(proven_);
    rates_.closeness = extension.resemblance.closeness();
    rates_.beside = std::max(0.0, extension.resemblance.beside);
  }

  /// The edge of blocks around which a second of the proven stretch supports the line most: there it surely
  /// plays, while the middle of a window may lie beside a short use.
  [[nodiscard]] std::int64_t surest() const {
    std::size_t best = proven_.size() / 2;
    double most = -1e300;
    double sum = 0.0;
    std::vector<double> evidence;
    for (std::size_t i = 0; i < proven_.size(); ++i) {
      evidence.push_back(block_evidence(proven_[i], rates_).mixed());
      sum += evidence[i] - (i < kSecond ? 0.0 : evidence[i - kSecond]);
      if (i + 1 < kSecond || sum <= most) continue;
      most = sum;
      best = i + 1 - kSecond / 2;
    }
    return extension_.proven.first + static_cast<std::int64_t>(best) * kBlock;
  }

  /// Outwards from `from`, block by block, until the line leaves the recording or nothing was found for
  /// kGiveUp. Re-anchors the line where enough peaks agree, so that slow drift does not lose it.
  std::vector<BlockEvidence> go(std::int64_t from, int direction) {
    Line line = line_;
    std::vector<BlockEvidence> evidence;
    double run = 0.0;
    double best = 0.0;
    std::int64_t since_best = 0;
    for (std::int64_t at = from; since_best < kGiveUp; at += direction * kBlock) {
      const FrameRange block = direction > 0 ? FrameRange{at, at + kBlock} : FrameRange{at - kBlock, at};
      const double middle = line.reference_at(0.5 * static_cast<double>(block.first + block.last));
      if (block.last <= 0 || block.first >= query_.frames() || middle < 0 ||
          middle >= static_cast<double>(extension_.recording.frames))
        break;
      gather(block, line);
      evidence.push_back(block_evidence(count(line, block), rates_));
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
  static constexpr std::size_t kSecond = 4;         // blocks
  static constexpr std::size_t kFollowEvery = 16;   // blocks: 4 s
  static constexpr std::int64_t kFollowSpan = 320;  // frames looked at: 5 s
  static constexpr std::int64_t kAhead = 320;       // frames gathered at once

  /// Sees to it that raster_ holds the recording's peaks about the block.
  void gather(FrameRange block, const Line& line) {
    const FrameRange reach = reach_of(block, line);
    if (reach.first >= gathered_.first && reach.last <= gathered_.last) return;
    gathered_ = {reach.first - kAhead, reach.last + kAhead};
    raster_.gather(*extension_.reference, gathered_);
  }

  /// raster_ must hold the recording's peaks about the block.
  [[nodiscard]] Counts count(const Line& line, FrameRange block) const {
    Counts counts = count_block(query_, raster_, *extension_.reference, line, block);
    const Neighbourhood& embeddings = *extension_.neighbourhood;
    if (embeddings.size() == 0) return counts;
    // An embedding's middle lies on an edge of blocks: the two about the block's own middle count.
    const std::int64_t first = (block.first + kBlock / 2 - kEmbeddedMiddle) / embeddings.hop;
    for (std::int64_t i = std::max<std::int64_t>(0, first); i < std::min(first + 2, embeddings.size()); ++i) {
      const auto cosine = cosine_on(embeddings, i, extension_.recording, line);
      if (!cosine) continue;
      ++counts.embeddings;
      counts.cosines += static_cast<double>(*cosine);
    }
    return counts;
  }

  /// Moves the anchor by a frame where the peaks just passed agree clearly better there.
  void follow(Line& line, FrameRange block, int direction) {
    const FrameRange span = direction > 0 ? FrameRange{block.last - kFollowSpan, block.last}
                                          : FrameRange{block.first, block.first + kFollowSpan};
    gather(span, line);
    std::array<int, 3> matched{};  // a frame before, on the line, a frame behind
    for (const auto& peak : query_.in(span)) {
      const GridPeak expected = line.expected(peak);
      const auto met = raster_.frames_from<1>(expected.frame - 1, expected.bin16);
      for (std::size_t i = 0; i < matched.size(); ++i) matched[i] += static_cast<int>(met[0] >> i & 1);
    }
    const int better = matched[1] + matched[1] / 4 + 2;
    if (std::max(matched[0], matched[2]) <= better) return;
    line.reference_anchor += matched[0] >= matched[2] ? -1 : 1;
  }

  const QueryPeaks& query_;
  const Extension& extension_;
  const Line& line_;
  Rates rates_;
  std::vector<Counts> proven_;  ///< block by block
  PeakRaster raster_;
  FrameRange gathered_;
};

constexpr std::size_t kSilent = kLevels.size();  // the state of not playing
constexpr std::size_t kStates = kSilent + 1;
using States = std::array<double, kStates>;

/// log P(next | state).
const std::array<States, kStates>& transitions() {
  static const std::array<States, kStates> kTable = [] {
    const double stay = 1.0 - std::exp(-kLeaveCost) - kLevelChange * static_cast<double>(kLevels.size() - 1);
    std::array<States, kStates> table;
    for (std::size_t from = 0; from < kSilent; ++from) {
      for (std::size_t to = 0; to < kSilent; ++to)
        table[from][to] = std::log(from == to ? stay : kLevelChange);
      table[from][kSilent] = -kLeaveCost;
      table[kSilent][from] = -kReturnCost;
    }
    table[kSilent][kSilent] = std::log1p(-static_cast<double>(kLevels.size()) * std::exp(-kReturnCost));
    return table;
  }();
  return kTable;
}

/// How many leading blocks belong to the use: up to the last one that plays more likely than not, by the
/// forward-backward algorithm (Rabiner 1989) from a first block that plays.
std::size_t playing_prefix(std::span<const BlockEvidence> evidence) {
  const auto& step = transitions();
  const auto seen = [&](std::size_t i, std::size_t state) {
    return state == kSilent ? 0.0 : evidence[i].levels[state];
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
  States before;
  before.fill(-std::log(static_cast<double>(kLevels.size())));
  before[kSilent] = -1e300;
  for (std::size_t i = 0; i < n; ++i) {
    States here;
    for (std::size_t to = 0; to < kStates; ++to) here[to] = before[to] + seen(i, to);
    States all;
    for (std::size_t state = 0; state < kStates; ++state) all[state] = here[state] + after[i][state];
    if (std::exp(all[kSilent] - log_sum(all)) < 0.5) last = i + 1;
    for (std::size_t to = 0; to < kStates; ++to) {
      States terms;
      for (std::size_t from = 0; from < kStates; ++from) terms[from] = here[from] + step[from][to];
      before[to] = log_sum(terms);
    }
  }
  while (last > 0 && !evidence[last - 1].supported) --last;  // silence tells nothing: it belongs to no use
  return last;
}

}  // namespace

FrameRange extend(const QueryPeaks& query, const Extension& extension, const Line& line) {
  Walk walk(query, extension, line);
  const std::int64_t middle = walk.surest();
  const auto forward = playing_prefix(walk.go(middle, +1));
  const auto backward = playing_prefix(walk.go(middle, -1));
  FrameRange range{middle - static_cast<std::int64_t>(backward) * kBlock,
                   middle + static_cast<std::int64_t>(forward) * kBlock};
  range.first =
      std::max<std::int64_t>({range.first, 0, static_cast<std::int64_t>(std::ceil(line.query_at(0.0)))});
  range.last = std::min<std::int64_t>(
      {range.last, query.frames(),
       static_cast<std::int64_t>(line.query_at(static_cast<double>(extension.recording.frames)))});
  if (range.last < range.first) range.last = range.first;
  return range;
}

}  // namespace earmark::index
