#include "cli/options.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <numeric>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "cli/audience_options.h"
#include "cli/evidence_options.h"
#include "cli/help_text.h"
#include "cli/live_options.h"
#include "cli/money_options.h"
#include "cli/options_crawl.h"
#include "cli/options_rights.h"
#include "cli/recommend_options.h"
#include "cli/service_options.h"
#include "cli/store_place.h"
#include "core/parallel.h"
#include "core/text.h"

namespace earmark::cli {
namespace {

constexpr std::size_t kMostThreads = 256;

/// The values that CLI11 fills in; one flat struct, because its options are bound to addresses.
struct Values {
  bool json = false;
  bool quiet = false;
  std::string store;
  std::size_t threads = 0;
  std::string policy = "track";
  std::string claim_status;
  std::string fingerprint_folder;
  RegisterOptions register_options;
  MatchOptions match;
  ForgetOptions forget;
  FingerprintOptions fingerprint;
  StoreCopyOptions store_copy;
  ClaimsListOptions claims_list;
  EvidenceValues evidence;
  ServiceValues service;
  RightsValues rights;
  CrawlValues crawl;
  LiveValues live;
  MoneyValues money;
  AudienceValues audience;
  RecommendValues recommend;
};

void add_common(CLI::App& app, Values& values) {
  app.add_flag("--json", values.json, "Results as JSON Lines: one object a result")->group("Common options");
  app.add_option("--store", values.store,
                 "Folder of the store, or URL of its PostgreSQL database (else $EARMARK_STORE, else "
                 "~/.local/share/earmark)")
      ->type_name("STORE")
      ->group("Common options");
  app.add_option("--threads", values.threads, "Files at a time, at most (default: one a processor)")
      ->type_name("N")
      ->check(CLI::Range(std::size_t{1}, kMostThreads).description(""))
      ->group("Common options");
  app.add_flag("--quiet", values.quiet, "No progress on standard error")->group("Common options");
}

CLI::App& add_command(CLI::App& parent, const char* name, const char* what, const char* teaches,
                      Values& values) {
  CLI::App& command = *parent.add_subcommand(name, what);
  add_common(command, values);
  command.footer(teaches);
  return command;
}

void add_register(CLI::App& app, Values& values) {
  RegisterOptions& options = values.register_options;
  CLI::App& command =
      add_command(app, "register", "Add recordings to the catalogue", help::kRegister, values);
  command.add_option("PATH", options.paths, "Files or folders")->type_name("");
  command.add_option("--owner", options.owner, "Who owns them (default: the store's default party)")
      ->type_name("NAME");
  command
      .add_option("--policy", values.policy,
                  "What the owner wants where they are used: track, monetize, block (default: track)")
      ->type_name("POLICY")
      ->check(CLI::IsMember({"track", "monetize", "block"}).description(""));
  command.add_option("--manifest", options.manifest, "CSV or JSON Lines file that names recordings")
      ->type_name("FILE");
  command.add_flag("--dry-run", options.dry_run, "Say what would be done, write nothing");
  command.callback([&options] {
    if (options.paths.empty() && options.manifest.empty()) throw CLI::RequiredError("PATH or --manifest");
  });
}

void add_match(CLI::App& app, Values& values) {
  MatchOptions& options = values.match;
  CLI::App& command = add_command(app, "match", "Find uses of registered recordings", help::kMatch, values);
  command.add_option("PATH", options.paths, "Files or folders")->required()->type_name("");
  command
      .add_option("--min-probability", options.min_probability,
                  "Leave out what is less sure (0 to 1, default 0.9)")
      ->type_name("P")
      ->check(CLI::Range(0.0, 1.0).description(""))
      ->check([&options](const std::string& text) {
        return text.find_first_of("nN") == std::string::npos ? "" : "not a number";
      });
  command.add_flag("--review", options.review, "Show also what is between 0.5 and that, marked");
}

void add_fingerprint(CLI::App& app, Values& values) {
  CLI::App& command = add_command(app, "fingerprint", "Write fingerprints that stand for the audio",
                                  help::kFingerprint, values);
  command.add_option("PATH", values.fingerprint.paths, "Files or folders")->required()->type_name("");
  command.add_option("-o,--output", values.fingerprint_folder, "Folder to write to, made where needed")
      ->required()
      ->type_name("DIR");
}

CLI::App& add_claims(CLI::App& app, Values& values) {
  CLI::App& claims = *app.add_subcommand("claims", "What was found in watched feeds");
  claims.require_subcommand(1);
  claims.footer(help::kClaims);
  CLI::App& list = add_command(claims, "list", "List claims, oldest first", help::kClaimsList, values);
  list.add_option(
          "--status", values.claim_status,
          "Only these: review, active, disputed, upheld, appealed, released, expired, takedown_requested, "
          "counter_noticed, restored, litigation_hold, closed, withdrawn")
      ->type_name("STATUS")
      ->check([](const std::string& text) {
        const auto status = registry::parse_claim_status(text);
        return status ? std::string() : status.error().message;
      });
  list.add_option("--recording", values.claims_list.recording_id, "Only uses of this recording")
      ->type_name("ID");
  list.add_option("--feed", values.claims_list.feed, "Only uses in this feed")->type_name("URL");
  return claims;
}

void add_store(CLI::App& app, Values& values) {
  CLI::App& store = *app.add_subcommand("store", "Move a store");
  store.require_subcommand(1);
  store.footer(help::kStore);
  CLI::App& copy = add_command(store, "copy", "Copy a store to another database", help::kStoreCopy, values);
  copy.add_option("FROM", values.store_copy.from, "Folder, or URL of a PostgreSQL database")
      ->required()
      ->type_name("");
  copy.add_option("TO", values.store_copy.to, "The same, and empty")->required()->type_name("");
}

/// Number of single-character edits from one word to another (Levenshtein).
std::size_t edits(std::string_view from, std::string_view to) {
  std::vector<std::size_t> row(to.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < from.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < to.size(); ++j) {
      const std::size_t replaced = diagonal + (from[i] == to[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, diagonal + 1});
    }
  }
  return row.back();
}

/// "did you mean …?" for a word that is nearly a command or an option of `app`; else empty.
std::string suggestion(const CLI::App& app, const std::string& word) {
  constexpr std::size_t kMostEdits = 2;
  std::vector<std::string> known;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; }))
    known.push_back(command->get_name());
  for (const CLI::Option* option : app.get_options()) {
    for (const auto& name : option->get_lnames()) known.push_back("--" + name);
  }
  std::string best;
  std::size_t fewest = kMostEdits + 1;
  for (const auto& name : known) {
    if (const std::size_t n = edits(word, name); n < fewest) {
      fewest = n;
      best = name;
    }
  }
  return best.empty() ? "" : fmt::format("; did you mean '{}'?", best);
}

