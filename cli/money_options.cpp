#include "cli/money_options.h"

#include <CLI/CLI.hpp>

#include "cli/help_money.h"

namespace earmark::cli {
namespace {

using What = MoneyOptions::What;

/// Commands of `money`, one after the other.
class MoneyGroup {
 public:
  using Make = std::function<CLI::App&(CLI::App&, const char*, const char*, const char*)>;

  MoneyGroup(CLI::App& app, MoneyValues& values, const Make& make)
      : group_(*app.add_subcommand("money", "What episodes earn, whose it is, and paying it out")),
        values_(values),
        options_(values.options),
        make_(make) {
    group_.require_subcommand(1);
    group_.footer(help::kMoney);
  }

  void add_all() {
    add_facts();
    add_tariffs();
    add_books();
    add_payments();
    add_members();
  }

 private:
  struct Name {
    const char* name;
    const char* what;
  };

  CLI::App& add(CLI::App& parent, const Name& name, What what, const char* teaches) {
    CLI::App& command = make_(parent, name.name, name.what, teaches);
    command.callback([values = &values_, what] {
      values->options.what = what;
      values->chosen = std::make_shared<const MoneyOptions>(values->options);
    });
    return command;
  }
  static CLI::Option* text(CLI::App& command, const char* name, std::string& value, const Name& type) {
    return command.add_option(name, value, type.what)->type_name(type.name);
  }
  void add_time(CLI::App& command) {
    text(command, "--from", options_.from, {"TIME", "From when on (a day, or RFC 3339)"});
    text(command, "--until", options_.until, {"TIME", "Until when, without it (a day, or RFC 3339)"});
  }
  void add_by(CLI::App& command) { text(command, "--by", options_.by, {"NAME", "Who, for the record"}); }
  void add_subject(CLI::App& command, const Name& name) {
    text(command, name.name, options_.subject, {"", name.what})->required();
  }

  void add_facts() {
    CLI::App& earn = add(group_, {"earn", "Record what an episode earned"}, What::kEarn, help::kMoneyFacts);
    text(earn, "--feed", options_.feed, {"URL", "Feed of the episode"});
    text(earn, "--guid", options_.guid, {"GUID", "Episode"});
    text(earn, "--amount", options_.amount, {"AMOUNT", "'120.00 USD'"});
    text(earn, "--source", options_.source, {"NAME", "Who paid (default: ads)"});
    text(earn, "--reference", options_.reference, {"TEXT", "Of whoever paid: number of an invoice"});
    earn.add_option("--file", options_.files, "CSV file, instead of the above")->type_name("FILE");
    add_time(earn);
    CLI::App& refund =
        add(group_, {"refund", "Record that revenue went back"}, What::kRefund, help::kMoneyFacts);
    add_subject(refund, {"REVENUE_ID", "As earn printed it"});
    text(refund, "--amount", options_.amount,
         {"AMOUNT", "How much, without currency (default: all that is left)"});
    text(refund, "--reference", options_.reference, {"TEXT", "Tells refunds apart that are else the same"});
    CLI::App& listens =
        add(group_, {"listens", "Read who heard which part of episodes"}, What::kListens, help::kMoneyFacts);
    listens.add_option("FILE", options_.files, "CSV files")->required()->type_name("");
    text(listens, "--batch", options_.batch, {"NAME", "Name of the batch (default: made from its content)"});
  }

  void add_tariffs() {
    CLI::App& tariff = *group_.add_subcommand("tariff", "Rules of what a use earns");
    tariff.require_subcommand(1);
    tariff.footer(help::kMoneyTariff);
    CLI::App& put =
        add(tariff, {"put", "Make a tariff, or its next version"}, What::kTariffPut, help::kMoneyTariff);
    add_subject(put, {"NAME", "Name of the tariff"});
    put.add_option("--set", options_.settings, "'floor=50%', once for each setting")
        ->allow_extra_args(false)
        ->type_name("SETTING");
    text(put, "--from", options_.from, {"TIME", "Counts for what is earned from then on (default: now)"});
    add_by(put);
    CLI::App& use = add(tariff, {"use", "Let a tariff count"}, What::kTariffUse, help::kMoneyTariff);
    add_subject(use, {"NAME", "Name of the tariff"});
    text(use, "--feed", options_.feed,
         {"URL", "For this feed (default: for all that have none of their own)"});
    text(use, "--from", options_.from, {"TIME", "From when on (default: ever)"});
    add_by(use);
    add(tariff, {"list", "List tariffs with their versions"}, What::kTariffList, help::kMoneyTariff);
  }

