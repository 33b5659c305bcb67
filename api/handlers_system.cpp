#include <fmt/format.h>

#include "api/crawl_metrics.h"
#include "api/encode.h"
#include "api/handlers.h"
#include "api/openapi.h"
#include "api/problem.h"

namespace earmark::api {
namespace {

MetricFamily gauge(std::string_view name, std::string_view help, double value) {
  return {name, "gauge", help, {{"", value}}};
}
template <class T>
double number(T value) {
  return static_cast<double>(value);
}

std::vector<MetricFamily> store_metrics(const registry::RegistryStats& stats,
                                        const index::IndexStats& index) {
  return {
      gauge("earmark_recordings", "Registered recordings.", number(stats.recordings)),
      gauge("earmark_recordings_quarantined", "Recordings that are kept and not matched.",
            number(stats.quarantined)),
      gauge("earmark_reference_seconds", "Audio of registered recordings.",
            number(stats.reference_ms) / 1000.0),
      gauge("earmark_index_recordings", "Recordings in the index of this process.", number(index.recordings)),
      gauge("earmark_index_bytes", "Memory of the index of this process.", number(index.bytes)),
      gauge("earmark_feeds", "Watched feeds.", number(stats.feeds)),
      gauge("earmark_episodes", "Known episodes.", number(stats.episodes)),
      gauge("earmark_episodes_scanned", "Episodes that were scanned.", number(stats.episodes_scanned)),
      {"earmark_claims",
       "gauge",
       "Claims by status.",
       {{R"(status="active")", number(stats.claims_active)},
        {R"(status="review")", number(stats.claims_review)},
        {R"(status="other")", number(stats.claims - stats.claims_active - stats.claims_review)}}},
  };
}

}  // namespace

std::string etag_of(std::string_view body) {
  constexpr std::size_t kDigits = 32;
  return "\"" + to_hex(sha256(as_bytes(body))).substr(0, kDigits) + "\"";
}

Response make_object(const Json& json) {
  Response response;
  response.body = to_line(json);
  response.set_header("ETag", etag_of(response.body));
  return response;
}

std::optional<Response> check_precondition(const Request& request, std::string_view etag,
                                           Precondition demanded) {
  const std::string_view wanted = request.header("If-Match");
  if (wanted.empty()) {
    if (demanded == Precondition::kOptional) return std::nullopt;
    return make_problem(428, "precondition_required",
                        "send If-Match with the ETag of what you mean to change", {});
  }
  if (wanted == "*" || wanted.find(etag) != std::string_view::npos) return std::nullopt;
  return make_problem(412, "precondition_failed", "it has changed since you read it: get it again", {});
}

Result<Response> health(Service&, Call&) {
  Response response;
  response.body = R"({"status":"ok"})";
  return response;
}

Result<Response> readiness(Service& service, Call&) {
  if (service.is_draining()) return make_problem(503, "draining", "the service is about to end", {});
  EARMARK_TRY_STATUS(service.registry().recordings().revision());
  Response response;
  response.body = R"({"status":"ready"})";
  return response;
}

Result<Response> metrics(Service& service, Call&) {
  EARMARK_TRY(const auto stats, service.registry().stats());
  EARMARK_TRY(const auto index, service.catalogue().stats());
  auto families = store_metrics(stats, index.index);
  MetricFamily jobs{"earmark_jobs", "gauge", "Jobs by state.", {}};
  for (const char* state : {"queued", "running", "done", "failed"}) {
    EARMARK_TRY(const auto count, service.jobs().count(state));
    jobs.samples.push_back({fmt::format(R"(state="{}")", state), number(count)});
  }
  families.push_back(std::move(jobs));
  families.push_back(
      gauge("earmark_spool_bytes", "Uploads on disk at the moment.", number(service.spool().used())));
  EARMARK_TRY(const auto crawling, crawl_metrics(service.registry()));
  for (const auto& more : {crawling, service.transport_metrics(), process_metrics()})
    families.insert(families.end(), more.begin(), more.end());
  Response response;
  response.content_type = "text/plain; version=0.0.4; charset=utf-8";
  response.body = service.metrics().text(families);
  return response;
}

Result<Response> openapi(Service&, Call&) {
  static const std::string document = to_line(make_openapi());
  static const std::string etag = etag_of(document);
  Response response;
  response.body = document;
  response.set_header("ETag", etag);
  response.set_header("Cache-Control", "public, max-age=300");
  return response;
}

Result<Response> problem_page(Service&, Call& call) {
  Response response;
  response.content_type = "text/plain; charset=utf-8";
  response.body = fmt::format(
      "Problem \"{}\".\n\nEvery error of this service is application/problem+json (RFC 9457): \"detail\" "
      "says what was "
      "wrong,\n\"errors\" with which part of the request, and \"trace_id\" finds it in the log of the "
      "service.\n",
      call.path_value("code"));
  return response;
}

Result<Response> who_am_i(Service&, Call& call) {
  return make_object({{"key_id", text_or_null(call.caller.key_id)},
                      {"role", to_string(call.caller.role)},
                      {"party", call.caller.party},
                      {"scopes", scopes_of(call.caller.role)}});
}

Result<Response> get_job(Service& service, Call& call) {
  const std::string& id = call.path_value("id");
  EARMARK_TRY(const auto job, service.jobs().find(call.caller, id));
  if (!job) return fail(ErrorCode::kNotFound, id + ": no such job");
  Response response = make_object(encode(*job));
  if (job->state == "queued" || job->state == "running") response.set_header("Retry-After", "1");
  return response;
}

Result<Response> list_audit(Service& service, Call& call) {
  EARMARK_TRY(const auto page, parse_page(*call.request));
  EARMARK_TRY(const auto entries, service.audit().list(call.caller, page));
  std::vector<ListedRow> rows;
  Json items = Json::array();
  for (const auto& entry : entries) {
    rows.push_back({entry.sequence, ""});
    if (items.size() < static_cast<std::size_t>(page.limit)) items.push_back(encode(entry));
  }
  return make_page(*call.request, page, rows, std::move(items));
}

}  // namespace earmark::api
