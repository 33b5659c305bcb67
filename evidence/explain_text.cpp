#include "evidence/explain_text.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace earmark::evidence {
namespace {

using catalogue::Explained;
using index::Explanation;
using index::Outcome;

/// "99.9 %", cut and not rounded: what is not certain is not called so.
std::string percent(double fraction) {
  if (fraction >= 1.0) return "100 %";
  return fmt::format("{:g} %", std::floor(fraction * 1e4 + 1e-6) / 100.0);
}

std::string rank_text(const index::ChannelRank& rank, std::string_view channel) {
  if (rank.rank == 0) return fmt::format("not among the {} {} lines", index::kRankDepth, channel);
  return fmt::format("no. {} of the {} lines, of which {} are tried", rank.rank, channel, rank.tried);
}

std::string no_candidate(const Explained& explained) {
  const Explanation& why = explained.why;
  if (!why.has_line) {
    return "no candidate line: no place of this recording has enough landmarks or embeddings in common with "
           "any "
           "moment of the query";
  }
  return fmt::format("no candidate line: the one that comes closest (z = {:.1f}) is {}, and {}", why.z_alone,
                     rank_text(why.landmarks, "landmark"), rank_text(why.embeddings, "embedding"));
}

/// What keeps the probability down.
std::string weakest_part(const index::Match& match) {
  if (match.without_best_second < 0.6 * match.score)
    return fmt::format("; without its best second little is left of it (z = {:.1f})",
                       match.without_best_second);
  if (match.without_best_band < 0.5 * match.score) {
    return fmt::format("; most of what agrees lies in one band of the spectrum (z = {:.1f} without it)",
                       match.without_best_band);
  }
  return "";
}

std::string found(const Explained& explained) {
  const index::Match& match = explained.why.match;
  const std::string certainty =
      fmt::format("probability {}, {} {}", percent(match.probability), percent(explained.why.threshold),
                  explained.why.outcome == Outcome::kMatched ? "is enough" : "was needed");
  return fmt::format("from {} to {} the query plays {} to {} of the recording, {}; {}",
                     clock_time(match.query_start_ms), clock_time(match.query_end_ms),
                     clock_time(match.reference_start_ms), clock_time(match.reference_end_ms),
                     playback(match),
                     certainty + (explained.why.outcome == Outcome::kForReview ? weakest_part(match) : ""));
}

}  // namespace

std::string_view to_string(Outcome outcome) {
  switch (outcome) {
    case Outcome::kMatched: return "matched";
    case Outcome::kForReview: return "for_review";
    case Outcome::kNoCandidate: return "no_candidate";
    case Outcome::kWeakProof: return "weak_proof";
    case Outcome::kTooShort: return "too_short";
    case Outcome::kTooUnsure: return "too_unsure";
    case Outcome::kExplainedAway: return "explained_away";
    case Outcome::kBackwards: return "backwards";
    case Outcome::kOtherPassage: return "other_passage";
  }
  return "no_candidate";
}

std::string_view headline(Outcome outcome) {
  if (outcome == Outcome::kMatched) return "Found";
  return outcome == Outcome::kForReview ? "Found, for a person to decide" : "Not found";
}

std::string reason(const Explained& explained) {
  const Explanation& why = explained.why;
  const index::Match& match = why.match;
  switch (why.outcome) {
    case Outcome::kMatched:
    case Outcome::kForReview: return found(explained);
    case Outcome::kNoCandidate: return no_candidate(explained);
    case Outcome::kWeakProof:
      return fmt::format(
          "proof too weak: along the best line tried, from {} on, peaks agree with z = {:.1f}; a line "
          "needs {:.0f}{}",
          clock_time(why.proven_start_ms), match.score, why.seed_z, weakest_part(match));
    case Outcome::kTooShort:
      return fmt::format("too short: the line holds for {:.1f} s only, from {} on",
                         (match.query_end_ms - match.query_start_ms) / 1000.0,
                         clock_time(match.query_start_ms));
    case Outcome::kTooUnsure:
      return fmt::format(
          "not sure enough: from {} on peaks agree with z = {:.1f}, which is a use with probability {} "
          "({} was needed){}",
          clock_time(match.query_start_ms), match.score, percent(match.probability), percent(why.threshold),
          weakest_part(match));
    case Outcome::kExplainedAway:
      return fmt::format(
          "another recording explains the same peaks: '{}' (of {}) is reported there, and without the "
          "peaks that are its own z falls from {:.1f} to {:.1f}",
          explained.explained_by ? explained.explained_by->title : "a recording",
          explained.explained_by ? explained.explained_by->owner : "another owner", why.z_alone, match.score);
    case Outcome::kBackwards:
      return fmt::format(
          "the recording run backwards agrees better (agreement {:.0f} against {:.0f}): what sounds "
          "alike is no playing of it",
          why.mirrored, why.agreement);
    case Outcome::kOtherPassage: return "another passage of the same recording is reported at that time";
  }
  return "";
}

std::string playback(const index::Match& match) {
  std::string text;
  const double faster = (match.speed - 1.0) * 100.0;
  if (std::abs(faster) >= 0.05)
    text = fmt::format("{:.1f} % {}", std::abs(faster), faster > 0 ? "fast" : "slow");
  if (std::abs(match.pitch_cents) >= 5.0) {
    text += fmt::format("{}{:.0f} cents {}", text.empty() ? "" : ", ", std::abs(match.pitch_cents),
                        match.pitch_cents > 0 ? "up" : "down");
  }
  return text.empty() ? "as it was" : text;
}

std::string clock_time(double ms, int decimals) {
  const double unit = std::pow(10.0, decimals);
  const auto ticks = static_cast<long long>(std::llround(std::max(0.0, ms) / 1000.0 * unit));
  const auto per_second = static_cast<long long>(unit);
  const long long seconds = ticks / per_second;
  const std::string fraction = decimals == 0 ? "" : fmt::format(".{:0{}}", ticks % per_second, decimals);
  if (seconds < 3600) return fmt::format("{}:{:02}{}", seconds / 60, seconds % 60, fraction);
  return fmt::format("{}:{:02}:{:02}{}", seconds / 3600, seconds / 60 % 60, seconds % 60, fraction);
}

}  // namespace earmark::evidence
