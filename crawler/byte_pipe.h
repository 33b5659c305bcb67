#pragma once
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <span>
#include <stop_token>
#include <string>

#include "audio/byte_source.h"
#include "core/bytes.h"
#include "core/result.h"

namespace earmark::crawler {

/// A file that is still being received: one thread puts bytes in, another one reads them as a source of which
/// nobody knows the end. A reader waits for what has not come; a writer waits while it is far ahead. A reader
/// may go back a little (kKeptBytes), as probing does. Synchronised.
class BytePipe : public audio::ByteSource {
 public:
  static constexpr std::size_t kMostWaiting = 1 << 20;  ///< bytes that a writer may be ahead
  static constexpr std::size_t kKeptBytes = 512 << 10;  ///< behind the reader

  explicit BytePipe(std::string name) : name_(std::move(name)) {}

  /// kUnavailable: stopped; kConflict: the reader has given up.
  [[nodiscard]] Status push(std::span<const std::byte> bytes, const std::stop_token& stop);
  /// Nothing more will come; the reader gets what is there, then the end.
  void close();
  /// Nothing more will be read: whoever pushes is told.
  void abandon();

  /// Waits for a byte at least, and a little for more of them. kUnsupported: too far back.
  [[nodiscard]] Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) override;
  [[nodiscard]] std::optional<std::uint64_t> size() const override { return std::nullopt; }
  [[nodiscard]] const std::string& name() const override { return name_; }

 private:
  [[nodiscard]] std::uint64_t end() const { return begin_ + held_.size() - dropped_; }

  const std::string name_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  // All below with mutex_ held.
  Bytes held_;
  std::size_t dropped_ = 0;    ///< bytes at the front of held_ that are no more wanted
  std::uint64_t begin_ = 0;    ///< offset of the first byte that is wanted
  std::uint64_t read_to_ = 0;  ///< the furthest that was read
  bool is_closed_ = false;
  bool is_abandoned_ = false;
};

}  // namespace earmark::crawler
