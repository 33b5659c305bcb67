#pragma once

namespace earmark::cli::help {

// The parts of --help that teach, of the commands about money (docs/money.md).

inline constexpr const char* kMoney =
    R"(What an episode earned is split by the seconds in which claimed recordings were heard: fees first, then the
uses, by the tariff, to whoever holds the rights; the rest is the show's. What is disputed is kept in
escrow. Nothing is overwritten: what was wrong is reversed. docs/money.md explains it with an example.

Examples:
  earmark money earn --feed URL --guid ep-1 --amount "120.00 USD" --source ads --from 2026-10-01 --until 2026-11-01
  earmark money listens october.csv               who heard which part where: counts, no listeners
  earmark money attribute                         splits what is new, corrects what came out different
  earmark money balances
  earmark money explain txn_3f…/4                 every step from the revenue to this line, made again
  earmark money statement "party:My label" --from 2026-10-01 --until 2026-11-01
  earmark money close --until 2026-11-01 && earmark money payout --dry-run

Exit codes: 0 done; 1 failed; 2 usage; 4 some could not be done (each is named).)";

inline constexpr const char* kMoneyFacts =
    R"(The same twice is one: give two payments that are else the same different references.
Files are CSV with a header. earn: feed,guid,amount,from,until and, where wanted, source,reference.
listens: feed,guid,day and, where known, territory,start_ms,end_ms,listens.

Examples:
  earmark money earn --feed URL --guid ep-1 --amount "120.00 USD" --from 2026-10-01 --until 2026-11-01
  earmark money earn --file earned.csv
  earmark money refund rev_5e… --amount 20.00
  earmark money listens october.csv --batch 2026-10

Exit codes: 0 done; 1 failed; 2 usage; 4 some rows could not be recorded (each is named).)";

inline constexpr const char* kMoneyTariff =
    R"(A tariff is a list of settings; each put that changes it is a new version, and splits keep theirs.

  fee.NAME=10%         off the revenue, first; rounded down
  floor=50%            the show's part of the rest is at least this
  cap=30%              one use's part of the rest is at most this
  work=20%             of a use: the composition's part, the recording gets the rest
  min_length=5s        shorter uses earn nothing
  overlap=shapley|each seconds with several uses: shared, or counted for each
  weight.KIND=50%      what a second counts; kinds: recording, melody, near_duplicate, sting, excerpt, whole
  audience.DE=7        listeners by territory, where no listens are known

Examples:
  earmark money tariff put house --set fee.platform=15% --set floor=40% --set work=20%
  earmark money tariff use house                  for all feeds; --feed URL for one
  earmark money what-if --tariff house --from 2026-10-01 --until 2026-11-01

Exit codes: 0 done; 1 failed; 2 usage.)";

inline constexpr const char* kMoneyBooks =
    R"(Accounts are named KIND:NAME. party:, show: are owed to somebody; escrow: (a disputed claim), conflict:,
unclaimed:, unmatched: are kept for whoever it turns out to be; platform: is the platform's;
external: is where money comes from and goes to, and owes what it brought in. All are nothing together.

Examples:
  earmark money balances party:
  earmark money journal --account "show:https://example.com/feed.xml"
  earmark money what-if --claim clm_3f…=none      as if that claim had been released
  earmark money statement "party:My label" --from 2026-10-01 --until 2026-11-01 --format html -o october.html
  earmark money kept                              what nobody got yet, and for how long
  earmark money verify                            computes everything again

Exit codes: 0 done; 1 failed; 2 usage.)";

inline constexpr const char* kMoneyPay =
    R"(An account is paid what is older than its hold, once that reaches its threshold. Without terms of its
own it has those that were set without an account, or 10 units and 30 days.

Examples:
  earmark money terms --threshold 25 --hold-days 45             for all
  earmark money terms "party:My label" --currency EUR
  earmark money terms "party:My label" --hold "address missing" then: --release
  earmark money rates set EUR/USD 1.0842 --day 2026-11-02 --source ECB
  earmark money payout --dry-run
  earmark money payout
  earmark money reverse txn_3f… --reason "account closed"       a payout that came back

Exit codes: 0 done; 1 failed; 2 usage; 4 some are held for want of a rate.)";

inline constexpr const char* kMoneyMembers =
    R"(Members pay for a show each period, and have a private feed whose address holds a secret: it is printed
once, can be changed, and stops with the membership, or when too many devices use it in a day. The
payment processor is simulated: payment methods are pm_ok, pm_declined and pm_fails_2 (declined twice, then
paid). tick lets its time pass: trials end, periods are paid, what failed is tried again.

Examples:
  earmark money members tier fan --feed URL --price "5.00 USD" --trial-days 7 --benefits "ad-free bonus"
  earmark money members join fan --feed URL --reference ann@example.com --method pm_ok
  earmark money members join fan --feed URL --reference bob --gift 12 --from ann --method pm_ok
  earmark money members open TOKEN --device phone      what the private feed would answer
  earmark money members tick
  earmark money members share --feed URL --from 2026-10-01 --until 2026-11-01    to episodes, by what was heard

Exit codes: 0 done; 1 failed (also: refused); 2 usage.)";

}  // namespace earmark::cli::help
