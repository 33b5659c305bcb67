#include "index/vector_index.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "index/code_scan.h"
#include "index/quantiser.h"

namespace earmark::index {
namespace {

constexpr std::size_t kProbes = 24;  // lists that are looked into
/// Nearest lists first, no further one once so many codes were looked at: the cost does not grow with the
/// catalogue beyond about 1,200 hours.
constexpr std::uint64_t kMostCodes = 400'000;
constexpr std::size_t kFoundAtOnce =
    256;  // codes that the rounded sums let through before exact ones thin them

/// A code that may belong to a neighbour. Its order depends on what is stored, not on how that is cut into
/// segments.
struct Found {
  float similarity = 0.0F;
  std::uint32_t probe = 0;
  std::uint32_t segment = 0;
  std::uint32_t entry = 0;

  friend bool operator<(const Found& a, const Found& b) {
    if (a.similarity != b.similarity) return a.similarity > b.similarity;
    if (a.probe != b.probe) return a.probe < b.probe;
    return a.segment != b.segment ? a.segment < b.segment : a.entry < b.entry;
  }
};

/// Similarities of all code bytes with a query, exact and rounded to a byte.
class Tables {
 public:
  explicit Tables(std::size_t code_bytes)
      : code_bytes_(static_cast<std::uint32_t>(code_bytes)),
        exact_(code_bytes * kCodeValues),
        rounded_(code_bytes * kCodeValues) {}

  void set(const float* unit) {
    Quantiser::code_similarities(unit, exact_);
    rounding_ = round_table(exact_, rounded_);
  }

  [[nodiscard]] const std::uint8_t* rounded() const { return rounded_.data(); }
  /// The least sum of rounded numbers that a code in the list of `probe` may have whose similarity is at
  /// least `similarity`.
  [[nodiscard]] std::uint16_t least_sum(float similarity, const Probe& probe) const {
    const double rounding = 0.51 * code_bytes_ + 0.5;  // half a step a byte
    const double rest =
        static_cast<double>(similarity) - static_cast<double>(probe.similarity) - rounding_.least_sum;
    const double steps = rest / static_cast<double>(rounding_.step) - rounding;
    return static_cast<std::uint16_t>(std::clamp(std::floor(steps), 0.0, 65535.0));
  }
  [[nodiscard]] float similarity(const CodeList& list, std::uint32_t entry) const {
    float sum = 0.0F;
    for (std::uint32_t m = 0; m < code_bytes_; ++m) {
      const std::byte code = list.codes[code_at(list.count, entry, m, code_bytes_)];
      sum += exact_[m * kCodeValues + std::to_integer<std::size_t>(code)];
    }
    return sum;
  }

 private:
  std::uint32_t code_bytes_;
  std::vector<float> exact_;
  std::vector<std::uint8_t> rounded_;
  RoundedTable rounding_;
};

/// The search of one query after the other. Thread-confined.
class Searcher {
 public:
  Searcher(const std::vector<LiveSegment>& segments, std::size_t k)
      : segments_(segments), k_(k), code_bytes_(Quantiser::code_bytes()), tables_(code_bytes_) {}

  /// The best neighbours first; at most out.size(), the rest of it stays as it is.
  void search(const float* unit, std::span<const Probe> probes, std::span<Neighbour> out) {
    tables_.set(unit);
    found_.clear();
    least_ = -std::numeric_limits<float>::max();
    codes_ = 0;
    for (std::uint32_t p = 0; p < probes.size() && codes_ < kMostCodes; ++p) {
      for (std::uint32_t s = 0; s < segments_.size(); ++s) scan(probes[p], p, s);
    }
    cut();
    for (std::size_t i = 0; i < std::min(found_.size(), out.size()); ++i) {
      const Found& found = found_[i];
      const LiveSegment& live = segments_[found.segment];
      out[i] = {live.base + live.segment->vectors().place(probes[found.probe].list, found.entry),
                found.similarity};
    }
  }

 private:
  void scan(const Probe& probe, std::uint32_t p, std::uint32_t s) {
    const CodeList list = segments_[s].segment->vectors().list(probe.list);
    codes_ += list.count;
    std::array<std::uint16_t, kCodeBlock> sums;
    for (std::uint32_t first = 0; first < list.count; first += kCodeBlock) {
      const std::size_t width = std::min<std::size_t>(kCodeBlock, list.count - first);
      const std::uint16_t limit = tables_.least_sum(least_, probe);
      const std::byte* const block = list.codes + std::size_t{first} * code_bytes_;
      if (!scan_(tables_.rounded(), block, width, code_bytes_, limit, sums.data())) continue;
      for (std::uint32_t i = 0; i < width; ++i) {
        if (sums[i] >= limit) take(probe, {0.0F, p, s, first + i}, list);
      }
      if (found_.size() >= kFoundAtOnce) cut();
    }
  }

