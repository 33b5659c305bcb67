#include "index/postings.h"

#include <algorithm>
#include <limits>

namespace earmark::index {
namespace {

constexpr std::uint64_t kHashes = std::uint64_t{1} << kHashBits;
// A hash is common when its list is this many times longer than the mean list.
constexpr std::uint64_t kCommonFactor = 24;
constexpr std::uint64_t kCommonFloor = 256;

bool has_peak(const ReferencePeaks& peaks, std::int64_t frame, std::int32_t bin) {
  bool found = false;
  peaks.visit(frame, frame + 1, [&](std::int32_t, std::int32_t bin16) {
    found = found || GridPeak{0, bin16}.bin() == bin;
  });
  return found;
}

}  // namespace

Postings::Postings(const std::vector<LiveSegment>& segments) : segments_(&segments) {
  for (const LiveSegment& live : segments) size_ += live.segment->landmarks().shape().entries;
  common_limit_ = static_cast<std::uint32_t>(std::min<std::uint64_t>(
      kCommonFloor + kCommonFactor * size_ / kHashes, std::numeric_limits<std::uint32_t>::max()));
}

Postings::Lists Postings::find(std::span<const Landmark> landmarks) const {
  Lists lists;
  const std::size_t segments = segments_->size();
  lists.lengths.resize(landmarks.size());
  lists.parts.resize(landmarks.size() * segments);
  std::vector<std::uint32_t> hashes(landmarks.size());
  std::transform(landmarks.begin(), landmarks.end(), hashes.begin(),
                 [](const Landmark& landmark) { return landmark.hash; });
  for (std::size_t s = 0; s < segments; ++s) {
    (*segments_)[s].segment->landmarks().find_all(hashes, lists.parts.data() + s, segments);
    for (std::size_t i = 0; i < landmarks.size(); ++i)
      lists.lengths[i] += lists.parts[i * segments + s].count;
  }
  return lists;
}

std::optional<std::uint32_t> Postings::exact(std::uint32_t place, std::uint32_t hash) const {
  const auto found = Timeline::locate(*segments_, place);
  if (!found) return std::nullopt;
  const ReferencePeaks& peaks = found->live->segment->peaks(found->row);
  const std::int64_t cell =
      std::int64_t{place} - found->live->base - found->live->segment->recordings()[found->row].first;
  const HashedPair pair = unhash(hash);
  std::optional<std::int64_t> frame;
  // Peaks of one bin are further apart than a cell is long, but for ties: then the second peak tells.
  peaks.visit(cell, cell + kLandmarkStep, [&](std::int32_t at, std::int32_t bin16) {
    if (GridPeak{0, bin16}.bin() != pair.bin) return;
    if (!frame || !has_peak(peaks, *frame + pair.step, pair.bin + pair.rise)) frame = at;
  });
  if (!frame) return std::nullopt;
  return place + static_cast<std::uint32_t>(*frame - cell);
}

}  // namespace earmark::index
