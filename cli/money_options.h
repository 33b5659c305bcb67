#pragma once
// Options of `earmark money`, and the part of the command line that is about them.
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace earmark::cli {

struct MoneyOptions {
  enum class What {
    kEarn,
    kRefund,
    kListens,
    kTariffPut,
    kTariffUse,
    kTariffList,
    kRatesSet,
    kRatesList,
    kAttribute,
    kBalances,
    kJournal,
    kExplain,
    kWhatIf,
    kStatement,
    kTerms,
    kPayout,
    kKept,
    kClose,
    kReverse,
    kVerify,
    kTierPut,
    kTierList,
    kMemberJoin,
    kMemberList,
    kMemberChange,
    kMemberLeave,
    kMemberRotate,
    kMemberOpen,
    kMemberTick,
    kMemberShare,
  } what = What::kBalances;
  std::string subject;  ///< revenue, line, account, transaction, tariff or pair of currencies
  std::string feed;
  std::string guid;
  std::string amount;
  std::string source = "ads";
  std::string reference;
  std::string from;
  std::string until;
  std::string day;
  std::string by;
  std::string reason;
  std::string tariff;
  std::string method = "bank";
  std::string format = "text";
  std::string output;
  std::string threshold;
  std::string currency;
  std::string hold;  ///< why nothing is paid
  std::string batch;
  std::optional<std::int64_t> hold_days;
  std::vector<std::string> files;
  std::vector<std::string> settings;
  std::vector<std::string> claims;  ///< "clm_…=none"
  // Of members:
  std::string tier;
  std::string device;
  std::string benefits;
  std::string gift_from;
  std::int64_t days = 30;
  std::int64_t trial_days = 0;
  std::int64_t gift_periods = 0;
  bool at_once = false;
  bool release = false;
  bool dry_run = false;
};

/// Where CLI11 puts what was said.
struct MoneyValues {
  MoneyOptions options;
  std::shared_ptr<const MoneyOptions> chosen;  ///< set by the command that was given
};

/// Adds `money`. `make`: as in cli/options_rights.h.
void add_money_commands(
    CLI::App& app, MoneyValues& values,
    const std::function<CLI::App&(CLI::App&, const char*, const char*, const char*)>& make);

}  // namespace earmark::cli