const CLI::App& innermost(const CLI::App& app) {
  const auto parsed = app.get_subcommands();
  return parsed.empty() ? app : innermost(*parsed.front());
}

std::string full_name(const CLI::App& app) {
  return app.get_parent() == nullptr ? app.get_name() : full_name(*app.get_parent()) + " " + app.get_name();
}

bool is(const CLI::ParseError& error, CLI::ExitCodes code) {
  return error.get_exit_code() == static_cast<int>(code);
}

/// Asked for in a useful order: what was said that is not known here, then what is missing, then the
/// library's own words.
std::string what_is_wrong(const CLI::App& where, const CLI::ParseError& error) {
  const bool has_commands = !where.get_subcommands([](const CLI::App*) { return true; }).empty();
  const auto unexpected = where.remaining();
  if (is(error, CLI::ExitCodes::RequiredError) && has_commands) {
    if (unexpected.empty()) return "which command?";
    return fmt::format("there is no command '{}'{}", unexpected.front(),
                       suggestion(where, unexpected.front()));
  }
  if (is(error, CLI::ExitCodes::ExtrasError) && !unexpected.empty()) {
    return fmt::format("'{}' makes no sense here{}", unexpected.front(),
                       suggestion(where, unexpected.front()));
  }
  return error.what();
}

Answer explain(const CLI::App& app, const CLI::ParseError& error, bool nothing_was_said) {
  const CLI::App& where = innermost(app);
  if (error.get_name() == "CallForHelp")
    return {Exit::kDone, where.help(where.get_parent() == nullptr ? "" : full_name(*where.get_parent()))};
  if (error.get_name() == "CallForVersion") return {Exit::kDone, std::string(error.what()) + "\n"};
  if (nothing_was_said) return {Exit::kUsage, app.help()};
  return {Exit::kUsage, fmt::format("earmark: {}\nTry '{} --help'.\n", printable(what_is_wrong(where, error)),
                                    full_name(where))};
}

