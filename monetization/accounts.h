#pragma once
// Names of accounts: a kind, a colon, a name. What is owed to somebody is positive, what somebody brought in
// is negative; all accounts of a currency are nothing together.
#include <string>
#include <string_view>

#include "core/result.h"

namespace earmark::monetization {

enum class AccountKind {
  kExternal,   ///< the world: advertisers, members, buyers, banks
  kPlatform,   ///< fees, and what waits to be split
  kParty,      ///< an owner, by name
  kShow,       ///< a podcast, by the URL of its feed
  kEscrow,     ///< a claim that is contested, by its id
  kConflict,   ///< a recording or work of which more than the whole is claimed
  kUnclaimed,  ///< a recording or work, the part that nobody holds
  kUnmatched,  ///< a recording whose work is not known
};
[[nodiscard]] std::string_view to_string(AccountKind kind);  ///< "external", …

/// "escrow:clm_…"
[[nodiscard]] std::string account(AccountKind kind, std::string_view name);
/// kInvalidArgument for another kind, no name, or control characters.
[[nodiscard]] Result<AccountKind> kind_of_account(std::string_view account);
/// What is after the colon.
[[nodiscard]] std::string_view name_of_account(std::string_view account);

/// Whether it holds money that is kept for somebody: it never owes.
[[nodiscard]] bool is_kept(AccountKind kind);
/// Whether money is paid out of it.
[[nodiscard]] bool is_payable(AccountKind kind);

/// What came in and is not split yet.
inline constexpr std::string_view kUnattributed = "platform:unattributed";
/// Where currencies are exchanged.
inline constexpr std::string_view kExchange = "platform:exchange";

}  // namespace earmark::monetization
