#include "evidence/explain_json.h"

#include <array>
#include <cmath>

#include "evidence/explain_text.h"

namespace earmark::evidence {
namespace {

using catalogue::Explained;
using catalogue::NamedRecording;
using index::Explanation;
using index::Outcome;

double rounded(double value, double steps) { return std::round(value * steps) / steps + 0.0; }

Json to_json(const index::ChannelRank& rank) {
  return {{"rank", rank.rank == 0 ? Json(nullptr) : Json(rank.rank)},
          {"weight", rounded(rank.weight, 100.0)},
          {"heaviest", rounded(rank.heaviest, 100.0)},
          {"tried", rank.tried},
          {"window_start_ms", rank.window_start_ms},
          {"window_end_ms", rank.window_end_ms}};
}

Json to_json(const NamedRecording& recording) {
  return {{"recording_id", recording.id},
          {"title", recording.title},
          {"owner", recording.owner},
          {"source", recording.source},
          {"duration_ms", recording.duration_ms}};
}

Json to_json(const std::vector<index::PeakMark>& marks) {
  Json list = Json::array();
  for (const auto& mark : marks)
    list.push_back(Json::array({rounded(mark.ms, 1.0), rounded(mark.hz, 10.0), mark.weight}));
  return list;
}

Json match_json(const index::Match& match) {
  return {{"query_start_ms", match.query_start_ms},
          {"query_end_ms", match.query_end_ms},
          {"reference_start_ms", match.reference_start_ms},
          {"reference_end_ms", match.reference_end_ms},
          {"offset_ms",
           std::llround(double(match.reference_start_ms) - match.speed * double(match.query_start_ms))},
          {"speed", match.speed},
          {"pitch_cents", match.pitch_cents}};
}

Json proof_json(const Explanation& why) {
  return {{"z", why.match.score},
          {"z_alone", rounded(why.z_alone, 100.0)},
          {"probability_alone", rounded(why.probability_alone, 1e4)},
          {"without_best_second", why.match.without_best_second},
          {"without_best_band", why.match.without_best_band},
          {"sharpness", why.match.sharpness},
          {"share", why.match.share},
          {"embedding_share", why.match.embedding_share},
          {"similarity", why.match.similarity},
          {"similarity_beside", why.match.similarity_beside},
          {"peaks", why.peaks},
          {"agreement", why.agreement},
          {"expected", rounded(why.expected, 100.0)},
          {"mirrored", why.mirrored > 0 ? Json(why.mirrored) : Json(nullptr)},
          {"needed_z", why.seed_z},
          {"proven_start_ms", why.proven_start_ms},
          {"proven_end_ms", why.proven_end_ms},
          {"by_shift", why.by_shift}};
}

Result<Outcome> parse_outcome(const std::string& text) {
  for (const Outcome outcome : {Outcome::kMatched, Outcome::kForReview, Outcome::kNoCandidate,
                                Outcome::kWeakProof, Outcome::kTooShort, Outcome::kTooUnsure,
                                Outcome::kExplainedAway, Outcome::kBackwards, Outcome::kOtherPassage}) {
    if (text == to_string(outcome)) return outcome;
  }
  return fail(ErrorCode::kCorrupt, "explanation: unknown outcome '" + text + "'");
}

index::ChannelRank rank_from(const Json& json) {
  const Json& rank = json.at("rank");
  return {rank.is_null() ? 0 : rank.get<std::size_t>(),
          json.at("weight").get<double>(),
          json.at("heaviest").get<double>(),
          json.at("tried").get<std::size_t>(),
          json.at("window_start_ms").get<std::uint32_t>(),
          json.at("window_end_ms").get<std::uint32_t>()};
}

NamedRecording recording_from(const Json& json) {
  return {json.at("recording_id").get<std::string>(), json.at("title").get<std::string>(),
          json.at("owner").get<std::string>(), json.at("source").get<std::string>(),
          json.at("duration_ms").get<std::int64_t>()};
}

std::vector<index::PeakMark> marks_from(const Json& json) {
  std::vector<index::PeakMark> marks;
  for (const Json& mark : json)
    marks.push_back({mark.at(0).get<double>(), mark.at(1).get<double>(), mark.at(2).get<int>()});
  return marks;
}

void read_line(const Json& json, Explanation& why) {
  const Json& line = json.at("line");
  index::Match& match = why.match;
  match.query_start_ms = line.at("query_start_ms").get<std::uint32_t>();
  match.query_end_ms = line.at("query_end_ms").get<std::uint32_t>();
  match.reference_start_ms = line.at("reference_start_ms").get<std::uint32_t>();
  match.reference_end_ms = line.at("reference_end_ms").get<std::uint32_t>();
  match.speed = line.at("speed").get<double>();
  match.pitch_cents = line.at("pitch_cents").get<double>();
  const Json& proof = json.at("proof");
  match.score = proof.at("z").get<double>();
  match.without_best_second = proof.at("without_best_second").get<double>();
  match.without_best_band = proof.at("without_best_band").get<double>();
  match.sharpness = proof.at("sharpness").get<double>();
  match.share = proof.at("share").get<double>();
  match.embedding_share = proof.at("embedding_share").get<double>();
  match.similarity = proof.at("similarity").get<double>();
  match.similarity_beside = proof.value("similarity_beside", 0.0);
  why.z_alone = proof.at("z_alone").get<double>();
  why.probability_alone = proof.at("probability_alone").get<double>();
  why.peaks = proof.at("peaks").get<int>();
  why.agreement = proof.at("agreement").get<double>();
  why.expected = proof.at("expected").get<double>();
  why.mirrored = proof.at("mirrored").is_null() ? 0.0 : proof.at("mirrored").get<double>();
  why.seed_z = proof.at("needed_z").get<double>();
  why.proven_start_ms = proof.at("proven_start_ms").get<std::uint32_t>();
  why.proven_end_ms = proof.at("proven_end_ms").get<std::uint32_t>();
  why.by_shift = proof.at("by_shift").get<std::vector<int>>();
  const Json& candidates = json.at("candidates");
  why.landmarks = rank_from(candidates.at("landmarks"));
  why.embeddings = rank_from(candidates.at("embeddings"));
  if (!candidates.at("altered").is_null()) why.altered = rank_from(candidates.at("altered"));
}

/// Throws nlohmann's exceptions, which explained_from() stops.
Result<Explained> read(const Json& json) {
  Explained out;
  out.query = json.at("query").get<std::string>();
  out.query_ms = json.at("query_ms").get<std::uint64_t>();
  out.recording = recording_from(json.at("recording"));
  Explanation& why = out.why;
  EARMARK_TRY(why.outcome, parse_outcome(json.at("outcome").get<std::string>()));
  why.match.probability = json.at("probability").get<double>();
  why.threshold = json.at("threshold").get<double>();
  why.has_line = !json.at("line").is_null();
  if (why.has_line) read_line(json, why);
  if (const Json& runner_up = json.at("runner_up"); !runner_up.is_null()) {
    why.rival = index::Rival{0, runner_up.at("z").get<double>(), runner_up.at("probability").get<double>()};
    out.rival = recording_from(runner_up);
  }
  if (const Json& other = json.at("explained_by"); !other.is_null()) out.explained_by = recording_from(other);
  const Json& shown = json.at("shown");
  why.shown_start_ms = shown.at("query_start_ms").get<std::uint32_t>();
  why.shown_end_ms = shown.at("query_end_ms").get<std::uint32_t>();
  why.shown_reference_ms = shown.at("reference_start_ms").get<double>();
  why.query_marks = marks_from(shown.at("query_peaks"));
  why.reference_marks = marks_from(shown.at("reference_peaks"));
  return out;
}

}  // namespace

Json to_json(const Explained& explained) {
  const Explanation& why = explained.why;
  Json json = {{"query", explained.query},
               {"query_ms", explained.query_ms},
               {"recording", to_json(explained.recording)},
               {"outcome", to_string(why.outcome)},
               {"matched", why.outcome == Outcome::kMatched},
               {"reason", reason(explained)},
               {"probability", why.match.probability},
               {"threshold", why.threshold},
               {"line", nullptr},
               {"candidates", nullptr},
               {"proof", nullptr},
               {"runner_up", nullptr},
               {"explained_by", nullptr}};
  if (why.has_line) {
    json["line"] = match_json(why.match);
    json["candidates"] = {{"landmarks", to_json(why.landmarks)},
                          {"embeddings", to_json(why.embeddings)},
                          {"altered", why.altered ? to_json(*why.altered) : Json(nullptr)}};
    json["proof"] = proof_json(why);
  }
  if (why.rival && explained.rival) {
    json["runner_up"] = to_json(*explained.rival);
    json["runner_up"]["z"] = why.rival->z;
    json["runner_up"]["probability"] = rounded(why.rival->probability, 1e4);
    json["runner_up"]["margin"] = rounded(why.z_alone - why.rival->z, 100.0);
  }
  if (explained.explained_by) json["explained_by"] = to_json(*explained.explained_by);
  json["shown"] = {{"query_start_ms", why.shown_start_ms},
                   {"query_end_ms", why.shown_end_ms},
                   {"reference_start_ms", rounded(why.shown_reference_ms, 10.0)},
                   {"query_peaks", to_json(why.query_marks)},
                   {"reference_peaks", to_json(why.reference_marks)}};
  return json;
}

Result<Explained> explained_from(const Json& json) {
  try {
    return read(json);
  } catch (const Json::exception& error) {
    return fail(ErrorCode::kCorrupt, std::string("explanation: ") + error.what());
  }
}

}  // namespace earmark::evidence
