#pragma once
// Inputs for the tests of limits: endless ones, and ones that are slow to part with their bytes.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "audio/byte_source.h"
#include "core/bytes.h"

namespace earmark::test {

using audio::ByteSource;

/// A mono 8-bit WAV of any length that exists nowhere: a header and a slow triangle wave.
class EndlessWave final : public ByteSource {
 public:
  EndlessWave(std::uint64_t samples, std::uint32_t rate, bool size_known = true)
      : size_(kHeader + samples), size_known_(size_known) {
    ByteWriter out;
    const auto data = static_cast<std::uint32_t>(std::min<std::uint64_t>(samples, 0xFFFFFFFF));
    out.put_bytes(as_bytes("RIFF"));
    out.put(data + 36);
    out.put_bytes(as_bytes("WAVEfmt "));
    for (const std::uint32_t word : {16U, 0x00010001U, rate, rate, 0x00080001U}) out.put(word);
    out.put_bytes(as_bytes("data"));
    out.put(data);
    header_ = std::move(out).take();
  }

  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) override {
    if (offset >= size_) return std::size_t{0};
    const auto n = static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), size_ - offset));
    for (std::size_t i = 0; i < n; ++i) {
      const std::uint64_t at = offset + i;
      out[i] = at < kHeader ? header_[at] : static_cast<std::byte>((at - kHeader) & 0x7F);
    }
    return n;
  }
  std::optional<std::uint64_t> size() const override {
    return size_known_ ? std::optional(size_) : std::nullopt;
  }
  const std::string& name() const override { return name_; }

 private:
  static constexpr std::uint64_t kHeader = 44;
  Bytes header_;
  std::uint64_t size_;
  bool size_known_;
  std::string name_ = "endless";
};

/// Hands on another source's bytes in pieces of odd sizes; fails from some offset on, if told to.
class Grudging final : public ByteSource {
 public:
  explicit Grudging(std::span<const std::byte> bytes, bool size_known = true, std::uint64_t fails_at = ~0ULL)
      : inner_(audio::memory_source(bytes, "grudging")), size_known_(size_known), fails_at_(fails_at) {}

  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) override {
    if (offset + out.size() > fails_at_) return fail(ErrorCode::kUnavailable, "grudging: connection lost");
    piece_ = piece_ * 7 % 4093 + 1;
    return inner_->read_at(offset, out.first(std::min(out.size(), piece_)));
  }
  std::optional<std::uint64_t> size() const override { return size_known_ ? inner_->size() : std::nullopt; }
  const std::string& name() const override { return inner_->name(); }

 private:
  std::unique_ptr<ByteSource> inner_;
  bool size_known_;
  std::uint64_t fails_at_;
  std::size_t piece_ = 1;
};

}  // namespace earmark::test
