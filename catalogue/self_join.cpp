#include "catalogue/self_join.h"

#include <algorithm>

namespace earmark::catalogue {
namespace {

constexpr std::int64_t kEdgeMs = 1000;  // by which bounds may be off

}  // namespace

std::vector<registry::NewShared> as_new(std::span<const index::Shared> shared,
                                        std::span<const index::Shared> repeats) {
  std::vector<registry::NewShared> out;
  for (const auto part : {shared, repeats}) {
    for (const index::Shared& s : part) {
      out.push_back(
          {s.other, s.start_ms, s.end_ms, s.other_start_ms, s.other_end_ms, s.speed, s.score, s.share});
    }
  }
  return out;
}

std::vector<std::string> ambiguous_with(std::int64_t reference_start_ms, std::int64_t reference_end_ms,
                                        const registry::Recording& recording,
                                        std::span<const registry::SharedStretch> stretches) {
  std::vector<std::string> others;
  for (const auto& stretch : stretches) {
    if (stretch.kind == registry::SharedKind::kRepeat) continue;
    if (reference_start_ms < stretch.start_ms - kEdgeMs || reference_end_ms > stretch.end_ms + kEdgeMs)
      continue;
    const bool one_work = stretch.kind == registry::SharedKind::kDuplicate &&
                          stretch.other_owner == recording.owner && stretch.other_action == recording.action;
    if (!one_work) others.push_back(stretch.other_id);
  }
  std::sort(others.begin(), others.end());
  others.erase(std::unique(others.begin(), others.end()), others.end());
  return others;
}

}  // namespace earmark::catalogue
