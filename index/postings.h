#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "index/landmarks.h"
#include "index/timeline.h"

namespace earmark::index {

/// Inverted file hash -> places over all segments. Lists hold places to kLandmarkStep frames; which frame it
/// is the recording's peaks know, and only the few votes that agree are worth asking them. A view.
class Postings {
 public:
  /// Where the places of some landmarks' hashes lie: found, not yet read.
  struct Lists {
    std::vector<std::uint32_t> lengths;  ///< one a landmark: its places, also of removed recordings
    std::vector<ListAt> parts;           ///< for each landmark one a segment
  };

  Postings() = default;
  explicit Postings(const std::vector<LiveSegment>& segments);

  [[nodiscard]] Lists find(std::span<const Landmark> landmarks) const;

  /// Brings the places of landmark number i near.
  void prefetch(const Lists& lists, std::size_t i) const {
    const std::size_t count = segments_->size();
    for (std::size_t s = 0; s < count; ++s) earmark::index::Lists::prefetch(lists.parts[i * count + s]);
  }

  /// Calls visit_place(std::uint32_t) for the places of landmark number i, ascending, rounded down to
  /// kLandmarkStep.
  template <class Visit>
  void visit(const Lists& lists, std::size_t i, Visit&& visit_place) const {
    const std::size_t count = segments_->size();
    for (std::size_t s = 0; s < count; ++s) {
      const ListAt& part = lists.parts[i * count + s];
      if (part.count == 0) continue;
      const std::uint32_t base = (*segments_)[s].base;
      earmark::index::Lists::visit(part,
                                   [&](std::uint32_t value) { visit_place(base + value * kLandmarkStep); });
    }
  }

  /// The frame that a rounded place of a hash stands for; nothing where the recording was removed.
  [[nodiscard]] std::optional<std::uint32_t> exact(std::uint32_t place, std::uint32_t hash) const;

  /// A hash with more places than this is so common that it says nothing: hum, tones, one note of a
  /// synthesiser.
  [[nodiscard]] std::uint32_t common_limit() const { return common_limit_; }
  [[nodiscard]] std::uint64_t size() const { return size_; }

 private:
  const std::vector<LiveSegment>* segments_ = nullptr;
  std::uint64_t size_ = 0;
  std::uint32_t common_limit_ = 0;
};

}  // namespace earmark::index
