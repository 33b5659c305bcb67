#include "cli/options_rights.h"

#include <CLI/CLI.hpp>

#include "cli/help_rights.h"

namespace earmark::cli {
namespace {

struct Verb {
  const char* name;
  const char* what;
};

constexpr Verb kVerbs[] = {
    {"confirm", "A person confirms a question, or that a block takes effect"},
    {"release", "Give the claim up: the use is cleared"},
    {"dispute", "The podcaster objects"},
    {"retract", "The podcaster takes an objection back"},
    {"uphold", "The claimant keeps a disputed claim"},
    {"appeal", "The podcaster objects to a claim that was upheld"},
    {"escalate", "The podcaster appeals a block at once"},
    {"takedown", "The claimant hands in a notice (needs --evidence)"},
    {"counter", "The podcaster hands in a counter-notice (needs --evidence)"},
    {"restore", "Put the use back after a counter-notice"},
    {"hold", "The claimant went to court (needs --evidence)"},
    {"extend", "The court has not decided yet (needs --evidence)"},
    {"close", "The court decided for the claimant (needs --evidence)"},
    {"reopen", "Ask again about a cleared use (needs --evidence that is new)"},
};

void add_step(CLI::App& claims, const Verb& verb, RightsValues& values, const MakeCommand& make) {
  ClaimStepOptions& step = values.step;
  CLI::App& command = make(claims, verb.name, verb.what, help::kClaimStep);
  command.add_option("CLAIM_ID", step.claim_ids, "Ids as claims list prints them")->required()->type_name("");
  command.add_option("--as", step.role, "claimant, uploader or reviewer (default: reviewer)")
      ->type_name("ROLE")
      ->check(CLI::IsMember({"claimant", "uploader", "reviewer"}).description(""));
  command.add_option("--by", step.by, "Who, for the record (default: the role)")->type_name("NAME");
  command.add_option("--reason", step.reason, "A code, for the record (default: the step's own)")
      ->type_name("CODE");
  command.add_option("--note", step.note, "In words, for the record")->type_name("TEXT");
  command.add_option("--evidence", step.evidence, "What is handed in: text, or @FILE")->type_name("TEXT");
  command.callback([&values, name = std::string(verb.name)] {
    values.step.verb = name;
    values.chosen = values.step;
  });
}

CLI::App& add_view(CLI::App& claims, RightsValues& values, const MakeCommand& make,
                   ClaimViewOptions::What what, const Verb& verb) {
  CLI::App& command = make(claims, verb.name, verb.what, help::kClaimView);
  command.callback([&values, what] {
    values.view.what = what;
    values.chosen = values.view;
  });
  return command;
}

CLI::App& add_policy(CLI::App& group, RightsValues& values, const MakeCommand& make, PolicyOptions::What what,
                     const Verb& verb) {
  CLI::App& command = make(group, verb.name, verb.what, help::kPolicy);
  command.callback([&values, what] {
    values.policy.what = what;
    values.chosen = values.policy;
  });
  return command;
}

/// What a policy is made of.
void add_contents(CLI::App& command, PolicyOptions& policy) {
  command.add_option("--owner", policy.owner, "Whose policy")->required()->type_name("NAME");
  command.add_option("--template", policy.from_template, "Begin with this one (policy templates)")
      ->type_name("NAME");
  command
      .add_option("--rule", policy.rules,
                  "'ACTION [territory=DE,AT] [min_length=10s] [min_share=90%] [match=TYPE]', "
                  "the first that fits decides")
      ->allow_extra_args(false)
      ->type_name("RULE");
  command
      .add_option("--otherwise", policy.otherwise,
                  "Where no rule fits: track, monetize, block (default: track)")
      ->type_name("ACTION")
      ->check(CLI::IsMember({"track", "monetize", "block"}).description(""));
}

void add_policies(CLI::App& app, RightsValues& values, const MakeCommand& make) {
  using What = PolicyOptions::What;
  PolicyOptions& policy = values.policy;
  CLI::App& group = *app.add_subcommand("policy", "What owners want where their recordings are used");
  group.require_subcommand(1);
  group.footer(help::kPolicy);
  add_policy(group, values, make, What::kTemplates, {"templates", "List policies to begin with"});
  add_policy(group, values, make, What::kList, {"list", "List policies"})
      .add_option("--owner", policy.owner, "Only this party's")
      ->type_name("NAME");
  add_policy(group, values, make, What::kShow, {"show", "All versions of a policy"})
      .add_option("RULE_ID", policy.name, "As policy list prints it")
      ->required()
      ->type_name("");
  CLI::App& put = add_policy(group, values, make, What::kPut, {"put", "Make a policy, or its next version"});
  put.add_option("NAME", policy.name, "Name of the policy")->required()->type_name("");
  add_contents(put, policy);
  put.add_option("--by", policy.by, "Who, for the record (default: the owner)")->type_name("NAME");
  CLI::App& use = add_policy(group, values, make, What::kUse, {"use", "Let a policy count from now on"});
  use.add_option("RULE_ID", policy.name, "As policy list prints it")->required()->type_name("");
  use.add_option("--owner", policy.owner, "Whose policy")->required()->type_name("NAME");
  use.add_option("--recording", policy.recording_ids, "Only for these (default: for all of the owner's)")
      ->allow_extra_args(false)
      ->type_name("ID");
  use.add_option("--by", policy.by, "Who, for the record (default: the owner)")->type_name("NAME");
  CLI::App& dry = add_policy(group, values, make, What::kDryRun,
                             {"dry-run", "What a policy would have meant for the uses of the last days"});
  add_contents(dry, policy);
  dry.add_option("--recording", policy.recording_ids, "Only uses of this one")->type_name("ID");
  dry.add_option("--days", policy.days, "How far back (default: 30)")
      ->type_name("N")
      ->check(CLI::Range(1, 36600).description(""));
}

/// Commands of `rights`, one after the other.
class RightsGroup {
 public:
  RightsGroup(CLI::App& app, RightsValues& values, const MakeCommand& make)
      : group_(*app.add_subcommand("rights", "Who owns what, who may use it, and why")),
        values_(values),
        make_(make) {
    group_.require_subcommand(1);
    group_.footer(help::kRights);
  }

