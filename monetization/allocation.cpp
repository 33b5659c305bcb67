#include "monetization/allocation.h"

#include <algorithm>
#include <limits>
#include <map>

#include "monetization/accounts.h"

namespace earmark::monetization {
namespace {

using registry::kElsewhere;
using registry::kWhole;
using registry::Ppm;

/// A use that counts, with its weight in each of its territories.
struct Counted {
  const PaidUse* use = nullptr;
  Ppm weight = 0;
  std::vector<Weight> there;  ///< as PaidUse::there
  Weight total = 0;
};

/// Territories that are told apart, with what was heard there.
using HeardIn = std::map<std::string, std::vector<Spell>, std::less<>>;

HeardIn heard_in(const Facts& facts, std::span<const HeardThere> heard) {
  HeardIn in;
  for (const HeardThere& one : heard) {
    const bool named = std::find(facts.territories.begin(), facts.territories.end(), one.territory) !=
                       facts.territories.end();
    auto& spells = in[named ? one.territory : std::string(kElsewhere)];
    spells.insert(spells.end(), one.spells.begin(), one.spells.end());
  }
  return in;
}

/// Where no listens are known: the tariff's audience, or one listener somewhere, who heard all of it.
std::vector<HeardThere> assumed(const Facts& facts) {
  std::vector<HeardThere> heard;
  for (const auto& [territory, listeners] : facts.tariff.audience)
    heard.push_back({territory, {{0, facts.duration_ms, listeners}}});
  if (heard.empty()) heard.push_back({std::string(kElsewhere), {{0, facts.duration_ms, 1}}});
  return heard;
}

std::vector<Counted> counted_uses(const Facts& facts) {
  std::vector<Counted> counted;
  for (const PaidUse& use : facts.uses) {
    const Ppm weight = facts.tariff.weight_of(use.match, use.kind);
    const bool is_long_enough = use.end_ms - use.start_ms >= facts.tariff.min_length_ms;
    if (use.standing == Standing::kNone || !is_long_enough || weight == 0 || use.there.empty()) continue;
    counted.push_back({&use, weight, std::vector<Weight>(use.there.size()), 0});
  }
  return counted;
}

/// Weighs the uses that earn in `territory` by what was heard there.
Status weigh_in(std::string_view territory, std::span<const Spell> spells, Overlap overlap,
                std::vector<Counted>& counted) {
  std::vector<Stretch> stretches;
  std::vector<std::pair<std::size_t, std::size_t>> places;  // use, place in its `there`
  for (std::size_t u = 0; u < counted.size(); ++u) {
    const auto& there = counted[u].use->there;
    const auto place = std::find_if(there.begin(), there.end(),
                                    [&](const UseThere& one) { return one.territory == territory; });
    if (place == there.end()) continue;
    stretches.push_back({counted[u].use->start_ms, counted[u].use->end_ms, counted[u].weight});
    places.emplace_back(u, static_cast<std::size_t>(place - there.begin()));
  }
  if (stretches.empty()) return {};
  EARMARK_TRY(const auto weights, weigh(spells, stretches, overlap));
  for (std::size_t i = 0; i < places.size(); ++i) {
    Counted& one = counted[places[i].first];
    one.there[places[i].second] = weights[i];
    one.total += weights[i];
  }
  return {};
}

std::int64_t in_ms(Weight weight) {
  const Weight ms = weight / static_cast<Weight>(kWhole) / static_cast<Weight>(kSharesOfAMillisecond);
  constexpr auto kMost = static_cast<Weight>(std::numeric_limits<std::int64_t>::max());
  return static_cast<std::int64_t>(std::min(ms, kMost));
}

/// What each use gets of `net`, the show's part last.
Result<std::vector<std::int64_t>> split_net(const Facts& facts, std::span<const Counted> counted,
                                            Weight heard, Allocation& out) {
  const Weight part = heard / static_cast<Weight>(kWhole);  // without a rest: heard_time counts in parts
  const Weight cap = part * static_cast<Weight>(facts.tariff.cap);
  const Weight most = part * static_cast<Weight>(kWhole - facts.tariff.floor);
  std::vector<Weight> weights;
  Weight asked = 0;
  for (const Counted& one : counted) {
    weights.push_back(std::min(one.total, cap));
    asked += weights.back();
  }
  if (asked == 0) {
    std::vector<std::int64_t> parts(counted.size(), 0);
    parts.push_back(out.net_micros);
    return parts;
  }
  if (asked <= most) {
    weights.push_back(heard - asked);
    return split_exactly(out.net_micros, weights);
  }
  out.is_limited_by_floor = true;
  EARMARK_TRY(const auto pool, scaled(out.net_micros, kWhole - facts.tariff.floor, kWhole, Rounding::kDown));
  EARMARK_TRY(auto parts, split_exactly(pool, weights));
  parts.push_back(out.net_micros - pool);
  return parts;
}

/// Adds a line for each part that is something.
class Lines {
 public:
  explicit Lines(Allocation& out) : out_(out) {}

  void add(AllocationLine line, std::string account, std::int64_t micros) {
    if (micros == 0) return;
    line.account = std::move(account);
    line.micros = micros;
    out_.lines.push_back(std::move(line));
  }

