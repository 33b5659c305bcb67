#pragma once
// The options of `recommend`; the rest, and what is common, is in options.cpp.
#include <optional>

#include "cli/commands.h"
#include "cli/evidence_options.h"

namespace CLI {
class App;
}

namespace earmark::cli {

/// The values that CLI11 fills in.
struct RecommendValues {
  RecommendSimilarOptions similar;
  RecommendDataOptions data;
  std::optional<Command> chosen;
};

/// `values` must outlive the parsing.
void add_recommend_commands(CLI::App& app, RecommendValues& values, const AddCommand& add);

}  // namespace earmark::cli
