#include "index/reference_peaks.h"

#include <algorithm>

namespace earmark::index {

ReferencePeaks::ReferencePeaks(std::span<const fingerprint::Peak> peaks) {
  begin_.clear();
  for (const auto& peak : peaks) {
    const std::size_t block = peak.frame / kBlock;
    while (begin_.size() <= block) begin_.push_back(static_cast<std::uint32_t>(packed_.size()));
    packed_.push_back(static_cast<std::uint32_t>(peak.frame % kBlock) << kBinBits | peak.bin16);
  }
  begin_.push_back(static_cast<std::uint32_t>(packed_.size()));
}

void ReferencePeaks::save(ByteWriter& out) const {
  out.put<std::uint32_t>(static_cast<std::uint32_t>(begin_.size()));
  out.put_array(std::span<const std::uint32_t>(begin_));
  out.put_array(std::span<const std::uint32_t>(packed_));
}

Result<ReferencePeaks> ReferencePeaks::load(ByteReader& in) {
  ReferencePeaks out;
  EARMARK_TRY(const auto entries, in.get<std::uint32_t>());
  EARMARK_TRY(out.begin_, in.get_array<std::uint32_t>(entries));
  if (entries == 0 || out.begin_.front() != 0 || !std::is_sorted(out.begin_.begin(), out.begin_.end())) {
    return fail(ErrorCode::kCorrupt, "index: a recording's peak directory is inconsistent");
  }
  EARMARK_TRY(out.packed_, in.get_array<std::uint32_t>(out.begin_.back()));
  return out;
}

void LocalPeaks::gather(const ReferencePeaks& reference, std::int64_t first, std::int64_t last) {
  gathered_.clear();
  begin_.fill(0);
  reference.visit(first, last, [&](std::int32_t frame, std::int32_t bin16) {
    gathered_.push_back({frame, bin16 / kStep});
    ++begin_[static_cast<std::size_t>(bin16 / kStep)];
  });
  // Ends of the steps first; filling from behind turns them into beginnings and keeps the frames ascending.
  for (std::size_t step = 1; step < begin_.size(); ++step) begin_[step] += begin_[step - 1];
  frames_.resize(gathered_.size());
  for (std::size_t i = gathered_.size(); i-- > 0;) {
    frames_[--begin_[static_cast<std::size_t>(gathered_[i].step)]] = gathered_[i].frame;
  }
}

}  // namespace earmark::index
