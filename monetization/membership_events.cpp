// What the processor says of members, and what becomes of their money.
#include <algorithm>
#include <map>
#include <tuple>

#include <fmt/format.h>

#include "monetization/accounts.h"
#include "monetization/dates.h"
#include "monetization/ledger.h"
#include "monetization/listens.h"
#include "monetization/memberships.h"
#include "monetization/overlap.h"
#include "monetization/revenues.h"
#include "monetization/simulator.h"
#include "monetization/webhook_signature.h"
#include "storage/session.h"

namespace earmark::monetization {
namespace {

using GuidAndLength = std::tuple<std::string, std::int64_t>;

Result<std::string> text_at(const Json& json, const char* name) {
  const auto found = json.is_object() ? json.find(name) : json.end();
  if (!json.is_object() || found == json.end() || !found->is_string())
    return fail(ErrorCode::kCorrupt, fmt::format("event of the payment processor: no text '{}'", name));
  return found->get<std::string>();
}

Result<std::int64_t> number_at(const Json& json, const char* name) {
  const auto found = json.is_object() ? json.find(name) : json.end();
  if (!json.is_object() || found == json.end() || !found->is_number_integer())
    return fail(ErrorCode::kCorrupt, fmt::format("event of the payment processor: no number '{}'", name));
  return found->get<std::int64_t>();
}

/// What the account got in that time and has not given on.
Result<std::vector<Money>> waiting_in(storage::Session& session, const IncomeSplit& split) {
  Ledger ledger(session, Timestamp{});
  LineFilter filter;
  filter.account = member_income_account(split.feed);
  EARMARK_TRY(const auto lines, ledger.lines(filter));
  std::map<Currency, std::int64_t> came;
  std::map<Currency, std::int64_t> balance;
  for (const BookedLine& line : lines) {
    const Money& amount = line.line.amount;
    EARMARK_TRY(balance[amount.currency], add_micros(balance[amount.currency], amount.micros));
    const bool in_time = line.transaction.at >= split.from && line.transaction.at < split.until;
    // What was given on before belongs to the time that it was given on for.
    if (in_time) {
      EARMARK_TRY(came[amount.currency], add_micros(came[amount.currency], amount.micros));
    }
  }
  std::vector<Money> waiting;
  for (const auto& [currency, micros] : came) {
    const auto most = std::min(micros, balance[currency]);
    if (most > 0) waiting.push_back({most, currency});
  }
  return waiting;
}

}  // namespace

Status Memberships::book_income(const Money& gross, const Money& fee, const Member& member,
                                std::string_view id) {
  if (gross.micros == 0) return {};
  const auto detail =
      to_line(Json{{"why", "membership"}, {"member_id", member.id}, {"tier", member.tier}, {"payment", id}});
  NewTransaction transaction;
  transaction.idempotency_key = fmt::format("membership {}", id);
  transaction.kind = "membership";
  transaction.source = member.id;
  transaction.lines = {
      {account(AccountKind::kExternal, "members"), {-gross.micros, gross.currency}, detail},
      {account(AccountKind::kExternal, "fee.processor"), {fee.micros, gross.currency}, detail},
      {member_income_account(member.feed), {gross.micros - fee.micros, gross.currency}, detail}};
  std::erase_if(transaction.lines, [](const LedgerLine& line) { return line.amount.micros == 0; });
  Ledger ledger(*session_, now_);
  EARMARK_TRY(transaction.at, ledger.open_time(now_));
  EARMARK_TRY_STATUS(ledger.post(transaction));
  return {};
}

Status Memberships::on_paid(const Json& invoice) {
  EARMARK_TRY(const auto subscription, text_at(invoice, "subscription"));
  EARMARK_TRY(const auto id,
              session_->find<std::string>("SELECT id FROM members WHERE subscription_id = :subscription",
                                          {subscription}));
  if (!id) return {};  // of somebody who is no member of ours
  EARMARK_TRY(auto member, find(*id));
  Money gross;
  EARMARK_TRY(gross.micros, number_at(invoice, "amount_micros"));
  EARMARK_TRY(const auto code, text_at(invoice, "currency"));
  EARMARK_TRY(gross.currency, Currency::parse(code));
  EARMARK_TRY(const auto fee, number_at(invoice, "fee_micros"));
  EARMARK_TRY(const auto end, text_at(invoice, "period_end"));
  EARMARK_TRY(const auto until, parse_rfc3339(end));
  EARMARK_TRY(const auto invoice_id, text_at(invoice, "id"));
  EARMARK_TRY_STATUS(book_income(gross, {fee, gross.currency}, member, invoice_id));
  member.paid_until = std::max(member.paid_until, until);
  return save(member);
}

Status Memberships::on_subscription(const Json& object, Timestamp at) {
  EARMARK_TRY(const auto subscription, subscription_from_json(object));
  EARMARK_TRY(const auto id,
              session_->find<std::string>("SELECT id FROM members WHERE subscription_id = :subscription",
                                          {subscription.id}));
  if (!id) return {};
  EARMARK_TRY(auto member, find(*id));
  // Over is over; of the rest the latest word counts, in whatever order the words arrive.
  const bool is_over = subscription.status == SubscriptionStatus::kCanceled;
  if (member.status == MemberStatus::kLapsed || (at < member.status_at && !is_over)) return {};
  switch (subscription.status) {
    case SubscriptionStatus::kTrialing: member.status = MemberStatus::kTrialing; break;
    case SubscriptionStatus::kActive: member.status = MemberStatus::kActive; break;
    case SubscriptionStatus::kPastDue: member.status = MemberStatus::kPastDue; break;
    case SubscriptionStatus::kCanceled: member.status = MemberStatus::kLapsed; break;
  }
  member.status_at = at;
  return save(member);
}

Status Memberships::receive(const ProcessorEvent& event, std::string_view secret) {
  EARMARK_TRY_STATUS(check_signature(event.body, event.signature, secret, now_));
  EARMARK_TRY(const auto body, parse_json(event.body));
  EARMARK_TRY(const auto id, text_at(body, "id"));
  EARMARK_TRY(const auto type, text_at(body, "type"));
  EARMARK_TRY(const auto created, text_at(body, "created"));
  EARMARK_TRY(const auto at, parse_rfc3339(created));
  const auto data = body.find("data");
  if (data == body.end() || !data->is_object() || !data->contains("object"))
    return fail(ErrorCode::kCorrupt, "event of the payment processor: it is about nothing");
  EARMARK_TRY(const auto is_new, session_->execute("INSERT INTO received_events (id, type, received_at)"
                                                   " VALUES (:id, :type, :now) ON CONFLICT (id) DO NOTHING",
                                                   {id, type, now_}));
  if (is_new == 0) return {};
  const Json& object = data->at("object");
  if (type == "invoice.paid") return on_paid(object);
  if (type.starts_with("customer.subscription.")) return on_subscription(object, at);
  return {};  // what we did ourselves, or do not need to know
}

Result<std::int64_t> Memberships::tick(std::string_view secret) {
  EARMARK_TRY_STATUS(processor_->advance());
  EARMARK_TRY(const auto events, processor_->pending_events());
  for (const ProcessorEvent& event : events) {
    EARMARK_TRY_STATUS(receive(event, secret));
    EARMARK_TRY_STATUS(processor_->acknowledge(event.id));
  }
  EARMARK_TRY_STATUS(session_->execute(
      "UPDATE members SET status = 'lapsed', status_at = :at WHERE status = 'gift' AND paid_until <= :now",
      {now_, now_}));
  return static_cast<std::int64_t>(events.size());
}

Result<std::vector<std::string>> share_member_income(storage::Session& session, const IncomeSplit& split,
                                                     Timestamp now) {
  EARMARK_TRY(const auto waiting, waiting_in(session, split));
  EARMARK_TRY(
      const auto episodes,
      session.query<GuidAndLength>(
          "SELECT e.guid, max(s.duration_ms) FROM scans s JOIN episode_versions v ON v.key = s.version_key"
          " JOIN episodes e ON e.key = v.episode_key JOIN feeds f ON f.key = e.feed_key WHERE f.url = :feed"
          " GROUP BY e.guid ORDER BY e.guid",
          {split.feed}));
  if (episodes.empty())
    return fail(
        ErrorCode::kNotFound,
        fmt::format("{}: no episode was scanned yet that its members' money could go to", split.feed));
  EARMARK_TRY(const auto newest, newest_batch(session));
  std::vector<Weight> weights;
  Weight total = 0;
  for (const auto& [guid, length] : episodes) {
    EARMARK_TRY(const auto heard,
                heard_of(session, {split.feed, guid, split.from, split.until, newest, length}));
    Weight weight = 0;
    for (const auto& there : heard) weight += heard_time(there.spells);
    weights.push_back(weight);
    total += weight;
  }
  if (total == 0) std::fill(weights.begin(), weights.end(), Weight{1});
  std::vector<std::string> ids;
  for (const Money& amount : waiting) {
    EARMARK_TRY(const auto parts, split_exactly(amount.micros, weights));
    for (std::size_t i = 0; i < parts.size(); ++i) {
      if (parts[i] == 0) continue;
      NewRevenue revenue;
      revenue.feed = split.feed;
      revenue.guid = std::get<0>(episodes[i]);
      revenue.amount = {parts[i], amount.currency};
      revenue.source = "members";
      revenue.from = split.from;
      revenue.until = split.until;
      revenue.paid_from = member_income_account(split.feed);
      // What came in after an earlier sharing of the same time is another revenue.
      EARMARK_TRY(const auto before, session.get<std::int64_t>(
                                         "SELECT count(*) FROM revenues WHERE feed = :feed AND guid = :guid"
                                         " AND paid_from = :from",
                                         {revenue.feed, revenue.guid, revenue.paid_from}));
      revenue.reference = fmt::format("members {}", before + 1);
      EARMARK_TRY(const auto recorded, earn(session, revenue, now));
      ids.push_back(recorded.id);
    }
  }
  return ids;
}

}  // namespace earmark::monetization
