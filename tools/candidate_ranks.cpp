// Which stage of a search loses a recording: the rank at which each candidate channel proposes it, and
// whether proof and search then find it.
//
//   candidate_ranks REFERENCES QUERIES [MOST]
//
// REFERENCES: a fingerprint file a line (earmark fingerprint). QUERIES: fingerprint file <TAB> the lines of
// REFERENCES that are right answers, counted from 0, by comma. Prints a JSON line a query, in the order of
// QUERIES:
// {"query","landmarks","embeddings","proven","found"}, where a rank counts from 0 and is null when no window
// of the query proposes the recording among its first MOST (50) of the channel.
#include <algorithm>
#include <cstdio>
#include <optional>
#include <sstream>
#include <thread>

#include "bench/prints.h"
#include "core/json.h"
#include "core/parallel.h"
#include "index/diagnose.h"

namespace earmark {
namespace {

constexpr double kDefaultProbability = 0.9;  // as earmark match

struct Query {
  std::string path;
  std::vector<index::RecordingKey> right;

  [[nodiscard]] bool is_right(index::RecordingKey key) const {
    return std::find(right.begin(), right.end(), key) != right.end();
  }
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

Json rank_of(const Query& query, const std::vector<index::Proposal>& proposals) {
  std::optional<std::size_t> best;
  for (const auto& proposal : proposals) {
    if (query.is_right(proposal.recording) && (!best || proposal.rank < *best)) best = proposal.rank;
  }
  return best ? Json(*best) : Json(nullptr);
}

Result<Json> examine(const index::Engine& engine, const Query& query, std::size_t most) {
  EARMARK_TRY(const auto print, bench::read_print(query.path));
  const index::Stages stages = index::diagnose(engine, print, most);
  index::SearchOptions options;
  options.min_probability = kDefaultProbability;
  const auto matches = engine.search(print, options);
  const auto right = [&](index::RecordingKey key) { return query.is_right(key); };
  return Json{{"query", query.path},
              {"landmarks", rank_of(query, stages.landmarks)},
              {"embeddings", rank_of(query, stages.embeddings)},
              {"proven", std::any_of(stages.proven.begin(), stages.proven.end(), right)},
              {"found", std::any_of(matches.begin(), matches.end(),
                                    [&](const auto& match) { return right(match.recording); })}};
}

Status run(const std::string& references, const std::string& list, std::size_t most) {
  EARMARK_TRY(const auto prints, bench::read_prints(references));
  index::Engine engine;
  for (std::size_t i = 0; i < prints.size(); ++i)
    engine.add(static_cast<index::RecordingKey>(i) + 1, prints[i]);
  EARMARK_TRY(const auto queries, read_queries(list, prints.size()));
  std::vector<std::optional<Result<Json>>> answers(queries.size());
  parallel_for(queries.size(), std::max(1U, std::thread::hardware_concurrency()),
               [&](std::size_t i) { answers[i] = examine(engine, queries[i], most); });
  for (const auto& answer : answers) {
    if (!*answer) return fail(answer->error());
    std::puts(to_line(**answer).c_str());
  }
  return {};
}

}  // namespace
}  // namespace earmark

int main(int argc, char** argv) {
  if (argc < 3 || argc > 4) {
    std::fprintf(stderr, "usage: candidate_ranks REFERENCES QUERIES [MOST]\n");
    return 2;
  }
  const std::size_t most = argc > 3 ? std::strtoul(argv[3], nullptr, 10) : 50;
  const auto status = earmark::run(argv[1], argv[2], most);
  if (!status) std::fprintf(stderr, "candidate_ranks: %s\n", status.error().message.c_str());
  return status ? 0 : 1;
}
