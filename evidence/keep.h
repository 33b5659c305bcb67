#pragma once
#include <span>
#include <vector>

#include "catalogue/catalogue.h"

namespace earmark::evidence {

/// Length of the clips of sound that are kept of a use.
inline constexpr std::uint32_t kClipMs = 10'000;

/// What is kept of uses while the episode is at hand: 10 s of both sides about the middle of each, and why
/// they were found. The recording's side comes from its file, where that is still there unchanged. What
/// cannot be kept is named with the reason; nothing here fails a scan. One list a use.
[[nodiscard]] std::vector<std::vector<registry::KeptEvidence>> keep(
    catalogue::Catalogue& catalogue, audio::ByteSource& episode,
    std::span<const catalogue::ExplainedUse> uses);

}  // namespace earmark::evidence
