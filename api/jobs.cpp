#include "api/jobs.h"

#include <system_error>

#include "core/log.h"

namespace earmark::api {
namespace {

using storage::Session;

constexpr std::string_view kSelect =
    "SELECT key, id, party_key, kind, request, input, state, attempts, result, created_at, changed_at FROM "
    "api_jobs ";
constexpr std::chrono::seconds kLookEvery{5};  ///< for jobs of other processes, and after errors

}  // namespace

static void map_columns(storage::Columns& columns, Job& job) {
  columns(job.key)(job.id)(job.party_key)(job.kind)(job.request)(job.input)(job.state)(job.attempts)(
      job.result);
  columns(job.created_at)(job.changed_at);
}

Jobs::Jobs(ServiceStore& store, std::filesystem::path folder, Run run)
    : store_(&store), folder_(std::move(folder)), run_(std::move(run)) {}

Jobs::~Jobs() {
  worker_.request_stop();
  changed_.notify_all();
}

void Jobs::start() {
  worker_ = std::jthread([this](const std::stop_token& stop) { work(stop); });
}

Result<Job> Jobs::add(std::int64_t party_key, std::string_view kind, const Json& request,
                      const std::string& input) {
  const std::string id = new_id("job_");
  auto added = store_->database().write([&](Session& session) -> Result<Job> {
    const Timestamp now = store_->now();
    EARMARK_TRY_STATUS(
        session.execute("INSERT INTO api_jobs (id, party_key, kind, request, input, state, attempts, result, "
                        "created_at, changed_at)"
                        " VALUES (:id, :party, :kind, :request, :input, 'queued', 0, '', :created, :changed)",
                        {id, party_key, kind, to_line(request), input, now, now}));
    return session.get<Job>(std::string(kSelect) + "WHERE id = :id", {id});
  });
  const std::lock_guard lock(mutex_);
  ++added_;
  changed_.notify_all();
  return added;
}

Result<std::optional<Job>> Jobs::find(const Caller& caller, std::string_view id) {
  return store_->database().read([&](Session& session) {
    return session.find<Job>(
        std::string(kSelect) + "WHERE id = :id AND (:is_admin = 1 OR party_key = :party)",
        {id, caller.is_admin() ? 1 : 0, caller.party_key});
  });
}

Result<std::int64_t> Jobs::count(std::string_view state) {
  return store_->database().read([&](Session& session) {
    return session.get<std::int64_t>("SELECT count(*) FROM api_jobs WHERE state = :state", {state});
  });
}

Result<std::optional<Job>> Jobs::next() {
  return store_->database().write([&](Session& session) -> Result<std::optional<Job>> {
    EARMARK_TRY(auto job,
                session.find<Job>(std::string(kSelect) + "WHERE state = 'queued' ORDER BY key LIMIT 1"));
    if (!job) return job;
    EARMARK_TRY_STATUS(session.execute(
        "UPDATE api_jobs SET state = 'running', attempts = attempts + 1, changed_at = :now WHERE key = :key",
        {store_->now(), job->key}));
    ++job->attempts;
    return job;
  });
}

Status Jobs::set_state(const Job& job, std::string_view state, std::string_view result) {
  return store_->database().write([&](Session& session) -> Status {
    EARMARK_TRY_STATUS(session.execute(
        "UPDATE api_jobs SET state = :state, result = :result, changed_at = :now WHERE key = :key",
        {state, result, store_->now(), job.key}));
    return {};
  });
}

void Jobs::work(const std::stop_token& stop) {
  // What an earlier process had in hand when it ended.
  auto again = store_->database().write([&](Session& session) -> Status {
    EARMARK_TRY_STATUS(session.execute("UPDATE api_jobs SET state = 'queued' WHERE state = 'running'"));
    return {};
  });
  if (!again) log(LogLevel::kError, "jobs of before cannot be taken up: {}", again.error().message);
  while (!stop.stop_requested()) {
    std::uint64_t seen = 0;
    {
      const std::lock_guard lock(mutex_);
      seen = added_;
    }
    auto job = next();
    if (!job) log(LogLevel::kError, "jobs cannot be read: {}", job.error().message);
    if (!job || !*job) {
      std::unique_lock lock(mutex_);
      changed_.wait_for(lock, stop, kLookEvery, [&] { return added_ != seen; });
      continue;
    }
    Result<Json> result = fail(ErrorCode::kInternal, "the service ended while it worked on this, each time");
    if ((*job)->attempts <= kMostAttempts) result = run_(**job);
    const Json shown =
        result ? *result : Json{{"code", to_string(result.error().code)}, {"detail", result.error().message}};
    const auto kept = set_state(**job, result ? "done" : "failed", to_line(shown));
    if (!kept) {
      log(LogLevel::kError, "the result of {} cannot be kept: {}", (*job)->id, kept.error().message);
      continue;  // its file stays: it is run again by the next start
    }
    std::error_code ignored;
    if (!(*job)->input.empty()) std::filesystem::remove(folder_ / (*job)->input, ignored);
  }
}

Json encode(const Job& job) {
  const bool is_over = job.state == "done" || job.state == "failed";
  const auto result = is_over ? parse_json(job.result) : Result<Json>(Json(nullptr));
  Json json = {{"job_id", job.id},
               {"kind", job.kind},
               {"state", job.state},
               {"created_at", to_rfc3339(job.created_at)},
               {"changed_at", to_rfc3339(job.changed_at)},
               {"result", nullptr},
               {"error", nullptr}};
  if (is_over) json[job.state == "done" ? "result" : "error"] = result ? *result : Json(nullptr);
  return json;
}

}  // namespace earmark::api
