#include <algorithm>

#include <fmt/format.h>

#include "cli/batch.h"
#include "cli/commands.h"
#include "cli/encode.h"
#include "cli/inputs.h"
#include "cli/open_store.h"
#include "cli/table.h"
#include "core/text.h"

namespace earmark::cli {
namespace {

/// Weaker matches are never shown, with or without --review.
constexpr double kWeakest = 0.5;

MatchLine match_one(catalogue::Catalogue& catalogue, const Input& input, const MatchOptions& options,
                    std::size_t threads) {
  MatchLine line;
  line.query = input.path.native();
  line.min_probability = options.min_probability;
  if (input.error) {
    line.error = input.error->message;
    return line;
  }
  auto analysed = catalogue.analyse(input.path);
  if (!analysed) {
    line.error = analysed.error().message;
    return line;
  }
  line.duration_ms = analysed->fingerprint.duration_ms();
  line.warnings = std::move(analysed->warnings);
  index::SearchOptions search;
  search.threads = threads;
  // The same search with and without --review: what is weak must not change what is strong.
  search.min_probability = std::min(kWeakest, options.min_probability);
  auto matches = catalogue.match(*analysed, search);
  if (!matches) {
    line.error = matches.error().message;
    return line;
  }
  const double shown_from = options.review ? search.min_probability : options.min_probability;
  std::erase_if(*matches,
                [&](const catalogue::MatchedUse& use) { return use.match.probability < shown_from; });
  line.matches = std::move(*matches);
  return line;
}

void print_for_people(const MatchLine& line, Console& console) {
  if (!line.error.empty()) {
    console.note(LogLevel::kError, line.error);
    return;
  }
  for (const auto& warning : line.warnings) console.note(LogLevel::kWarning, line.query + ": " + warning);
  const std::string found =
      line.matches.empty() ? "nothing matched" : fmt::format("{} matched", line.matches.size());
  console.line(
      fmt::format("{}  ({}): {}", printable(line.query), time_code(line.duration_ms.value_or(0)), found));
  if (line.matches.empty()) return;
  using Align = Table::Align;
  Table table({Align::kRight, Align::kRight, Align::kRight, Align::kRight, Align::kRight, Align::kRight,
               Align::kLeft, Align::kLeft, Align::kLeft});
  table.add({"from", "to", "in recording", "to", "speed", "sure", "recording", "title", ""});
  for (const auto& use : line.matches) {
    const index::Match& match = use.match;
    table.add(
        {time_code(match.query_start_ms), time_code(match.query_end_ms), time_code(match.reference_start_ms),
         time_code(match.reference_end_ms), fmt::format("{:+.1f} %", (match.speed - 1.0) * 100.0),
         percent(match.probability), use.recording_id, shortened(printable(use.title), 48),
         match.probability < line.min_probability ? "to review"
         : use.ambiguous_with.empty()             ? ""
                                      : "or " + fmt::format("{}", fmt::join(use.ambiguous_with, ", "))});
  }
  for (const auto& text : table.lines("  ")) console.line(text);
}

}  // namespace

Exit run(const Common& common, const MatchOptions& options, Console& console) {
  const Inputs inputs = collect_inputs(options.paths);
  note_skipped(inputs, console);
  if (inputs.files.empty()) console.note(LogLevel::kWarning, "there is nothing to match");
  const std::size_t at_once = std::clamp<std::size_t>(inputs.files.size(), 1, common.threads);
  const auto catalogue = open_catalogue(common, at_once);
  if (!catalogue) return failed(console, catalogue.error());
  if (const auto stats = (*catalogue)->registry().stats(); stats && stats->recordings == 0) {
    console.note(LogLevel::kWarning, fmt::format("no recordings in {}: nothing can match (earmark register)",
                                                 common.store.native()));
  }
  std::size_t failures = 0;
  std::size_t matches = 0;
  console.begin_progress("match", inputs.files.size());
  run_in_order<MatchLine>(
      inputs.files.size(), at_once,
      [&](std::size_t i) {
        return match_one(**catalogue, inputs.files[i], options, common.threads / at_once);
      },
      [&](std::size_t, const MatchLine& line) {
        if (!line.error.empty()) ++failures;
        matches += line.matches.size();
        console.advance(line.duration_ms.value_or(0));
        if (console.is_json()) {
          console.result(encode(line));
        } else {
          print_for_people(line, console);
        }
      });
  console.end_progress();
  if (failures > 0) return Exit::kSomeFailed;
  return matches > 0 ? Exit::kDone : Exit::kNothingMatched;
}

}  // namespace earmark::cli
