#pragma once

namespace earmark::cli::help {

// The parts of --help that teach, of the commands about claims, policies and rights (docs/claims.md,
// docs/registry.md).

inline constexpr const char* kClaimStep =
    R"(Moves claims along; each step is recorded with who, why and what was handed in. A deadline that
went by counts first. What nobody answers is decided for the podcaster.

Examples:
  earmark claims dispute clm_3f… --as uploader --by "The Show" --evidence @invoice.txt
  earmark claims release clm_3f… --as claimant --note "licensed, sorry"
  earmark claims uphold clm_3f… --as claimant

Exit codes: 0 done; 1 the store cannot be used; 2 usage; 4 some could not be moved (each is named).)";

inline constexpr const char* kClaimView = R"(Examples:
  earmark claims show clm_3f…                     with the decision for each territory
  earmark claims history clm_3f…                  every step: who, why, by which rule, until when
  earmark claims periods disputed=21d             for deadlines that are set from now on
  earmark claims tick                             crawl and serve do the same by themselves

Exit codes: 0 done; 1 the store cannot be used; 2 usage; 4 some are not there.)";

inline constexpr const char* kPolicy = R"(Examples:
  earmark policy templates
  earmark policy put careful --owner "My label" --rule "block min_share=90%" --rule "monetize min_length=10s"
  earmark policy dry-run --owner "My label" --template block-whole
  earmark policy use rule_5e… --owner "My label"

A policy counts from `use` on; each `put` that changes it is a new version, and old claims keep
theirs. Where several owners want different things in one territory, the most restrictive wins:
monetize, then track, then block. A block counts uses only, until a person confirms it.

Exit codes: 0 done; 1 failed; 2 usage.)";

inline constexpr const char* kRights = R"(Examples:
  earmark rights shares rec_1f… --share "My label=70%@WW -US" --share "Partner=30%"
  earmark rights work rec_1f… --iswc T-034.524.680-1 --title "The song"
  earmark rights document rec_1f… --kind public_domain --territory US --reason "published 1923"
  earmark rights allow --owner "My label" --feed https://example.com/feed.xml
  earmark rights exclude rec_1f… --start-ms 0 --end-ms 12000 --reason "sample of another's"
  earmark rights show rec_1f…

Nothing is overwritten: `rights history` shows every change. More than 100 % in a territory is
recorded as a conflict; claims there wait for a person.

Exit codes: 0 done; 1 failed; 2 usage.)";

inline constexpr const char* kExport =
    R"(Tab-separated files in UTF-8, the same for the same store: shaped like DDEX's BWARM and DSR, and not
certified as such.

Examples:
  earmark export bwarm -o rights/
  earmark export dsr -o reports/ --owner "My label" --from 2026-10-01T00:00:00Z --until 2026-11-01T00:00:00Z

Exit codes: 0 done; 1 failed; 2 usage.)";

inline constexpr const char* kReview = R"(Examples:
  earmark recordings review list
  earmark recordings review accept rec_1f… --by Ann --note "our own mix"

Exit codes: 0 done; 1 the store cannot be used; 2 usage; 4 some could not be decided.)";

}  // namespace earmark::cli::help
