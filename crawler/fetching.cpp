#include "crawler/fetching.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include <fmt/format.h>

#include "crawler/feed_date.h"

namespace earmark::crawler {
namespace {

constexpr std::string_view kProgram = "Earmark/0.1.0 (podcast rights monitor";
constexpr int kMostResumes = 5;                     ///< of one enclosure
constexpr std::uint64_t kWorthResuming = 64 << 10;  ///< bytes that must have come since the last attempt

using Clocked = std::chrono::steady_clock;

/// A value that came from a server and goes back into a request.
bool is_header_safe(std::string_view value) {
  return std::all_of(value.begin(), value.end(),
                     [](char c) { return static_cast<unsigned char>(c) >= ' ' && c != 0x7F; });
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

/// Seconds, or a date (RFC 9110 §10.2.3); nothing for anything else.
std::optional<std::chrono::seconds> retry_after_of(std::string_view value, Timestamp now) {
  constexpr std::int64_t kLongest = 10 * 365 * 24 * 3600LL;
  std::int64_t seconds = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), seconds);
  if (!value.empty() && error == std::errc() && end == value.data() + value.size() && seconds >= 0)
    return std::chrono::seconds(std::min(seconds, kLongest));
  const auto date = parse_feed_date(value);
  if (!date) return std::nullopt;
  return std::max(std::chrono::seconds(0), std::chrono::ceil<std::chrono::seconds>(*date - now));
}

/// A strong validator of the answer (RFC 9110 §8.8); empty: it has none.
std::string strong_validator(const Answer& answer) {
  if (!answer.etag.empty()) return answer.etag.starts_with("W/") ? std::string() : answer.etag;
  return answer.last_modified;
}

/// Whether the answer is the rest that was asked for: "bytes 100-199/200" for 100.
bool is_rest(const Answer& answer, std::uint64_t from) {
  constexpr std::string_view kUnit = "bytes ";
  std::string_view range = answer.header("content-range");
  if (answer.status != 206 || !range.starts_with(kUnit)) return false;
  range.remove_prefix(kUnit.size());
  std::uint64_t begin = 0;
  const auto [end, error] = std::from_chars(range.data(), range.data() + range.size(), begin);
  return error == std::errc() && begin == from && end != range.data() + range.size() && *end == '-';
}

/// What an answer adds to the record of the fetch.
void take_answer(FetchRecord& record, const Answer& answer) {
  record.peer = answer.peer;
  record.received = answer.received;
  record.etag = answer.etag;
  record.last_modified = answer.last_modified;
  record.content_type = answer.content_type;
  record.headers = answer.headers;
}

class Leaving {
 public:
  Leaving(HostGate* gate, const Url& url, const Answer& answer, const Clock& clock)
      : gate_(gate), url_(url), answer_(answer), clock_(clock) {}
  ~Leaving() { leave(); }
  void leave() {
    if (gate_ == nullptr) return;
    gate_->leave(url_, {answer_.status, retry_after_of(answer_.header("retry-after"), clock_.now())});
    gate_ = nullptr;
  }
  Leaving(const Leaving&) = delete;
  Leaving& operator=(const Leaving&) = delete;

 private:
  HostGate* gate_;
  const Url& url_;
  const Answer& answer_;
  const Clock& clock_;
};

}  // namespace