Command chosen(const CLI::App& app, Values& values) {
  if (values.rights.chosen) return *values.rights.chosen;
  if (values.crawl.chosen) return *values.crawl.chosen;
  if (values.live.chosen) return *values.live.chosen;
  if (values.money.chosen) return MoneyCommand{values.money.chosen};
  if (values.audience.chosen) return *values.audience.chosen;
  if (values.recommend.chosen) return *values.recommend.chosen;
  const auto got = [&](const char* name) { return app.got_subcommand(name); };
  if (auto command = chosen_evidence(app, values.evidence)) return *std::move(command);
  if (got("register")) {
    values.register_options.policy =
        registry::parse_policy_action(values.policy).value_or(registry::PolicyAction::kTrack);
    return values.register_options;
  }
  if (got("match")) return values.match;
  if (got("forget")) return values.forget;
  if (got("fingerprint")) {
    values.fingerprint.folder = values.fingerprint_folder;
    return values.fingerprint;
  }
  if (got("claims")) {
    if (const auto status = registry::parse_claim_status(values.claim_status))
      values.claims_list.status = *status;
    return values.claims_list;
  }
  if (const auto command = chosen_service_command(app, values.service)) return *command;
  if (got("store")) return values.store_copy;
  if (got("stats")) return StatsOptions{};
  return DoctorOptions{};
}

/// The words after the program's name; "help X" is "X --help".
std::vector<std::string> words_of(int argc, const char* const* argv) {
  std::vector<std::string> words(argv + std::min(argc, 1), argv + argc);
  if (!words.empty() && words.front() == "help") {
    words.erase(words.begin());
    words.emplace_back("--help");
  }
  return words;
}

}  // namespace

ParsedLine parse_command_line(int argc, const char* const* argv) {
  Values values;
  CLI::App app("Finds which stretch of an episode is which stretch of a recording you own.", "earmark");
  app.set_version_flag("--version", "earmark " EARMARK_VERSION)->description("Print the version");
  app.require_subcommand(1);
  app.footer(help::kProgram);
  add_common(app, values);
  add_register(app, values);
  add_match(app, values);
  CLI::App& forget =
      add_command(app, "forget", "Take recordings out of the catalogue", help::kForget, values);
  forget.add_option("RECORDING_ID", values.forget.recording_ids, "Ids as register printed them")
      ->required()
      ->type_name("");
  add_fingerprint(app, values);
  const auto add = [&values](CLI::App& parent, const char* name, const char* what,
                             const char* teaches) -> CLI::App& {
    return add_command(parent, name, what, teaches, values);
  };
  add_crawl_commands(app, values.crawl, add);
  add_live_commands(app, values.live, add);
  CLI::App& claims = add_claims(app, values);
  add_evidence_commands(app, claims, add, values.evidence);
  add_service_commands(app, values.service, add);
  add_claim_commands(claims, values.rights, add);
  add_rights_commands(app, values.rights, add);
  add_audience_commands(app, values.audience, add);
  add_recommend_commands(app, values.recommend, add);
  add_store(app, values);
  add_money_commands(app, values.money, add);
  add_command(app, "stats", "Count what the store holds", help::kStats, values);
  add_command(app, "doctor", "Check that everything works here", help::kDoctor, values);

  const auto words = words_of(argc, argv);
  try {
    app.parse(std::vector<std::string>(words.rbegin(), words.rend()));  // CLI11 takes them last to first
  } catch (const CLI::ParseError& error) {
    return explain(app, error, words.empty());
  }
  Invocation invocation;
  invocation.common.store = values.store.empty() ? default_store() : std::filesystem::path(values.store);
  invocation.common.threads = values.threads == 0 ? default_threads() : values.threads;
  invocation.common.console = {values.json, values.quiet};
  invocation.command = chosen(app, values);
  return invocation;
}

int give(const Answer& answer) {
  std::FILE* stream = answer.exit == Exit::kDone ? stdout : stderr;
  std::fwrite(answer.text.data(), 1, answer.text.size(), stream);
  std::fflush(stream);
  return static_cast<int>(answer.exit);
}

}  // namespace earmark::cli