  void take(const Probe& probe, Found found, const CodeList& list) {
    found.similarity = probe.similarity + tables_.similarity(list, found.entry);
    if (found.similarity < least_ || is_dead(segments_[found.segment], probe.list, found.entry)) return;
    found_.push_back(found);
  }

  /// Leaves the best k.
  void cut() {
    const std::size_t kept = std::min(found_.size(), k_);
    std::partial_sort(found_.begin(), found_.begin() + static_cast<std::ptrdiff_t>(kept), found_.end());
    found_.resize(kept);
    if (kept == k_) least_ = found_.back().similarity;
  }

  static bool is_dead(const LiveSegment& live, std::uint32_t list, std::uint32_t entry) {
    if (live.dead_count == 0) return false;
    const RecordingRow* const row = live.segment->find(live.segment->vectors().place(list, entry));
    return row == nullptr || live.is_dead(static_cast<std::size_t>(row - live.segment->recordings().data()));
  }

  const std::vector<LiveSegment>& segments_;
  std::size_t k_;
  std::size_t code_bytes_;
  Tables tables_;
  ScanKernel scan_ = scan_kernel();
  std::vector<Found> found_;
  float least_ = 0.0F;
  std::uint64_t codes_ = 0;
};

std::optional<float> code_cosine(std::span<const float> query, const VectorCodes& vectors,
                                 const VectorCodes::Entry& at) {
  const CodeList list = vectors.list(at.list);
  if (at.entry >= list.count) return std::nullopt;
  std::array<std::byte, fingerprint::kEmbeddingDims> code;
  const std::uint32_t bytes = vectors.code_bytes();
  for (std::uint32_t part = 0; part < bytes; ++part)
    code[part] = list.codes[code_at(list.count, at.entry, part, bytes)];
  std::array<float, fingerprint::kEmbeddingDims> row;
  Quantiser::decode(at.list, std::span(code).first(bytes), row);
  float dot = 0.0F;
  float square = 0.0F;
  for (std::size_t i = 0; i < row.size(); ++i) {
    dot += query[i] * row[i];
    square += row[i] * row[i];
  }
  return square > 0.0F ? std::optional(dot / std::sqrt(square)) : std::nullopt;
}

}  // namespace

std::vector<Neighbour> VectorIndex::search(std::span<const fingerprint::Embedding> queries,
                                           std::size_t k) const {
  std::vector<Neighbour> neighbours(queries.size() * k, Neighbour{kNoPlace, 0.0F});
  if (queries.empty() || k == 0 || size() == 0) return neighbours;
  const std::vector<float> rows = unit_rows(queries);
  const std::vector<Probe> probes = Quantiser::probe(rows, kProbes);
  Searcher searcher(*segments_, k);
  for (std::size_t i = 0; i < queries.size(); ++i) {
    if (is_zero(queries[i])) continue;
    searcher.search(rows.data() + i * fingerprint::kEmbeddingDims,
                    std::span(probes).subspan(i * kProbes, kProbes), std::span(neighbours).subspan(i * k, k));
  }
  return neighbours;
}

std::optional<float> VectorIndex::cosine_at(std::span<const float> query, std::int64_t place) const {
  // The nearest step, the later one of two that are as near; else the other.
  const std::int64_t later = (place + kPlaceStep - 1) / kPlaceStep;
  const std::int64_t earlier = place / kPlaceStep;
  const bool later_first = later * kPlaceStep - place <= place - earlier * kPlaceStep;
  for (const std::int64_t step : {later_first ? later : earlier, later_first ? earlier : later}) {
    if (std::abs(step * kPlaceStep - place) > kReach) continue;
    const auto found = Timeline::locate(*segments_, step * kPlaceStep);
    if (!found) continue;
    const LiveSegment& live = *found->live;
    const auto entry =
        live.segment->vectors().at_step(static_cast<std::uint32_t>(step) - live.base / kPlaceStep);
    if (entry) return code_cosine(query, live.segment->vectors(), *entry);
  }
  return std::nullopt;
}

std::uint64_t VectorIndex::size() const {
  std::uint64_t n = 0;
  for (const LiveSegment& live : *segments_) n += live.segment->vectors().size();
  return n;
}

}  // namespace earmark::index
