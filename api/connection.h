#pragma once
#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include <sys/types.h>

#include "api/tls.h"
#include "core/file.h"

namespace earmark::api {

/// How long the other end may keep a worker waiting.
struct ConnectionLimits {
  std::chrono::milliseconds stall{20'000};      ///< without a byte, in either direction
  std::chrono::milliseconds exchange{900'000};  ///< for one request and its answer
};

/// One accepted connection with what was received and not used yet. Owned by one thread at a time. The socket
/// is non-blocking.
class Connection {
 public:
  using Time = std::chrono::steady_clock::time_point;
  /// Longest request line and header.
  static constexpr std::size_t kMostHeaderBytes = std::size_t{64} << 10U;

  Connection(FileHandle socket, std::string peer, const ConnectionLimits& limits)
      : socket_(std::move(socket)), peer_(std::move(peer)), limits_(limits) {}

  [[nodiscard]] int descriptor() const { return socket_.get(); }
  [[nodiscard]] const std::string& peer() const { return peer_; }

  // For the thread that waits for many connections; never blocks.
  enum class Filled { kOpen, kClosed };
  [[nodiscard]] Filled fill();
  [[nodiscard]] bool has_request() const;  ///< a whole header is there
  [[nodiscard]] bool has_too_much() const { return buffered() > kMostHeaderBytes && !has_request(); }
  [[nodiscard]] bool is_empty() const { return buffered() == 0; }
  void discard();  ///< drops what is there
  /// As much as fits, then says that no more will come.
  void send_at_once(std::string_view text);

  // For the worker that serves it; block until the limits say so.
  void begin_exchange() { exchange_ends_ = std::chrono::steady_clock::now() + limits_.exchange; }
  [[nodiscard]] Status start_tls(const TlsContext& context);
  /// As ::read and ::write: 0 at the end, -1 when it failed or time is up.
  [[nodiscard]] ssize_t read(char* data, std::size_t size);
  [[nodiscard]] ssize_t write(const char* data, std::size_t size);
  [[nodiscard]] bool is_readable() const { return !has_failed_; }
  [[nodiscard]] bool is_writable() const { return !has_failed_; }
  [[nodiscard]] bool is_tls() const { return tls_ != nullptr; }
  /// A request has come that no poll would tell of.
  [[nodiscard]] bool wants_service() const {
    return tls_ ? !is_empty() || tls_->has_pending() : has_request();
  }
  void shut_down() const;  ///< wakes whoever reads or writes

 private:
  [[nodiscard]] std::size_t buffered() const { return buffer_.size() - at_; }
  [[nodiscard]] bool wait(short events);

  FileHandle socket_;
  std::string peer_;
  ConnectionLimits limits_;
  std::unique_ptr<TlsSession> tls_;
  std::string buffer_;
  std::size_t at_ = 0;  ///< what lies before was read
  Time exchange_ends_{};
  bool has_failed_ = false;
};

}  // namespace earmark::api
