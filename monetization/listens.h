#pragma once
// Who heard which part of an episode where: counts, by day. No listener is known here.
#include <chrono>
#include <cstdint>
#include <istream>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/hash.h"
#include "core/time.h"
#include "monetization/allocation.h"

namespace earmark::storage {
class Session;
}

namespace earmark::monetization {

/// So many listens of [start_ms, end_ms) on one day in one territory.
struct Listens {
  std::string feed;
  std::string guid;
  std::chrono::sys_days day;
  std::string territory;  ///< code, or registry::kElsewhere: not known
  std::int64_t start_ms = 0;
  std::int64_t end_ms = 0;  ///< beyond the episode's end: to its end
  std::int64_t listens = 1;
};

/// Gathers listens into a batch, which is stored as a whole. Memory: 24 bytes for each range that differs
/// from the one before it. Thread-confined.
class ListenBatch {
 public:
  /// kInvalidArgument: an empty name, a range or count that makes no sense, no such territory.
  [[nodiscard]] Status add(const Listens& listens);
  [[nodiscard]] std::int64_t listens() const { return listens_; }
  /// Ranges of one place are sorted and joined: the order in which they were added changes nothing.
  struct Packed {
    std::string feed;
    std::string guid;
    std::chrono::sys_days day;
    Bytes spells;
  };
  /// By feed, guid and day; the batch is empty afterwards.
  [[nodiscard]] std::vector<Packed> take();

 private:
  struct Range {
    std::int64_t listens = 0;
    std::uint32_t start_ms = 0;
    std::uint32_t end_ms = 0;
    char territory[2] = {'*', ' '};
  };
  struct Place {
    std::string feed;
    std::string guid;
    std::chrono::sys_days day;
    std::vector<Range> ranges;
  };

  std::unordered_map<std::string, std::size_t> places_by_name_;
  std::vector<Place> places_;
  std::int64_t listens_ = 0;
};

/// CSV (RFC 4180; no line ends within fields) with a header: feed, guid, day (2026-11-23) are needed;
/// territory (else not known), start_ms, end_ms (else the whole episode), listens (else 1). kInvalidArgument
/// names the line.
[[nodiscard]] Status read_listens(std::istream& in, ListenBatch& batch);

struct StoredBatch {
  std::string id;
  std::int64_t listens = 0;
  bool is_new = false;
};
/// Stores a batch under its id, or under one made from its content where that is empty. The same batch again
/// is known; another one under the same id is a kConflict.
[[nodiscard]] Result<StoredBatch> store_batch(storage::Session& session, std::string_view id,
                                              ListenBatch batch, Timestamp now);

/// What batches up to `up_to` say of an episode, on days that begin in [from, until), by territory; ends are
/// cut at `duration_ms`.
struct HeardQuery {
  std::string_view feed;
  std::string_view guid;
  Timestamp from{};
  Timestamp until{};
  std::int64_t up_to = 0;
  std::int64_t duration_ms = 0;
};
[[nodiscard]] Result<std::vector<HeardThere>> heard_of(storage::Session& session, const HeardQuery& query);
/// Number of the newest batch; 0: none.
[[nodiscard]] Result<std::int64_t> newest_batch(storage::Session& session);

/// Reads what ListenBatch::take packed into `heard`, which is ordered by territory. kCorrupt.
[[nodiscard]] Status unpack(std::span<const std::byte> spells, std::int64_t duration_ms,
                            std::vector<HeardThere>& heard);

}  // namespace earmark::monetization
