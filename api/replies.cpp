#include "api/replies.h"

#include "core/json.h"

namespace earmark::api {
namespace {

struct StoredReply {
  std::string request_sha256;
  std::int64_t status = 0;
  std::string content_type;
  std::string headers;
  std::string body;
};

bool is_worth_keeping(int status) { return status < 500 && status != 401 && status != 408 && status != 429; }

Json encode(const std::vector<Header>& headers) {
  Json json = Json::array();
  for (const Header& header : headers) json.push_back({header.name, header.value});
  return json;
}

Response decode(const StoredReply& stored) {
  Response response;
  response.status = static_cast<int>(stored.status);
  response.content_type = stored.content_type;
  response.body = stored.body;
  if (const auto headers = parse_json(stored.headers)) {
    for (const Json& header : *headers)
      response.headers.push_back({header.at(0).get<std::string>(), header.at(1).get<std::string>()});
  }
  response.set_header("Idempotency-Replayed", "true");
  return response;
}

void map_columns(storage::Columns& columns, StoredReply& reply) {
  columns(reply.request_sha256)(reply.status)(reply.content_type)(reply.headers)(reply.body);
}

}  // namespace

Result<Replies::Begun> Replies::begin(std::int64_t party_key, const std::string& key, const Sha256& request) {
  const bool is_first =
      in_flight_.with([&](auto& in_flight) { return in_flight.emplace(party_key, key).second; });
  if (!is_first) return Begun{Begun::Kind::kInFlight};
  auto stored = store_->database().read([&](storage::Session& session) {
    return session.find<StoredReply>(
        "SELECT request_sha256, status, content_type, headers, body FROM api_replies"
        " WHERE party_key = :party AND idempotency_key = :key",
        {party_key, key});
  });
  if (stored && !*stored) return Begun{};
  in_flight_.with([&](auto& in_flight) { in_flight.erase({party_key, key}); });
  if (!stored) return fail(stored.error());
  if ((*stored)->request_sha256 != to_hex(request)) return Begun{Begun::Kind::kOtherRequest};
  return Begun{Begun::Kind::kReplayed, decode(**stored)};
}

Status Replies::finish(std::int64_t party_key, const std::string& key, const Sha256& request,
                       const Response& answer) {
  Status kept;
  if (is_worth_keeping(answer.status)) {
    kept = store_->database().write([&](storage::Session& session) -> Status {
      EARMARK_TRY_STATUS(session.execute(
          "INSERT INTO api_replies (party_key, idempotency_key, request_sha256, status, content_type, "
          "headers,"
          " body, created_at) VALUES (:party, :key, :request, :status, :type, :headers, :body, :now)"
          " ON CONFLICT (party_key, idempotency_key) DO NOTHING",
          {party_key, key, to_hex(request), answer.status, answer.content_type,
           to_line(encode(answer.headers)), answer.body, store_->now()}));
      return {};
    });
  }
  in_flight_.with([&](auto& in_flight) { in_flight.erase({party_key, key}); });
  return kept;
}

Status Replies::prune() {
  return store_->database().write([&](storage::Session& session) -> Status {
    EARMARK_TRY_STATUS(session.execute("DELETE FROM api_replies WHERE created_at < :before",
                                       {Timestamp(store_->now() - kKept)}));
    return {};
  });
}

}  // namespace earmark::api
