#pragma once
// What the command line composes: a service on an address.
#include <atomic>
#include <memory>
#include <string>

#include "api/http_server.h"
#include "api/service.h"

namespace earmark::api {

class Server {
 public:
  struct Options {
    Service::Options service;
    HttpServer::Options http;
    std::filesystem::path tls_certificate;  ///< empty: plain HTTP
    std::filesystem::path tls_key;
  };
  /// kInvalidArgument, kConflict (the address is taken), and those of the catalogue. The open mode is refused
  /// on any address but this machine's own.
  [[nodiscard]] static Result<std::unique_ptr<Server>> start(Options options);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  [[nodiscard]] const std::string& url() const { return url_; }
  [[nodiscard]] Service& service() { return *service_; }
  /// Answers what is in hand, takes nothing more. Idempotent.
  void stop();

 private:
  Server() = default;
  std::string url_;
  std::unique_ptr<TlsContext> tls_;
  std::unique_ptr<Service> service_;
  std::unique_ptr<HttpServer> http_;
  std::atomic<HttpServer*> counted_{
      nullptr};  ///< http_, once it is there: requests may come before start() ends
};

}  // namespace earmark::api
