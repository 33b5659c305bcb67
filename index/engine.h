#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "core/result.h"
#include "fingerprint/types.h"

namespace earmark::index {

/// The caller's name for a recording; positive.
using RecordingKey = std::int64_t;

struct Explanation;     // index/explain.h
struct ExplainRequest;  // likewise
struct ExplainedMatch;  // likewise
struct Shared;          // index/self_join.h

/// One use of one recording in a query.
struct Match {
  RecordingKey recording = 0;
  std::uint32_t query_start_ms = 0;
  std::uint32_t query_end_ms = 0;
  std::uint32_t reference_start_ms = 0;
  std::uint32_t reference_end_ms = 0;
  double speed = 1.0;                ///< query speed over reference speed: 1.04 = the query plays 4 % fast
  double pitch_cents = 0.0;          ///< query pitch over reference pitch, beyond what speed explains
  double score = 0.0;                ///< strength of the proof, in standard deviations over the shift null
  double sharpness = 0.0;            ///< the same, over the best offset a tenth of a second away
  double without_best_second = 0.0;  ///< score without the second that agrees most
  double without_best_band = 0.0;    ///< score without the fifth of the spectrum that agrees most
  double embedding_share = 0.0;      ///< of the query's embeddings that have a near neighbour on the line
  double similarity = 0.0;           ///< mean cosine of the embeddings with the recording's along the line
  double similarity_beside = 0.0;    ///< the same, some seconds off the line
  double share = 0.0;                ///< of the query peaks that agree beyond chance
  double probability = 0.0;          ///< calibrated: that the query really contains the recording here
};

struct SearchOptions {
  std::size_t threads = 1;       ///< the result is the same for any number
  double min_probability = 0.5;  ///< weaker matches are left out
  bool explain_away = true;      ///< a peak that proves one recording proves no second one
};

struct IndexStats {
  std::uint64_t recordings = 0;
  std::uint64_t reference_ms = 0;
  std::uint64_t bytes = 0;          ///< of all segments, on disk or in memory
  std::uint64_t unsaved_bytes = 0;  ///< of those that are only in memory
  std::uint32_t segments = 0;
};

/// A recording to be put into an index.
struct NewRecording {
  RecordingKey key = 0;
  const fingerprint::Fingerprint* fingerprint = nullptr;  ///< of any density; the reference form is kept
};

/// What changes at once.
struct IndexChange {
  std::vector<RecordingKey> removed;
  std::vector<NewRecording> added;  ///< keys that are there already are replaced
  std::string tag;                  ///< the caller's: which state of the truth the index is in then
};

/// Finds which recordings a query contains, where, and how surely. The index is immutable segments: a small
/// tail in memory, the rest mapped from files (docs/index-format.md). Synchronised: a search sees the state
/// of one moment and never waits for a writer; writers wait for each other.
class Engine {
 public:
  Engine();
  ~Engine();
  Engine(Engine&&) noexcept;
  Engine& operator=(Engine&&) noexcept;

  void apply(const IndexChange& change);
  /// Becomes the other one, for searches that begin from now on.
  void adopt(Engine other);
  /// Adds a recording (any density; the reference form is kept). A key that is there already is replaced.
  void add(RecordingKey key, const fingerprint::Fingerprint& fingerprint);
  /// False when the key is not there.
  bool remove(RecordingKey key);
  [[nodiscard]] bool contains(RecordingKey key) const;
  [[nodiscard]] std::string tag() const;

  /// Ordered by query_start_ms, then probability (highest first), then key.
  [[nodiscard]] std::vector<Match> search(const fingerprint::Fingerprint& query,
                                          const SearchOptions& options) const;

  /// Why the recording is found in the query, or which stage lost it: the same search, listened to. The
  /// recording must be there (contains()).
  [[nodiscard]] Explanation explain(const fingerprint::Fingerprint& query, const SearchOptions& options,
                                    const ExplainRequest& request) const;
  /// search(), with the reasons. `threshold`: as in ExplainRequest.
  [[nodiscard]] std::vector<ExplainedMatch> search_explained(const fingerprint::Fingerprint& query,
                                                             const SearchOptions& options,
                                                             double threshold) const;

  /// What a recording that is about to be added has in common with those that are here, ordered by time.
  [[nodiscard]] std::vector<Shared> find_shared(const fingerprint::Fingerprint& recording,
                                                std::size_t threads) const;
  /// Passages that come again within the recording (index/self_join.h).
  [[nodiscard]] static std::vector<Shared> find_repeats(const fingerprint::Fingerprint& recording,
                                                        std::size_t threads);

  [[nodiscard]] IndexStats stats() const;

  /// How much a save may write again to have fewer segments.
  static constexpr std::uint64_t kQuickMergeBytes = 64ULL << 20;  ///< a second's work or less
  static constexpr std::uint64_t kMostSegmentBytes = 1ULL << 30;

  /// Writes what is only in memory beside `path` as a segment, merged with the segments before it that are
  /// not larger, up to `merge_bytes`; then, atomically, `path`, which lists the segments; then deletes
  /// segments that are not in it. Searches and changes go on meanwhile. kUnavailable where another process
  /// saves.
  [[nodiscard]] Status save(const std::filesystem::path& path, std::uint64_t merge_bytes = kQuickMergeBytes);
  /// Reads lists, and no segment's inside. kNotFound, kCorrupt, kUnsupported (older or newer format): the
  /// caller rebuilds from the truth.
  [[nodiscard]] static Result<Engine> load(const std::filesystem::path& path);
  /// The tag of a saved index.
  [[nodiscard]] static Result<std::string> saved_tag(const std::filesystem::path& path);
  /// Deletes `path` and all segments beside it, so far as that is possible.
  static void remove_files(const std::filesystem::path& path);
  /// Files were found to be damaged: what was found lately must not be used, the index is to be made again.
  [[nodiscard]] bool is_damaged() const;

  struct State;  ///< index/store.h; for this module only

 private:
  struct Core;
  std::unique_ptr<Core> core_;
};

}  // namespace earmark::index
