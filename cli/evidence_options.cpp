#include "cli/evidence_options.h"

#include <limits>

#include <CLI/CLI.hpp>

#include "cli/evidence_help.h"

namespace earmark::cli {
namespace {

void add_explain(CLI::App& app, const AddCommand& add, EvidenceValues& values) {
  ExplainOptions& options = values.explain;
  CLI::App& command =
      add(app, "explain", "Say why a recording is found in a file, or why not", help::kExplain);
  command.add_option("QUERY", options.query, "Audio, or an .emfp fingerprint")->required()->type_name("");
  command.add_option("RECORDING_ID", options.recording_id, "Id as register printed it")
      ->required()
      ->type_name("");
  command.add_option("--svg", options.svg, "Draw it into this file")->type_name("FILE");
  command.add_option("--at", values.at_ms, "Only what plays about this time of the file, in ms")
      ->type_name("MS")
      ->check(CLI::Range(std::int64_t{0}, std::int64_t{std::numeric_limits<std::uint32_t>::max()})
                  .description(""));
  command
      .add_option("--min-probability", options.min_probability,
                  "The threshold to explain (0 to 1, default 0.9)")
      ->type_name("P")
      ->check(CLI::Range(0.0, 1.0).description(""))
      ->check([](const std::string& text) {
        return text.find_first_of("nN") == std::string::npos ? "" : "not a number";
      });
}

void add_claims_commands(CLI::App& claims, const AddCommand& add, EvidenceValues& values) {
  CLI::App& evidence =
      add(claims, "evidence", "Write the evidence of a claim into one file", help::kClaimsEvidence);
  evidence.add_option("CLAIM_ID", values.claims_evidence.claim_id, "Id as claims list prints it")
      ->required()
      ->type_name("");
  evidence.add_option("-o,--output", values.claims_evidence.output, "File to write: .zip or .tar")
      ->required()
      ->type_name("FILE")
      ->check([](const std::string& name) {
        return name.ends_with(".zip") || name.ends_with(".tar") ? "" : "must end in .zip or .tar";
      });

  ClaimsNoticeOptions& options = values.claims_notice;
  CLI::App& notice =
      add(claims, "notice", "Draft a notice, counter-notice or statement", help::kClaimsNotice);
  notice.add_option("CLAIM_ID", options.claim_id, "Id as claims list prints it")->type_name("");
  notice.add_option("--kind", options.kind, "dmca, counter, dsa-notice, dsa-statement (default: dmca)")
      ->type_name("KIND")
      ->check(CLI::IsMember({"dmca", "counter", "dsa-notice", "dsa-statement"}).description(""));
  notice.add_option("--language", options.language, "en, zh (default: en)")
      ->type_name("LANG")
      ->check(CLI::IsMember({"en", "zh"}).description(""));
  notice.add_option("--fill", options.fill, "A field of the template, and what it is")
      ->type_name("NAME=VALUE");
  notice.add_option("-o,--output", options.output, "File to write (default: standard output)")
      ->type_name("FILE");
  notice
      .add_option("--write-templates", options.write_templates, "Write the built-in templates to this folder")
      ->type_name("DIR");
  notice.callback([&options] {
    if (options.claim_id.empty() && options.write_templates.empty())
      throw CLI::RequiredError("CLAIM_ID or --write-templates");
  });

  CLI::App& cues = add(claims, "cue-sheet", "List what plays where, as a cue sheet", help::kClaimsCueSheet);
  cues.add_option("--feed", values.claims_cue_sheet.feed, "Only this feed")->type_name("URL");
  cues.add_option("--guid", values.claims_cue_sheet.guid, "Only this episode")->type_name("GUID");
  cues.add_option("--format", values.claims_cue_sheet.format, "csv, json (default: csv)")
      ->type_name("FORMAT")
      ->check(CLI::IsMember({"csv", "json"}).description(""));
  cues.add_option("-o,--output", values.claims_cue_sheet.output, "File to write (default: standard output)")
      ->type_name("FILE");
}

}  // namespace

void add_evidence_commands(CLI::App& app, CLI::App& claims, const AddCommand& add, EvidenceValues& values) {
  add_explain(app, add, values);
  CLI::App& recordings = *app.add_subcommand("recordings", "Look at registered recordings");
  recordings.require_subcommand(1);
  recordings.footer(help::kRecordings);
  CLI::App& show =
      add(recordings, "show", "Show a recording and what it shares with others", help::kRecordingsShow);
  show.add_option("RECORDING_ID", values.recordings_show.recording_id, "Id as register printed it")
      ->required()
      ->type_name("");
  add_claims_commands(claims, add, values);
  CLI::App& verify = add(app, "verify", "Check a bundle of evidence", help::kVerify);
  verify.add_option("BUNDLE", values.verify.bundle, "ZIP or TAR, or the folder it was unpacked to")
      ->required()
      ->type_name("");
  verify.add_option("--key", values.verify.key, "Public key that must have signed it, in hexadecimal")
      ->type_name("HEX");
}

std::optional<Command> chosen_evidence(const CLI::App& app, EvidenceValues& values) {
  if (app.got_subcommand("explain")) {
    if (values.at_ms >= 0) values.explain.at_ms = static_cast<std::uint32_t>(values.at_ms);
    return values.explain;
  }
  if (app.got_subcommand("recordings")) return values.recordings_show;
  if (app.got_subcommand("verify")) return values.verify;
  if (!app.got_subcommand("claims")) return std::nullopt;
  const CLI::App* claims = app.get_subcommand("claims");
  if (claims->got_subcommand("evidence")) return values.claims_evidence;
  if (claims->got_subcommand("notice")) return values.claims_notice;
  if (claims->got_subcommand("cue-sheet")) return values.claims_cue_sheet;
  return std::nullopt;
}

}  // namespace earmark::cli
