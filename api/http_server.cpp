// The home of cpp-httplib: it parses requests, bodies and multipart, and writes responses. Its own accept
// loop and thread pool are not used (a connection would hold a worker); Listener takes their place.
#include "api/http_server.h"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>
#include <httplib.h>

#include "api/problem.h"
#include "api/trace.h"

namespace earmark::api {
namespace {

/// One request and its answer, on one thread.
struct Exchange {
  Request request;
  bool has_body = false;
  bool body_was_read = false;
};

/// What process_request is working on: its handlers are not told.
thread_local Exchange* current = nullptr;

class ConnectionStream final : public httplib::Stream {
 public:
  explicit ConnectionStream(Connection& connection) : connection_(connection) {}
  bool is_readable() const override { return connection_.is_readable(); }
  bool is_writable() const override { return connection_.is_writable(); }
  ssize_t read(char* data, size_t size) override { return connection_.read(data, size); }
  ssize_t write(const char* data, size_t size) override { return connection_.write(data, size); }
  void get_remote_ip_and_port(std::string& ip, int& port) const override {
    ip = connection_.peer();
    port = 0;
  }
  void get_local_ip_and_port(std::string& ip, int& port) const override {
    ip.clear();
    port = 0;
  }
  // Only compared with FD_SETSIZE, which means nothing here: Connection polls.
  socket_t socket() const override { return 0; }

 private:
  Connection& connection_;
};

/// Reads through httplib and keeps the reason when a sink refuses.
class HttplibBody final : public RequestBody {
 public:
  HttplibBody(const httplib::ContentReader& reader, Exchange& exchange, std::uint64_t most)
      : reader_(reader), exchange_(exchange), most_(most) {}

  Status read(const Sink& sink) override {
    if (!exchange_.has_body) return {};  // httplib would wait for the connection to end
    Status outcome;
    const bool whole =
        reader_([&](const char* data, size_t size) { return keep(outcome, take(sink, data, size)); });
    return finish(whole, std::move(outcome));
  }

  Status read_parts(const BeginPart& begin, const Sink& sink) override {
    if (!exchange_.has_body) return {};  // httplib would wait for the connection to end
    Status outcome;
    const bool whole = reader_(
        [&](const httplib::MultipartFormData& part) {
          return keep(outcome, begin({part.name, part.filename, part.content_type}));
        },
        [&](const char* data, size_t size) { return keep(outcome, take(sink, data, size)); });
    return finish(whole, std::move(outcome));
  }
  bool was_too_long() const override { return taken_ > most_; }

 private:
  static bool keep(Status& outcome, Status status) {
    if (outcome) outcome = std::move(status);
    return outcome.has_value();
  }
  Status take(const Sink& sink, const char* data, std::size_t size) {
    taken_ += size;
    if (taken_ > most_)
      return fail(ErrorCode::kResourceExhausted, fmt::format("the body is longer than {} bytes", most_));
    return sink(as_bytes(std::string_view(data, size)));
  }
  Status finish(bool whole, Status outcome) {
    exchange_.body_was_read = whole && outcome.has_value();
    if (!outcome) return outcome;
    if (!whole) return fail(ErrorCode::kCorrupt, "the body ended early, came too slowly or is malformed");
    return {};
  }

  const httplib::ContentReader& reader_;
  Exchange& exchange_;
  std::uint64_t most_;
  std::uint64_t taken_ = 0;
};

/// Whether the framing of the body is beyond doubt: two readers that understood it differently could be
/// played off against each other (RFC 9112, section 6.3).
bool is_well_framed(const Request& request) {
  std::size_t lengths = 0;
  for (const Header& header : request.headers) {
    if (same_name(header.name, "Content-Length")) ++lengths;
  }
  const auto coding = request.header("Transfer-Encoding");
  if (lengths > 1 || (lengths == 1 && !request.content_length())) return false;
  return coding.empty() || (lengths == 0 && same_name(coding, "chunked"));
}

bool is_known_coding(std::string_view coding) {
  return coding.empty() || same_name(coding, "identity") || same_name(coding, "gzip") ||
         same_name(coding, "deflate") || same_name(coding, "br");
}

/// A problem of the transport, with what the service would have added.
Response refusal(const Request& request, int status, std::string_view code, std::string_view detail) {
  const Trace trace = continue_trace(request.header("traceparent"));
  Response response = make_problem(status, code, detail, {});
  complete_problem(response, request.path, trace.trace_id);
  response.set_header("traceparent", to_traceparent(trace));
  return response;
}

void write(const Response& from, httplib::Response& to) {
  to.status = from.status;
  for (const Header& header : from.headers) to.set_header(header.name, header.value);
  if (!from.body.empty() || !from.content_type.empty()) to.set_content(from.body, from.content_type);
}

}  // namespace

class HttpServer::Engine final : public httplib::Server {
 public:
  Engine(const HttpServer::Options& options, HttpServer::Handler handler)
      : most_(options.most_body_bytes), handler_(std::move(handler)) {
    // Every request comes with the path "/" (see adopt): httplib's regular expressions never see what a
    // client sent.
    const auto plain = [this](const httplib::Request&, httplib::Response& response) {
      answer(nullptr, response);
    };
    const auto with_body = [this](const httplib::Request&, httplib::Response& response,
                                  const httplib::ContentReader& reader) { answer(&reader, response); };
    Get("/", plain);
    Options("/", plain);
    Post("/", with_body);
    Put("/", with_body);
    Patch("/", with_body);
    Delete("/", with_body);
    set_keep_alive_timeout(options.listener.idle_timeout.count() / 1000);
    set_keep_alive_max_count(std::size_t{1} << 30U);
    set_error_handler([](const httplib::Request&, httplib::Response& response) {
      if (!response.body.empty()) return;
      const Response problem = refusal(current->request, response.status, "", "");
      response.set_content(problem.body, problem.content_type);
    });
    set_expect_100_continue_handler([this](const httplib::Request&, httplib::Response& response) {
      constexpr int kContinue = 100;
      constexpr int kTooLarge = 413;
      if (current->request.content_length().value_or(0) <= most_) return kContinue;
      write(too_large(current->request), response);
      return kTooLarge;
    });
  }

