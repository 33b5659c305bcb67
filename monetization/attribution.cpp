#include "monetization/attribution.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/hash.h"
#include "monetization/accounts.h"
#include "monetization/gather.h"
#include "monetization/listens.h"
#include "storage/session.h"

namespace earmark::monetization {
namespace {

struct Row {
  std::string facts;
  std::string facts_sha256;
  std::string transaction_id;
};

void map_columns(storage::Columns& columns, Row& row) {
  columns(row.facts)(row.facts_sha256)(row.transaction_id);
}

/// What is different, as a list of words for people.
std::string changes_between(const Facts& before, const Facts& after) {
  std::vector<std::string> changes;
  if (before.amount.micros != after.amount.micros) changes.emplace_back("refund");
  if (to_json(before.tariff) != to_json(after.tariff)) changes.emplace_back("tariff");
  if (before.listens_up_to != after.listens_up_to) changes.emplace_back("listens");
  if (before.duration_ms != after.duration_ms) changes.emplace_back("new scan");
  for (const PaidUse& use : after.uses) {
    const auto old = std::find_if(before.uses.begin(), before.uses.end(),
                                  [&](const PaidUse& one) { return one.claim_id == use.claim_id; });
    if (old == before.uses.end()) {
      changes.push_back(fmt::format("{} is new", use.claim_id));
    } else if (old->standing != use.standing) {
      changes.push_back(
          fmt::format("{}: {} to {}", use.claim_id, to_string(old->standing), to_string(use.standing)));
    }
  }
  if (changes.empty()) changes.emplace_back("rights or uses");
  return fmt::format("{}", fmt::join(changes, ", "));
}

/// The facts without what may change and come to the same: which batch of listens was the newest.
std::string digest_of(const Facts& facts, std::string_view listens_digest) {
  Facts same = facts;
  same.listens_up_to = 0;
  return to_hex(sha256(as_bytes(to_line(to_json(same)) + std::string(listens_digest))));
}

Result<std::vector<HeardThere>> heard_for(storage::Session& session, const Facts& facts) {
  HeardQuery query;
  query.feed = facts.feed;
  query.guid = facts.guid;
  query.from = facts.from;
  query.until = facts.until;
  query.up_to = facts.listens_up_to;
  query.duration_ms = facts.duration_ms;
  return heard_of(session, query);
}

std::string digest_of(std::span<const HeardThere> heard) {
  Sha256Stream stream;
  for (const HeardThere& there : heard) {
    stream.update(as_bytes(there.territory));
    stream.update(std::as_bytes(std::span(there.spells)));
  }
  return to_hex(stream.finish());
}

Status book(storage::Session& session, Ledger& ledger, const Booked& split, const Allocation& allocation,
            std::string_view reason) {
  NewTransaction transaction;
  transaction.idempotency_key = fmt::format("attribution {} {}", split.facts.revenue_id, split.number);
  transaction.kind = "attribution";
  EARMARK_TRY(transaction.at, ledger.open_time(split.facts.until - std::chrono::milliseconds(1)));
  transaction.source = split.facts.revenue_id;
  transaction.memo = reason;
  transaction.lines = ledger_lines(split.facts, allocation);
  std::string id;
  if (!allocation.lines.empty()) {
    EARMARK_TRY(const auto posted, ledger.post(transaction));
    id = posted.id;
  }
  EARMARK_TRY_STATUS(session.execute(
      "INSERT INTO attributions (revenue_id, transaction_id, facts, facts_sha256, reason, made_at)"
      " VALUES (:revenue, :transaction, :facts, :digest, :reason, :now)",
      {split.facts.revenue_id, id, to_line(to_json(split.facts)), split.facts_sha256, reason, ledger.now()}));
  return {};
}

}  // namespace

std::string_view to_string(Attributed::Outcome outcome) {
  switch (outcome) {
    case Attributed::Outcome::kNew: return "new";
    case Attributed::Outcome::kChanged: return "changed";
    case Attributed::Outcome::kUnchanged: return "unchanged";
    case Attributed::Outcome::kWaiting: return "waiting";
  }
  return "unchanged";
}

Result<std::optional<Booked>> booked_for(storage::Session& session, std::string_view revenue_id) {
  EARMARK_TRY(const auto row, session.find<Row>("SELECT facts, facts_sha256, transaction_id FROM attributions"
                                                " WHERE revenue_id = :id ORDER BY key DESC LIMIT 1",
                                                {revenue_id}));
  std::optional<Booked> booked;
  if (!row) return booked;
  booked.emplace();
  EARMARK_TRY(const auto json, parse_json(row->facts));
  EARMARK_TRY(booked->facts, facts_from_json(json));
  booked->facts_sha256 = row->facts_sha256;
  booked->transaction_id = row->transaction_id;
  EARMARK_TRY(booked->number, session.get<std::int64_t>(
                                  "SELECT count(*) FROM attributions WHERE revenue_id = :id", {revenue_id}));
  return booked;
}

std::vector<LedgerLine> ledger_lines(const Facts& facts, const Allocation& allocation) {
  std::vector<LedgerLine> lines;
  if (allocation.lines.empty()) return lines;
  lines.push_back({std::string(kUnattributed),
                   {-facts.amount.micros, facts.amount.currency},
                   to_line(Json{{"why", "attributed"}, {"revenue_id", facts.revenue_id}})});
  for (const AllocationLine& line : allocation.lines)
    lines.push_back({line.account, {line.micros, facts.amount.currency}, to_line(to_json(line))});
  return lines;
}

Result<Allocation> replay(storage::Session& session, const Facts& facts) {
  EARMARK_TRY(const auto heard, heard_for(session, facts));
  return allocate(facts, heard);
}

Result<Attributed> attribute(storage::Session& session, Gatherer& gatherer, const Revenue& revenue,
                             Timestamp now) {
  Attributed done;
  done.revenue_id = revenue.id;
  Ledger ledger(session, now);
  EARMARK_TRY(auto before, booked_for(session, revenue.id));
  EARMARK_TRY(const auto closed, ledger.closed_until());
  Booked split;
  if (before && revenue.revenue.until - std::chrono::milliseconds(1) < closed) {
    EARMARK_TRY(split.facts, gatherer.thawed(before->facts, revenue));
  } else {
    EARMARK_TRY(auto facts, gatherer.now(revenue));
    if (!facts) {
      done.outcome = Attributed::Outcome::kWaiting;
      done.reason = "the episode was not scanned yet";
      return done;
    }
    split.facts = std::move(*facts);
  }
  EARMARK_TRY(const auto heard, heard_for(session, split.facts));
  split.facts_sha256 = digest_of(split.facts, digest_of(heard));
  if (before && before->facts_sha256 == split.facts_sha256) {
    done.transaction_id = before->transaction_id;
    return done;
  }
  EARMARK_TRY(const auto allocation, allocate(split.facts, heard));
  done.outcome = before ? Attributed::Outcome::kChanged : Attributed::Outcome::kNew;
  done.reason = before ? changes_between(before->facts, split.facts) : "first split";
  split.number = before ? before->number + 1 : 1;
  if (before && !before->transaction_id.empty())
    EARMARK_TRY_STATUS(ledger.reverse(before->transaction_id, done.reason, Timestamp::min()));
  EARMARK_TRY_STATUS(book(session, ledger, split, allocation, done.reason));
  EARMARK_TRY(const auto after, booked_for(session, revenue.id));
  done.transaction_id = after->transaction_id;
  return done;
}

Result<std::int64_t> verify_splits(storage::Session& session) {
  EARMARK_TRY(const auto rows,
              session.query<Row>("SELECT facts, facts_sha256, transaction_id FROM attributions"
                                 " ORDER BY key"));
  Ledger ledger(session, Timestamp{});
  for (const Row& row : rows) {
    EARMARK_TRY(const auto json, parse_json(row.facts));
    EARMARK_TRY(const auto facts, facts_from_json(json));
    EARMARK_TRY(const auto heard, heard_for(session, facts));
    EARMARK_TRY(const auto allocation, allocate(facts, heard));
    const auto again = ledger_lines(facts, allocation);
    EARMARK_TRY(const auto booked, ledger.lines_of(row.transaction_id));
    const bool is_same = digest_of(facts, digest_of(heard)) == row.facts_sha256 &&
                         std::equal(again.begin(), again.end(), booked.begin(), booked.end(),
                                    [](const LedgerLine& a, const BookedLine& b) { return a == b.line; });
    if (!is_same)
      return fail(ErrorCode::kCorrupt,
                  fmt::format("the split of {} in {} does not come out again from its facts",
                              facts.revenue_id, row.transaction_id));
  }
  return static_cast<std::int64_t>(rows.size());
}

Result<std::vector<Difference>> what_if(storage::Session& session, const WhatIf& other) {
  constexpr std::int64_t kAtATime = 500;
  std::map<std::pair<std::string, Currency>, std::pair<std::int64_t, std::int64_t>> sums;
  for (std::int64_t after = 0;;) {
    EARMARK_TRY(const auto page, revenues_after(session, after, kAtATime));
    if (page.revenues.empty()) break;
    after = page.last;
    for (const Revenue& revenue : page.revenues) {
      const Timestamp until = revenue.revenue.until;
      if (until <= other.from || until > other.until) continue;
      EARMARK_TRY(auto booked, booked_for(session, revenue.id));
      if (!booked) continue;
      Facts& facts = booked->facts;
      EARMARK_TRY(const auto heard, heard_for(session, facts));
      EARMARK_TRY(const auto now, allocate(facts, heard));
      if (other.tariff) facts.tariff = *other.tariff;
      for (PaidUse& use : facts.uses) {
        if (const auto known = other.standings.find(use.claim_id); known != other.standings.end())
          use.standing = known->second;
      }
      EARMARK_TRY(const auto then, allocate(facts, heard));
      for (const auto& line : now.lines) sums[{line.account, facts.amount.currency}].first += line.micros;
      for (const auto& line : then.lines) sums[{line.account, facts.amount.currency}].second += line.micros;
    }
  }
  std::vector<Difference> differences;
  for (const auto& [key, pair] : sums) {
    if (pair.first != pair.second) differences.push_back({key.first, key.second, pair.first, pair.second});
  }
  return differences;
}

}  // namespace earmark::monetization
