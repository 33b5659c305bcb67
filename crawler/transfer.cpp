// The home of libcurl's transfers.
#include "crawler/transfer.h"

#include <algorithm>
#include <array>
#include <utility>

#include <curl/curl.h>
#include <fmt/format.h>
#include <sys/socket.h>

#include "core/bytes.h"
#include "core/guarded.h"
#include "crawler/ascii.h"
#include "crawler/sigpipe_guard.h"

namespace earmark::crawler {
namespace {

constexpr std::size_t kMostHeaderBytes = 256 << 10;
constexpr std::uint64_t kMostUnwantedBody =
    64 << 10;                            ///< of an error page or redirect; reading it keeps the connection
constexpr std::size_t kKeptHandles = 8;  ///< idle connections live with their handle

struct HandleDeleter {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
using Handle = std::unique_ptr<CURL, HandleDeleter>;

struct ListDeleter {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using HeaderList = std::unique_ptr<curl_slist, ListDeleter>;

void add_header(HeaderList& list, const std::string& line) {
  if (curl_slist* longer = curl_slist_append(list.get(), line.c_str())) {
    static_cast<void>(list.release());
    list.reset(longer);
  }
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const std::size_t begin = text.find_first_not_of(kSpace);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

/// One transfer on its way. The callbacks must not throw; the first failure in one ends the transfer.
struct Exchange {
  const TransferRequest& request;
  Answer& answer;

  CURL* handle = nullptr;
  std::optional<Error> failure = {};
  std::string refusal = {};       ///< of an address
  bool tried_an_address = false;  ///< one that the guard let through
  bool had_enough = false;        ///< of a body that nobody wants
  std::size_t header_bytes = 0;

  void set_failure(ErrorCode code, std::string message) {
    if (!failure) failure = Error{code, std::move(message)};
  }
  [[nodiscard]] long status() const {
    long code = 0;
    curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &code);
    return code;
  }
  [[nodiscard]] std::string peer() const {
    char* address = nullptr;
    curl_easy_getinfo(handle, CURLINFO_PRIMARY_IP, &address);
    return address != nullptr ? address : "";
  }
};

curl_socket_t on_open_socket(void* exchange_pointer, curlsocktype /*purpose*/, curl_sockaddr* address) {
  Exchange& exchange = *static_cast<Exchange*>(exchange_pointer);
  const auto ip = address_of(address->addr);
  const auto refusal =
      ip ? exchange.request.guard->refusal(*ip) : std::optional<std::string>("not an IP address");
  if (refusal) {
    exchange.refusal = *refusal;
    return CURL_SOCKET_BAD;
  }
  exchange.tried_an_address = true;
  return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

std::size_t on_header(char* data, std::size_t size, std::size_t count, void* exchange_pointer) {
  Exchange& exchange = *static_cast<Exchange*>(exchange_pointer);
  const std::string_view line(data, size * count);
  exchange.header_bytes += line.size();
  if (exchange.header_bytes > kMostHeaderBytes) {
    exchange.set_failure(ErrorCode::kResourceExhausted,
                         fmt::format("more than {} bytes of headers", kMostHeaderBytes));
    return 0;
  }
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return line.size();
  const std::string name = ascii_lower(line.substr(0, colon));
  const std::string_view value = trimmed(line.substr(colon + 1));
  Answer& answer = exchange.answer;
  answer.status = static_cast<int>(exchange.status());
  answer.headers.emplace_back(name, value);
  if (name == "etag") answer.etag = value;
  if (name == "last-modified") answer.last_modified = value;
  if (name == "content-type") answer.content_type = value;
  if (name == "location") answer.location = value;
  return line.size();
}

std::size_t on_body(char* data, std::size_t size, std::size_t count, void* exchange_pointer) {
  Exchange& exchange = *static_cast<Exchange*>(exchange_pointer);
  const std::span<const std::byte> bytes = as_bytes({data, size * count});
  const long status = exchange.status();
  if (exchange.answer.body_bytes == 0) exchange.answer.peer = exchange.peer();
  exchange.answer.body_bytes += bytes.size();
  if (status < 200 || status > 299) {
    exchange.had_enough = exchange.answer.body_bytes > kMostUnwantedBody;
    return exchange.had_enough ? 0 : bytes.size();
  }
  if (exchange.request.had_before + exchange.answer.body_bytes > exchange.request.limits->most_bytes) {
    exchange.set_failure(ErrorCode::kResourceExhausted, fmt::format("more than {} bytes once decompressed",
                                                                    exchange.request.limits->most_bytes));
    return 0;
  }
  if (Status stored = exchange.request.sink(bytes, exchange.answer); !stored) {
    exchange.set_failure(stored.error().code, stored.error().message);
    return 0;
  }
  return bytes.size();
}

int on_progress(void* exchange_pointer, curl_off_t total, curl_off_t received, curl_off_t, curl_off_t) {
  Exchange& exchange = *static_cast<Exchange*>(exchange_pointer);
  constexpr int kAbort = 1;
  if (exchange.request.stop.stop_requested()) {
    exchange.set_failure(ErrorCode::kUnavailable, "stopped");
    return kAbort;
  }
  const auto so_far =
      exchange.request.had_before + static_cast<std::uint64_t>(std::max<curl_off_t>(received, 0));
  if (so_far > exchange.request.limits->most_received) {
    exchange.set_failure(ErrorCode::kResourceExhausted,
                         fmt::format("more than {} bytes", exchange.request.limits->most_received));
    return kAbort;
  }
  if (exchange.request.progress && received > 0) {
    exchange.request.progress(
        so_far, total > 0 ? std::optional(exchange.request.had_before + static_cast<std::uint64_t>(total))
                          : std::nullopt);
  }
  return 0;
}

/// What a transfer that libcurl gave up means to us.
Error transfer_error(const Exchange& exchange, CURLcode code, const char* detail) {
  const std::string text = *detail != '\0' ? detail : curl_easy_strerror(code);
  switch (code) {
    case CURLE_UNSUPPORTED_PROTOCOL: return {ErrorCode::kRefused, text};
    case CURLE_COULDNT_CONNECT:
      if (!exchange.refusal.empty() && !exchange.tried_an_address)
        return {ErrorCode::kRefused, exchange.refusal};
      return {ErrorCode::kUnavailable, text};
    case CURLE_FILESIZE_EXCEEDED:
      return {ErrorCode::kResourceExhausted,
              fmt::format("declared longer than {} bytes", exchange.request.limits->most_received)};
    case CURLE_BAD_CONTENT_ENCODING: return {ErrorCode::kCorrupt, text};
    case CURLE_OUT_OF_MEMORY: return {ErrorCode::kResourceExhausted, text};
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_WEIRD_SERVER_REPLY: return {ErrorCode::kIo, text};
    default: return {ErrorCode::kUnavailable, text};
  }
}

/// What servers of SHOUTcast's kind answer instead of "HTTP/1.0 200 OK".
curl_slist* icy_alias() {
  static const HeaderList alias(curl_slist_append(nullptr, "ICY 200 OK"));
  return alias.get();
}

void set_options(Exchange& exchange) {
  CURL* handle = exchange.handle;
  const auto set = [&](CURLoption option, auto value) { curl_easy_setopt(handle, option, value); };
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_PROXY, "");  // not even from the environment
  set(CURLOPT_NOPROXY, "*");
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_FOLLOWLOCATION, 0L);
  set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS));
  set(CURLOPT_USERAGENT, exchange.request.user_agent.c_str());
  set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(exchange.request.limits->connect_timeout.count()));
  set(CURLOPT_LOW_SPEED_LIMIT, static_cast<long>(exchange.request.limits->least_bytes_per_second));
  set(CURLOPT_LOW_SPEED_TIME, static_cast<long>(exchange.request.limits->slow_for.count()));
  set(CURLOPT_MAXFILESIZE_LARGE, static_cast<curl_off_t>(exchange.request.limits->most_received));
  set(CURLOPT_OPENSOCKETFUNCTION, on_open_socket);
  set(CURLOPT_OPENSOCKETDATA, static_cast<void*>(&exchange));
  set(CURLOPT_HEADERFUNCTION, on_header);
  set(CURLOPT_HEADERDATA, static_cast<void*>(&exchange));
  set(CURLOPT_WRITEFUNCTION, on_body);
  set(CURLOPT_WRITEDATA, static_cast<void*>(&exchange));
  set(CURLOPT_XFERINFOFUNCTION, on_progress);
  set(CURLOPT_XFERINFODATA, static_cast<void*>(&exchange));
  set(CURLOPT_NOPROGRESS, 0L);
  set(CURLOPT_HTTP200ALIASES, icy_alias());
}

}  // namespace

