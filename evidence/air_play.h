#pragma once
#include <string>
#include <vector>

#include "evidence/cue_sheet.h"
#include "registry/live.h"

namespace earmark::evidence {

/// Everything that was heard on a live stream on a day (UTC; "2026-11-25"), by time, claimed or not; times
/// are of the day. The status of what goes on is "playing", of what is not claimed the reason. kNotFound:
/// nobody listens to such a stream; kInvalidArgument: no such day.
[[nodiscard]] Result<std::vector<Cue>> air_play_log(const registry::Live& live, const std::string& stream,
                                                    const std::string& day);

}  // namespace earmark::evidence
