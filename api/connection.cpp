#include "api/connection.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <poll.h>
#include <sys/socket.h>

namespace earmark::api {
namespace {

constexpr std::size_t kPiece = std::size_t{16} << 10U;
constexpr std::string_view kHeaderEnd = "\r\n\r\n";

bool would_block() { return errno == EAGAIN || errno == EWOULDBLOCK; }

}  // namespace

Connection::Filled Connection::fill() {
  while (buffered() <= kMostHeaderBytes) {
    if (at_ == buffer_.size()) {
      buffer_.clear();
      at_ = 0;
    }
    const std::size_t have = buffer_.size();
    buffer_.resize(have + kPiece);
    const ssize_t n = ::recv(socket_.get(), buffer_.data() + have, kPiece, 0);
    buffer_.resize(have + static_cast<std::size_t>(std::max<ssize_t>(n, 0)));
    if (n > 0 && static_cast<std::size_t>(n) == kPiece) continue;
    if (n > 0) return Filled::kOpen;
    if (n < 0 && errno == EINTR) continue;
    return n < 0 && would_block() ? Filled::kOpen : Filled::kClosed;
  }
  return Filled::kOpen;
}

bool Connection::has_request() const { return buffer_.find(kHeaderEnd, at_) != std::string::npos; }

void Connection::discard() {
  buffer_.clear();
  at_ = 0;
}

void Connection::send_at_once(std::string_view text) {
  // A full socket buffer this early means a client that reads nothing: it gets nothing.
  if (!text.empty() && ::send(socket_.get(), text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
    has_failed_ = true;
  ::shutdown(socket_.get(), SHUT_WR);
}

bool Connection::wait(short events) {
  const auto now = std::chrono::steady_clock::now();
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(exchange_ends_ - now);
  const auto patience = std::clamp(left, std::chrono::milliseconds(0), limits_.stall);
  pollfd poll{socket_.get(), events, 0};
  int ready = -1;
  do {
    ready = ::poll(&poll, 1, static_cast<int>(patience.count()));
  } while (ready < 0 && errno == EINTR);
  if (ready <= 0) has_failed_ = true;
  return ready > 0;
}

Status Connection::start_tls(const TlsContext& context) {
  EARMARK_TRY(tls_, context.begin(socket_.get()));
  while (true) {
    switch (tls_->handshake()) {
      case TlsSession::Step::kDone: return {};
      case TlsSession::Step::kFailed: return fail(ErrorCode::kIo, peer_ + ": TLS handshake failed");
      case TlsSession::Step::kWantsRead:
        if (!wait(POLLIN)) return fail(ErrorCode::kIo, peer_ + ": TLS handshake too slow");
        break;
      case TlsSession::Step::kWantsWrite:
        if (!wait(POLLOUT)) return fail(ErrorCode::kIo, peer_ + ": TLS handshake too slow");
        break;
    }
  }
}

ssize_t Connection::read(char* data, std::size_t size) {
  if (!is_empty()) {
    const std::size_t n = std::min(size, buffered());
    std::memcpy(data, buffer_.data() + at_, n);
    at_ += n;
    return static_cast<ssize_t>(n);
  }
  while (!has_failed_) {
    // Through the buffer: the header is read byte by byte.
    buffer_.resize(kPiece);
    at_ = 0;
    const ssize_t n =
        tls_ ? tls_->read(buffer_.data(), kPiece) : ::recv(socket_.get(), buffer_.data(), kPiece, 0);
    buffer_.resize(static_cast<std::size_t>(std::max<ssize_t>(n, 0)));
    if (n > 0) return read(data, size);
    if (n == 0) return 0;
    if (errno == EINTR) continue;
    if (!would_block()) has_failed_ = true;
    if (!has_failed_ && !wait(POLLIN)) break;
  }
  return -1;
}

ssize_t Connection::write(const char* data, std::size_t size) {
  while (!has_failed_) {
    const ssize_t n = tls_ ? tls_->write(data, size) : ::send(socket_.get(), data, size, MSG_NOSIGNAL);
    if (n >= 0) return n;
    if (errno == EINTR) continue;
    if (!would_block()) has_failed_ = true;
    if (!has_failed_ && !wait(POLLOUT)) break;
  }
  return -1;
}

void Connection::shut_down() const { ::shutdown(socket_.get(), SHUT_RDWR); }

}  // namespace earmark::api