/// Sends one request, if the gate lets it through.
Status Fetching::exchange(const FetchPlan& plan, const Url& url, Deadline deadline, FetchRecord& record,
                          Answer& answer) {
  const FetchRequest& request = plan.request;
  if (request.gate != nullptr) EARMARK_TRY_STATUS(request.gate->enter(url, request.stop));
  Leaving leaving(request.gate, url, answer, *options_.clock);
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clocked::now());
  if (left.count() <= 0) {
    return fail(ErrorCode::kUnavailable,
                fmt::format("not done within {} ms", plan.limits.total_timeout.count()));
  }
  TransferRequest transfer{url.text(),       user_agent_,  {},   plan.accepts_compressed,
                           &options_.guard,  &plan.limits, left, 0,
                           request.progress, request.stop, {}};
  if (plan.conditional && !request.etag.empty() && is_header_safe(request.etag))
    transfer.headers.push_back("If-None-Match: " + request.etag);
  if (plan.conditional && !request.last_modified.empty() && is_header_safe(request.last_modified))
    transfer.headers.push_back("If-Modified-Since: " + request.last_modified);
  const std::uint64_t had = plan.resume != nullptr ? plan.resume->have : 0;
  if (had > 0) {
    transfer.headers.push_back(fmt::format("Range: bytes={}-", had));
    transfer.headers.push_back("If-Range: " + plan.resume->validator);
    transfer.had_before = had;
  }
  transfer.headers.insert(transfer.headers.end(), plan.headers.begin(), plan.headers.end());
  bool is_checked = had == 0;
  bool is_announced = !plan.on_answer;
  transfer.sink = [&](std::span<const std::byte> bytes, const Answer& so_far) -> Status {
    if (!is_announced) {
      is_announced = true;
      leaving.leave();
      FetchRecord begun = record;
      begun.chain.push_back({url.shown(), so_far.status});
      take_answer(begun, so_far);
      EARMARK_TRY_STATUS(plan.on_answer(begun));
    }
    if (!is_checked && !is_rest(so_far, had)) {  // another file, or a server that cannot: from the start
      EARMARK_TRY_STATUS(plan.resume->restart());
      plan.resume->have = 0;
    }
    is_checked = true;
    if (plan.resume != nullptr) plan.resume->have += bytes.size();
    return plan.sink(bytes);
  };
  return pool_.run(transfer, answer);
}

/// The same, and takes up a body that breaks off.
Status Fetching::exchange_whole(const FetchPlan& plan, const Url& url, Deadline deadline, FetchRecord& record,
                                Answer& answer) {
  for (int attempt = 0;; ++attempt) {
    const std::uint64_t had = plan.resume != nullptr ? plan.resume->have : 0;
    answer = {};
    Status done = exchange(plan, url, deadline, record, answer);
    if (done || plan.resume == nullptr) return done;
    Resume& resume = *plan.resume;
    if (answer.status == 200) resume.validator = strong_validator(answer);
    // What was compressed against our wish cannot be counted in bytes of the file.
    if (!answer.header("content-encoding").empty()) resume.validator.clear();
    const bool is_worth_it =
        resume.have >= had + kWorthResuming && !resume.validator.empty() && is_header_safe(resume.validator);
    const bool is_passing =
        done.error().code == ErrorCode::kUnavailable && !plan.request.stop.stop_requested();
    if (!is_worth_it || !is_passing || attempt == kMostResumes) return done;
    ++record.resumed;
  }
}

Result<FetchRecord> Fetching::fetch(const FetchPlan& plan, bool& not_modified) {
  FetchRecord record;
  record.fetched_at = options_.clock->now();
  const Clocked::time_point deadline = Clocked::now() + plan.limits.total_timeout;
  Url url = plan.request.url;
  for (int hop = 0; hop <= plan.limits.most_redirects; ++hop) {
    Answer answer;
    const Status done = exchange_whole(plan, url, deadline, record, answer);
    record.chain.push_back({url.shown(), answer.status});
    if (plan.request.trace != nullptr) *plan.request.trace = {record.chain, answer.headers, record.resumed};
    if (!done) return fail(done.error().with_context(url.shown()));
    if (is_redirect(answer.status)) {
      if (answer.location.empty())
        return fail(ErrorCode::kIo, fmt::format("{}: HTTP status {} to nowhere", url.shown(), answer.status));
      auto next = url.resolve(answer.location);
      if (!next) return fail(next.error().with_context(url.shown() + ": redirect"));
      url = *std::move(next);
      continue;
    }
    if (auto error = status_error(answer.status)) return fail(error->with_context(url.shown()));
    not_modified = answer.status == 304;
    if (not_modified && !plan.conditional)
      return fail(ErrorCode::kIo, url.shown() + ": HTTP status 304 without being asked");
    take_answer(record, answer);
    return record;
  }
  return fail(
      ErrorCode::kResourceExhausted,
      fmt::format("{}: more than {} redirects", plan.request.url.shown(), plan.limits.most_redirects));
}

Result<Fetching> Fetching::create(CurlFetcher::Options options) {
  EARMARK_TRY(auto pool, TransferPool::create());
  if (!is_header_safe(options.contact))
    return fail(ErrorCode::kInvalidArgument, "the contact has a line end in it");
  std::string user_agent = options.contact.empty() ? fmt::format("{}; no contact configured)", kProgram)
                                                   : fmt::format("{}; +{})", kProgram, options.contact);
  return Fetching(std::move(options), std::move(user_agent), std::move(pool));
}

}  // namespace earmark::crawler
