#include "api/service.h"

#include <algorithm>

#include <fmt/format.h>

#include "api/access_log.h"
#include "api/acoustid.h"
#include "api/body.h"
#include "api/problem.h"
#include "api/register.h"
#include "core/log.h"
#include "registry/parties.h"

namespace earmark::api {
namespace {

constexpr std::size_t kSmallBody = std::size_t{256} << 10U;  ///< this and less needs no upload slot

bool is_loopback(std::string_view address) { return address.starts_with("127.") || address == "::1"; }

/// Whether the name in Host is one of this machine: a page of a foreign name that was pointed at us (DNS
/// rebinding) must not use the open mode.
bool is_local_host(std::string_view host) {
  if (host.starts_with('[')) return host.starts_with("[::1]");
  host = host.substr(0, host.rfind(':'));
  return host == "localhost" || is_loopback(host);
}

/// The key that a request carries; empty: none.
std::string_view credentials_of(const Request& request) {
  constexpr std::string_view kBearer = "Bearer ";
  const std::string_view authorization = request.header("Authorization");
  if (same_name(authorization.substr(0, kBearer.size()), kBearer))
    return authorization.substr(kBearer.size());
  return request.header("X-API-Key");
}

void add_rate_headers(Response& response, const RateLimiter::Verdict& verdict) {
  if (verdict.limit == 0) return;
  response.set_header("RateLimit-Policy", fmt::format(R"("default";q={};w=1)", verdict.limit));
  response.set_header("RateLimit",
                      fmt::format(R"("default";r={};t={})", verdict.remaining, verdict.full_in_s));
  response.set_header("X-RateLimit-Limit", std::to_string(verdict.limit));
  response.set_header("X-RateLimit-Remaining", std::to_string(verdict.remaining));
  response.set_header("X-RateLimit-Reset", std::to_string(verdict.full_in_s));
}

Response unauthorized(std::string_view detail) {
  Response response = make_problem(401, "unauthorized", detail, {});
  response.set_header("WWW-Authenticate", "Bearer realm=\"earmark\"");
  return response;
}

bool names(std::string_view list, std::string_view etag) {
  return list == "*" || list.find(etag) != std::string_view::npos;
}

void answer_conditionally(const Request& request, Response& response) {
  const std::string_view etag = response.header("ETag");
  const std::string_view wanted = request.header("If-None-Match");
  if (response.status != 200 || etag.empty() || wanted.empty() || !names(wanted, etag)) return;
  response.status = 304;
  response.body.clear();
  response.content_type.clear();
}

}  // namespace

std::optional<std::string> Call::field(const std::string& name) const {
  const auto found = upload.fields.find(name);
  if (found != upload.fields.end()) return found->second;
  return request->param(name);
}

const std::string& Call::path_value(std::string_view name) const {
  static const std::string kNone;
  const auto found = path.find(name);
  return found == path.end() ? kNone : found->second;
}

Result<std::string> Call::json_text(const std::string& name) const {
  const auto found = json.find(name);
  if (found == json.end() || found->is_null()) return std::string();
  if (!found->is_string()) return fail(ErrorCode::kInvalidArgument, name + " must be a text");
  return found->get<std::string>();
}

Service::Service(const Options& options, std::unique_ptr<ServiceStore> store)
    : options_(options),
      store_(std::move(store)),
      spool_({options.store / "spool"}),
      uploads_(options.most_uploads),
      keys_(*store_),
      audit_(*store_),
      replies_(*store_),
      webhooks_(*store_),
      chroma_(*store_) {}

Result<std::unique_ptr<Service>> Service::open(const Options& options) {
  EARMARK_TRY(auto store, ServiceStore::open(options.store));
  catalogue::Catalogue::Options catalogue_options;
  catalogue_options.store = options.store;
  catalogue_options.decode_workers = options.decode_workers;
  EARMARK_TRY(auto catalogue, catalogue::Catalogue::open(catalogue_options));
  using Policy = crawler::AddressGuard::Policy;
  crawler::CurlFetcher::Options fetching;
  const crawler::AddressGuard guard(options.allow_private ? Policy::kAllowAll : Policy::kPublicOnly);
  fetching.guard = guard;
  fetching.spool_folder = options.store / "spool";
  EARMARK_TRY(auto fetcher, crawler::CurlFetcher::create(std::move(fetching)));
  std::unique_ptr<Service> service(new Service(options, std::move(store)));
  service->catalogue_ = std::move(catalogue);
  service->fetcher_ = std::move(fetcher);
  EARMARK_TRY(service->operator_party_, service->store_->party_key(registry::kDefaultParty));
  EARMARK_TRY_STATUS(service->replies_.prune());
  service->jobs_ =
      std::make_unique<Jobs>(*service->store_, options.store / "spool" / "jobs",
                             [raw = service.get()](const Job& job) { return run_job(*raw, job); });
  service->jobs_->start();
  service->pump_ =
      std::make_unique<WebhookPump>(service->webhooks_, guard, service->metrics_, *service->store_);
  service->deadlines_ = std::make_unique<Deadlines>(service->registry());
  return service;
}

Service::~Service() = default;

Response Service::handle(Request& request) {
  const auto begin = std::chrono::steady_clock::now();
  Call call;
  call.request = &request;
  call.trace = continue_trace(request.header("traceparent"));
  std::string_view route = "unmatched";
  Response response = answer(request, call, route);
  complete_problem(response, request.path, call.trace.trace_id);
  answer_conditionally(request, response);
  response.set_header("traceparent", to_traceparent(call.trace));
  response.set_header("X-Content-Type-Options", "nosniff");
  if (response.header("Cache-Control").empty()) response.set_header("Cache-Control", "no-store");
  const auto took =
      std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - begin);
  metrics_.observe(request.method, route, response.status, took);
  if (options_.access_log == Options::AccessLog::kOn) {
    log_access({request.method, request.path, route, call.caller.key_id, call.trace.trace_id, response.status,
                static_cast<std::uint64_t>(response.body.size()), took});
  }
  return response;
}

