#include "evidence/air_play.h"

#include <iterator>
#include <utility>

namespace earmark::evidence {

Result<std::vector<Cue>> air_play_log(const registry::Live& live, const std::string& stream,
                                      const std::string& day) {
  EARMARK_TRY(const auto known, live.find(stream));
  if (!known) return fail(ErrorCode::kNotFound, stream + ": is not listened to (earmark live list)");
  EARMARK_TRY(const auto plays, live.air_plays(stream, day));
  std::vector<Cue> cues;
  for (const registry::AirPlay& play : plays) {
    Cue cue;
    cue.sequence = std::ssize(cues) + 1;
    cue.feed = stream;
    cue.guid = day;
    cue.episode_title = known->title;
    cue.in_ms = play.start_ms;
    cue.out_ms = play.end_ms;
    cue.title = play.title;
    cue.owner = play.owner;
    cue.isrc = play.isrc;
    cue.recording_id = play.recording_id;
    cue.recording_in_ms = play.reference_start_ms;
    cue.probability = play.probability;
    cue.status = play.status;
    cue.claim_id = play.claim_id;
    cues.push_back(std::move(cue));
  }
  return cues;
}

}  // namespace earmark::evidence
