#pragma once
#include <vector>

#include "index/engine.h"
#include "index/line.h"
#include "index/neighbourhood.h"
#include "index/proof.h"
#include "index/query_peaks.h"
#include "index/reference_peaks.h"
#include "index/store.h"

namespace earmark::index {

/// A line with its proof over one stretch of the query.
struct Seed {
  Line line;
  FrameRange span;
  double z = 0.0;
};

/// A use: a line, the stretch of the query in which it holds, and how strongly it is proven.
struct Use {
  Line line;
  FrameRange range;
  FrameRange proven;
  Evidence evidence;
};

/// All lines that some window proves to at least seed strength; strongest first.
[[nodiscard]] std::vector<Seed> find_seeds(const Engine::State& state, const fingerprint::Fingerprint& query,
                                           const QueryPeaks& peaks, const Neighbourhood& neighbourhood,
                                           std::size_t threads);

/// Seeds → uses: refined, extended, one use a passage, each peak of the query explaining one recording only.
[[nodiscard]] std::vector<Use> assemble(const Engine::State& state, const QueryPeaks& peaks,
                                        const Neighbourhood& neighbourhood, std::vector<Seed> seeds,
                                        const SearchOptions& options);

}  // namespace earmark::index
