#include "crawler/byte_pipe.h"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>

namespace earmark::crawler {
namespace {

constexpr std::size_t kWorthReading = 8 << 10;       ///< bytes; half a second of 128 kbit/s
constexpr std::chrono::milliseconds kPatience{250};  ///< that a reader has for so many

}  // namespace

Status BytePipe::push(std::span<const std::byte> bytes, const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, stop, [&] { return is_abandoned_ || end() < read_to_ + kMostWaiting; });
  if (is_abandoned_) return fail(ErrorCode::kConflict, name_ + ": nobody reads it any more");
  if (stop.stop_requested()) return fail(ErrorCode::kUnavailable, "stopped");
  held_.insert(held_.end(), bytes.begin(), bytes.end());
  changed_.notify_all();
  return {};
}

void BytePipe::close() {
  const std::lock_guard lock(mutex_);
  is_closed_ = true;
  changed_.notify_all();
}

void BytePipe::abandon() {
  const std::lock_guard lock(mutex_);
  is_abandoned_ = true;
  changed_.notify_all();
}

Result<std::size_t> BytePipe::read_at(std::uint64_t offset, std::span<std::byte> out) {
  std::unique_lock lock(mutex_);
  if (offset < begin_) {
    return fail(ErrorCode::kUnsupported,
                fmt::format("{}: its format wants to go back {} bytes, which a stream cannot", name_,
                            read_to_ - offset));
  }
  read_to_ = std::max(read_to_, offset);
  changed_.notify_all();
  changed_.wait(lock, [&] { return is_closed_ || end() > offset; });
  changed_.wait_for(lock, kPatience,
                    [&] { return is_closed_ || end() >= offset + std::min(kWorthReading, out.size()); });
  if (end() <= offset) return std::size_t{0};
  const std::size_t at = dropped_ + static_cast<std::size_t>(offset - begin_);
  const std::size_t n = std::min(out.size(), held_.size() - at);
  std::copy_n(held_.begin() + static_cast<std::ptrdiff_t>(at), n, out.begin());
  read_to_ = std::max(read_to_, offset + n);
  if (read_to_ > begin_ + kKeptBytes) {
    dropped_ += static_cast<std::size_t>(read_to_ - kKeptBytes - begin_);
    begin_ = read_to_ - kKeptBytes;
  }
  if (dropped_ > kKeptBytes) {
    held_.erase(held_.begin(), held_.begin() + static_cast<std::ptrdiff_t>(dropped_));
    dropped_ = 0;
  }
  changed_.notify_all();
  return n;
}

}  // namespace earmark::crawler
