#pragma once
// How one thing is got over HTTP, whatever becomes of its body: redirects, the gate, resumption, the record.
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "crawler/fetcher.h"

namespace earmark::crawler {

/// Where the body is that came so far, and how to ask for the rest.
struct Resume {
  std::uint64_t have = 0;           ///< bytes
  std::string validator;            ///< strong ETag or date; empty: the body cannot be taken up again
  std::function<Status()> restart;  ///< forgets what came
};

/// Everything of one fetch that stays the same from hop to hop.
struct FetchPlan {
  const FetchRequest& request;
  const FetchLimits& limits;
  bool accepts_compressed = true;
  bool conditional = false;
  std::function<Status(std::span<const std::byte>)> sink;
  Resume* resume = nullptr;               ///< nullptr: a transfer that breaks off has failed
  std::vector<std::string> headers = {};  ///< more of them: "Name: value", safe to send
  /// Of a stream: before its first byte, with what is known then. From there on the gate is open to others.
  std::function<Status(const FetchRecord&)> on_answer = {};
};

/// The loop behind CurlFetcher and StreamFetcher. Redirects are followed here and not by libcurl, so that
/// each is recorded, judged and let through the gate. Synchronised.
class Fetching {
 public:
  /// Errors: as CurlFetcher::create.
  [[nodiscard]] static Result<Fetching> create(CurlFetcher::Options options);

  /// Errors: as Fetcher's. `not_modified`: the answer was 304.
  [[nodiscard]] Result<FetchRecord> fetch(const FetchPlan& plan, bool& not_modified);
  [[nodiscard]] const CurlFetcher::Options& options() const { return options_; }
  [[nodiscard]] const std::string& user_agent() const { return user_agent_; }

 private:
  using Deadline = std::chrono::steady_clock::time_point;
  Fetching(CurlFetcher::Options options, std::string user_agent, TransferPool pool)
      : options_(std::move(options)), user_agent_(std::move(user_agent)), pool_(std::move(pool)) {}
  [[nodiscard]] Status exchange(const FetchPlan& plan, const Url& url, Deadline deadline, FetchRecord& record,
                                Answer& answer);
  [[nodiscard]] Status exchange_whole(const FetchPlan& plan, const Url& url, Deadline deadline,
                                      FetchRecord& record, Answer& answer);

  CurlFetcher::Options options_;
  std::string user_agent_;
  TransferPool pool_;
};

}  // namespace earmark::crawler
