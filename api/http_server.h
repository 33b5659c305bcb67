#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>

#include "api/http.h"
#include "api/listener.h"

namespace earmark::api {

/// HTTP/1.1 over a Listener: reads requests, writes what the handler answers. Knows nothing of routes.
/// Synchronised.
class HttpServer {
 public:
  struct Options {
    Listener::Options listener;
    std::uint64_t most_body_bytes = std::uint64_t{1} << 30U;  ///< of one request, after decompression
  };
  /// Called on any worker; must not throw.
  using Handler = std::function<Response(Request&)>;

  [[nodiscard]] static Result<std::unique_ptr<HttpServer>> start(const Options& options, Handler handler);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  [[nodiscard]] int port() const;
  [[nodiscard]] Listener::Counts counts() const;
  void stop();  ///< drains; see Listener::stop

 private:
  class Engine;
  HttpServer();
  std::unique_ptr<Engine> engine_;
  std::unique_ptr<Listener> listener_;
};

}  // namespace earmark::api