  void add_all() {
    using What = RightsOptions::What;
    RightsOptions& rights = values_.rights;
    add_subject(add(What::kShow, {"show", "All that is known of a recording's or a work's rights"}), "ID");
    CLI::App& shares = add(What::kShares, {"shares", "Set who owns a recording or a work"});
    add_subject(shares, "ID");
    shares
        .add_option("--share", rights.shares, "'PARTY=50%@DE AT' (default: @WW), once for each; replaces all")
        ->required()
        ->allow_extra_args(false)
        ->type_name("SHARE");
    add_period(shares);
    CLI::App& work = add(What::kWork, {"work", "Say which work a recording is of"});
    add_subject(work, "RECORDING_ID");
    add_text(work, "--iswc", rights.iswc, "ISWC of the work", "ISWC");
    add_text(work, "--title", rights.title, "Title of the work", "TEXT");
    CLI::App& release = add(What::kRelease, {"release", "Say what a recording is published on"});
    add_subject(release, "RECORDING_ID");
    add_text(release, "--gtin", rights.gtin, "UPC, EAN or GTIN of the release", "CODE");
    add_text(release, "--grid", rights.grid, "GRid of the release", "CODE");
    add_text(release, "--title", rights.title, "Title of the release", "TEXT");
    release.add_option("--position", rights.position, "Place on it (default: 1)")->type_name("N");
    CLI::App& identify = add(What::kIdentify, {"identify", "Give a party an identifier"});
    add_subject(identify, "PARTY");
    add_text(identify, "--scheme", rights.scheme, "ipi, ipi_base, isni, dpid or podcast_guid", "SCHEME")
        ->required();
    add_text(identify, "--value", rights.value, "The identifier", "CODE")->required();
    add_documents();
    add_leave();
    add_text(add(What::kHistory, {"history", "Everything that happened to rights"}), "--of", rights.subject,
             "Only to this recording, work, licence, rule or party", "ID");
    add_subject(add(What::kEnd, {"end", "End a licence or withdraw a document"}), "ID");
  }

