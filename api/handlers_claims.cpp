#include <algorithm>

#include <fmt/format.h>

#include "api/encode.h"
#include "api/handlers.h"
#include "api/problem.h"

namespace earmark::api {
namespace {

using registry::ClaimStatus;

/// Which side of a claim may do something.
enum class Side { kOwner, kPublisher };

/// The table of what may be done to a claim over HTTP; POST /v1/claims/{id}/{action}. Which status may follow
/// which is the registry's to say (409 otherwise).
struct ClaimAction {
  std::string_view name;
  Side side;
  Scope scope;
  ClaimStatus to;
};
constexpr ClaimAction kActions[] = {
    {"confirm", Side::kOwner, Scope::kDecideClaims, ClaimStatus::kActive},
    {"release", Side::kOwner, Scope::kDecideClaims, ClaimStatus::kReleased},
    {"uphold", Side::kOwner, Scope::kDecideClaims, ClaimStatus::kActive},
    {"withdraw", Side::kOwner, Scope::kDecideClaims, ClaimStatus::kWithdrawn},
    {"dispute", Side::kPublisher, Scope::kAnswerClaims, ClaimStatus::kDisputed},
    {"appeal", Side::kPublisher, Scope::kAnswerClaims, ClaimStatus::kDisputed},
};

constexpr std::size_t kLongestNote = 4000;

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

/// "uphold" answers a dispute and "confirm" a review; the status that both lead to does not tell.
Status check_from(const registry::Claim& claim, const ClaimAction& action) {
  const bool fits = action.name == "uphold"    ? claim.status == ClaimStatus::kDisputed
                    : action.name == "confirm" ? claim.status == ClaimStatus::kReview
                                               : true;
  if (fits) return {};
  return fail(ErrorCode::kConflict, fmt::format("{} is {}: there is nothing to {}", claim.id,
                                                registry::to_string(claim.status), action.name));
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
  const auto* const action = std::find_if(std::begin(kActions), std::end(kActions),
                                          [&](const ClaimAction& known) { return known.name == name; });
  EARMARK_TRY(const auto seen, visible_claim(service, call));
  if (action == std::end(kActions))
    return fail(ErrorCode::kNotFound, name + ": nothing that can be done to a claim");
  const bool is_side = action->side == Side::kOwner ? seen.sides.is_owner : seen.sides.is_publisher;
  if (!has_scope(call.caller.role, action->scope) || (!is_side && !call.caller.is_admin())) {
    return fail(ErrorCode::kRefused, fmt::format("only {} may {} a claim, with the scope {}",
                                                 action->side == Side::kOwner ? "the owner of the recording"
                                                                              : "the publisher of the feed",
                                                 name, to_string(action->scope)));
  }
  if (auto failed =
          check_precondition(*call.request, etag_of(to_line(encode(seen.claim))), Precondition::kOptional))
    return std::move(*failed);
  EARMARK_TRY(auto note, call.json_text("note"));
  EARMARK_TRY(const auto reason, call.json_text("reason"));
  if (!reason.empty()) note = note.empty() ? reason : reason + ": " + note;
  if (note.size() > kLongestNote) return fail(ErrorCode::kInvalidArgument, "note is too long");
  EARMARK_TRY_STATUS(check_from(seen.claim, *action));
  EARMARK_TRY_STATUS(service.registry().claims().set_status(seen.claim.id, action->to, call.caller.party,
                                                            note.empty() ? name : name + ": " + note));
  EARMARK_TRY(const auto moved, service.registry().claims().find(seen.claim.id));
  if (!moved) return fail(ErrorCode::kNotFound, seen.claim.id + ": no such claim");
  return make_object(encode(*moved));
}

}  // namespace earmark::api
