#pragma once
// What `earmark money` prints.
#include "cli/console.h"
#include "monetization/books.h"

namespace earmark::cli {

void print(const monetization::Recorded& recorded, std::string_view what, Console& console);
void print(const monetization::StoredBatch& batch, std::string_view file, Console& console);
void print(const monetization::TariffVersion& version, Console& console);
void print(const monetization::Rate& rate, Console& console);
void print(const monetization::Attributed& done, Console& console);
void print(const monetization::Difference& difference, Console& console);
void print(const monetization::BookedLine& line, Console& console);
void print(const monetization::Payout& payout, Console& console);
void print(const monetization::Kept& kept, Console& console);
void print(const std::vector<monetization::Balance>& balances, Console& console);
void print_terms(std::string_view account, const monetization::PaymentTerms& terms, Console& console);
void print_explanation(const Json& explanation, Console& console);

}  // namespace earmark::cli