 private:
  CLI::App& add(RightsOptions::What what, const Verb& verb) {
    CLI::App& command = make_(group_, verb.name, verb.what, help::kRights);
    add_text(command, "--by", values_.rights.by, "Who, for the record", "NAME");
    command.callback([values = &values_, what] {
      values->rights.what = what;
      values->chosen = values->rights;
    });
    return command;
  }
  static CLI::Option* add_text(CLI::App& command, const char* name, std::string& value, const char* what,
                               const char* type) {
    return command.add_option(name, value, what)->type_name(type);
  }
  void add_subject(CLI::App& command, const char* name) {
    command.add_option(name, values_.rights.subject, "")->required()->type_name("");
  }
  void add_period(CLI::App& command) {
    add_text(command, "--from", values_.rights.from, "From when on (RFC 3339; default: for ever)", "TIME");
    add_text(command, "--until", values_.rights.until, "Until when (RFC 3339; default: for ever)", "TIME");
  }
  void add_documents() {
    using What = RightsOptions::What;
    RightsOptions& rights = values_.rights;
    CLI::App& document = add(What::kDocument, {"document", "Attach a rights document"});
    add_subject(document, "ID");
    add_text(document, "--kind", rights.kind, "public_domain, licence_chain or ownership", "KIND")
        ->required();
    add_text(document, "--reason", rights.reason, "Why: 'author died in 1911'", "TEXT")->required();
    add_text(document, "--party", rights.owner, "Whose right it shows", "NAME");
    add_text(document, "--territory", rights.territories, "Where it holds (default: WW)", "LIST");
    add_text(document, "--uri", rights.uri, "Where it can be read", "URI");
    add_text(document, "--sha256", rights.sha256, "Of its bytes, in hexadecimal", "HEX");
    add_period(document);
    CLI::App& exclude = add(What::kExclude, {"exclude", "Leave a stretch of a recording out"});
    add_subject(exclude, "RECORDING_ID");
    exclude.add_option("--start-ms", rights.start_ms, "Where it begins")->required()->type_name("MS");
    exclude.add_option("--end-ms", rights.end_ms, "Where it ends")->required()->type_name("MS");
    add_text(exclude, "--scope", rights.scope, "claiming: heard, never claimed; matching: not even shown",
             "SCOPE");
    add_text(exclude, "--reason", rights.reason, "Why", "TEXT");
  }
  void add_leave() {
    using What = RightsOptions::What;
    RightsOptions& rights = values_.rights;
    CLI::App& licence =
        add(What::kLicence, {"licence", "Give leave to use: no claims are made on what it covers"});
    add_text(licence, "--owner", rights.owner, "Who gives it", "NAME")->required();
    add_text(licence, "--to", rights.licensee, "Who may use", "NAME");
    add_text(licence, "--recording", rights.recording_id, "What (default: all of the owner's)", "ID");
    add_text(licence, "--feed", rights.feed, "On which feed (default: any)", "URL");
    add_text(licence, "--territory", rights.territories, "Where (default: WW)", "LIST");
    add_text(licence, "--uses", rights.uses, "What for, in words", "TEXT");
    add_text(licence, "--reference", rights.value, "Number of the contract or invoice", "TEXT");
    add_period(licence);
    CLI::App& allow = add(What::kAllow, {"allow", "Put a feed on an owner's allow-list"});
    add_text(allow, "--owner", rights.owner, "Whose list", "NAME")->required();
    add_text(allow, "--feed", rights.feed, "The feed", "URL")->required();
    add_text(allow, "--recording", rights.recording_id, "Only for this one", "ID");
    add_text(add(What::kLicences, {"licences", "List licences and allow-lists"}), "--owner", rights.owner,
             "Only this party's", "NAME");
  }

