#include "monetization/accounts.h"

#include <algorithm>

#include <fmt/format.h>

namespace earmark::monetization {
namespace {

constexpr AccountKind kKinds[] = {AccountKind::kExternal,  AccountKind::kPlatform, AccountKind::kParty,
                                  AccountKind::kShow,      AccountKind::kEscrow,   AccountKind::kConflict,
                                  AccountKind::kUnclaimed, AccountKind::kUnmatched};

}  // namespace

std::string_view to_string(AccountKind kind) {
  switch (kind) {
    case AccountKind::kExternal: return "external";
    case AccountKind::kPlatform: return "platform";
    case AccountKind::kParty: return "party";
    case AccountKind::kShow: return "show";
    case AccountKind::kEscrow: return "escrow";
    case AccountKind::kConflict: return "conflict";
    case AccountKind::kUnclaimed: return "unclaimed";
    case AccountKind::kUnmatched: return "unmatched";
  }
  return "external";
}

std::string account(AccountKind kind, std::string_view name) {
  return fmt::format("{}:{}", to_string(kind), name);
}

Result<AccountKind> kind_of_account(std::string_view account) {
  const auto colon = account.find(':');
  const bool has_name = colon != std::string_view::npos && colon + 1 < account.size();
  const bool is_text = std::none_of(account.begin(), account.end(),
                                    [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 0x7f; });
  for (const AccountKind kind : kKinds) {
    if (has_name && is_text && account.substr(0, colon) == to_string(kind)) return kind;
  }
  return fail(
      ErrorCode::kInvalidArgument,
      fmt::format("account '{}': must be like party:NAME or show:FEED; kinds are external, platform, party, "
                  "show, escrow, conflict, unclaimed, unmatched",
                  account));
}

std::string_view name_of_account(std::string_view account) {
  const auto colon = account.find(':');
  return colon == std::string_view::npos ? std::string_view() : account.substr(colon + 1);
}

bool is_kept(AccountKind kind) {
  return kind == AccountKind::kEscrow || kind == AccountKind::kConflict || kind == AccountKind::kUnclaimed ||
         kind == AccountKind::kUnmatched;
}

bool is_payable(AccountKind kind) { return kind == AccountKind::kParty || kind == AccountKind::kShow; }

}  // namespace earmark::monetization
