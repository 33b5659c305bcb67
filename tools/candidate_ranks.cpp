// Which stage of a search loses a recording: the rank at which each candidate channel proposes it, and what
// became of it (index/explain.h).
//
//   candidate_ranks REFERENCES QUERIES
//
// REFERENCES: a fingerprint file a line (earmark fingerprint). QUERIES: fingerprint file <TAB> the lines of
// REFERENCES that are right answers, counted from 0, by comma. Prints a JSON line a query, in the order of
// QUERIES:
// {"query","landmarks","embeddings","altered","outcome"}, of the right answer that came furthest. A rank
// counts from 1 and is null where no window of the query has the line among the first 60 of the channel;
// altered: of the landmarks under the alteration that the line is of. outcome: matched, review, no_candidate,
// weak_proof, too_short, too_unsure, explained_away, backwards or other_passage.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <sstream>
#include <thread>

#include "bench/prints.h"
#include "core/json.h"
#include "core/parallel.h"
#include "index/engine.h"
#include "index/explain.h"

namespace earmark {
namespace {

constexpr double kDefaultProbability = 0.9;  // as earmark match

struct Query {
  std::string path;
  std::vector<index::RecordingKey> right;
};

Result<std::vector<Query>> read_queries(const std::string& path, std::size_t references) {
  EARMARK_TRY(const auto rows, bench::read_table(path));
  std::vector<Query> queries;
  for (const auto& row : rows) {
    if (row.size() != 2) return fail(ErrorCode::kInvalidArgument, path + ": a line has not two columns");
    Query query{row[0], {}};
    std::istringstream numbers(row[1]);
    for (std::string number; std::getline(numbers, number, ',');) {
      const unsigned long line = std::strtoul(number.c_str(), nullptr, 10);
      if (line >= references)
        return fail(ErrorCode::kInvalidArgument, path + ": no reference has number " + number);
      query.right.push_back(static_cast<index::RecordingKey>(line) + 1);
    }
    queries.push_back(std::move(query));
  }
  return queries;
}

Json rank_of(const index::ChannelRank& channel) {
  return channel.rank > 0 ? Json(channel.rank) : Json(nullptr);
}

const char* name_of(index::Outcome outcome) {
  switch (outcome) {
    case index::Outcome::kMatched: return "matched";
    case index::Outcome::kForReview: return "review";
    case index::Outcome::kNoCandidate: return "no_candidate";
    case index::Outcome::kWeakProof: return "weak_proof";
    case index::Outcome::kTooShort: return "too_short";
    case index::Outcome::kTooUnsure: return "too_unsure";
    case index::Outcome::kExplainedAway: return "explained_away";
    case index::Outcome::kBackwards: return "backwards";
    case index::Outcome::kOtherPassage: return "other_passage";
  }
  return "unknown";
}

/// Matched before review before what was lost, and among the lost what was proven best.
bool came_further(const index::Explanation& a, const index::Explanation& b) {
  const auto place = [](index::Outcome outcome) {
    return outcome == index::Outcome::kMatched ? 0 : outcome == index::Outcome::kForReview ? 1 : 2;
  };
  if (place(a.outcome) != place(b.outcome)) return place(a.outcome) < place(b.outcome);
  return a.match.score > b.match.score;
}

Result<Json> examine(const index::Engine& engine, const Query& query) {
  EARMARK_TRY(const auto print, bench::read_print(query.path));
  std::optional<index::Explanation> best;
  for (const index::RecordingKey key : query.right) {
    auto explanation =
        engine.explain(print, {}, {.recording = key, .at_ms = {}, .threshold = kDefaultProbability});
    if (!best || came_further(explanation, *best)) best = std::move(explanation);
  }
  if (!best) return fail(ErrorCode::kInvalidArgument, query.path + ": no right answer is named");
  return Json{{"query", query.path},
              {"landmarks", rank_of(best->landmarks)},
              {"embeddings", rank_of(best->embeddings)},
              {"altered", best->altered ? rank_of(*best->altered) : Json(nullptr)},
              {"outcome", name_of(best->outcome)}};
}

Status run(const std::string& references, const std::string& list) {
  EARMARK_TRY(const auto prints, bench::read_prints(references));
  index::Engine engine;
  for (std::size_t i = 0; i < prints.size(); ++i)
    engine.add(static_cast<index::RecordingKey>(i) + 1, prints[i]);
  EARMARK_TRY(const auto queries, read_queries(list, prints.size()));
  std::vector<std::optional<Result<Json>>> answers(queries.size());
  parallel_for(queries.size(), std::max(1U, std::thread::hardware_concurrency()),
               [&](std::size_t i) { answers[i] = examine(engine, queries[i]); });
  for (const auto& answer : answers) {
    if (!*answer) return fail(answer->error());
    std::puts(to_line(**answer).c_str());
  }
  return {};
}

}  // namespace
}  // namespace earmark

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: candidate_ranks REFERENCES QUERIES\n");
    return 2;
  }
  const auto status = earmark::run(argv[1], argv[2]);
  if (!status) std::fprintf(stderr, "candidate_ranks: %s\n", status.error().message.c_str());
  return status ? 0 : 1;
}
