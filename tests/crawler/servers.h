#pragma once
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "core/file.h"

namespace httplib {
class Server;
}

namespace earmark::test {

/// A well-behaved HTTP server on loopback, port of the system's choice; set its handlers up, then start() it.
class HttpServer {
 public:
  explicit HttpServer(std::string host = "127.0.0.1");
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  [[nodiscard]] httplib::Server& handlers() { return *server_; }
  void start();
  /// "http://127.0.0.1:PORT" + path.
  [[nodiscard]] std::string url(const std::string& path) const;

 private:
  std::unique_ptr<httplib::Server> server_;
  std::string host_;
  int port_ = 0;
  std::thread thread_;
};

/// A misbehaving origin: each connection is given to `talk`, which writes what it likes to the descriptor and
/// returns; then the connection is closed. Connections are served one after another.
class RawServer {
 public:
  using Talk = std::function<void(int connection)>;
  explicit RawServer(Talk talk);
  ~RawServer();
  RawServer(const RawServer&) = delete;
  RawServer& operator=(const RawServer&) = delete;

  [[nodiscard]] std::string url(const std::string& path) const;
  [[nodiscard]] int connections() const { return connections_; }

 private:
  void serve();

  Talk talk_;
  FileHandle listener_;
  int port_ = 0;
  std::atomic<int> connections_ = 0;
  std::thread thread_;
};

/// Writes all of it; false once the peer has gone away.
bool send_text(int connection, std::string_view text);
/// Reads up to the blank line that ends a request's head; what was read.
std::string read_head(int connection);
/// Waits until the peer closes or `milliseconds` have passed.
void wait_for_close(int connection, int milliseconds);

}  // namespace earmark::test
