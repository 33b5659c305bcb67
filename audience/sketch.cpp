#include "audience/sketch.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace earmark::audience {
namespace {

constexpr unsigned kHashBits = 64;
constexpr std::uint8_t kMostRank = kHashBits - Sketch::kIndexBits + 1;

}  // namespace

void Sketch::add(std::uint64_t hash) {
  const std::size_t index = hash >> (kHashBits - kIndexBits);
  const std::uint64_t rest = hash << kIndexBits;
  const auto rank = static_cast<std::uint8_t>(rest == 0 ? kMostRank : std::countl_zero(rest) + 1);
  registers_[index] = std::max(registers_[index], rank);
}

void Sketch::merge(const Sketch& other) {
  for (std::size_t i = 0; i < registers_.size(); ++i)
    registers_[i] = std::max(registers_[i], other.registers_[i]);
}

double Sketch::estimate() const {
  constexpr auto kCount = static_cast<double>(kRegisters);
  const double alpha = 0.7213 / (1.0 + 1.079 / kCount);
  double sum = 0.0;
  double empty = 0.0;
  for (const std::uint8_t rank : registers_) {
    sum += std::ldexp(1.0, -int{rank});
    empty += rank == 0 ? 1.0 : 0.0;
  }
  const double raw = alpha * kCount * kCount / sum;
  constexpr double kLinearUpTo = 2.5;  // registers' worth, as in the paper
  if (raw <= kLinearUpTo * kCount && empty > 0.0) return kCount * std::log(kCount / empty);
  return raw;
}

Bytes Sketch::encode() const {
  ByteWriter out;
  std::uint64_t run = 0;
  for (const std::uint8_t rank : registers_) {
    if (rank == 0) {
      ++run;
      continue;
    }
    out.put_varint(run);
    out.put(rank);
    run = 0;
  }
  return std::move(out).take();
}

Result<Sketch> Sketch::decode(std::span<const std::byte> bytes) {
  Sketch sketch;
  ByteReader in(bytes);
  std::size_t at = 0;
  while (in.remaining() > 0) {
    EARMARK_TRY(const auto run, in.get_varint());
    EARMARK_TRY(const auto rank, in.get<std::uint8_t>());
    if (run >= kRegisters - at || rank == 0 || rank > kMostRank)
      return fail(ErrorCode::kCorrupt, "a sketch of listeners with an impossible register");
    at += run;
    sketch.registers_[at++] = rank;
    if (at == kRegisters && in.remaining() > 0)
      return fail(ErrorCode::kCorrupt, "a sketch of listeners with too many registers");
  }
  return sketch;
}

}  // namespace earmark::audience
