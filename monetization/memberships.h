#pragma once
// Members of a show: tiers, trials, gifts, and a private feed each. What the processor says decides; money
// goes to the ledger.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/money.h"
#include "core/time.h"
#include "monetization/processor.h"

namespace earmark::storage {
class Session;
}

namespace earmark::monetization {

struct Tier {
  std::string feed;  ///< URL
  std::string name;
  Price price;
  std::int64_t trial_days = 0;
  std::string benefits;  ///< words: "ad-free bonus"
};

enum class MemberStatus {
  kTrialing,
  kActive,
  kPastDue,  ///< a payment failed and is tried again; the feed goes on
  kGift,     ///< paid by somebody else, until a day
  kLapsed,   ///< over; joins anew or not at all
};
[[nodiscard]] std::string_view to_string(MemberStatus status);  ///< "trialing", "active", …

struct Member {
  std::int64_t key = 0;
  std::string id;  ///< "mem_…"
  std::string feed;
  std::string tier;
  std::string reference;  ///< the show's own name for them
  std::string customer_id;
  std::string subscription_id;  ///< empty: a gift
  MemberStatus status = MemberStatus::kActive;
  Timestamp status_at{};   ///< of the event that said so
  Timestamp paid_until{};  ///< the end of the period or of the gift
  std::string gift_from;
};

/// A member with the secret of the private feed, which is shown this once.
struct Joined {
  Member member;
  std::string token;  ///< 43 characters of base64url (256 bits)
};

/// What a private feed's address opens.
struct Access {
  Member member;
  std::string benefits;
  bool is_shared =
      false;  ///< seen on too many devices just now: the address was ended, and nothing is to be given
};

/// Devices that one address may be used from within a day: more, and it is being passed around.
inline constexpr std::int64_t kMostDevicesADay = 8;

/// Within a transaction of the store; thread-confined.
class Memberships {
 public:
  Memberships(storage::Session& session, Processor& processor, Timestamp now)
      : session_(&session), processor_(&processor), now_(now) {}

  /// Makes a tier, with its price at the processor. kConflict: there is one of that name; kNotFound: no such
  /// feed.
  [[nodiscard]] Result<Tier> put_tier(const Tier& tier);
  [[nodiscard]] Result<std::vector<Tier>> tiers();
  [[nodiscard]] Result<std::vector<Member>> members();
  [[nodiscard]] Result<Member> find(std::string_view id);  ///< kNotFound

  struct Join {
    std::string feed;
    std::string tier;
    std::string reference;
    std::string payment_method;
    std::int64_t gift_periods = 0;  ///< more than 0: paid once by `gift_from`, and over after so many periods
    std::string gift_from;
  };
  /// kConflict: is a member of that show already; kRefused: the payment was declined.
  [[nodiscard]] Result<Joined> join(const Join& wanted);
  /// To another tier from now on; the difference is paid to the second.
  [[nodiscard]] Result<Member> change_tier(std::string_view id, std::string_view tier);
  [[nodiscard]] Result<Member> leave(std::string_view id, Processor::When when);

  /// Another secret; those before stop working.
  [[nodiscard]] Result<std::string> rotate_token(std::string_view id, std::string_view reason);
  /// What the secret opens for a device (only a digest of its name is kept). kRefused: not known, ended, or
  /// of somebody who lapsed. Seen on too many devices it is ended, which is no error, because it must be
  /// committed.
  [[nodiscard]] Result<Access> open(std::string_view token, std::string_view device);

  /// An event of the processor, once, in whatever order they come. kRefused: not signed with `secret`.
  [[nodiscard]] Status receive(const ProcessorEvent& event, std::string_view secret);
  /// Lets the processor's time pass, receives all that it says, and ends gifts that are over.
  [[nodiscard]] Result<std::int64_t> tick(std::string_view secret);

 private:
  [[nodiscard]] Result<Tier> find_tier(std::string_view feed, std::string_view name);
  [[nodiscard]] Result<std::string> new_token(std::int64_t member_key);
  [[nodiscard]] Status save(const Member& member);
  [[nodiscard]] Status on_paid(const Json& invoice);
  [[nodiscard]] Status on_subscription(const Json& subscription, Timestamp at);
  [[nodiscard]] Status book_income(const Money& gross, const Money& fee, const Member& member,
                                   std::string_view id);

  storage::Session* session_;
  Processor* processor_;
  Timestamp now_;
};

/// Where a show's membership income waits until it is shared out over its episodes.
[[nodiscard]] std::string member_income_account(std::string_view feed);

/// Shares what came in from members in [from, until) out over the show's episodes as their revenue, by the
/// time for which they were heard, or equally where no listens are known. Once for each time: again, it adds
/// what is new. Returns the revenues' ids.
struct IncomeSplit {
  std::string feed;
  Timestamp from{};
  Timestamp until{};
};
[[nodiscard]] Result<std::vector<std::string>> share_member_income(storage::Session& session,
                                                                   const IncomeSplit& split, Timestamp now);

}  // namespace earmark::monetization