Response Service::answer(Request& request, Call& call, std::string_view& route_name) {
  const std::string_view method = request.method == "HEAD" ? std::string_view("GET") : request.method;
  RouteMatch match = find_route(method, request.path);
  if (match.route == nullptr) {
    if (match.other_methods.empty())
      return make_problem(404, "not_found", "there is nothing at this path", {});
    Response response = request.method == "OPTIONS"
                            ? Response{204, "", "", {}}
                            : make_problem(405, "", "allowed: " + match.other_methods, {});
    response.set_header("Allow", match.other_methods);
    return response;
  }
  route_name = match.route->pattern;
  call.path = std::move(match.path);
  RateLimiter::Verdict verdict;
  auto refused = admit(*match.route, call, verdict);
  Response response = refused ? std::move(*refused) : run(*match.route, call);
  if (match.route->pattern.starts_with("/v2/")) response = in_acoustid_words(std::move(response));
  add_rate_headers(response, verdict);
  return response;
}

std::optional<Response> Service::limit(const std::string& name, const RateLimiter::Rate& rate,
                                       RateLimiter::Verdict& verdict) {
  verdict = limiter_.take(name, rate, std::chrono::steady_clock::now());
  if (verdict.allowed) return std::nullopt;
  Response response = make_problem(429, "too_many_requests", "wait as long as Retry-After says", {});
  response.set_header("Retry-After", std::to_string(verdict.retry_in_s));
  return response;
}

std::string Service::address_of(const Request& request) {
  const std::string_view forwarded = request.header("X-Forwarded-For");
  if (!is_loopback(request.peer) || forwarded.empty()) return request.peer;
  const auto comma = forwarded.rfind(',');  // the last one is the proxy's own word
  std::string_view last = comma == std::string_view::npos ? forwarded : forwarded.substr(comma + 1);
  while (last.starts_with(' ')) last.remove_prefix(1);
  return std::string(last);
}

Result<std::optional<Caller>> Service::caller_of(std::string_view secret) {
  EARMARK_TRY(const auto key, keys_.find(secret));
  if (!key) return std::nullopt;
  return Caller{key->id, key->role, key->party_key, key->party};
}

std::optional<Response> Service::identify(const Route& route, Call& call) {
  const std::string_view secret = credentials_of(*call.request);
  if (!secret.empty()) {
    auto caller = caller_of(secret);
    if (!caller) return problem_of(caller.error());
    if (!*caller && route.scope == Scope::kPublic) return std::nullopt;
    if (!*caller) return unauthorized("the key is unknown, revoked or expired");
    call.caller = **caller;
    return std::nullopt;
  }
  if (options_.access == Options::Access::kOpen) {
    if (!is_local_host(call.request->header("Host")))
      return make_problem(403, "refused", "without keys only this machine's own names are served", {});
    call.caller = {"", Role::kAdmin, operator_party_, std::string(registry::kDefaultParty)};
    return std::nullopt;
  }
  if (route.scope == Scope::kPublic) return std::nullopt;
  return unauthorized("send a key: Authorization: Bearer emk_… (earmark keys create makes one)");
}

