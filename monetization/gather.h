#pragma once
// Facts of a split, gathered from the registry within the transaction of whoever books it.
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "monetization/facts.h"
#include "monetization/revenues.h"

namespace earmark::storage {
class Session;
}

namespace earmark::monetization {

/// Reads rights once for each recording. Lives no longer than the session's transaction.
class Gatherer {
 public:
  explicit Gatherer(storage::Session& session) : session_(&session) {}

  /// As the registry stands now: the newest scanned version of the episode, its claims, the shares at the end
  /// of the revenue's time, the tariff of that time, all listens. Nothing: the episode was not scanned yet.
  [[nodiscard]] Result<std::optional<Facts>> now(const Revenue& revenue);

  /// Of a revenue whose period is closed: what was known then stays, but for what became of its claims, what
  /// was refunded, and money that had no owner, which goes to whoever has been found to own it.
  [[nodiscard]] Result<Facts> thawed(Facts then, const Revenue& revenue);

 private:
  /// One side of the rights in a recording, over all territories and times.
  struct Held {
    std::string subject;
    bool is_work = false;
    std::vector<registry::Share> shares;
  };
  struct ClaimRow;

  [[nodiscard]] Result<const std::vector<Held>*> held(std::int64_t recording_key, const std::string& id,
                                                      const std::string& registrant);
  [[nodiscard]] Status fill_in(PaidUse& use, const ClaimRow& row, const Facts& facts);
  [[nodiscard]] Result<const std::vector<Held>*> held_by_id(const std::string& recording_id);

  storage::Session* session_;
  std::map<std::int64_t, std::vector<Held>> held_;
  std::optional<std::int64_t> newest_batch_;
};

}  // namespace earmark::monetization
