#include <chrono>
#include <condition_variable>
#include <mutex>

#include <fmt/format.h>

#include "api/server.h"
#include "cli/commands.h"
#include "cli/open_store.h"
#include "cli/stop.h"

namespace earmark::cli {
namespace {

api::Server::Options server_options(const Common& common, const ServeOptions& options) {
  api::Server::Options server;
  server.service.store = common.store;
  server.service.access =
      options.open ? api::Service::Options::Access::kOpen : api::Service::Options::Access::kKeys;
  server.service.decode_workers = std::max<std::size_t>(2, common.threads);
  server.service.most_body_bytes = options.most_upload_mb << 20U;
  server.service.most_uploads =
      static_cast<std::ptrdiff_t>(std::max<std::size_t>(1, options.workers * 3 / 4));
  server.service.key_rate = {options.rate, 2 * options.rate};
  server.service.allow_private = options.allow_private;
  server.service.acoustid_clients = {options.acoustid_clients.begin(), options.acoustid_clients.end()};
  using AccessLog = api::Service::Options::AccessLog;
  server.service.access_log = options.no_access_log ? AccessLog::kOff : AccessLog::kOn;
  server.http.listener.host = options.host;
  server.http.listener.port = options.port;
  server.http.listener.workers = options.workers;
  server.http.listener.queue = 8 * options.workers;
  server.tls_certificate = options.tls_certificate;
  server.tls_key = options.tls_key;
  return server;
}

void wait_for_stop() {
  const StopWatch watch;
  std::mutex mutex;
  std::condition_variable_any never;
  std::unique_lock lock(mutex);
  never.wait(lock, watch.token(), [] { return false; });
}

}  // namespace

Exit run(const Common& common, const ServeOptions& options, Console& console) {
  auto server = api::Server::start(server_options(common, options));
  if (!server) return failed(console, server.error());
  if (console.is_json()) {
    console.result({{"url", (*server)->url()}, {"store", common.store.native()}, {"open", options.open}});
  } else {
    console.line(fmt::format("Earmark serves {} at {}", common.store.native(), (*server)->url()));
  }
  const auto keys = (*server)->service().keys().list();
  if (keys && keys->empty() && !options.open) {
    console.note(LogLevel::kWarning, fmt::format("no keys yet: earmark keys create --role admin --store {}",
                                                 common.store.native()));
  }
  wait_for_stop();
  console.note(LogLevel::kInfo, "ends when what is in hand is answered");
  (*server)->stop();
  return Exit::kDone;
}

}  // namespace earmark::cli
