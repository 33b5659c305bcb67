#include "api/server.h"

#include <fmt/format.h>

namespace earmark::api {
namespace {

bool is_this_machine(const std::string& host) {
  return host == "localhost" || host == "::1" || host.starts_with("127.");
}

std::vector<MetricFamily> metrics_of(const Listener::Counts& counts) {
  const auto number = [](std::uint64_t value) { return static_cast<double>(value); };
  return {
      {"earmark_http_connections_total",
       "counter",
       "Connections that were accepted.",
       {{"", number(counts.accepted)}}},
      {"earmark_http_connections", "gauge", "Connections that are open.", {{"", number(counts.open)}}},
      {"earmark_http_shed_total",
       "counter",
       "Requests and connections that were turned away because of load.",
       {{"", number(counts.shed)}}},
  };
}

}  // namespace

Result<std::unique_ptr<Server>> Server::start(Options options) {
  const std::string& host = options.http.listener.host;
  if (options.service.access == Service::Options::Access::kOpen && !is_this_machine(host)) {
    return fail(ErrorCode::kRefused,
                "without keys only this machine may be served: listen on 127.0.0.1, or make keys");
  }
  std::unique_ptr<Server> server(new Server());
  if (!options.tls_certificate.empty()) {
    EARMARK_TRY(server->tls_, TlsContext::load(options.tls_certificate, options.tls_key));
    options.http.listener.tls = server->tls_.get();
  }
  options.http.most_body_bytes = options.service.most_body_bytes;
  EARMARK_TRY(server->service_, Service::open(options.service));
  server->service_->set_transport_metrics([raw = server.get()] {
    const HttpServer* const http = raw->counted_;
    return http != nullptr ? metrics_of(http->counts()) : std::vector<MetricFamily>{};
  });
  EARMARK_TRY(server->http_,
              HttpServer::start(options.http, [service = server->service_.get()](Request& request) {
                return service->handle(request);
              }));
  server->counted_ = server->http_.get();
  const bool is_v6 = host.find(':') != std::string::npos;
  server->url_ = fmt::format("{}://{}{}{}:{}", server->tls_ ? "https" : "http", is_v6 ? "[" : "", host,
                             is_v6 ? "]" : "", server->http_->port());
  return server;
}

Server::~Server() { stop(); }

void Server::stop() {
  if (service_) service_->set_draining();
  if (http_) http_->stop();
}

}  // namespace earmark::api
