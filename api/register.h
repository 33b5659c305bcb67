#pragma once
// Registering and matching what was uploaded: for requests, and for jobs that do the same later.
#include <string>

#include "api/jobs.h"
#include "api/service.h"

namespace earmark::api {

struct Registered {
  Json json;  ///< as a line of `earmark register`, with "is_own"
  std::string recording_id;
  bool is_new = false;
};

/// Fields: title, isrc, policy; owner (admins; others register for their own party). kInvalidArgument.
[[nodiscard]] Result<catalogue::RegisterRequest> parse_register_request(const Call& call);

/// As run_job reads it.
[[nodiscard]] Json encode(const catalogue::RegisterRequest& request);

[[nodiscard]] Result<Registered> register_audio(Service& service, audio::ByteSource& source,
                                                const catalogue::RegisterRequest& request);

struct MatchRequest {
  double min_probability = 0.9;
  bool review = false;    ///< also what is between 0.5 and that, marked
  std::string territory;  ///< of the decision; empty: all
  std::string feed;       ///< where it is to be published; empty: not known
  std::string viewer;     ///< holder that asks: it sees where its own recordings came from; empty: none
  bool sees_all = false;  ///< an operator
};
/// Fields: min_probability, review, territory, feed. kInvalidArgument.
[[nodiscard]] Result<MatchRequest> parse_match_request(const Call& call);
/// As run_job reads it.
[[nodiscard]] Json encode(const MatchRequest& request);

/// {"query", "matches", "decision", "warnings"}. The source of a recording of another party is null.
[[nodiscard]] Result<Json> match_audio(Service& service, audio::ByteSource& source,
                                       const MatchRequest& request);

[[nodiscard]] Result<Json> run_job(Service& service, const Job& job);

/// Queues what was uploaded: 202, Location, Retry-After.
[[nodiscard]] Result<Response> answer_later(Service& service, Call& call, std::string_view kind,
                                            const Json& request);
/// Whether the client would rather not wait (RFC 7240: Prefer: respond-async).
[[nodiscard]] bool prefers_async(const Request& request);

}  // namespace earmark::api