  void add_books() {
    add(group_, {"attribute", "Split what is new, correct what came out different"}, What::kAttribute,
        help::kMoneyBooks);
    CLI::App& balances =
        add(group_, {"balances", "What every account holds"}, What::kBalances, help::kMoneyBooks);
    text(balances, "ACCOUNT", options_.subject, {"", "Only this one, or 'party:' for a kind"});
    CLI::App& journal =
        add(group_, {"journal", "Lines of the ledger, in order"}, What::kJournal, help::kMoneyBooks);
    text(journal, "--account", options_.subject, {"ACCOUNT", "Only of this one, or 'party:' for a kind"});
    text(journal, "--of", options_.reference, {"ID", "Only what was made from this revenue"});
    add_time(journal);
    CLI::App& explain = add(group_, {"explain", "Why a line is what it is"}, What::kExplain, help::kMoney);
    add_subject(explain, {"LINE", "As journal and statements print it"});
    CLI::App& what_if = add(group_, {"what-if", "What other rules or outcomes would have meant"},
                            What::kWhatIf, help::kMoneyBooks);
    text(what_if, "--tariff", options_.tariff, {"NAME", "This tariff, or NAME@VERSION (default: as it was)"});
    what_if.add_option("--claim", options_.claims, "'clm_…=none', contested or stands, once for each claim")
        ->allow_extra_args(false)
        ->type_name("CLAIM");
    add_time(what_if);
    CLI::App& statement =
        add(group_, {"statement", "What happened to an account"}, What::kStatement, help::kMoneyBooks);
    add_subject(statement, {"ACCOUNT", "party:NAME or another"});
    add_time(statement);
    text(statement, "--format", options_.format, {"FORMAT", "text, csv, html or dsr (default: text)"})
        ->check(CLI::IsMember({"text", "csv", "html", "dsr"}).description(""));
    text(statement, "-o,--output", options_.output, {"FILE", "Write to this file"});
    CLI::App& close = add(group_, {"close", "Close the books until a time"}, What::kClose, help::kMoneyBooks);
    text(close, "--until", options_.until, {"TIME", "A day, or RFC 3339"})->required();
    add_by(close);
    add(group_, {"verify", "Compute everything again"}, What::kVerify, help::kMoneyBooks);
    add(group_, {"kept", "What is kept for somebody, and for how long"}, What::kKept, help::kMoneyBooks);
  }

  void add_payments() {
    CLI::App& terms =
        add(group_, {"terms", "Show or set when an account is paid"}, What::kTerms, help::kMoneyPay);
    text(terms, "ACCOUNT", options_.subject,
         {"", "party:NAME or show:FEED (default: all without their own)"});
    text(terms, "--threshold", options_.threshold, {"AMOUNT", "Pay from this on, without currency"});
    terms.add_option("--hold-days", options_.hold_days, "Pay what is older")->type_name("N");
    text(terms, "--currency", options_.currency, {"CODE", "Pay in this currency"});
    text(terms, "--hold", options_.hold, {"REASON", "Pay nothing until --release"});
    terms.add_flag("--release", options_.release, "Pay again");
    add_by(terms);
    CLI::App& payout = add(group_, {"payout", "Pay what is owed"}, What::kPayout, help::kMoneyPay);
    text(payout, "ACCOUNT", options_.subject, {"", "Only this one"});
    text(payout, "--method", options_.method, {"NAME", "How, for the record (default: bank)"});
    payout.add_flag("--dry-run", options_.dry_run, "Say what would be paid, pay nothing");
    CLI::App& reverse = add(group_, {"reverse", "Take a payout back"}, What::kReverse, help::kMoneyPay);
    add_subject(reverse, {"TRANSACTION", "As payout printed it"});
    text(reverse, "--reason", options_.reason, {"TEXT", "Why, for the record"})->required();
    CLI::App& rates = *group_.add_subcommand("rates", "Rates of exchange, by day");
    rates.require_subcommand(1);
    rates.footer(help::kMoneyPay);
    CLI::App& set = add(rates, {"set", "Set the rate of a day"}, What::kRatesSet, help::kMoneyPay);
    add_subject(set, {"PAIR", "EUR/USD: how many dollars a euro is"});
    text(set, "RATE", options_.amount, {"", "1.0842"})->required();
    text(set, "--day", options_.day, {"DAY", "2026-11-02"})->required();
    text(set, "--source", options_.reference, {"NAME", "Whose rate it is"});
    add(rates, {"list", "List rates"}, What::kRatesList, help::kMoneyPay);
  }

