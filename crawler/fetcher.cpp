// The home of libcurl's transfers. Redirects are followed here and not by libcurl, so that each is recorded
// and judged.
#include "crawler/fetcher.h"

#include <algorithm>
#include <array>
#include <utility>

#include <curl/curl.h>
#include <fmt/format.h>
#include <sys/socket.h>

#include "core/guarded.h"
#include "crawler/ascii.h"
#include "crawler/sigpipe_guard.h"
#include "crawler/spool.h"

namespace earmark::crawler {
namespace {

constexpr std::size_t kMostHeaderBytes = 256 << 10;
constexpr std::uint64_t kMostUnwantedBody =
    64 << 10;                            ///< of an error page or redirect; reading it keeps the connection
constexpr std::size_t kKeptHandles = 8;  ///< idle connections live with their handle
constexpr std::string_view kProgram = "Earmark/0.1.0 (podcast rights monitor";

using Clocked = std::chrono::steady_clock;
using BodySink = std::function<Status(std::span<const std::byte>)>;

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

/// A value that came from a server and goes back into a request.
bool is_header_safe(std::string_view value) {
  return std::all_of(value.begin(), value.end(),
                     [](char c) { return static_cast<unsigned char>(c) >= ' ' && c != 0x7F; });
}

/// One exchange: a request to one URL and its answer. The callbacks must not throw; the first failure in one
/// ends the transfer.
struct Exchange {
  const AddressGuard& guard;
  const FetchLimits& limits;
  const FetchRequest& request;
  const BodySink& sink;

  CURL* handle = nullptr;
  std::optional<Error> failure = {};
  std::string refusal = {};       ///< of an address
  bool tried_an_address = false;  ///< one that the guard let through
  bool had_enough = false;        ///< of a body that nobody wants
  std::size_t header_bytes = 0;
  std::uint64_t body_bytes = 0;
  std::string etag = {}, last_modified = {}, content_type = {}, location = {};
  std::vector<std::pair<std::string, std::string>> headers = {};

  void set_failure(ErrorCode code, std::string message) {
    if (!failure) failure = Error{code, std::move(message)};
  }
  [[nodiscard]] long status() const {
    long code = 0;
    curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &code);
    return code;
  }
};

curl_socket_t on_open_socket(void* exchange_pointer, curlsocktype /*purpose*/, curl_sockaddr* address) {
  Exchange& exchange = *static_cast<Exchange*>(exchange_pointer);
  const auto ip = address_of(address->addr);
  const auto refusal = ip ? exchange.guard.refusal(*ip) : std::optional<std::string>("not an IP address");
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
  exchange.headers.emplace_back(name, value);
  if (name == "etag") exchange.etag = value;
  if (name == "last-modified") exchange.last_modified = value;
  if (name == "content-type") exchange.content_type = value;
  if (name == "location") exchange.location = value;
  return line.size();
}

std::size_t on_body(char* data, std::size_t size, std::size_t count, void* exchange_pointer) {
  Exchange& exchange = *static_cast<Exchange*>(exchange_pointer);
  const std::span<const std::byte> bytes = as_bytes({data, size * count});
  const long status = exchange.status();
  exchange.body_bytes += bytes.size();
  if (status < 200 || status > 299) {
    exchange.had_enough = exchange.body_bytes > kMostUnwantedBody;
    return exchange.had_enough ? 0 : bytes.size();
  }
  if (exchange.body_bytes > exchange.limits.most_bytes) {
    exchange.set_failure(ErrorCode::kResourceExhausted,
                         fmt::format("more than {} bytes once decompressed", exchange.limits.most_bytes));
    return 0;
  }
  if (Status stored = exchange.sink(bytes); !stored) {
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
  const auto so_far = static_cast<std::uint64_t>(std::max<curl_off_t>(received, 0));
  if (so_far > exchange.limits.most_received) {
    exchange.set_failure(ErrorCode::kResourceExhausted,
                         fmt::format("more than {} bytes", exchange.limits.most_received));
    return kAbort;
  }
  if (exchange.request.progress && received > 0) {
    exchange.request.progress(so_far,
                              total > 0 ? std::optional(static_cast<std::uint64_t>(total)) : std::nullopt);
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
              fmt::format("declared longer than {} bytes", exchange.limits.most_received)};
    case CURLE_BAD_CONTENT_ENCODING: return {ErrorCode::kCorrupt, text};
    case CURLE_OUT_OF_MEMORY: return {ErrorCode::kResourceExhausted, text};
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_WEIRD_SERVER_REPLY: return {ErrorCode::kIo, text};
    default: return {ErrorCode::kUnavailable, text};
  }
}

/// What an answer without a body for us means; nothing for 2xx and 304.
std::optional<Error> status_error(long status) {
  if ((status >= 200 && status <= 299) || status == 304) return std::nullopt;
  const std::string text = fmt::format("HTTP status {}", status);
  if (status == 404 || status == 410) return Error{ErrorCode::kNotFound, text};
  if (status == 408 || status == 429 || status >= 500) return Error{ErrorCode::kUnavailable, text};
  return Error{ErrorCode::kIo, text};
}

bool is_redirect(long status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

void set_options(Exchange& exchange, const std::string& user_agent) {
  CURL* handle = exchange.handle;
  const auto set = [&](CURLoption option, auto value) { curl_easy_setopt(handle, option, value); };
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_PROXY, "");  // not even from the environment
  set(CURLOPT_NOPROXY, "*");
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_FOLLOWLOCATION, 0L);
  set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS));
  set(CURLOPT_USERAGENT, user_agent.c_str());
  set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(exchange.limits.connect_timeout.count()));
  set(CURLOPT_LOW_SPEED_LIMIT, static_cast<long>(exchange.limits.least_bytes_per_second));
  set(CURLOPT_LOW_SPEED_TIME, static_cast<long>(exchange.limits.slow_for.count()));
  set(CURLOPT_MAXFILESIZE_LARGE, static_cast<curl_off_t>(exchange.limits.most_received));
  set(CURLOPT_OPENSOCKETFUNCTION, on_open_socket);
  set(CURLOPT_OPENSOCKETDATA, static_cast<void*>(&exchange));
  set(CURLOPT_HEADERFUNCTION, on_header);
  set(CURLOPT_HEADERDATA, static_cast<void*>(&exchange));
  set(CURLOPT_WRITEFUNCTION, on_body);
  set(CURLOPT_WRITEDATA, static_cast<void*>(&exchange));
  set(CURLOPT_XFERINFOFUNCTION, on_progress);
  set(CURLOPT_XFERINFODATA, static_cast<void*>(&exchange));
  set(CURLOPT_NOPROGRESS, 0L);
}

