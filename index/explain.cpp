#include "index/explain.h"

#include <algorithm>
#include <cmath>

#include "index/altered.h"
#include "index/calibration.h"
#include "index/candidates.h"
#include "index/grading.h"
#include "index/prover.h"
#include "index/search.h"
#include "index/seeds.h"
#include "index/segment_set.h"
#include "index/windows.h"

namespace earmark::index {
namespace {

constexpr std::int64_t kShown = 625;     // frames of the strip; 10 s
constexpr std::int64_t kNear = 125;      // frames by which `at` may lie beside a use; 2 s
constexpr double kSameCandidate = 30.0;  // frames between a candidate and the line that came of it
constexpr double kAlteredFrom = 0.03;    // of speed: lines beyond come from the search for alterations
constexpr std::size_t kMostRivals = 24;  // lines of other recordings that are weighed
constexpr double kMsPerFrame = 1000.0 / fingerprint::kFramesPerSecond;
constexpr double kHzPerBin16 = fingerprint::kSampleRate / 512.0 / fingerprint::kBinFraction;

std::uint32_t ms_of(double frame) {
  return static_cast<std::uint32_t>(std::llround(std::max(0.0, frame) * kMsPerFrame));
}

bool overlap(FrameRange a, FrameRange b) { return a.first < b.last && b.first < a.last; }

/// One search and what it decided.
class Investigation {
 public:
  Investigation(const Engine::State& state, const fingerprint::Fingerprint& query,
                const SearchOptions& options)
      : state_(state),
        query_(query),
        options_(options),
        peaks_(query),
        loud_(loudest(query)),
        loud_peaks_(loud_),
        neighbourhood_(find_neighbours(state.vectors, query, options.threads)),
        seeds_(find_seeds(state, query, peaks_, neighbourhood_, options.threads)),
        uses_(assemble(state, peaks_, neighbourhood_, seeds_, options,
                       [this](const Verdict& verdict) { verdicts_.push_back(verdict); })) {}

  /// What is reported, each with its reasons; in the order of assembly.
  std::vector<ExplainedMatch> all(double threshold) {
    std::vector<ExplainedMatch> out;
    std::size_t i = 0;
    for (const Verdict& verdict : verdicts_) {
      if (verdict.fate != Verdict::Fate::kKept) continue;
      Explanation explanation = told(verdict, uses_[i++], threshold);
      out.push_back({explanation.match, std::move(explanation)});
    }
    return out;
  }

  Explanation one(std::uint32_t slot, const ExplainRequest& request) {
    const Verdict* best = nullptr;
    const Use* reported = nullptr;
    std::size_t kept = 0;
    for (const Verdict& verdict : verdicts_) {
      const Use& use = verdict.fate == Verdict::Fate::kKept ? uses_[kept++] : verdict.use;
      if (use.line.slot != slot || !is_near(use.range, request.at_ms)) continue;
      const bool was_kept = verdict.fate == Verdict::Fate::kKept;
      const bool better =
          best == nullptr || (was_kept && best->fate != Verdict::Fate::kKept) ||
          (was_kept == (best->fate == Verdict::Fate::kKept) && verdict.alone.proof.z > best->alone.proof.z);
      if (!better) continue;
      best = &verdict;
      reported = &use;
    }
    if (best != nullptr) return told(*best, *reported, request.threshold);
    return lost(slot, request);
  }

 private:
  static bool is_near(FrameRange range, const std::optional<std::uint32_t>& at_ms) {
    if (!at_ms) return true;
    const auto at = static_cast<std::int64_t>(*at_ms / kMsPerFrame);
    return range.first - kNear <= at && at <= range.last + kNear;
  }

  const LocalPeaks& local(const Line& line, FrameRange range) {
    const FrameRange reach = reach_of(range, line);
    local_.gather(state_.recordings[line.slot].peaks, reach.first, reach.last);
    return local_;
  }

