#pragma once
// Live streams: what is listened to, what is heard now, and what was.
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "registry/claim_types.h"

namespace earmark::storage {
class Database;
}

namespace earmark::registry {

enum class StreamState { kActive, kPaused, kRemoved };
[[nodiscard]] std::string_view to_string(StreamState state);  ///< "active", "paused", "removed"

struct LiveStream {
  std::int64_t key = 0;
  std::int64_t feed_key = 0;
  std::string url;
  std::string title;
  StreamState state = StreamState::kActive;
  std::string worker;     ///< who listens; empty: nobody
  std::string phase;      ///< "connecting", "hearing", "silent", "waiting"; empty: nobody listened yet
  std::string reason;     ///< of "waiting": why the last connection ended
  std::string format;     ///< "icecast", "hls"; empty: not known yet
  std::string now_title;  ///< what the stream said last that it plays
  std::optional<Timestamp> heard_at;
  std::int64_t failures = 0;  ///< connections that ended before anything was heard, in a row
  std::int64_t sessions = 0;
  std::int64_t heard_ms = 0;
  std::int64_t silent_ms = 0;
  std::int64_t bytes = 0;
};

/// What changes of a stream while it is listened to.
struct LiveStatus {
  std::int64_t stream_key = 0;
  std::string phase;
  std::string reason;
  std::string format;
  std::string now_title;
  std::optional<Timestamp> heard_at;
  std::int64_t failures = 0;
};

/// One connection to a stream.
struct LiveSession {
  std::int64_t key = 0;
  std::int64_t stream_key = 0;
  Timestamp started_at{};
  Timestamp ended_at{};  ///< so far
  std::int64_t heard_ms = 0;
  std::int64_t silent_ms = 0;  ///< of them
  std::int64_t bytes = 0;
  std::string final_url;
  std::string content_type;
  std::string transfer;  ///< one JSON object: redirects, peer, headers
  std::string reason;    ///< why it ended; empty: it has not
};

/// A use that is being heard: times of the stream are those of the air.
struct LiveUse {
  std::int64_t key = 0;  ///< 0: not stored yet
  std::int64_t stream_key = 0;
  std::int64_t session_key = 0;  ///< in which it was heard last
  std::int64_t recording_key = 0;
  Timestamp started_at{};
  Timestamp ended_at{};  ///< so far
  std::int64_t reference_start_ms = 0;
  std::int64_t reference_end_ms = 0;
  double speed = 1.0;
  double pitch_cents = 0.0;
  double score = 0.0;
  double probability = 0.0;
  std::vector<std::string> ambiguous_with;
  std::int64_t windows = 0;  ///< of the stream in which it was found
  Timestamp reported_at{};   ///< when it was found first
};

/// One line of the log of a day.
struct AirPlay {
  std::string recording_id;
  std::string title;
  std::string owner;
  std::string isrc;
  std::int64_t start_ms = 0;  ///< of the day (UTC); the end may be beyond midnight
  std::int64_t end_ms = 0;
  std::int64_t reference_start_ms = 0;
  double probability = 0.0;
  std::string claim_id;  ///< empty: none was made
  std::string status;    ///< of the claim; "playing"; else why there is no claim
};

/// Something that a stream said: its title at that time.
struct LiveTitle {
  Timestamp at{};
  std::string title;
};

/// The day of a time, as the guid of an episode: "2026-11-25".
[[nodiscard]] std::string day_of(Timestamp time);
/// Its first moment. kInvalidArgument: not a day of that form.
[[nodiscard]] Result<Timestamp> start_of_day(std::string_view day);

/// The live streams of a store, beside its registry and in the same tables. A stream is listened to by one
/// worker at a time, which leases it; whoever lost the lease can store nothing more (kConflict).
/// Synchronised.
class Live {
 public:
  /// Errors: as Registry::open.
  [[nodiscard]] static Result<std::unique_ptr<Live>> open(const std::filesystem::path& store,
                                                          const Clock& clock = system_clock());
  ~Live();
  Live(const Live&) = delete;
  Live& operator=(const Live&) = delete;

  /// Idempotent by URL; one that was removed or paused becomes active again. True: it is new. kConflict: the
  /// URL is watched as a feed.
  [[nodiscard]] Result<bool> add(std::string_view url, std::string_view title);
  /// In the order in which they were added; without those that were removed.
  [[nodiscard]] Result<std::vector<LiveStream>> list() const;
  [[nodiscard]] Result<std::optional<LiveStream>> find(std::string_view url) const;
  /// kNotFound.
  [[nodiscard]] Status set_state(std::string_view url, StreamState state);

  /// Leases up to `most` active streams that nobody listens to; those of a worker whose lease ran out too.
  [[nodiscard]] Result<std::vector<LiveStream>> take(std::string_view worker,
                                                     std::chrono::milliseconds length, std::int64_t most);
  /// Prolongs the leases; keys of the streams that are still this worker's and still active.
  [[nodiscard]] Result<std::vector<std::int64_t>> renew(std::string_view worker,
                                                        std::chrono::milliseconds length);
  /// Ends the leases of a worker, on this stream or (0) on all; how many.
  Result<std::int64_t> give_back(std::string_view worker, std::int64_t stream_key = 0);

  [[nodiscard]] Status record_status(std::span<const LiveStatus> statuses);
  /// Its key.
  [[nodiscard]] Result<std::int64_t> begin_session(std::string_view worker, const LiveSession& session);
  [[nodiscard]] Status record_session(const LiveSession& session);
  [[nodiscard]] Status record_title(std::int64_t stream_key, const LiveTitle& title);

  /// What is heard now.
  [[nodiscard]] Result<std::vector<LiveUse>> uses(std::int64_t stream_key) const;
  /// Stores a use, new (its key is set) or known; `evidence` comes with a new one.
  [[nodiscard]] Status store_use(std::string_view worker, LiveUse& use,
                                 std::span<const KeptEvidence> evidence);
  /// The use has ended: it becomes a sighting of the day on which it began, with the claim that follows from
  /// the policies, once. How it came here is what is known of the session in which it was heard last, with
  /// what the stream said meanwhile. `engine`: as NewScan's.
  [[nodiscard]] Result<ScanOutcome> close_use(std::string_view worker, const LiveUse& use,
                                              std::string_view engine);

  /// By time; what plays now last.
  [[nodiscard]] Result<std::vector<AirPlay>> air_plays(std::string_view url, std::string_view day) const;
  [[nodiscard]] Result<std::vector<LiveTitle>> titles(std::string_view url, std::string_view day) const;
  [[nodiscard]] Result<std::vector<LiveSession>> sessions(std::string_view url, std::string_view day) const;
  /// Days of which there is something, oldest first.
  [[nodiscard]] Result<std::vector<std::string>> days(std::string_view url) const;

 private:
  Live(std::unique_ptr<storage::Database> database, const Clock& clock);
  std::unique_ptr<storage::Database> database_;
  const Clock* clock_;
};

}  // namespace earmark::registry
