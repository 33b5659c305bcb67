#pragma once
// Finds Chromaprint fingerprints: those of registered recordings, and those that were submitted to the
// AcoustID face. Follows the store, also what other processes change.
#include <cstdint>
#include <map>
#include <memory>
#include <shared_mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api/service_store.h"
#include "core/json.h"
#include "core/result.h"

namespace earmark::api {

/// What AcoustID calls a track, with the one recording that it is.
struct ChromaTrack {
  std::string track_id;      ///< UUID
  std::string mbid;          ///< UUID: as submitted, else made from our own id
  std::string recording_id;  ///< "rec_…"; empty: only submitted
  std::string title;
  std::string artist;
  std::string album;
  std::int64_t duration_ms = 0;
  std::vector<std::uint32_t> items;
};

struct ChromaHit {
  std::shared_ptr<const ChromaTrack> track;
  double score = 0;  ///< 0 to 1; 1: bit by bit the same
};

struct ChromaSubmission {
  std::int64_t party_key = 0;
  std::int64_t duration_s = 0;
  std::vector<std::uint32_t> items;
  std::string mbid;  ///< empty: none
  Json metadata;     ///< "track", "artist", "album", …
};

/// Synchronised.
class ChromaIndex {
 public:
  explicit ChromaIndex(ServiceStore& store) : store_(&store) {}

  /// Best first, at most ten, of those whose length differs by no more than `most_seconds_off`.
  [[nodiscard]] Result<std::vector<ChromaHit>> find(std::span<const std::uint32_t> items,
                                                    std::int64_t duration_s, std::int64_t most_seconds_off);
  [[nodiscard]] Result<std::shared_ptr<const ChromaTrack>> find_track(std::string_view track_id);
  /// By MBID, ours or one that was submitted; null where there is none.
  [[nodiscard]] Result<std::shared_ptr<const ChromaTrack>> find_recording(std::string_view mbid);
  /// Id of the stored submission. It belongs to a track that is there where it sounds like one, else it is a
  /// new one.
  [[nodiscard]] Result<std::int64_t> submit(const ChromaSubmission& submission);
  /// Track of a submission; nothing where there is no such one.
  [[nodiscard]] Result<std::optional<std::string>> track_of(std::int64_t submission);

 private:
  struct Posting {
    std::uint32_t term = 0;
    std::int64_t slot = 0;
    friend bool operator<(const Posting& a, const Posting& b) { return a.term < b.term; }
  };
  [[nodiscard]] Status catch_up();
  [[nodiscard]] Status load_recordings(std::int64_t revision);
  [[nodiscard]] Status load_submissions();
  void add(std::int64_t slot, std::shared_ptr<const ChromaTrack> track);
  void remove(std::int64_t slot);
  void merge_tail();

  ServiceStore* store_;
  std::shared_mutex mutex_;  ///< guards all below
  std::int64_t revision_ = -1;
  std::int64_t last_submission_ = 0;
  /// By slot: key of the recording, or minus key of the submission.
  std::map<std::int64_t, std::shared_ptr<const ChromaTrack>> tracks_;
  std::vector<Posting> postings_;  ///< ordered by term; those of removed tracks may be left
  std::vector<Posting> tail_;      ///< not in order yet
};

/// A UUID made from a name, the same for ever (shape of RFC 9562, version 8).
[[nodiscard]] std::string uuid_of(std::string_view kind, std::string_view name);
[[nodiscard]] bool is_uuid(std::string_view text);

/// Share of agreeing bits of two fingerprints at their best offset, as a score: 0 is chance, 1 the same.
/// Those that have little in common in time score less.
[[nodiscard]] double chroma_likeness(std::span<const std::uint32_t> a, std::span<const std::uint32_t> b);

}  // namespace earmark::api
