#pragma once
#include <chrono>
#include <cstdint>
#include <vector>

#include "catalogue/catalogue.h"
#include "registry/live.h"

namespace earmark::crawler {

/// Joins what is found in the windows of a stream to uses: one airing of a recording is one use, however many
/// windows, connections and restarts it is heard in. Pure: the times are the caller's. Thread-confined.
///
/// A match continues a use of the same recording where it is on the same line: the recording has gone on for
/// as long as the air has. Within a connection that holds to kSameLine; from one to the next the stream's
/// clock jumps by what a server sends ahead, so kSameLineAnew is allowed there.
class UseTracker {
 public:
  static constexpr std::chrono::milliseconds kSameLine{1500};
  static constexpr std::chrono::milliseconds kSameLineAnew{20'000};
  /// A use that was not heard for so long has ended: under a voice a bed may be lost for a while.
  static constexpr std::chrono::milliseconds kLostFor{30'000};
  /// The same where the stream itself was away.
  static constexpr std::chrono::milliseconds kAwayFor{300'000};

  /// `open`: uses that were going on when somebody listened last.
  explicit UseTracker(std::vector<registry::LiveUse> open = {}) : open_(std::move(open)) {}

  /// A match, where it was on the air and in which connection.
  struct Heard {
    const catalogue::MatchedUse& use;
    std::int64_t session_key = 0;
    Timestamp start{};
    Timestamp end{};
  };
  /// The use that it continues; nullptr: none.
  [[nodiscard]] registry::LiveUse* find(const Heard& heard);
  /// It goes on.
  static void extend(registry::LiveUse& use, const Heard& heard);
  /// Begins a use.
  registry::LiveUse& begin(const Heard& heard, std::int64_t stream_key, Timestamp now);

  /// The connection began by `earlier` sooner than was thought: what was heard in it moves along. `began`:
  /// when it did; the beginning of a use that is from before stays.
  void move_back(std::int64_t session_key, Timestamp began, std::chrono::milliseconds earlier);

  /// Takes out those that were last heard before that time.
  [[nodiscard]] std::vector<registry::LiveUse> take_ended(Timestamp before);
  [[nodiscard]] std::vector<registry::LiveUse>& open() { return open_; }

 private:
  std::vector<registry::LiveUse> open_;
};

}  // namespace earmark::crawler
