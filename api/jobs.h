#pragma once
// Work that outlives its request: 202, and its state under /v1/jobs/{id}.
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "api/listing.h"
#include "api/service_store.h"
#include "core/json.h"

namespace earmark::api {

struct Job {
  std::int64_t key = 0;
  std::string id;  ///< "job_…"
  std::int64_t party_key = 0;
  std::string kind;     ///< "register", "match"
  std::string request;  ///< JSON, as the kind needs it
  std::string input;    ///< name of the file below the folder of jobs
  std::string state;    ///< "queued", "running", "done", "failed"
  std::int64_t attempts = 0;
  std::string result;  ///< JSON: what the answer would have been, or the problem
  Timestamp created_at{};
  Timestamp changed_at{};
};

/// Queued on disk before it is acknowledged, and begun again where the process ended meanwhile. One thread
/// works, in the order in which jobs came. Synchronised.
class Jobs {
 public:
  /// What a job comes to: JSON for its result, or an error. Called on the thread of this class.
  using Run = std::function<Result<Json>(const Job&)>;
  static constexpr std::int64_t kMostAttempts = 3;  ///< a job that took the process with it that often fails

  Jobs(ServiceStore& store, std::filesystem::path folder, Run run);
  ~Jobs();

  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }
  /// Durable when it returns. `input` names a file that is already in folder(), durably.
  [[nodiscard]] Result<Job> add(std::int64_t party_key, std::string_view kind, const Json& request,
                                const std::string& input);
  /// Of the caller's party only, unless he is admin.
  [[nodiscard]] Result<std::optional<Job>> find(const Caller& caller, std::string_view id);
  [[nodiscard]] Result<std::int64_t> count(std::string_view state);
  void start();

 private:
  void work(const std::stop_token& stop);
  [[nodiscard]] Result<std::optional<Job>> next();
  [[nodiscard]] Status set_state(const Job& job, std::string_view state, std::string_view result);

  ServiceStore* store_;
  std::filesystem::path folder_;
  Run run_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::uint64_t added_ = 0;  ///< guarded by mutex_: jobs that the worker may not know of
  std::jthread worker_;
};

[[nodiscard]] Json encode(const Job& job);

}  // namespace earmark::api