struct TransferPool::State {
  Guarded<std::vector<Handle>> idle;

  [[nodiscard]] Handle take() {
    Handle handle = idle.with([](std::vector<Handle>& handles) {
      Handle taken;
      if (!handles.empty()) {
        taken = std::move(handles.back());
        handles.pop_back();
      }
      return taken;
    });
    return handle ? std::move(handle) : Handle(curl_easy_init());
  }
  void give_back(Handle handle) {
    curl_easy_reset(handle.get());
    idle.with([&](std::vector<Handle>& handles) {
      if (handles.size() < kKeptHandles) handles.push_back(std::move(handle));
    });
  }
};

TransferPool::TransferPool(std::unique_ptr<State> state) : state_(std::move(state)) {}
TransferPool::TransferPool(TransferPool&&) noexcept = default;
TransferPool& TransferPool::operator=(TransferPool&&) noexcept = default;
TransferPool::~TransferPool() = default;

Result<TransferPool> TransferPool::create() {
  static const CURLcode global = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (global != CURLE_OK)
    return fail(ErrorCode::kInternal, std::string("libcurl: ") + curl_easy_strerror(global));
  return TransferPool(std::make_unique<State>());
}

Status TransferPool::run(const TransferRequest& request, Answer& answer) {
  Handle handle = state_->take();
  if (handle == nullptr) return fail(ErrorCode::kResourceExhausted, "no memory for a transfer");
  Exchange exchange{request, answer};
  exchange.handle = handle.get();
  set_options(exchange);
  std::array<char, CURL_ERROR_SIZE> detail{};
  HeaderList headers;
  for (const std::string& header : request.headers) add_header(headers, header);
  curl_easy_setopt(handle.get(), CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(handle.get(), CURLOPT_ACCEPT_ENCODING, request.accepts_compressed ? "" : "identity");
  curl_easy_setopt(handle.get(), CURLOPT_URL, request.url.c_str());
  curl_easy_setopt(handle.get(), CURLOPT_TIMEOUT_MS, static_cast<long>(request.time_left.count()));
  curl_easy_setopt(handle.get(), CURLOPT_ERRORBUFFER, detail.data());
  const SigpipeGuard no_signal;
  const CURLcode code = curl_easy_perform(handle.get());
  curl_easy_setopt(handle.get(), CURLOPT_ERRORBUFFER, nullptr);
  curl_easy_setopt(handle.get(), CURLOPT_HTTPHEADER, nullptr);
  curl_off_t received = 0;
  curl_easy_getinfo(handle.get(), CURLINFO_SIZE_DOWNLOAD_T, &received);
  answer.peer = exchange.peer();
  answer.received = static_cast<std::uint64_t>(received);
  answer.status = static_cast<int>(exchange.status());
  if (exchange.failure) return fail(std::move(*exchange.failure));
  if (code != CURLE_OK && !exchange.had_enough) return fail(transfer_error(exchange, code, detail.data()));
  state_->give_back(std::move(handle));
  return {};
}

}  // namespace earmark::crawler
