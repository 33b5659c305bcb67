#pragma once
// What a transaction says, as a digest, and the chain that ties each to all before it.
#include <cstddef>
#include <string>
#include <string_view>

#include "monetization/ledger.h"

namespace earmark::monetization {

/// 130 bits: ids are made from keys that callers choose.
inline constexpr std::size_t kTransactionIdLength = 26;

/// Hexadecimal SHA-256 of all that the transaction says but its key.
[[nodiscard]] std::string digest_of(const NewTransaction& transaction);
/// The chain after a transaction: SHA-256 of the chain before it, its id and its digest.
[[nodiscard]] std::string chained(std::string_view chain, std::string_view id, std::string_view digest);

}  // namespace earmark::monetization
