#include "monetization/facts.h"

#include <exception>

#include <fmt/format.h>

namespace earmark::monetization {
namespace {

using registry::ClaimStatus;

Json side_json(const Side& side) {
  Json holders = Json::array();
  for (const auto& holder : side.holders) holders.push_back({{"party", holder.party}, {"ppm", holder.ppm}});
  return {{"subject", side.subject}, {"work", side.is_work}, {"holders", std::move(holders)}};
}

Json use_json(const PaidUse& use) {
  Json there = Json::array();
  for (const UseThere& one : use.there) {
    Json sides = Json::array();
    for (const Side& side : one.sides) sides.push_back(side_json(side));
    there.push_back({{"territory", one.territory}, {"sides", std::move(sides)}});
  }
  return {{"claim_id", use.claim_id},
          {"recording_id", use.recording_id},
          {"start_ms", use.start_ms},
          {"end_ms", use.end_ms},
          {"match", registry::to_string(use.match)},
          {"kind", to_string(use.kind)},
          {"standing", to_string(use.standing)},
          {"rule_id", use.rule_id},
          {"rule_version", use.rule_version},
          {"there", std::move(there)}};
}

Side side_of(const Json& json) {
  Side side;
  side.subject = json.at("subject").get<std::string>();
  side.is_work = json.at("work").get<bool>();
  for (const auto& holder : json.at("holders"))
    side.holders.push_back({holder.at("party").get<std::string>(), holder.at("ppm").get<registry::Ppm>()});
  return side;
}

Result<PaidUse> use_of(const Json& json) {
  PaidUse use;
  use.claim_id = json.at("claim_id").get<std::string>();
  use.recording_id = json.at("recording_id").get<std::string>();
  use.start_ms = json.at("start_ms").get<std::int64_t>();
  use.end_ms = json.at("end_ms").get<std::int64_t>();
  EARMARK_TRY(use.match, registry::parse_match_type(json.at("match").get<std::string>()));
  EARMARK_TRY(use.kind, parse_use_kind(json.at("kind").get<std::string>()));
  EARMARK_TRY(use.standing, parse_standing(json.at("standing").get<std::string>()));
  use.rule_id = json.at("rule_id").get<std::string>();
  use.rule_version = json.at("rule_version").get<std::int64_t>();
  for (const auto& one : json.at("there")) {
    UseThere there;
    there.territory = one.at("territory").get<std::string>();
    for (const auto& side : one.at("sides")) there.sides.push_back(side_of(side));
    use.there.push_back(std::move(there));
  }
  return use;
}

Result<Facts> read(const Json& json) {
  Facts facts;
  facts.revenue_id = json.at("revenue_id").get<std::string>();
  facts.feed = json.at("feed").get<std::string>();
  facts.guid = json.at("guid").get<std::string>();
  facts.amount.micros = json.at("amount_micros").get<std::int64_t>();
  EARMARK_TRY(facts.amount.currency, Currency::parse(json.at("currency").get<std::string>()));
  EARMARK_TRY(facts.from, parse_rfc3339(json.at("from").get<std::string>()));
  EARMARK_TRY(facts.until, parse_rfc3339(json.at("until").get<std::string>()));
  const Json& tariff = json.at("tariff");
  EARMARK_TRY(facts.tariff, parse_tariff(tariff.at("name").get<std::string>(),
                                         tariff.at("settings").get<std::vector<std::string>>()));
  facts.tariff.version = tariff.at("version").get<std::int64_t>();
  facts.duration_ms = json.at("duration_ms").get<std::int64_t>();
  facts.listens_up_to = json.at("listens_up_to").get<std::int64_t>();
  facts.territories = json.at("territories").get<std::vector<std::string>>();
  for (const auto& one : json.at("uses")) {
    EARMARK_TRY(auto use, use_of(one));
    facts.uses.push_back(std::move(use));
  }
  return facts;
}

}  // namespace

std::string_view to_string(Standing standing) {
  switch (standing) {
    case Standing::kStands: return "stands";
    case Standing::kContested: return "contested";
    case Standing::kNone: return "none";
  }
  return "none";
}

Result<Standing> parse_standing(std::string_view text) {
  for (const auto standing : {Standing::kStands, Standing::kContested, Standing::kNone}) {
    if (text == to_string(standing)) return standing;
  }
  return fail(ErrorCode::kInvalidArgument,
              fmt::format("standing '{}': must be stands, contested or none", text));
}

Standing standing_of(ClaimStatus status, std::string_view outcome) {
  switch (status) {
    case ClaimStatus::kActive: return Standing::kStands;
    case ClaimStatus::kClosed: return outcome == "cleared" ? Standing::kNone : Standing::kStands;
    case ClaimStatus::kDisputed:
    case ClaimStatus::kUpheld:
    case ClaimStatus::kAppealed:
    case ClaimStatus::kTakedownRequested:
    case ClaimStatus::kCounterNoticed:
    case ClaimStatus::kLitigationHold: return Standing::kContested;
    case ClaimStatus::kCandidate:
    case ClaimStatus::kReview:
    case ClaimStatus::kReleased:
    case ClaimStatus::kExpired:
    case ClaimStatus::kRestored:
    case ClaimStatus::kWithdrawn: return Standing::kNone;
  }
  return Standing::kNone;
}

Json to_json(const Tariff& tariff) {
  return {{"name", tariff.name}, {"version", tariff.version}, {"settings", settings_of(tariff)}};
}

Json to_json(const Facts& facts) {
  Json uses = Json::array();
  for (const PaidUse& use : facts.uses) uses.push_back(use_json(use));
  return {{"revenue_id", facts.revenue_id},
          {"feed", facts.feed},
          {"guid", facts.guid},
          {"amount_micros", facts.amount.micros},
          {"currency", facts.amount.currency.code()},
          {"from", to_rfc3339(facts.from)},
          {"until", to_rfc3339(facts.until)},
          {"tariff", to_json(facts.tariff)},
          {"duration_ms", facts.duration_ms},
          {"listens_up_to", facts.listens_up_to},
          {"territories", facts.territories},
          {"uses", std::move(uses)}};
}

Result<Facts> facts_from_json(const Json& json) {
  try {
    auto facts = read(json);
    if (!facts) return fail(ErrorCode::kCorrupt, facts.error().message);
    return facts;
  } catch (const std::exception& error) {
    return fail(ErrorCode::kCorrupt, fmt::format("the facts of a split cannot be read: {}", error.what()));
  }
}

}  // namespace earmark::monetization
