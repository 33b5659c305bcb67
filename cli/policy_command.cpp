#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/open_store.h"
#include "core/text.h"
#include "registry/decision_json.h"

namespace earmark::cli {
namespace {

using registry::Policies;
using registry::Policy;

Json encode(const Policy& policy) {
  Json rules = Json::array();
  for (const auto& line : policy.lines) rules.push_back(registry::to_string(line));
  return {{"rule_id", policy.rule_id},
          {"version", policy.version},
          {"party", policy.party},
          {"name", policy.name},
          {"template", policy.made_from.empty() ? Json(nullptr) : Json(policy.made_from)},
          {"rules", std::move(rules)},
          {"otherwise", registry::to_string(policy.otherwise)},
          {"created_at", to_rfc3339(policy.created_at)}};
}

void print(const Policy& policy, Console& console) {
  if (console.is_json()) return console.result(encode(policy));
  console.line(fmt::format("{}  version {}  {}  ({})", policy.rule_id, policy.version, printable(policy.name),
                           printable(policy.party)));
  for (const auto& line : policy.lines) console.line("  " + registry::to_string(line));
  console.line(fmt::format("  otherwise {}", registry::to_string(policy.otherwise)));
}

void print_templates(Console& console) {
  for (const auto& known : registry::policy_templates()) {
    Json rules = Json::array();
    for (const auto& line : known.lines) rules.push_back(registry::to_string(line));
    if (console.is_json()) {
      console.result({{"name", known.name},
                      {"what", known.what},
                      {"rules", std::move(rules)},
                      {"otherwise", registry::to_string(known.otherwise)}});
    } else {
      console.line(fmt::format("{:<18} {}", known.name, known.what));
    }
  }
}

/// The template's rules come after those that were given: what is said on top of it comes first.
Result<registry::NewPolicy> contents_of(const PolicyOptions& options) {
  registry::NewPolicy policy;
  policy.party = options.owner;
  policy.name = options.name.empty() ? "proposal" : options.name;
  EARMARK_TRY(policy.otherwise, registry::parse_policy_action(options.otherwise));
  for (const auto& rule : options.rules) {
    EARMARK_TRY(auto line, registry::parse_policy_line(rule));
    policy.lines.push_back(std::move(line));
  }
  if (options.from_template.empty()) return policy;
  EARMARK_TRY(const auto* const known, registry::find_template(options.from_template));
  policy.made_from = options.from_template;
  policy.otherwise = known->otherwise;
  policy.lines.insert(policy.lines.end(), known->lines.begin(), known->lines.end());
  return policy;
}

const std::string& actor_of(const PolicyOptions& options) {
  return options.by.empty() ? options.owner : options.by;
}

Status use(Policies& policies, const PolicyOptions& options, Console& console) {
  auto recordings = options.recording_ids;
  if (recordings.empty()) recordings.emplace_back();
  for (const auto& recording : recordings) {
    EARMARK_TRY_STATUS(policies.use(options.owner, recording, options.name, actor_of(options)));
    const auto what = recording.empty() ? "all of " + printable(options.owner) : recording;
    if (console.is_json()) {
      console.result({{"rule_id", options.name},
                      {"party", options.owner},
                      {"recording_id", recording.empty() ? Json(nullptr) : Json(recording)}});
    } else {
      console.line(fmt::format("{} counts for {}", options.name, what));
    }
  }
  return {};
}

std::string sentence_of(const registry::DecisionCounts& counts) {
  std::string text;
  for (const char* what : {"monetize", "track", "block", "review", "no_claim"}) {
    const auto found = counts.find(what);
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", found == counts.end() ? 0 : found->second, what);
  }
  return text;
}

std::string outcome_of(const registry::Decision& decision) {
  if (decision.disposition != registry::Disposition::kActive)
    return std::string(registry::to_string(decision.disposition));
  return std::string(registry::to_string(*decision.action));
}

Status dry_run(const Policies& policies, const PolicyOptions& options, Console& console) {
  EARMARK_TRY(const auto proposal, contents_of(options));
  registry::DryRunOptions wanted;
  wanted.party = options.owner;
  wanted.days = options.days;
  if (options.recording_ids.size() > 1)
    return fail(ErrorCode::kInvalidArgument, "a dry run is about one recording or about all");
  if (!options.recording_ids.empty()) wanted.recording_id = options.recording_ids.front();
  EARMARK_TRY(const auto run, policies.dry_run(proposal, wanted));
  if (console.is_json()) {
    Json changed = Json::array();
    for (const auto& use : run.changed) {
      changed.push_back({{"recording_id", use.recording_id},
                         {"feed", use.feed},
                         {"guid", use.guid},
                         {"query_start_ms", use.query_start_ms},
                         {"query_end_ms", use.query_end_ms},
                         {"now", registry::to_json(use.now)},
                         {"then", registry::to_json(use.then)}});
    }
    console.result({{"days", options.days},
                    {"uses", run.uses},
                    {"now", run.now},
                    {"then", run.then},
                    {"reasons", run.reasons},
                    {"changed", std::move(changed)}});
    return {};
  }
  console.line(fmt::format("In the last {} days there were {} uses. Now they mean {}.", options.days,
                           run.uses, sentence_of(run.now)));
  console.line(fmt::format("This would have meant {}.", sentence_of(run.then)));
  for (const auto& use : run.changed) {
    console.line(fmt::format("  {} -> {}  {}  {}  {} ms to {} ms", outcome_of(use.now), outcome_of(use.then),
                             use.recording_id, printable(use.guid), use.query_start_ms, use.query_end_ms));
  }
  return {};
}

Status put(Policies& policies, const PolicyOptions& options, Console& console) {
  EARMARK_TRY(const auto wanted, contents_of(options));
  EARMARK_TRY(const auto policy, policies.put(wanted, actor_of(options)));
  print(policy, console);
  return {};
}

Status print_all(const Result<std::vector<Policy>>& all, Console& console) {
  if (!all) return fail(all.error());
  for (const Policy& policy : *all) print(policy, console);
  return {};
}

}  // namespace

Exit run(const Common& common, const PolicyOptions& options, Console& console) {
  using What = PolicyOptions::What;
  if (options.what == What::kTemplates) {
    print_templates(console);
    return Exit::kDone;
  }
  const auto registry = open_registry(common);
  if (!registry) return failed(console, registry.error());
  Policies& policies = (*registry)->policies();
  Status done;
  switch (options.what) {
    case What::kTemplates: break;
    case What::kList: done = print_all(policies.list(options.owner), console); break;
    case What::kShow: done = print_all(policies.versions(options.name), console); break;
    case What::kPut: done = put(policies, options, console); break;
    case What::kUse: done = use(policies, options, console); break;
    case What::kDryRun: done = dry_run(policies, options, console); break;
  }
  return done ? Exit::kDone : failed(console, done.error());
}

}  // namespace earmark::cli
