#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "audio/worker_protocol.h"

namespace earmark::audio::worker {

/// The worker's end of the stream socket: the input, asked for piece by piece and one piece ahead, and the
/// way out. When the host has gone there is nobody to work for: the process ends there and then.
/// Thread-confined.
class Channel {
 public:
  /// `descriptor`: a stream socket in non-blocking mode, borrowed.
  Channel(int descriptor, std::optional<std::uint64_t> source_size)
      : descriptor_(descriptor), size_(source_size) {}

  /// Up to out.size() bytes of the input at `offset`; 0 at and past its end.
  [[nodiscard]] std::size_t read_at(std::uint64_t offset, std::span<std::byte> out);
  [[nodiscard]] std::optional<std::uint64_t> size() const { return size_; }

  void send(std::span<const std::byte> message);
  /// Sends a warning; after kMaxWarnings only counts.
  void warn(std::string_view text);
  /// Says how many warnings were held back, if any.
  void flush_warnings();

 private:
  // A piece of the input: at `offset`, `bytes` long; `known` false until its answer is here.
  struct Piece {
    std::uint64_t offset = 0;
    std::vector<std::byte> bytes;
    bool known = false;
  };

  [[nodiscard]] bool holds(std::uint64_t offset) const;
  void ask(std::uint64_t offset);
  void take_answer();
  void receive_some();
  void wait(short events);

  int descriptor_;
  std::optional<std::uint64_t> size_;
  Piece current_;
  std::uint64_t asked_offset_ = 0;
  bool asked_ = false;             // an answer is outstanding, for asked_offset_
  std::vector<std::byte> answer_;  // what has come of it, length field included
  std::size_t answer_filled_ = 0;
  std::uint64_t next_sequential_ = 0;
  std::size_t warnings_ = 0;
};

}  // namespace earmark::audio::worker