  /// Of one use in one territory: the recording's part and the works'.
  Status add_there(const PaidUse& use, const UseThere& there, Ppm work, AllocationLine line) {
    std::vector<Weight> weights;
    const auto works =
        std::count_if(there.sides.begin(), there.sides.end(), [](const Side& side) { return side.is_work; });
    // The works share their part equally; each weight is multiplied by their number.
    const auto many = static_cast<Weight>(std::max<std::ptrdiff_t>(works, 1));
    for (const Side& side : there.sides)
      weights.push_back(side.is_work ? static_cast<Weight>(work) : static_cast<Weight>(kWhole - work) * many);
    if (works == 0) weights.push_back(static_cast<Weight>(work) * many);
    EARMARK_TRY(const auto parts, split_exactly(line.there_micros, weights));
    for (std::size_t i = 0; i < there.sides.size(); ++i) {
      line.subject = there.sides[i].subject;
      line.side_micros = parts[i];
      EARMARK_TRY_STATUS(add_side(use, there.sides[i], line));
    }
    if (works == 0) {
      line.subject.clear();
      line.side_micros = parts.back();
      add(line, kept(use, AccountKind::kUnmatched, use.recording_id), parts.back());
    }
    return {};
  }

 private:
  /// Where what is nobody's is kept; with a claim that is contested, all of it is in escrow.
  static std::string kept(const PaidUse& use, AccountKind kind, std::string_view name) {
    if (use.standing == Standing::kContested) return account(AccountKind::kEscrow, use.claim_id);
    return account(kind, name);
  }

  Status add_side(const PaidUse& use, const Side& side, AllocationLine line) {
    const Ppm total = registry::total_of(side.holders);
    if (total > kWhole) {
      add(line, kept(use, AccountKind::kConflict, side.subject), line.side_micros);
      return {};
    }
    std::vector<Weight> weights;
    for (const auto& holder : side.holders) weights.push_back(static_cast<Weight>(holder.ppm));
    weights.push_back(static_cast<Weight>(kWhole - total));
    EARMARK_TRY(const auto parts, split_exactly(line.side_micros, weights));
    for (std::size_t i = 0; i < side.holders.size(); ++i) {
      line.party = side.holders[i].party;
      line.share = side.holders[i].ppm;
      add(line, kept(use, AccountKind::kParty, line.party), parts[i]);
    }
    line.party.clear();
    line.share = kWhole - total;
    add(line, kept(use, AccountKind::kUnclaimed, side.subject), parts.back());
    return {};
  }

  Allocation& out_;
};

Status add_uses(const Facts& facts, std::span<const Counted> counted, std::span<const std::int64_t> parts,
                Lines& lines) {
  for (std::size_t u = 0; u < counted.size(); ++u) {
    if (parts[u] == 0) continue;
    const PaidUse& use = *counted[u].use;
    EARMARK_TRY(const auto by_territory, split_exactly(parts[u], counted[u].there));
    for (std::size_t i = 0; i < use.there.size(); ++i) {
      AllocationLine line;
      line.why = "use";
      line.claim_id = use.claim_id;
      line.recording_id = use.recording_id;
      line.territory = use.there[i].territory;
      line.heard_ms = in_ms(counted[u].there[i]);
      line.use_micros = parts[u];
      line.there_micros = by_territory[i];
      EARMARK_TRY_STATUS(lines.add_there(use, use.there[i], facts.tariff.work, std::move(line)));
    }
  }
  return {};
}

Status take_fees(const Facts& facts, Lines& lines, Allocation& out) {
  for (const Fee& fee : facts.tariff.fees) {
    EARMARK_TRY(const auto micros, scaled(facts.amount.micros, fee.rate, kWhole, Rounding::kDown));
    AllocationLine line;
    line.why = "fee";
    line.share = fee.rate;
    lines.add(std::move(line), account(AccountKind::kPlatform, "fee." + fee.name), micros);
    out.fees_micros += micros;
  }
  out.net_micros = facts.amount.micros - out.fees_micros;
  return {};
}

}  // namespace

Json to_json(const AllocationLine& line) {
  Json json = {{"why", line.why}};
  if (line.why == "fee") json["rate_ppm"] = line.share;
  if (line.why != "use") return json;
  json["claim_id"] = line.claim_id;
  json["recording_id"] = line.recording_id;
  json["territory"] = line.territory;
  json["subject"] = line.subject.empty() ? Json(nullptr) : Json(line.subject);
  json["party"] = line.party.empty() ? Json(nullptr) : Json(line.party);
  json["share_ppm"] = line.share;
  json["heard_ms"] = line.heard_ms;
  json["use_micros"] = line.use_micros;
  json["there_micros"] = line.there_micros;
  json["side_micros"] = line.side_micros;
  return json;
}

Result<Allocation> allocate(const Facts& facts, std::span<const HeardThere> known) {
  Allocation out;
  Lines lines(out);
  EARMARK_TRY_STATUS(take_fees(facts, lines, out));
  HeardIn heard = heard_in(facts, known);
  Weight total = 0;
  for (const auto& [territory, spells] : heard) total += heard_time(spells);
  if (total == 0) {
    out.is_heard_assumed = true;
    heard = heard_in(facts, assumed(facts));
    for (const auto& [territory, spells] : heard) total += heard_time(spells);
  }
  out.heard_ms = in_ms(total);
  auto counted = counted_uses(facts);
  for (const auto& [territory, spells] : heard)
    EARMARK_TRY_STATUS(weigh_in(territory, spells, facts.tariff.overlap, counted));
  EARMARK_TRY(const auto parts, split_net(facts, counted, total, out));
  EARMARK_TRY_STATUS(add_uses(facts, counted, parts, lines));
  out.uses_micros = out.net_micros - parts.back();
  AllocationLine show;
  show.why = "show";
  lines.add(std::move(show), account(AccountKind::kShow, facts.feed), parts.back());
  return out;
}

}  // namespace earmark::monetization
