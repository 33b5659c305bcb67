#pragma once
#include <string>

namespace earmark::audio::worker {

/// What a decode found out about its input.
struct Decoded {
  std::string container;
  std::string codec;
  int rate_hz = 0;
  int channels = 0;
  bool side_channel_used = false;
};

}  // namespace earmark::audio::worker
