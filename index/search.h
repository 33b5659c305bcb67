#pragma once
#include <functional>
#include <vector>

#include "index/engine.h"
#include "index/line.h"
#include "index/neighbourhood.h"
#include "index/proof.h"
#include "index/query_peaks.h"
#include "index/reference_peaks.h"
#include "index/store.h"

namespace earmark::index {

inline constexpr double kSameLine = 12.0;  ///< frames by which two estimates of one line may differ

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

/// What was decided on a use; for explanations (index/explain.h).
struct Verdict {
  enum class Fate {
    kKept,
    kJoined,     ///< part of a use of the same recording that was kept, or another passage of it at the same
                 ///< time
    kTooShort,   ///< it holds for less than a use must
    kTooUnsure,  ///< its probability is below the least
    kBackwards,  ///< the recording run backwards agrees better
  };
  Use use;                ///< its evidence: without the peaks that stronger uses explain
  Evidence alone;         ///< with them
  double mirrored = 0.0;  ///< agreement of the recording run backwards; 0 where it was not asked
  Fate fate = Fate::kKept;
};
/// Hears of every decision, in the order in which they are made.
using Witness = std::function<void(const Verdict&)>;

/// All lines that some window proves to at least seed strength; strongest first.
[[nodiscard]] std::vector<Seed> find_seeds(const Engine::State& state, const fingerprint::Fingerprint& query,
                                           const QueryPeaks& peaks, const Neighbourhood& neighbourhood,
                                           std::size_t threads);

/// Seeds → uses: refined, extended, one use a passage, each peak of the query explaining one recording only.
[[nodiscard]] std::vector<Use> assemble(const Engine::State& state, const QueryPeaks& peaks,
                                        const Neighbourhood& neighbourhood, std::vector<Seed> seeds,
                                        const SearchOptions& options, const Witness& witness = {});

/// The use as the engine reports it. query_ms: length of the query.
[[nodiscard]] Match to_match(const Engine::State& state, const Use& use, std::uint64_t query_ms);

/// The order in which matches are reported.
[[nodiscard]] bool plays_before(const Match& a, const Match& b);

}  // namespace earmark::index
