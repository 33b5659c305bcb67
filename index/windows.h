#pragma once
#include <cstdint>
#include <vector>

#include "index/line.h"

namespace earmark::index {

inline constexpr std::int64_t kShortWindow = 312;  ///< frames; 5 s
inline constexpr std::int64_t kLongWindow = 1250;  ///< frames; 20 s, for what is faint

/// Windows of `size` frames every `hop` frames, the last one at the end of the query; one shorter window
/// where the query is shorter.
[[nodiscard]] std::vector<FrameRange> windows_of(std::int64_t frames, std::int64_t size, std::int64_t hop);

/// Windows that a query of so many frames is searched by: 5 s every 2.5 s, and 20 s every 20 s. None for less
/// than 0.8 s, which holds no evidence.
[[nodiscard]] std::vector<FrameRange> search_windows(std::int64_t frames);

/// The window of `size` frames about the middle of another, cut at the ends of the query.
[[nodiscard]] FrameRange centred(FrameRange window, std::int64_t size, std::int64_t frames);

}  // namespace earmark::index
