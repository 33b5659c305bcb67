#pragma once
// The command line of the commands that show why. Internal to cli/.
#include <functional>
#include <optional>

#include "cli/commands.h"

namespace CLI {
class App;
}

namespace earmark::cli {

struct EvidenceValues {
  std::int64_t at_ms = -1;
  ExplainOptions explain;
  RecordingsShowOptions recordings_show;
  ClaimsEvidenceOptions claims_evidence;
  ClaimsNoticeOptions claims_notice;
  ClaimsCueSheetOptions claims_cue_sheet;
  VerifyOptions verify;
};

/// Makes a command with the options that all commands take.
using AddCommand =
    std::function<CLI::App&(CLI::App& parent, const char* name, const char* what, const char* teaches)>;

/// `claims`: the command whose commands some of these are.
void add_evidence_commands(CLI::App& app, CLI::App& claims, const AddCommand& add, EvidenceValues& values);

/// The command that was given, where it is one of these.
[[nodiscard]] std::optional<Command> chosen_evidence(const CLI::App& app, EvidenceValues& values);

}  // namespace earmark::cli
