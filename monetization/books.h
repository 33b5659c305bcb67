#pragma once
// The books of a store: everything about money, each call a transaction of its own.
#include <filesystem>
#include <functional>
#include <istream>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "monetization/attribution.h"
#include "monetization/ledger.h"
#include "monetization/listens.h"
#include "monetization/memberships.h"
#include "monetization/payouts.h"
#include "monetization/rates.h"
#include "monetization/revenues.h"
#include "monetization/statement.h"
#include "monetization/tariffs.h"

namespace earmark::storage {
class Database;
}

namespace earmark::monetization {

/// Synchronised; other processes may have the same store open. What a call says it booked survives kill -9
/// and loss of power. Common errors: those of registry::Registry.
class Books {
 public:
  /// Makes the store where there is none.
  [[nodiscard]] static Result<std::unique_ptr<Books>> open(const std::filesystem::path& store,
                                                           const Clock& clock = system_clock());
  ~Books();
  Books(const Books&) = delete;
  Books& operator=(const Books&) = delete;

  [[nodiscard]] Result<Recorded> earn(const NewRevenue& revenue);
  [[nodiscard]] Result<Recorded> refund(const Refund& refund);
  /// As store_batch.
  [[nodiscard]] Result<StoredBatch> add_listens(std::string_view id, ListenBatch batch);

  [[nodiscard]] Result<TariffVersion> put_tariff(const Tariff& tariff, std::optional<Timestamp> starts_at,
                                                 std::string_view by);
  [[nodiscard]] Status use_tariff(const TariffUse& use, std::string_view by);
  [[nodiscard]] Result<std::vector<TariffVersion>> tariffs() const;
  [[nodiscard]] Result<Tariff> find_tariff(std::string_view name) const;

  [[nodiscard]] Status put_rate(const Rate& rate);
  [[nodiscard]] Result<std::vector<Rate>> rates() const;

  /// Brings every split up to date, some hundred in a transaction; `each` hears of every revenue, those that
  /// did not change too, and may stop by returning false. What was done stays done.
  [[nodiscard]] Status attribute(const std::function<bool(const Attributed&)>& each);
  [[nodiscard]] Result<Json> explain(std::string_view line) const;
  [[nodiscard]] Result<std::vector<Difference>> what_if(const WhatIf& other) const;

  [[nodiscard]] Status set_terms(std::string_view account, const PaymentTerms& terms, std::string_view by);
  [[nodiscard]] Result<PaymentTerms> terms_of(std::string_view account) const;
  /// Brings all splits up to date, then pays, in one transaction: nothing that was disputed before it is
  /// paid.
  [[nodiscard]] Result<std::vector<Payout>> pay_out(const PayoutRun& run);
  /// What is kept for somebody, by account.
  [[nodiscard]] Result<std::vector<Kept>> kept() const;

  /// Brings all splits up to date, then closes. kConflict as Ledger::close, and where a revenue of the time
  /// waits for a scan.
  [[nodiscard]] Status close(Timestamp until, std::string_view by);
  [[nodiscard]] Result<Timestamp> closed_until() const;
  /// Only what was not made by splitting: payouts that came back, revenue that never was. kNotFound;
  /// kConflict: a split, which is corrected by what it is made from.
  [[nodiscard]] Result<Posted> reverse(std::string_view transaction_id, std::string_view reason);

  /// Calls work in a transaction with the memberships of this store and the simulated processor, whose events
  /// are signed with `secret`.
  [[nodiscard]] Status members(std::string secret, const std::function<Status(Memberships&)>& work);
  [[nodiscard]] Status simulator(std::string secret, const std::function<Status(Processor&)>& work);
  [[nodiscard]] Result<std::vector<std::string>> share_member_income(const IncomeSplit& split);

  [[nodiscard]] Result<std::vector<Balance>> balances(std::string_view account) const;
  [[nodiscard]] Result<std::vector<BookedLine>> lines(const LineFilter& filter) const;
  [[nodiscard]] Result<std::vector<Statement>> statements(const StatementQuery& query) const;

  struct Health {
    std::int64_t transactions = 0;
    std::int64_t splits = 0;                            ///< that were made again
    std::map<std::string, std::int64_t> trial_balance;  ///< micros by currency
  };
  /// Computes everything again. kCorrupt with the first thing that does not come out.
  [[nodiscard]] Result<Health> verify() const;

 private:
  Books(std::unique_ptr<storage::Database> database, const Clock& clock);

  std::unique_ptr<storage::Database> database_;
  const Clock* clock_;
};

}  // namespace earmark::monetization