  /// All the evidence that a line has over a stretch of the query.
  Evidence weighed(const Line& line, FrameRange range) {
    Evidence evidence = weigh(peaks_.in(range), {}, local(line, range), line);
    evidence.resemblance = resemblance(neighbourhood_, state_.recordings[line.slot].span, line, range);
    return evidence;
  }

  /// The explanation of a line that was proven.
  Explanation told(const Verdict& verdict, const Use& use, double threshold) {
    Explanation e = along(use, verdict.alone);
    e.threshold = threshold;
    e.mirrored = verdict.mirrored;
    switch (verdict.fate) {
      case Verdict::Fate::kKept:
        e.outcome = e.match.probability >= threshold ? Outcome::kMatched : Outcome::kForReview;
        break;
      case Verdict::Fate::kJoined: e.outcome = Outcome::kOtherPassage; break;
      case Verdict::Fate::kTooShort: e.outcome = Outcome::kTooShort; break;
      case Verdict::Fate::kBackwards: e.outcome = Outcome::kBackwards; break;
      case Verdict::Fate::kTooUnsure:
        e.outcome = Outcome::kTooUnsure;
        if (e.probability_alone >= options_.min_probability) name_what_explains(use, e);
        break;
    }
    return e;
  }

  void name_what_explains(const Use& use, Explanation& e) const {
    std::int64_t most = 0;
    for (const Use& other : uses_) {
      if (other.line.slot == use.line.slot) continue;
      const std::int64_t common =
          std::min(other.range.last, use.proven.last) - std::max(other.range.first, use.proven.first);
      if (common <= most) continue;
      most = common;
      e.explained_by = state_.recordings[other.line.slot].key;
      e.outcome = Outcome::kExplainedAway;
    }
  }

  /// The explanation of a recording of which no line was proven: its best candidate, tried or not.
  Explanation lost(std::uint32_t slot, const ExplainRequest& request) {
    std::optional<Seed> best;
    for (const FrameRange& window : search_windows(peaks_.frames())) {
      if (!is_near(window, request.at_ms)) continue;
      for (const Candidate& candidate : candidates_in(window)) {
        const auto span = state_.timeline.find(candidate.witness);
        if (!span || span->slot != slot) continue;
        const auto seed = Prover(state_, peaks_, loud_peaks_, window).prove(candidate, kNoBars);
        if (seed && (!best || seed->z > best->z)) best = seed;
      }
    }
    Explanation e;
    if (best) {
      const Evidence evidence = weighed(best->line, best->span);
      e = along({best->line, best->span, best->span, evidence}, evidence);
      const bool tried = e.landmarks.was_tried() || e.embeddings.was_tried();
      e.outcome = tried ? Outcome::kWeakProof : Outcome::kNoCandidate;
    } else {
      e.match.recording = request.recording;
      show_query(centre_of(request.at_ms), e);
    }
    e.threshold = request.threshold;
    return e;
  }

  FrameRange centre_of(const std::optional<std::uint32_t>& at_ms) const {
    const auto at = at_ms ? static_cast<std::int64_t>(*at_ms / kMsPerFrame) : peaks_.frames() / 2;
    return {std::min(at, peaks_.frames()), std::min(at, peaks_.frames())};
  }

  /// What the search looks up for a window, and further down the list.
  std::vector<Candidate> landmarks_in(FrameRange window) const {
    LandmarkLookup deep = kWindowLookup;
    deep.most = kRankDepth;
    return landmark_candidates(state_.postings, peaks_, window, Warp{}, deep);
  }
  std::vector<Candidate> embeddings_in(FrameRange window) const {
    if (window.size() > kShortWindow) return {};
    EmbeddingLookup deep = kEmbeddingLookup;
    deep.most = kRankDepth;
    return embedding_candidates(neighbourhood_, window, deep);
  }

  std::vector<Candidate> candidates_in(FrameRange window) const {
    auto found = landmarks_in(window);
    const auto more = embeddings_in(window);
    found.insert(found.end(), more.begin(), more.end());
    return found;
  }

