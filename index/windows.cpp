#include "index/windows.h"

#include <algorithm>

namespace earmark::index {
namespace {

constexpr std::int64_t kShortestQuery = 48;  // frames; 0.8 s

}  // namespace

std::vector<FrameRange> windows_of(std::int64_t frames, std::int64_t size, std::int64_t hop) {
  std::vector<FrameRange> windows;
  for (std::int64_t first = 0; first + size <= frames; first += hop) windows.push_back({first, first + size});
  if (windows.empty() || windows.back().last < frames)
    windows.push_back({std::max<std::int64_t>(0, frames - size), frames});
  return windows;
}

std::vector<FrameRange> search_windows(std::int64_t frames) {
  if (frames < kShortestQuery) return {};
  auto windows = windows_of(frames, kShortWindow, kShortWindow / 2);
  if (frames <= kShortWindow + kShortWindow / 2) return windows;
  const auto longer = windows_of(frames, kLongWindow, kLongWindow);
  windows.insert(windows.end(), longer.begin(), longer.end());
  return windows;
}

FrameRange centred(FrameRange window, std::int64_t size, std::int64_t frames) {
  const std::int64_t middle = (window.first + window.last) / 2;
  return {std::max<std::int64_t>(0, middle - size / 2), std::min(frames, middle + size / 2)};
}

}  // namespace earmark::index
