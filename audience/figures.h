#pragma once
// From sealed requests to the figures of days. Figures are derived: they can be made again, byte for byte, as
// long as the key of their month is there.
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "audience/count.h"
#include "audience/store.h"

namespace earmark::audience {

struct RecountOptions {
  std::uint32_t volume_limit = 200;            ///< downloads an address may have a day; 0: any number
  std::size_t memory = std::size_t{1} << 29U;  ///< bytes of requests that are held at a time
};

struct EpochOutcome {
  std::string epoch;
  std::uint64_t requests = 0;
  std::uint64_t downloads = 0;  ///< by calendar days
  std::uint64_t undecided = 0;  ///< visits to files of unknown length that were not counted
};

/// Counts a month anew by all three windows and replaces its figures in one transaction. The same requests,
/// files and lists give the same rows, in whatever order their logs came.
/// Errors: kRefused: the key of the month was erased (its figures stay as they are).
[[nodiscard]] Result<EpochOutcome> recount(AudienceStore& store, std::string_view epoch,
                                           const RecountOptions& options);

/// Months with requests that came after they were counted.
[[nodiscard]] Result<std::vector<std::string>> stale_epochs(AudienceStore& store);
/// Months that have requests, in order.
[[nodiscard]] Result<std::vector<std::string>> all_epochs(AudienceStore& store);

/// Loses the key of a month for good: its requests cannot be read again, nor listeners' ids be made again.
/// Its sealed requests are deleted, its figures stay. kNotFound.
[[nodiscard]] Status erase_epoch(AudienceStore& store, std::string_view epoch);

/// How much of stretches of files was delivered (count.h), by calendar days. Reads all months whose keys are
/// there and that touch [from_day, to_day].
struct DeliveryQuery {
  std::vector<Stretch> stretches;
  std::uint32_t from_day = 0;
  std::uint32_t to_day = ~std::uint32_t{0};
};
struct DeliveryAnswer {
  std::vector<Download> downloads;  ///< of the files that have stretches
  std::vector<Delivery> deliveries;
};
[[nodiscard]] Result<DeliveryAnswer> deliveries(AudienceStore& store, const DeliveryQuery& query,
                                                const RecountOptions& options);

}  // namespace earmark::audience
