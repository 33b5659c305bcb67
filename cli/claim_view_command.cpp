#include <fmt/format.h>

#include "api/encode.h"
#include "cli/commands.h"
#include "cli/encode.h"
#include "cli/open_store.h"
#include "cli/table.h"
#include "core/text.h"
#include "registry/claim_machine.h"

namespace earmark::cli {
namespace {

using registry::Claim;
using registry::Claims;

Json or_null(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

Json steps_from(registry::ClaimStatus status) {
  Json steps = Json::array();
  for (const registry::ClaimEdge& edge : registry::claim_edges()) {
    if (edge.from != status) continue;
    Json roles = Json::array();
    for (const auto role :
         {registry::ClaimRole::kClaimant, registry::ClaimRole::kUploader, registry::ClaimRole::kReviewer}) {
      if (edge.allows(role)) roles.push_back(registry::to_string(role));
    }
    if (roles.empty()) continue;
    steps.push_back({{"verb", edge.verb},
                     {"to", registry::to_string(edge.to)},
                     {"roles", std::move(roles)},
                     {"needs_evidence", edge.evidence == registry::ClaimEdge::Evidence::kNeeded}});
  }
  return steps;
}

Json encode_whole(const Claim& claim) {
  Json json = api::encode(claim);
  json["in_effect"] = claim.in_effect ? Json(registry::to_string(*claim.in_effect)) : Json(nullptr);
  json["reason"] = or_null(claim.reason);
  json["outcome"] = or_null(claim.outcome);
  const auto decision = parse_json(claim.decision);
  json["decision"] = decision ? *decision : Json(nullptr);
  json["steps"] = steps_from(claim.status);
  return json;
}

Json encode(const registry::ClaimEvent& event, const std::string& claim_id) {
  return {{"claim_id", claim_id},
          {"at", to_rfc3339(event.at)},
          {"kind", event.kind},
          {"from_status", or_null(event.from_status)},
          {"to_status", event.to_status},
          {"role", or_null(event.role)},
          {"actor", event.actor},
          {"reason", or_null(event.reason)},
          {"note", or_null(event.note)},
          {"rule_id", or_null(event.rule_id)},
          {"rule_version", event.rule_version},
          {"evidence_id", or_null(event.evidence_id)},
          {"deadline_at", event.deadline_at ? Json(to_rfc3339(*event.deadline_at)) : Json(nullptr)}};
}

Status show(Claims& claims, const std::string& id, Console& console) {
  EARMARK_TRY(const auto claim, claims.find(id));
  if (!claim) return fail(ErrorCode::kNotFound, id + ": no such claim");
  if (console.is_json()) {
    console.result(encode_whole(*claim));
    return {};
  }
  std::string text = encode_whole(*claim).dump(2, ' ', true, Json::error_handler_t::replace);
  for (std::size_t end = text.find('\n'); end != std::string::npos; end = text.find('\n')) {
    console.line(text.substr(0, end));
    text.erase(0, end + 1);
  }
  console.line(text);
  return {};
}

Status history(Claims& claims, const std::string& id, Console& console) {
  EARMARK_TRY(const auto events, claims.events(id));
  if (events.empty()) return fail(ErrorCode::kNotFound, id + ": no such claim");
  for (const auto& event : events) {
    if (console.is_json()) {
      console.result(encode(event, id));
      continue;
    }
    const std::string note = event.note.empty() ? "" : "  " + printable(event.note);
    console.line(fmt::format("{}  {:<10} {:<18}  {} ({})  {}{}", to_rfc3339(event.at), event.kind,
                             event.to_status, printable(event.actor), event.role, printable(event.reason),
                             note));
  }
  return {};
}

Exit show_each(Claims& claims, const ClaimViewOptions& options, Console& console) {
  Exit exit = Exit::kDone;
  for (const auto& id : options.arguments) {
    const Status shown = options.what == ClaimViewOptions::What::kShow ? show(claims, id, console)
                                                                       : history(claims, id, console);
    if (shown) continue;
    exit = Exit::kSomeFailed;
    console.note(LogLevel::kError, shown.error().message);
  }
  return exit;
}

Status tick(Claims& claims, Console& console) {
  EARMARK_TRY(const auto fired, claims.tick());
  for (const auto& one : fired) {
    if (console.is_json()) {
      console.result({{"claim_id", one.claim_id},
                      {"verb", one.verb},
                      {"from_status", one.from_status},
                      {"to_status", one.to_status},
                      {"due_at", to_rfc3339(one.due_at)}});
    } else {
      console.line(fmt::format("{}  {} -> {}  ({}, due {})", one.claim_id, one.from_status, one.to_status,
                               one.verb, to_rfc3339(one.due_at)));
    }
  }
  if (fired.empty() && !console.is_json()) console.note(LogLevel::kInfo, "no deadline is due");
  return {};
}

/// Lost over decided; null where nothing was decided.
Json rate(std::int64_t wrong, std::int64_t decided) {
  if (decided == 0) return nullptr;
  return static_cast<double>(wrong) / static_cast<double>(decided);
}

Status stats(Claims& claims, Console& console) {
  EARMARK_TRY(const auto all, claims.claimant_stats());
  Table table(std::vector(7, Table::Align::kLeft));
  table.add({"claimant", "claims", "in effect", "in review", "disputed", "lost", "refused in review"});
  for (const auto& one : all) {
    if (console.is_json()) {
      console.result({{"party", one.party},
                      {"claims", one.claims},
                      {"in_effect", one.in_effect},
                      {"in_review", one.in_review},
                      {"reviewed", one.reviewed},
                      {"refused_in_review", one.refused_in_review},
                      {"expired", one.expired},
                      {"disputed", one.disputed},
                      {"lost", one.lost},
                      {"upheld", one.upheld},
                      {"dispute_error_rate", rate(one.lost, one.lost + one.upheld)},
                      {"review_error_rate", rate(one.refused_in_review, one.reviewed)}});
    } else {
      table.add({printable(one.party), std::to_string(one.claims), std::to_string(one.in_effect),
                 std::to_string(one.in_review), std::to_string(one.disputed), std::to_string(one.lost),
                 fmt::format("{} of {}", one.refused_in_review, one.reviewed)});
    }
  }
  if (!console.is_json()) {
    for (const auto& line : table.lines("")) console.line(line);
  }
  return {};
}

Status periods(Claims& claims, const ClaimViewOptions& options, Console& console) {
  for (const auto& argument : options.arguments) {
    const auto equals = argument.find('=');
    if (equals == std::string::npos)
      return fail(ErrorCode::kInvalidArgument, fmt::format("'{}' is not like disputed=14d", argument));
    EARMARK_TRY(const auto period, registry::parse_period(std::string_view(argument).substr(equals + 1)));
    EARMARK_TRY_STATUS(claims.set_period(std::string_view(argument).substr(0, equals), period));
  }
  EARMARK_TRY(const auto all, claims.periods());
  for (const auto& [status, period] : all) {
    if (console.is_json()) {
      console.result({{"status", status}, {"period", registry::to_string(period)}});
    } else {
      console.line(fmt::format("{:<20} {}", status, registry::to_string(period)));
    }
  }
  return {};
}

}  // namespace

Exit run(const Common& common, const ClaimViewOptions& options, Console& console) {
  using What = ClaimViewOptions::What;
  const auto registry = open_registry(common);
  if (!registry) return failed(console, registry.error());
  Claims& claims = (*registry)->claims();
  Status done;
  switch (options.what) {
    case What::kShow:
    case What::kHistory: return show_each(claims, options, console);
    case What::kTick: done = tick(claims, console); break;
    case What::kStats: done = stats(claims, console); break;
    case What::kPeriods: done = periods(claims, options, console); break;
  }
  return done ? Exit::kDone : failed(console, done.error());
}

}  // namespace earmark::cli
