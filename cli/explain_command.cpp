#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/open_store.h"
#include "cli/table.h"
#include "core/file.h"
#include "core/text.h"
#include "evidence/explain_json.h"
#include "evidence/explain_svg.h"
#include "evidence/explain_text.h"

namespace earmark::cli {
namespace {

std::string rank_text(const index::ChannelRank& rank) {
  if (rank.rank == 0) return fmt::format("not among the first {}", index::kRankDepth);
  return fmt::format("no. {}, weight {:.1f} (the first has {:.1f}; {} are tried), window {} to {}", rank.rank,
                     rank.weight, rank.heaviest, rank.tried, time_code(rank.window_start_ms),
                     time_code(rank.window_end_ms));
}

void print_line(const catalogue::Explained& explained, Table& table) {
  const index::Explanation& why = explained.why;
  const index::Match& match = why.match;
  table.add({"line", fmt::format("{} to {} plays {} to {}, {}", time_code(match.query_start_ms),
                                 time_code(match.query_end_ms), time_code(match.reference_start_ms),
                                 time_code(match.reference_end_ms), evidence::playback(match))});
  table.add({"landmarks", rank_text(why.landmarks)});
  table.add({"embeddings", rank_text(why.embeddings)});
  if (why.altered) table.add({"altered", rank_text(*why.altered)});
  table.add(
      {"proof", fmt::format("z {:.2f} over {} to {} (alone {:.2f}); {:.1f} % of {} peaks; sharpness {:.2f}",
                            match.score, time_code(why.proven_start_ms), time_code(why.proven_end_ms),
                            why.z_alone, match.share * 100.0, why.peaks, match.sharpness)});
  table.add({"without best", fmt::format("second: z {:.2f}; band: z {:.2f}", match.without_best_second,
                                         match.without_best_band)});
  table.add({"on the line",
             fmt::format("embeddings: similarity {:.3f} (beside it {:.3f}), {:.0f} % have a neighbour there",
                         match.similarity, match.similarity_beside, match.embedding_share * 100.0)});
  if (why.mirrored > 0)
    table.add({"decoy", fmt::format("backwards {:.0f}, forwards {:.0f}", why.mirrored, why.agreement)});
  if (why.rival && explained.rival) {
    table.add({"runner-up",
               fmt::format("z {:.2f}, margin {:.2f}: {} ({})", why.rival->z, why.z_alone - why.rival->z,
                           printable(explained.rival->title), explained.rival->id)});
  } else {
    table.add({"runner-up", "no other recording has a line there"});
  }
  table.add({"probability", fmt::format("{:.4f}; threshold {:.2f}", match.probability, why.threshold)});
}

void print_for_people(const catalogue::Explained& explained, Console& console) {
  console.line(fmt::format("{}: {} in {}", evidence::headline(explained.why.outcome),
                           printable(explained.recording.title), printable(explained.query)));
  console.line(printable(evidence::reason(explained)));
  if (!explained.why.has_line) return;
  Table table({Table::Align::kLeft, Table::Align::kLeft});
  print_line(explained, table);
  for (const auto& line : table.lines("  ")) console.line(line);
}

}  // namespace

Exit run(const Common& common, const ExplainOptions& options, Console& console) {
  const auto catalogue = open_catalogue(common, 1, Access::kReadOnly);
  if (!catalogue) return failed(console, catalogue.error());
  const auto analysed = (*catalogue)->analyse(std::filesystem::path(options.query));
  if (!analysed) return failed(console, analysed.error());
  const auto explained = (*catalogue)
                             ->explain(*analysed, options.recording_id,
                                       {options.at_ms, options.min_probability, common.threads});
  if (!explained) return failed(console, explained.error());
  if (!options.svg.empty()) {
    const Status written = write_file_atomically(options.svg, as_bytes(evidence::draw(*explained)));
    if (!written) return failed(console, written.error());
  }
  if (console.is_json()) {
    console.result(evidence::to_json(*explained));
  } else {
    print_for_people(*explained, console);
  }
  return Exit::kDone;
}

}  // namespace earmark::cli