/// Everything of one fetch that stays the same from hop to hop.
struct Plan {
  const FetchRequest& request;
  const FetchLimits& limits;
  const char* accepted_encodings;  ///< nullptr: none that curl knows; "": all
  bool conditional = false;
  BodySink sink;
};

}  // namespace

FetchLimits media_limits() {
  FetchLimits limits;
  limits.total_timeout = std::chrono::hours(4);
  limits.most_received = 4ULL << 30;
  limits.most_bytes = 4ULL << 30;
  return limits;
}

struct CurlFetcher::State {
  Options options;
  std::string user_agent;
  Guarded<std::vector<Handle>> idle;

  [[nodiscard]] Result<FetchRecord> fetch(const Plan& plan, bool& not_modified);
  [[nodiscard]] Result<long> exchange_once(Exchange& exchange, const Plan& plan, const Url& url,
                                           Clocked::time_point deadline);
  [[nodiscard]] Handle take_handle();
  void give_back(Handle handle);
};

Handle CurlFetcher::State::take_handle() {
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

void CurlFetcher::State::give_back(Handle handle) {
  curl_easy_reset(handle.get());
  idle.with([&](std::vector<Handle>& handles) {
    if (handles.size() < kKeptHandles) handles.push_back(std::move(handle));
  });
}

/// Sends one request; the answer's status, or why there is none.
Result<long> CurlFetcher::State::exchange_once(Exchange& exchange, const Plan& plan, const Url& url,
                                               Clocked::time_point deadline) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clocked::now());
  if (left.count() <= 0) {
    return fail(ErrorCode::kUnavailable,
                fmt::format("not done within {} ms", plan.limits.total_timeout.count()));
  }
  set_options(exchange, user_agent);
  std::array<char, CURL_ERROR_SIZE> detail{};
  HeaderList headers;
  const FetchRequest& request = plan.request;
  if (plan.conditional && !request.etag.empty() && is_header_safe(request.etag)) {
    add_header(headers, "If-None-Match: " + request.etag);
  }
  if (plan.conditional && !request.last_modified.empty() && is_header_safe(request.last_modified)) {
    add_header(headers, "If-Modified-Since: " + request.last_modified);
  }
  curl_easy_setopt(exchange.handle, CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(exchange.handle, CURLOPT_ACCEPT_ENCODING, plan.accepted_encodings);
  curl_easy_setopt(exchange.handle, CURLOPT_URL, url.text().c_str());
  curl_easy_setopt(exchange.handle, CURLOPT_TIMEOUT_MS, static_cast<long>(left.count()));
  curl_easy_setopt(exchange.handle, CURLOPT_ERRORBUFFER, detail.data());
  const SigpipeGuard no_signal;
  const CURLcode code = curl_easy_perform(exchange.handle);
  curl_easy_setopt(exchange.handle, CURLOPT_ERRORBUFFER, nullptr);
  curl_easy_setopt(exchange.handle, CURLOPT_HTTPHEADER, nullptr);
  if (exchange.failure) return fail(std::move(*exchange.failure));
  if (code != CURLE_OK && !exchange.had_enough) return fail(transfer_error(exchange, code, detail.data()));
  return exchange.status();
}