  Listener::After serve(Connection& connection) {
    Exchange exchange;
    exchange.request.peer = connection.peer();
    current = &exchange;
    ConnectionStream stream(connection);
    bool closed = false;
    const bool ok = process_request(stream, stopping_, closed,
                                    [&](httplib::Request& request) { adopt(request, exchange); });
    current = nullptr;
    if (!ok || !connection.is_writable()) return Listener::After::kClose;
    if (exchange.has_body && !exchange.body_was_read) return Listener::After::kLinger;
    return closed || stopping_ ? Listener::After::kClose : Listener::After::kKeep;
  }

  std::atomic<bool> stopping_{false};

 private:
  /// Takes the request over and leaves httplib only what it needs to read the body and write the answer.
  static void adopt(httplib::Request& from, Exchange& exchange) {
    Request& request = exchange.request;
    request.method = from.method;
    request.path = from.path;
    request.target = from.target;
    request.params = {from.params.begin(), from.params.end()};
    for (const auto& [name, value] : from.headers) {
      const bool added_by_httplib =
          name == "REMOTE_ADDR" || name == "REMOTE_PORT" || name == "LOCAL_ADDR" || name == "LOCAL_PORT";
      if (!added_by_httplib) request.headers.push_back({name, value});
    }
    exchange.has_body =
        !request.header("Transfer-Encoding").empty() || request.content_length().value_or(1) > 0;
    if (request.header("Content-Length").empty() && request.header("Transfer-Encoding").empty())
      exchange.has_body = false;
    from.path = std::string(1, '/');  // not = "/": GCC 12 at -O2 sees an overlap that cannot be
    from.ranges.clear();
    // Brotli at httplib's setting costs a hundred times what it saves.
    const bool takes_gzip = request.header("Accept-Encoding").find("gzip") != std::string_view::npos;
    from.headers.erase("Accept-Encoding");
    if (takes_gzip) from.headers.emplace("Accept-Encoding", "gzip");
  }

  void answer(const httplib::ContentReader* reader, httplib::Response& response) {
    Exchange& exchange = *current;
    Request& request = exchange.request;
    Response answer;
    if (!is_well_framed(request)) {
      answer =
          refusal(request, 400, "bad_request", "Content-Length and Transfer-Encoding contradict each other");
    } else if (!is_known_coding(request.header("Content-Encoding"))) {
      answer = refusal(request, 415, "unsupported_encoding",
                       "Content-Encoding must be gzip, deflate, br or identity");
    } else if (request.content_length().value_or(0) > most_) {
      answer = too_large(request);
    } else if (reader != nullptr) {
      HttplibBody body(*reader, exchange, most_);
      request.body = &body;
      answer = handler_(request);
      request.body = nullptr;
    } else {
      answer = handler_(request);
    }
    const bool ends = (exchange.has_body && !exchange.body_was_read) || stopping_;
    if (ends) answer.set_header("Connection", "close");
    write(answer, response);
  }

  [[nodiscard]] Response too_large(const Request& request) const {
    return refusal(request, 413, "too_large", fmt::format("a body may have {} bytes at most", most_));
  }

  const std::uint64_t most_;
  const HttpServer::Handler handler_;
};

HttpServer::HttpServer() = default;

Result<std::unique_ptr<HttpServer>> HttpServer::start(const Options& options, Handler handler) {
  std::unique_ptr<HttpServer> server(new HttpServer());
  server->engine_ = std::make_unique<Engine>(options, std::move(handler));
  EARMARK_TRY(server->listener_,
              Listener::start(options.listener, [engine = server->engine_.get()](Connection& connection) {
                return engine->serve(connection);
              }));
  return server;
}

HttpServer::~HttpServer() { stop(); }
int HttpServer::port() const { return listener_->port(); }
Listener::Counts HttpServer::counts() const { return listener_->counts(); }

void HttpServer::stop() {
  if (engine_) engine_->stopping_ = true;
  if (listener_) listener_->stop();
}

}  // namespace earmark::api
