#include <algorithm>

#include <fmt/format.h>

#include "api/encode.h"
#include "api/handlers.h"
#include "api/problem.h"

namespace earmark::api {
namespace {

/// Which side of a claim may do something.
enum class Side { kOwner, kPublisher, kPlatform };

/// The table of what may be asked of a claim over HTTP, POST /v1/claims/{id}/{action}, and which step of the
/// procedure (docs/claims.md) that is. From which status it may be taken is the procedure's to say (409).
struct Answer {
  std::string_view name;
  Side side;
  Scope scope;
  std::string_view verb;
  std::string_view reason = {};  ///< code, where the caller gives none; empty: the step's own
};
constexpr Answer kAnswers[] = {
    {"confirm", Side::kOwner, Scope::kDecideClaims, "confirm"},
    {"release", Side::kOwner, Scope::kDecideClaims, "release"},
    {"uphold", Side::kOwner, Scope::kDecideClaims, "uphold"},
    // An owner who thinks better of it releases the use; a claim is "withdrawn" with its recording only.
    {"withdraw", Side::kOwner, Scope::kDecideClaims, "release", "claim_withdrawn"},
    {"takedown", Side::kOwner, Scope::kDecideClaims, "takedown"},
    {"hold", Side::kOwner, Scope::kDecideClaims, "hold"},
    {"extend", Side::kOwner, Scope::kDecideClaims, "extend"},
    {"reopen", Side::kOwner, Scope::kDecideClaims, "reopen"},
    {"dispute", Side::kPublisher, Scope::kAnswerClaims, "dispute"},
    {"escalate", Side::kPublisher, Scope::kAnswerClaims, "escalate"},
    {"retract", Side::kPublisher, Scope::kAnswerClaims, "retract"},
    {"appeal", Side::kPublisher, Scope::kAnswerClaims, "appeal"},
    {"counter", Side::kPublisher, Scope::kAnswerClaims, "counter"},
    {"restore", Side::kPlatform, Scope::kDecideClaims, "restore"},
    {"close", Side::kPlatform, Scope::kDecideClaims, "close"},
};

constexpr std::size_t kLongestNote = 4000;
constexpr std::size_t kLongestReason = 64;

struct Seen {
  registry::Claim claim;
  ClaimSides sides;
};

Result<Seen> visible_claim(Service& service, const Call& call) {
  const std::string& id = call.path_value("id");
  EARMARK_TRY(const auto sides, sides_of(service.store(), call.caller, id));
  EARMARK_TRY(auto claim, service.registry().claims().find(id));
  if (!claim || !sides.may_see(call.caller)) return fail(ErrorCode::kNotFound, id + ": no such claim");
  return Seen{std::move(*claim), sides};
}

/// Who takes the step: a side for itself, the operator in the place of a side that has none here.
std::string_view role_of(const Answer& answer, const ClaimSides& sides) {
  switch (answer.side) {
    case Side::kOwner: return sides.is_owner ? "claimant" : "reviewer";
    case Side::kPublisher: return "uploader";
    case Side::kPlatform: return "reviewer";
  }
  return "reviewer";
}

Status check_side(const Answer& answer, const ClaimSides& sides, const Caller& caller) {
  const bool is_side = (answer.side == Side::kOwner && sides.is_owner) ||
                       (answer.side == Side::kPublisher && sides.is_publisher);
  if (has_scope(caller.role, answer.scope) && (is_side || caller.is_admin())) return {};
  constexpr std::string_view kWho[] = {"the owner of the recording", "the publisher of the feed",
                                       "the operator"};
  return fail(ErrorCode::kRefused,
              fmt::format("only {} may {} a claim, with the scope {}",
                          kWho[static_cast<std::size_t>(answer.side)], answer.name, to_string(answer.scope)));
}

/// What the caller says, as a step of the procedure.
Result<registry::ClaimAction> step_of(const Call& call, const Answer& answer, const Seen& seen) {
  registry::ClaimAction step;
  step.claim_id = seen.claim.id;
  step.verb = answer.verb;
  step.role = role_of(answer, seen.sides);
  step.actor = call.caller.party;
  EARMARK_TRY(step.reason, call.json_text("reason"));
  EARMARK_TRY(step.note, call.json_text("note"));
  EARMARK_TRY(step.evidence, call.json_text("evidence"));
  if (step.reason.empty()) step.reason = answer.reason;
  if (step.reason.size() > kLongestReason) return fail(ErrorCode::kInvalidArgument, "reason is too long");
  if (step.note.size() > kLongestNote) return fail(ErrorCode::kInvalidArgument, "note is too long");
  return step;
}

Json encode_history(const std::vector<registry::ClaimEvent>& events) {
  Json history = Json::array();
  for (const auto& event : events) history.push_back(encode(event));
  return history;
}

}  // namespace

Result<Response> list_claims(Service& service, Call& call) {
  const Request& request = *call.request;
  EARMARK_TRY(const auto page, parse_page(request));
  const ClaimQuery query{request.param("status").value_or(""), request.param("recording").value_or(""),
                         request.param("feed").value_or("")};
  if (!query.status.empty()) EARMARK_TRY_STATUS(registry::parse_claim_status(query.status));
  EARMARK_TRY(const auto rows, list_claims(service.store(), call.caller, query, page));
  Json items = Json::array();
  for (const auto& row : rows) {
    if (items.size() == static_cast<std::size_t>(page.limit)) break;
    EARMARK_TRY(const auto claim, service.registry().claims().find(row.id));
    if (claim) items.push_back(encode(*claim));
  }
  return make_page(request, page, rows, std::move(items));
}

Result<Response> get_claim(Service& service, Call& call) {
  EARMARK_TRY(const auto seen, visible_claim(service, call));
  return make_object(encode(seen.claim));
}

Result<Response> get_claim_evidence(Service& service, Call& call) {
  EARMARK_TRY(const auto seen, visible_claim(service, call));
  EARMARK_TRY(const auto events, service.registry().claims().events(seen.claim.id));
  const Json claim = encode(seen.claim);
  Json json = {{"claim_id", seen.claim.id}, {"evidence", claim.at("evidence")}};
  json["use"] = Json::object();
  for (const char* name : {"query_start_ms", "query_end_ms", "reference_start_ms", "reference_end_ms",
                           "speed", "pitch_cents", "score", "probability"}) {
    json["use"][name] = claim.at(name);
  }
  json["rule"] = {{"rule_id", seen.claim.rule_id},
                  {"rule_version", seen.claim.rule_version},
                  {"action", registry::to_string(seen.claim.action)},
                  {"owner", seen.claim.owner}};
  json["history"] = encode_history(events);
  return make_object(json);
}

Result<Response> act_on_claim(Service& service, Call& call) {
  const std::string& name = call.path_value("action");
  const auto* const answer = std::find_if(std::begin(kAnswers), std::end(kAnswers),
                                          [&](const Answer& known) { return known.name == name; });
  EARMARK_TRY(const auto seen, visible_claim(service, call));
  if (answer == std::end(kAnswers))
    return fail(ErrorCode::kNotFound, name + ": nothing that can be done to a claim");
  EARMARK_TRY_STATUS(check_side(*answer, seen.sides, call.caller));
  if (auto failed =
          check_precondition(*call.request, etag_of(to_line(encode(seen.claim))), Precondition::kOptional))
    return std::move(*failed);
  EARMARK_TRY(const auto step, step_of(call, *answer, seen));
  EARMARK_TRY(const auto moved, service.registry().claims().act(step));
  return make_object(encode(moved));
}

}  // namespace earmark::api
