#include <fmt/format.h>

#include "registry/live.h"
#include "tests/api/write_paths.h"

namespace earmark::api {
namespace {

using namespace std::chrono_literals;
using registry::LiveUse;

constexpr std::string_view kSaid = "The Band - The Song";

registry::KeptEvidence clip() {
  registry::KeptEvidence kept;
  kept.kind = "clip.query";
  kept.media_type = "audio/flac";
  kept.data = {std::byte{1}, std::byte{2}};
  return kept;
}

/// A worker hears a use of a recording of its own, of 20 s, that begins at `at`.
Result<LiveUse> heard(Stores& stores, const std::string& worker, const registry::LiveSession& session,
                      Timestamp at) {
  EARMARK_TRY(const auto recording,
              add_recording(stores, fmt::format("{} {}", worker, at.time_since_epoch().count())));
  LiveUse use;
  use.stream_key = session.stream_key;
  use.session_key = session.key;
  use.recording_key = recording.key;
  use.started_at = use.reported_at = at;
  use.ended_at = at + 20s;
  use.reference_end_ms = 20'000;
  use.score = 9;
  use.probability = 0.99;
  use.windows = 3;
  const registry::KeptEvidence kept[] = {clip()};
  EARMARK_TRY_STATUS(stores.live->store_use(worker, use, kept));
  return use;
}

/// A stream is listened to: it says what it plays, one use is over and another goes on.
Result<std::string> write_air(Stores& stores, const std::string& unique) {
  const auto url = "https://" + unique + ".example/live";
  const Timestamp now = stores.clock->now();
  EARMARK_TRY_STATUS(stores.live->add(url, unique));
  EARMARK_TRY_STATUS(stores.live->take(unique, 30s, 1000));
  EARMARK_TRY(const auto stream, stores.live->find(url));
  registry::LiveSession session;
  session.stream_key = stream.value().key;
  session.started_at = session.ended_at = now;
  session.final_url = url;
  session.content_type = "audio/mpeg";
  session.transfer = "{}";
  EARMARK_TRY(session.key, stores.live->begin_session(unique, session));
  EARMARK_TRY_STATUS(stores.live->record_title(session.stream_key, {now, std::string(kSaid)}));
  EARMARK_TRY(const auto over, heard(stores, unique, session, now));
  EARMARK_TRY_STATUS(stores.live->close_use(unique, over, "test"));
  EARMARK_TRY_STATUS(heard(stores, unique, session, now + 30s));
  session.heard_ms = 60'000;
  EARMARK_TRY_STATUS(stores.live->record_session(session));
  EARMARK_TRY_STATUS(stores.live->give_back(unique));
  return url;
}

bool was_on_air(Stores& stores, const std::string& url) {
  const auto stream = stores.live->find(url);
  if (!stream || !*stream) return false;
  const auto days = stores.live->days(url);
  if (!days || days->size() != 1) return false;
  const auto plays = stores.live->air_plays(url, days->front());
  const auto titles = stores.live->titles(url, days->front());
  const auto sessions = stores.live->sessions(url, days->front());
  return plays && plays->size() == 2 && !plays->at(0).claim_id.empty() && plays->at(1).status == "playing" &&
         titles && titles->size() == 1 && titles->front().title == kSaid && sessions &&
         sessions->size() == 1 && sessions->front().heard_ms == 60'000;
}

}  // namespace

std::vector<WritePath> live_paths() { return {{"air", write_air, was_on_air}}; }

}  // namespace earmark::api