  /// Everything that can be said of a line and its proof.
  Explanation along(const Use& use, const Evidence& alone) {
    Explanation e;
    e.has_line = true;
    e.match = to_match(state_, use, query_.duration_ms());
    e.seed_z = Bars{}.seed;
    e.z_alone = alone.proof.z;
    e.probability_alone = probability_of(alone, use.line.warp, state_.timeline.frames());
    e.agreement = use.evidence.proof.agreement;
    e.expected = use.evidence.proof.expected;
    e.peaks = use.evidence.proof.peaks;
    e.proven_start_ms = ms_of(static_cast<double>(use.proven.first));
    e.proven_end_ms = ms_of(static_cast<double>(use.proven.last));
    rank_candidates(use, e);
    find_rival(use, e);
    const Agreement agreement(peaks_.in(use.proven), {}, local(use.line, use.proven), use.line);
    for (int shift = -kNullTo; shift <= kNullTo; ++shift) e.by_shift.push_back(agreement.at(shift));
    show_query(use.proven, e);
    show_reference(use.line, e);
    return e;
  }

  /// Takes the rank of the line's candidate in a list of one window, where it is better.
  void take_rank(const Use& use, FrameRange window, std::span<const Candidate> list, std::size_t tried,
                 ChannelRank& rank) const {
    const auto centre = 0.5 * static_cast<double>(window.first + window.last);
    for (std::size_t i = 0; i < list.size(); ++i) {
      const auto span = state_.timeline.find(list[i].witness);
      if (!span || span->slot != use.line.slot) continue;
      const auto place = static_cast<double>(list[i].place - std::int64_t{span->first});
      if (std::abs(place - use.line.reference_at(centre)) > kSameCandidate) continue;
      const bool better =
          rank.rank == 0 || i + 1 < rank.rank || (i + 1 == rank.rank && list[i].weight > rank.weight);
      if (!better) return;
      rank = {i + 1,
              list[i].weight,
              list.front().weight,
              tried,
              ms_of(static_cast<double>(window.first)),
              ms_of(static_cast<double>(window.last))};
      return;
    }
  }

  void rank_candidates(const Use& use, Explanation& e) const {
    e.landmarks.tried = kWindowLookup.most;
    e.embeddings.tried = kEmbeddingLookup.most;
    for (const FrameRange& window : search_windows(peaks_.frames())) {
      if (!overlap(window, use.proven)) continue;
      take_rank(use, window, landmarks_in(window), kWindowLookup.most, e.landmarks);
      take_rank(use, window, embeddings_in(window), kEmbeddingLookup.most, e.embeddings);
    }
    const Warp& warp = use.line.warp;
    if (warp.resampled() && std::abs(warp.time - 1.0) <= kAlteredFrom) return;
    e.altered.emplace().tried = kAlteredLines;
    for (const FrameRange& window : windows_of(peaks_.frames(), kAlteredWindow, kAlteredWindow / 2)) {
      if (!overlap(window, use.proven)) continue;
      const auto found = altered_candidates(state_, peaks_, std::span(&window, 1), kRankDepth);
      take_rank(use, window, found.front(), kAlteredLines, *e.altered);
    }
  }

  /// Lines of other recordings over the same stretch: proven ones; where there is none, candidates.
  std::vector<Line> other_lines(const Use& use) {
    std::vector<Line> lines;
    const auto add = [&](const Line& line, FrameRange range) {
      if (line.slot != use.line.slot && overlap(range, use.proven) && lines.size() < kMostRivals)
        lines.push_back(line);
    };
    for (const Verdict& verdict : verdicts_) add(verdict.use.line, verdict.use.range);
    for (const Seed& seed : seeds_) add(seed.line, seed.span);
    if (!lines.empty()) return lines;
    for (const FrameRange& window : search_windows(peaks_.frames())) {
      if (window.size() > kShortWindow || !overlap(window, use.proven)) continue;
      Prover prover(state_, peaks_, loud_peaks_, window);
      for (const Candidate& candidate : candidates_in(window)) {
        if (const auto seed = prover.prove(candidate, kNoBars)) add(seed->line, seed->span);
      }
    }
    return lines;
  }

