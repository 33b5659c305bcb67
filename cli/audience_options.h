#pragma once
// The options of `audience`; the rest, and what is common, is in options.cpp.
#include <optional>

#include "cli/audience_commands.h"
#include "cli/commands.h"
#include "cli/evidence_options.h"

namespace CLI {
class App;
}

namespace earmark::cli {

/// The values that CLI11 fills in.
struct AudienceValues {
  AudienceImportOptions import_logs;
  AudienceMediaOptions media;
  AudienceShowOptions show;
  AudienceEpochOptions epoch;
  AudienceListsOptions lists;
  AudienceForecastOptions forecast;
  std::optional<Command> chosen;
};

/// `values` must outlive the parsing.
void add_audience_commands(CLI::App& app, AudienceValues& values, const AddCommand& add);

}  // namespace earmark::cli
