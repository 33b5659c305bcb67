#include "index/reference_peaks.h"

#include <algorithm>

namespace earmark::index {

ReferencePeaks::ReferencePeaks(std::span<const fingerprint::Peak> peaks)
    : own_(std::make_shared<const Image>(encode(peaks))), bytes_(*own_, 0, own_->bytes().size()) {}

Bytes ReferencePeaks::encode(std::span<const fingerprint::Peak> peaks) {
  ByteWriter out;
  const auto count = static_cast<std::uint32_t>(peaks.size());
  const std::uint32_t blocks =
      peaks.empty() ? 0 : static_cast<std::uint32_t>(peaks.back().frame / kBlock) + 1;
  out.put(count);
  out.put(blocks);
  std::uint32_t index = 0;
  for (std::uint32_t block = 0; block < blocks; ++block) {
    while (index < count && peaks[index].frame / kBlock < block) ++index;
    out.put(index);
  }
  Bytes unary((std::size_t{blocks} * kBlock + count + 7) / 8);
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::uint64_t bit = std::uint64_t{peaks[i].frame} + i;
    unary[bit / 8] |= std::byte{1} << (bit % 8);
  }
  out.put_bytes(unary);
  Bytes steps;
  BitWriter bits(steps);
  for (const auto& peak : peaks) bits.put(peak.bin16 / kPeakStep, kStepBits);
  bits.end_byte();
  steps.resize(steps.size() + kPadding);
  out.put_bytes(steps);
  return std::move(out).take();
}

ReferencePeaks::Parts ReferencePeaks::find(std::int64_t block) const {
  Parts parts;
  if (bytes_.size() < kHeadBytes) return parts;
  const std::byte* const bytes = bytes_.at(0, bytes_.size());
  if (bytes == nullptr) return parts;
  const std::uint64_t head = load_word(bytes);
  const std::uint64_t count = head & 0xffffffff;
  const std::uint64_t blocks = head >> 32;
  const std::uint64_t unary_bits = blocks * kBlock + count;
  const std::uint64_t size =
      kHeadBytes + blocks * 4 + (unary_bits + 7) / 8 + (count * kStepBits + 7) / 8 + kPadding;
  if (size != bytes_.size() || static_cast<std::uint64_t>(block) >= blocks) return parts;
  std::uint32_t first = 0;
  std::memcpy(&first, bytes + kHeadBytes + static_cast<std::size_t>(block) * 4, sizeof first);
  parts.count = static_cast<std::uint32_t>(count);
  parts.first = std::min<std::uint64_t>(first, count);
  parts.bit = parts.first + static_cast<std::uint64_t>(block * kBlock);
  parts.bits = unary_bits;
  parts.unary = bytes + kHeadBytes + blocks * 4;
  parts.steps = parts.unary + (unary_bits + 7) / 8;
  return parts;
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