  void find_rival(const Use& use, Explanation& e) {
    for (const Line& line : other_lines(use)) {
      const Evidence evidence = weighed(line, use.proven);
      if (e.rival && evidence.proof.z <= e.rival->z) continue;
      e.rival = Rival{state_.recordings[line.slot].key, std::round(evidence.proof.z * 100.0) / 100.0,
                      probability_of(evidence, line.warp, state_.timeline.frames())};
    }
  }

  /// The peaks of the query in 10 s about the middle of a range.
  void show_query(FrameRange about, Explanation& e) const {
    const FrameRange shown = centred(about, kShown, peaks_.frames());
    e.shown_start_ms = ms_of(static_cast<double>(shown.first));
    e.shown_end_ms = ms_of(static_cast<double>(shown.last));
    for (const auto& peak : peaks_.in(shown))
      e.query_marks.push_back({peak.frame * kMsPerFrame, peak.bin16 * kHzPerBin16, 0});
  }

  /// The recording's peaks beside them, and which agree with which, by the weights of the proof.
  void show_reference(const Line& line, Explanation& e) {
    const FrameRange shown = centred_frames(e);
    const double from = line.reference_at(static_cast<double>(shown.first));
    const double to = line.reference_at(static_cast<double>(shown.last));
    e.shown_reference_ms = from * kMsPerFrame;
    struct Place {
      std::int32_t frame, bin16;
    };
    std::vector<Place> places;
    state_.recordings[line.slot].peaks.visit(
        static_cast<std::int64_t>(std::floor(from)), static_cast<std::int64_t>(std::ceil(to)),
        [&](std::int32_t frame, std::int32_t bin16) {
          places.push_back({frame, bin16});
          e.reference_marks.push_back({frame * kMsPerFrame, bin16 * kHzPerBin16, 0});
        });
    std::size_t q = 0;
    for (const auto& peak : peaks_.in(shown)) {
      const GridPeak expected = line.expected(peak);
      PeakMark& mark = e.query_marks[q++];
      const auto begin = std::lower_bound(places.begin(), places.end(), expected.frame - 2,
                                          [](const Place& p, std::int32_t frame) { return p.frame < frame; });
      for (auto at = begin; at != places.end() && at->frame <= expected.frame + 2; ++at) {
        const int weight = weight_of(at->frame - expected.frame, at->bin16 - expected.bin16);
        if (weight == 0) continue;
        PeakMark& other = e.reference_marks[static_cast<std::size_t>(at - places.begin())];
        mark.weight = std::max(mark.weight, weight);
        other.weight = std::max(other.weight, weight);
      }
    }
  }

  FrameRange centred_frames(const Explanation& e) const {
    return {std::llround(e.shown_start_ms / kMsPerFrame), std::llround(e.shown_end_ms / kMsPerFrame)};
  }

  const Engine::State& state_;
  const fingerprint::Fingerprint& query_;
  const SearchOptions& options_;
  QueryPeaks peaks_;
  fingerprint::Fingerprint loud_;
  QueryPeaks loud_peaks_;
  std::vector<Verdict> verdicts_;  ///< before uses_: its making fills them
  Neighbourhood neighbourhood_;
  std::vector<Seed> seeds_;
  std::vector<Use> uses_;
  LocalPeaks local_;
};

}  // namespace

Explanation Engine::explain(const fingerprint::Fingerprint& query, const SearchOptions& options,
                            const ExplainRequest& request) const {
  const auto state = core_->current.get();
  const auto slot = state->recordings.find(request.recording);
  if (!slot) return {};  // removed since the caller looked
  return Investigation(*state, query, options).one(*slot, request);
}

std::vector<ExplainedMatch> Engine::search_explained(const fingerprint::Fingerprint& query,
                                                     const SearchOptions& options, double threshold) const {
  const auto state = core_->current.get();
  auto found = Investigation(*state, query, options).all(threshold);
  std::sort(found.begin(), found.end(),
            [](const ExplainedMatch& a, const ExplainedMatch& b) { return plays_before(a.match, b.match); });
  return found;
}

}  // namespace earmark::index