  void add_members() {
    CLI::App& members = *group_.add_subcommand("members", "Members of shows, and their private feeds");
    members.require_subcommand(1);
    members.footer(help::kMoneyMembers);
    const auto make = [&](const Name& name, What what) -> CLI::App& {
      return add(members, name, what, help::kMoneyMembers);
    };
    const auto add_feed = [&](CLI::App& command) {
      text(command, "--feed", options_.feed, {"URL", "The show"})->required();
    };
    CLI::App& tier = make({"tier", "Make a tier"}, What::kTierPut);
    add_subject(tier, {"NAME", "Name of the tier"});
    add_feed(tier);
    text(tier, "--price", options_.amount, {"AMOUNT", "'5.00 USD' a period"})->required();
    tier.add_option("--days", options_.days, "Length of a period (default: 30)")->type_name("N");
    tier.add_option("--trial-days", options_.trial_days, "Free at first (default: 0)")->type_name("N");
    text(tier, "--benefits", options_.benefits, {"TEXT", "What members of it get, in words"});
    make({"tiers", "List tiers"}, What::kTierList);
    CLI::App& join = make({"join", "Make somebody a member"}, What::kMemberJoin);
    add_subject(join, {"TIER", "Name of the tier"});
    add_feed(join);
    text(join, "--reference", options_.reference, {"TEXT", "Your own name for the member"})->required();
    text(join, "--method", options_.method, {"NAME", "Payment method, as the processor names it"})
        ->required();
    join.add_option("--gift", options_.gift_periods, "Paid once, for so many periods")->type_name("N");
    text(join, "--from", options_.gift_from, {"NAME", "Who gives it"});
    make({"list", "List members"}, What::kMemberList);
    CLI::App& change = make({"change", "To another tier, from now on"}, What::kMemberChange);
    add_subject(change, {"MEMBER_ID", "As join printed it"});
    text(change, "TIER", options_.tier, {"", "Name of the tier"})->required();
    CLI::App& leave = make({"leave", "End a membership with its period"}, What::kMemberLeave);
    add_subject(leave, {"MEMBER_ID", "As join printed it"});
    leave.add_flag("--now", options_.at_once, "At once");
    CLI::App& rotate = make({"rotate", "Give a member another private feed"}, What::kMemberRotate);
    add_subject(rotate, {"MEMBER_ID", "As join printed it"});
    text(rotate, "--reason", options_.reason, {"TEXT", "Why, for the record"});
    CLI::App& open = make({"open", "What a private feed's secret opens"}, What::kMemberOpen);
    add_subject(open, {"TOKEN", "As join or rotate printed it"});
    text(open, "--device", options_.device, {"NAME", "Who asks: address and program"});
    make({"tick", "Let the processor's time pass"}, What::kMemberTick);
    CLI::App& share = make({"share", "Give members' money to what they heard"}, What::kMemberShare);
    add_feed(share);
    add_time(share);
  }

  CLI::App& group_;
  MoneyValues& values_;
  MoneyOptions& options_;
  const Make& make_;
};

}  // namespace

void add_money_commands(
    CLI::App& app, MoneyValues& values,
    const std::function<CLI::App&(CLI::App&, const char*, const char*, const char*)>& make) {
  MoneyGroup(app, values, make).add_all();
}

}  // namespace earmark::cli
