#pragma once
#include "index/line.h"
#include "index/neighbourhood.h"
#include "index/query_peaks.h"
#include "index/reference_peaks.h"
#include "index/timeline.h"

namespace earmark::index {

/// What extension needs to know of the recording and of the evidence that the line was proven with.
struct Extension {
  const ReferencePeaks* reference = nullptr;
  Timeline::Span recording;
  const Neighbourhood* neighbourhood = nullptr;
  FrameRange proven;        ///< of the query
  Resemblance resemblance;  ///< along the line, over `proven`
};

/// The stretch of the query in which the recording runs along the line: from `proven` outwards in both
/// directions, across gaps of up to 8 s, as the likelier of playing (loud, or drowned by a voice) and not
/// playing over blocks of a quarter second. The walk follows slow drift. Empty when nothing supports the
/// line.
[[nodiscard]] FrameRange extend(const QueryPeaks& query, const Extension& extension, const Line& line);

}  // namespace earmark::index
