#include "audio/worker/channel.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

namespace earmark::audio::worker {
namespace {

constexpr std::size_t kLengthBytes = sizeof(std::uint32_t);

[[noreturn]] void leave() { ::_exit(0); }

bool would_block() { return errno == EAGAIN || errno == EINTR; }

}  // namespace

void Channel::wait(short events) {
  pollfd entry{descriptor_, events, 0};
  if (::poll(&entry, 1, -1) < 0 && errno != EINTR) leave();
}

void Channel::receive_some() {
  const ssize_t n = ::read(descriptor_, answer_.data() + answer_filled_, answer_.size() - answer_filled_);
  if (n > 0) {
    answer_filled_ += static_cast<std::size_t>(n);
  } else if (n == 0 || !would_block()) {
    leave();
  }
}

// The answer to a read may be on its way while the host waits for room to send it and we for room to send
// samples: whoever sends must also take in, or both wait for ever.
void Channel::send(std::span<const std::byte> message) {
  while (!message.empty()) {
    const ssize_t n = ::write(descriptor_, message.data(), message.size());
    if (n >= 0) {
      message = message.subspan(static_cast<std::size_t>(n));
      continue;
    }
    if (!would_block()) leave();
    const bool listening = asked_ && answer_filled_ < answer_.size();
    wait(static_cast<short>(listening ? POLLIN | POLLOUT : POLLOUT));
    if (listening) receive_some();
  }
}

void Channel::ask(std::uint64_t offset) {
  answer_.resize(kLengthBytes + kMaxReadBytes);
  answer_filled_ = 0;
  asked_offset_ = offset;
  asked_ = true;
  send(encode(ReadRequest{offset, static_cast<std::uint32_t>(kMaxReadBytes)}));
}

void Channel::take_answer() {
  std::uint32_t length = 0;
  while (true) {
    if (answer_filled_ >= kLengthBytes) {
      std::memcpy(&length, answer_.data(), kLengthBytes);
      if (answer_filled_ >= kLengthBytes + length) break;
    }
    wait(POLLIN);
    receive_some();
  }
  current_.offset = asked_offset_;
  current_.bytes.assign(answer_.begin() + kLengthBytes, answer_.begin() + kLengthBytes + length);
  current_.known = true;
  asked_ = false;
}

bool Channel::holds(std::uint64_t offset) const {
  if (!current_.known || offset < current_.offset) return false;
  if (current_.bytes.empty()) return true;  // the end lies at or before it
  return offset - current_.offset < current_.bytes.size();
}

std::size_t Channel::read_at(std::uint64_t offset, std::span<std::byte> out) {
  if (out.empty() || (size_ && offset >= *size_)) return 0;
  while (!holds(offset)) {
    if (asked_) {
      take_answer();
    } else {
      ask(offset);
    }
  }
  if (current_.bytes.empty()) return 0;
  const auto skip = static_cast<std::size_t>(offset - current_.offset);
  const std::size_t n = std::min(out.size(), current_.bytes.size() - skip);
  std::memcpy(out.data(), current_.bytes.data() + skip, n);
  // Ahead only for who reads in order: a reader that jumps about would pay for every piece twice.
  const std::uint64_t end = current_.offset + current_.bytes.size();
  const bool sequential = offset == next_sequential_;
  next_sequential_ = offset + n;
  if (sequential && !asked_ && next_sequential_ > kMaxReadBytes / 2 && !(size_ && end >= *size_)) ask(end);
  return n;
}

void Channel::warn(std::string_view text) {
  if (++warnings_ <= kMaxWarnings) send(encode_warning(text));
}

void Channel::flush_warnings() {
  if (warnings_ > kMaxWarnings) {
    send(encode_warning(fmt::format("and {} more warnings", warnings_ - kMaxWarnings)));
  }
}

}  // namespace earmark::audio::worker