Result<FetchRecord> CurlFetcher::State::fetch(const Plan& plan, bool& not_modified) {
  Handle handle = take_handle();
  if (handle == nullptr) return fail(ErrorCode::kResourceExhausted, "no memory for a transfer");
  FetchRecord record;
  record.fetched_at = options.clock->now();
  const Clocked::time_point deadline = Clocked::now() + plan.limits.total_timeout;
  Url url = plan.request.url;
  for (int hop = 0; hop <= plan.limits.most_redirects; ++hop) {
    Exchange exchange{options.guard, plan.limits, plan.request, plan.sink};
    exchange.handle = handle.get();
    const auto status = exchange_once(exchange, plan, url, deadline);
    if (!status) return fail(status.error().with_context(url.shown()));
    record.chain.push_back({url.shown(), static_cast<int>(*status)});
    if (is_redirect(*status)) {
      if (exchange.location.empty())
        return fail(ErrorCode::kIo, fmt::format("{}: HTTP status {} to nowhere", url.shown(), *status));
      auto next = url.resolve(exchange.location);
      if (!next) return fail(next.error().with_context(url.shown() + ": redirect"));
      url = *std::move(next);
      continue;
    }
    if (auto error = status_error(*status)) return fail(error->with_context(url.shown()));
    not_modified = *status == 304;
    if (not_modified && !plan.conditional)
      return fail(ErrorCode::kIo, url.shown() + ": HTTP status 304 without being asked");
    char* peer = nullptr;
    curl_off_t received = 0;
    curl_easy_getinfo(handle.get(), CURLINFO_PRIMARY_IP, &peer);
    curl_easy_getinfo(handle.get(), CURLINFO_SIZE_DOWNLOAD_T, &received);
    record.peer = peer != nullptr ? peer : "";
    record.received = static_cast<std::uint64_t>(received);
    record.etag = std::move(exchange.etag);
    record.last_modified = std::move(exchange.last_modified);
    record.content_type = std::move(exchange.content_type);
    record.headers = std::move(exchange.headers);
    give_back(std::move(handle));
    return record;
  }
  return fail(
      ErrorCode::kResourceExhausted,
      fmt::format("{}: more than {} redirects", plan.request.url.shown(), plan.limits.most_redirects));
}

Result<std::unique_ptr<CurlFetcher>> CurlFetcher::create(Options options) {
  static const CURLcode global = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (global != CURLE_OK)
    return fail(ErrorCode::kInternal, std::string("libcurl: ") + curl_easy_strerror(global));
  if (!is_header_safe(options.contact))
    return fail(ErrorCode::kInvalidArgument, "the contact has a line end in it");
  auto state = std::make_unique<State>();
  state->user_agent = options.contact.empty() ? fmt::format("{}; no contact configured)", kProgram)
                                              : fmt::format("{}; +{})", kProgram, options.contact);
  state->options = std::move(options);
  return std::unique_ptr<CurlFetcher>(new CurlFetcher(std::move(state)));
}

CurlFetcher::CurlFetcher(std::unique_ptr<State> state) : state_(std::move(state)) {}
CurlFetcher::~CurlFetcher() = default;

const std::string& CurlFetcher::user_agent() const { return state_->user_agent; }

Result<FetchedDocument> CurlFetcher::fetch_document(const FetchRequest& request) {
  FetchedDocument document;
  Plan plan{request, state_->options.document_limits, "", true,
            [&](std::span<const std::byte> bytes) -> Status {
              document.body.insert(document.body.end(), bytes.begin(), bytes.end());
              return {};
            }};
  plan.conditional = !request.etag.empty() || !request.last_modified.empty();
  bool not_modified = false;
  EARMARK_TRY(document.record, state_->fetch(plan, not_modified));
  document.state = not_modified ? FetchedDocument::State::kNotModified : FetchedDocument::State::kNew;
  document.record.bytes = document.body.size();
  document.record.sha256 = sha256(document.body);
  return document;
}

Result<FetchedMedia> CurlFetcher::fetch_media(const FetchRequest& request) {
  EARMARK_TRY(SpoolFile file, SpoolFile::create(state_->options.spool_folder, state_->options.keep_free));
  Sha256Stream digest;
  const Plan plan{request, state_->options.media_limits, "identity", false,
                  [&](std::span<const std::byte> bytes) -> Status {
                    digest.update(bytes);
                    return file.append(bytes);
                  }};
  FetchedMedia media;
  bool not_modified = false;
  EARMARK_TRY(media.record, state_->fetch(plan, not_modified));
  media.record.bytes = file.size();
  media.record.sha256 = digest.finish();
  media.source = std::move(file).into_source(request.url.shown());
  return media;
}

}  // namespace earmark::crawler
