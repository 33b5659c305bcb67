// Why a line of the ledger is what it is: every step made again.
#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "monetization/attribution.h"
#include "monetization/csv.h"
#include "storage/session.h"

namespace earmark::monetization {
namespace {

struct Name {
  std::string transaction;
  std::int64_t position = 0;
};

Result<Name> parse_name(std::string_view line) {
  const auto slash = line.rfind('/');
  const auto position = slash == std::string_view::npos ? std::nullopt : whole_number(line.substr(slash + 1));
  if (!position)
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("line '{}': must be like txn_…/3, as statements and journal name them", line));
  return Name{std::string(line.substr(0, slash)), *position};
}

Json transaction_json(const Transaction& transaction) {
  return {{"transaction_id", transaction.id},
          {"kind", transaction.kind},
          {"at", to_rfc3339(transaction.at)},
          {"recorded_at", to_rfc3339(transaction.recorded_at)},
          {"source", transaction.source},
          {"memo", transaction.memo},
          {"reverses", transaction.reverses.empty() ? Json(nullptr) : Json(transaction.reverses)}};
}

std::string time_of(std::int64_t ms) { return fmt::format("{}.{:03} s", ms / 1000, ms % 1000); }

/// The arithmetic of a split, as sentences.
class Steps {
 public:
  Steps(const Facts& facts, const Allocation& allocation) : facts_(facts), allocation_(allocation) {
    say("{} was earned from {} until {} by episode {} of {}, after refunds", money(facts.amount.micros),
        to_rfc3339(facts.from), to_rfc3339(facts.until), facts.guid, facts.feed);
    for (const Fee& fee : facts.tariff.fees)
      say("fee {}: {} of it, rounded down", fee.name, registry::show_share(fee.rate));
    say("{} fees, {} remain to be split by tariff {} version {}", money(allocation.fees_micros),
        money(allocation.net_micros), facts.tariff.name, facts.tariff.version);
    if (allocation.is_heard_assumed) {
      say("no listens are known: {} of assumed listening count", time_of(allocation.heard_ms));
    } else {
      say("{} of the episode were heard by all listeners together", time_of(allocation.heard_ms));
    }
  }

  void use(const AllocationLine& line) {
    const auto use = std::find_if(facts_.uses.begin(), facts_.uses.end(),
                                  [&](const PaidUse& one) { return one.claim_id == line.claim_id; });
    if (use == facts_.uses.end()) return;
    say("claim {}: {} from {} to {} ({}, {}), claimed under {} version {}, {}", use->claim_id,
        use->recording_id, time_of(use->start_ms), time_of(use->end_ms), registry::to_string(use->match),
        to_string(use->kind), use->rule_id, use->rule_version, to_string(use->standing));
    say("a second of it counts {}; seconds of several uses: {}",
        registry::show_share(facts_.tariff.weight_of(use->match, use->kind)),
        to_string(facts_.tariff.overlap));
    say("its weighted share of the heard time earns {} everywhere (cap {}, the show's floor {}{})",
        money(line.use_micros), registry::show_share(facts_.tariff.cap),
        registry::show_share(facts_.tariff.floor),
        allocation_.is_limited_by_floor ? ", which limits all uses in proportion" : "");
    say("{} of that in {}, where {} were heard", money(line.there_micros),
        line.territory == registry::kElsewhere ? "territories that no right names" : line.territory,
        time_of(line.heard_ms));
    say("{} of that for {} (works get {})", money(line.side_micros),
        line.subject.empty() ? "a work that is not known" : line.subject,
        registry::show_share(facts_.tariff.work));
    if (line.party.empty()) {
      say("{} of that has no owner there, or more than one whole: {}", registry::show_share(line.share),
          money(line.micros));
    } else {
      say("{} holds {} of it there at that time: {}", line.party, registry::show_share(line.share),
          money(line.micros));
    }
    if (use->standing == Standing::kContested)
      say("the claim is contested: the amount is kept in {} until that ends", line.account);
  }

  void show(const AllocationLine& line) {
    say("all uses together earn {}; the rest, {}, is the show's", money(allocation_.uses_micros),
        money(line.micros));
  }

  [[nodiscard]] Json take() && { return std::move(steps_); }

 private:
  template <class... Args>
  void say(fmt::format_string<Args...> text, Args&&... args) {
    steps_.push_back(fmt::format(text, std::forward<Args>(args)...));
  }
  [[nodiscard]] std::string money(std::int64_t micros) const {
    return to_string(Money{micros, facts_.amount.currency});
  }

  const Facts& facts_;
  const Allocation& allocation_;
  Json steps_ = Json::array();
};

Status explain_split(storage::Session& session, const BookedLine& booked, Json& out) {
  EARMARK_TRY(const auto text,
              session.find<std::string>("SELECT facts FROM attributions WHERE transaction_id = :id",
                                        {booked.transaction.id}));
  if (!text) return fail(ErrorCode::kCorrupt, booked.transaction.id + ": the facts of this split are gone");
  EARMARK_TRY(const auto json, parse_json(*text));
  EARMARK_TRY(const auto facts, facts_from_json(json));
  EARMARK_TRY(const auto allocation, replay(session, facts));
  const auto again = ledger_lines(facts, allocation);
  const auto index = static_cast<std::size_t>(booked.position - 1);
  const bool is_same = index < again.size() && again[index] == booked.line;
  if (!is_same)
    return fail(
        ErrorCode::kCorrupt,
        fmt::format("{}: does not come out again from its facts; run 'earmark money verify'", booked.name()));
  Steps steps(facts, allocation);
  if (index > 0) {
    const AllocationLine& line =
        allocation.lines[index - 1];  // the first line takes the money from where it waits
    if (line.why == "use") {
      steps.use(line);
      const auto use = std::find_if(json["uses"].begin(), json["uses"].end(),
                                    [&](const Json& one) { return one["claim_id"] == line.claim_id; });
      out["use"] = *use;
    }
    if (line.why == "show") steps.show(line);
  }
  out["revenue"] = {{"revenue_id", facts.revenue_id},
                    {"feed", facts.feed},
                    {"guid", facts.guid},
                    {"amount_micros", facts.amount.micros},
                    {"from", to_rfc3339(facts.from)},
                    {"until", to_rfc3339(facts.until)}};
  out["tariff"] = to_json(facts.tariff);
  out["steps"] = std::move(steps).take();
  out["replayed"] = true;
  return {};
}

}  // namespace

Result<Json> explain(storage::Session& session, std::string_view line) {
  EARMARK_TRY(const auto name, parse_name(line));
  Ledger ledger(session, Timestamp{});
  EARMARK_TRY(const auto lines, ledger.lines_of(name.transaction));
  const auto booked = std::find_if(lines.begin(), lines.end(),
                                   [&](const BookedLine& one) { return one.position == name.position; });
  if (booked == lines.end())
    return fail(ErrorCode::kNotFound, fmt::format("{}: no such line in the ledger", line));
  EARMARK_TRY(auto detail, parse_json(booked->line.detail));
  Json out = {{"line", booked->name()},
              {"account", booked->line.account},
              {"amount_micros", booked->line.amount.micros},
              {"currency", booked->line.amount.currency.code()},
              {"detail", std::move(detail)},
              {"transaction", transaction_json(booked->transaction)}};
  if (booked->transaction.kind == "attribution") EARMARK_TRY_STATUS(explain_split(session, *booked, out));
  if (booked->transaction.kind == "reversal") {
    const auto of = out["detail"].value("of", std::string());
    EARMARK_TRY(out["reversed"], explain(session, of));
  }
  return out;
}

}  // namespace earmark::monetization