  CLI::App& group_;
  RightsValues& values_;
  const MakeCommand& make_;
};

void add_review(CLI::App& app, RightsValues& values, const MakeCommand& make) {
  using What = ReviewOptions::What;
  CLI::App& recordings = *app.get_subcommand("recordings");
  CLI::App& review = *recordings.add_subcommand("review", "What registration found, and what becomes of it");
  review.require_subcommand(1);
  review.footer(help::kReview);
  const auto add = [&](const Verb& verb, What what) {
    CLI::App& command = make(review, verb.name, verb.what, help::kReview);
    if (what != What::kList) {
      command.add_option("RECORDING_ID", values.review.recording_ids, "Ids as review list prints them")
          ->required()
          ->type_name("");
      command.add_option("--by", values.review.by, "Who decides, for the record")->type_name("NAME");
      command.add_option("--note", values.review.note, "Why, for the record")->type_name("TEXT");
    }
    command.callback([&values, what] {
      values.review.what = what;
      values.chosen = values.review;
    });
  };
  add({"list", "List what waits for a person, with time codes"}, What::kList);
  add({"accept", "Register them after all"}, What::kAccept);
  add({"refuse", "Keep them out for good"}, What::kRefuse);
}

void add_export(CLI::App& app, RightsValues& values, const MakeCommand& make) {
  CLI::App& group = *app.add_subcommand("export", "Write the registry as flat files");
  group.require_subcommand(1);
  group.footer(help::kExport);
  const auto add = [&](const Verb& verb, ExportOptions::What what) -> CLI::App& {
    CLI::App& command = make(group, verb.name, verb.what, help::kExport);
    command.add_option("-o,--output", values.out.folder, "Folder to write to, made where needed")
        ->required()
        ->type_name("DIR");
    command.add_flag("--dry-run", values.out.dry_run, "Say what would be written, write nothing");
    command.callback([&values, what] {
      values.out.what = what;
      values.chosen = values.out;
    });
    return command;
  };
  add({"bwarm", "Works, shares, recordings, and what nobody claims (BWARM-shaped)"},
      ExportOptions::What::kBwarm);
  CLI::App& dsr = add({"dsr", "The uses of a time (DSR-shaped)"}, ExportOptions::What::kDsr);
  dsr.add_option("--owner", values.out.owner, "Only this party's")->type_name("NAME");
  dsr.add_option("--from", values.out.from, "From when on (RFC 3339; default: ever)")->type_name("TIME");
  dsr.add_option("--until", values.out.until, "Until when, without it (RFC 3339; default: now)")
      ->type_name("TIME");
}

}  // namespace

void add_claim_commands(CLI::App& claims, RightsValues& values, const MakeCommand& make) {
  using What = ClaimViewOptions::What;
  add_view(claims, values, make, What::kShow, {"show", "All that is known of claims"})
      .add_option("CLAIM_ID", values.view.arguments, "Ids as claims list prints them")
      ->required()
      ->type_name("");
  add_view(claims, values, make, What::kHistory, {"history", "Every step of claims, and their deadlines"})
      .add_option("CLAIM_ID", values.view.arguments, "Ids as claims list prints them")
      ->required()
      ->type_name("");
  add_view(claims, values, make, What::kTick, {"tick", "Let deadlines that went by take effect"});
  add_view(claims, values, make, What::kStats, {"stats", "How often each claimant was wrong"});
  add_view(claims, values, make, What::kPeriods, {"periods", "Show or set how long each status lasts"})
      .add_option("STATUS=PERIOD", values.view.arguments, "disputed=14d, counter_noticed=10bd:us")
      ->type_name("");
  for (const Verb& verb : kVerbs) add_step(claims, verb, values, make);
}

void add_rights_commands(CLI::App& app, RightsValues& values, const MakeCommand& make) {
  add_policies(app, values, make);
  RightsGroup(app, values, make).add_all();
  add_review(app, values, make);
  add_export(app, values, make);
}

}  // namespace earmark::cli
