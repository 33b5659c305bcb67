#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "core/bytes.h"
#include "core/result.h"

namespace earmark::index {

/// Inverted file hash -> places, where a place is a frame on the engine's global timeline. A sealed part (4
/// bytes a posting, directory by hash) and a tail of sorted runs that are merged as they grow.
/// Thread-confined for writers.
class Postings {
 public:
  struct Posting {
    std::uint32_t hash;
    std::uint32_t place;
  };

  /// Adds the postings of one recording, in any order.
  void add(std::span<const Posting> postings);

  /// Calls visit(std::uint32_t place) for all postings of a hash; nothing at all for a hash so common that it
  /// says nothing.
  template <class Visit>
  void visit(std::uint32_t hash, Visit&& visit_place) const {
    if (count(hash) > common_limit_) return;
    if (!begin_.empty()) {
      for (std::uint32_t i = begin_[hash]; i < begin_[hash + 1]; ++i) visit_place(places_[i]);
    }
    for (const Run& run : tail_) {
      for (std::size_t i = lower(run, hash); i < run.size() && run[i] >> 32 == hash; ++i) {
        visit_place(static_cast<std::uint32_t>(run[i]));
      }
    }
  }

  /// Moves the tail into the sealed part, and drops the postings for which dead(place) holds.
  template <class Dead>
  void seal(Dead&& dead) {
    Run all;
    all.reserve(size());
    for (std::uint32_t hash = 0; !begin_.empty() && hash + 1 < begin_.size(); ++hash) {
      for (std::uint32_t i = begin_[hash]; i < begin_[hash + 1]; ++i) {
        if (!dead(places_[i])) all.push_back(pack(hash, places_[i]));
      }
    }
    for (const Run& run : tail_) {
      for (const std::uint64_t posting : run) {
        if (!dead(static_cast<std::uint32_t>(posting))) all.push_back(posting);
      }
    }
    seal_sorted(std::move(all));
  }

  /// How many places a hash has.
  [[nodiscard]] std::size_t count(std::uint32_t hash) const;
  [[nodiscard]] std::size_t size() const;
  [[nodiscard]] std::uint64_t bytes() const;

  /// The sealed part only: seal() first.
  void save(ByteWriter& out) const;
  [[nodiscard]] static Result<Postings> load(ByteReader& in);

 private:
  using Run = std::vector<std::uint64_t>;  ///< hash << 32 | place, ascending

  [[nodiscard]] static std::uint64_t pack(std::uint32_t hash, std::uint32_t place) {
    return std::uint64_t{hash} << 32 | place;
  }
  [[nodiscard]] static std::size_t lower(const Run& run, std::uint32_t hash);
  void seal_sorted(Run all);
  void update_common_limit();

  std::vector<std::uint32_t> begin_;  ///< [2^kHashBits + 1] into places_; empty when nothing is sealed
  std::vector<std::uint32_t> places_;
  std::vector<Run> tail_;
  std::size_t common_limit_ = 0;
};

}  // namespace earmark::index