std::optional<Response> Service::admit(const Route& route, Call& call, RateLimiter::Verdict& verdict) {
  auto refused = identify(route, call);
  const bool is_known = !call.caller.party.empty();
  const std::string bucket = is_known ? call.caller.key_id : "address " + address_of(*call.request);
  // Probes and documents: cheap, and asked for by machines that must not be told to wait.
  const bool is_probe =
      route.scope == Scope::kPublic && route.body == BodyKind::kNone && !route.pattern.starts_with("/ws/");
  if (is_probe) return refused;
  if (auto limited = limit(bucket, is_known ? options_.key_rate : options_.address_rate, verdict))
    return limited;
  if (refused) return refused;
  if (route.scope == Scope::kPublic || has_scope(call.caller.role, route.scope)) return std::nullopt;
  Response response =
      make_problem(403, "forbidden",
                   fmt::format("this needs the scope {}; a key of the role {} does not have it",
                               to_string(route.scope), to_string(call.caller.role)),
                   {});
  keep_record(route, call, response);
  return response;
}

Response Service::run(const Route& route, Call& call) {
  Request& request = *call.request;
  const bool is_large =
      route.body == BodyKind::kAudio && request.content_length().value_or(kSmallBody + 1) > kSmallBody;
  if (is_large && !uploads_.try_acquire())
    return make_problem(503, "overloaded", "too many uploads at the moment; try again in a second", {});
  Sha256 digest{};
  auto unusable = read_body(route, call, spool_, digest);
  if (is_large) uploads_.release();
  if (unusable) return std::move(*unusable);
  Response response = run_once(route, call, digest);
  keep_record(route, call, response);
  return response;
}

Response Service::run_once(const Route& route, Call& call, const Sha256& body) {
  const std::string key(call.request->header("Idempotency-Key"));
  if (!route.writes || route.method != "POST" || key.empty()) return call_handler(route, call);
  if (key.size() > Replies::kLongestKey)
    return make_problem(400, "bad_idempotency_key", "Idempotency-Key is too long", {});
  Sha256Stream stream;
  stream.update(as_bytes(route.method));
  stream.update(as_bytes(call.request->target));
  stream.update(body);
  const Sha256 digest = stream.finish();
  auto begun = replies_.begin(call.caller.party_key, key, digest);
  if (!begun) return problem_of(begun.error());
  switch (begun->kind) {
    case Replies::Begun::Kind::kReplayed: return std::move(begun->answer);
    case Replies::Begun::Kind::kInFlight:
      return make_problem(409, "in_flight", "a request with this Idempotency-Key is being worked on", {});
    case Replies::Begun::Kind::kOtherRequest:
      return make_problem(422, "idempotency_key_reused", "this Idempotency-Key was used for another request",
                          {});
    case Replies::Begun::Kind::kNew: break;
  }
  Response response = call_handler(route, call);
  const auto kept = replies_.finish(call.caller.party_key, key, digest, response);
  if (!kept)
    log(LogLevel::kError, "an answer cannot be kept for its Idempotency-Key: {}", kept.error().message);
  return response;
}

Response Service::call_handler(const Route& route, Call& call) {
  auto response = route.handler(*this, call);
  if (response) return std::move(*response);
  const ErrorCode code = response.error().code;
  if (code == ErrorCode::kInternal || code == ErrorCode::kIo)
    log(LogLevel::kError, "{} ({}): {}", route.id, call.trace.trace_id, response.error().message);
  return problem_of(response.error());
}

void Service::keep_record(const Route& route, const Call& call, const Response& response) {
  if (!route.writes || call.caller.party.empty()) return;
  AuditEntry entry;
  entry.action = route.id;
  entry.target = call.request->path;
  entry.status = response.status;
  entry.trace_id = call.trace.trace_id;
  const auto kept = audit_.append(call.caller, entry);
  if (!kept) log(LogLevel::kError, "the audit log cannot be written: {}", kept.error().message);
}

}  // namespace earmark::api
