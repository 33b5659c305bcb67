#include <fmt/format.h>

#include "api/encode.h"
#include "cli/commands.h"
#include "cli/encode.h"
#include "cli/open_store.h"
#include "core/file.h"
#include "core/text.h"

namespace earmark::cli {
namespace {

constexpr std::uint64_t kLargestEvidence = 4 << 20;

/// Text as it was given, or the content of "@FILE".
Result<std::string> evidence_of(const std::string& given) {
  if (!given.starts_with('@')) return given;
  EARMARK_TRY(const Bytes bytes, read_file(given.substr(1), kLargestEvidence));
  return std::string(as_text(bytes));
}

}  // namespace

Exit run(const Common& common, const ClaimStepOptions& options, Console& console) {
  const auto evidence = evidence_of(options.evidence);
  if (!evidence) return failed(console, evidence.error());
  const auto registry = open_registry(common);
  if (!registry) return failed(console, registry.error());
  Exit exit = Exit::kDone;
  for (const auto& id : options.claim_ids) {
    registry::ClaimAction action{id,           options.verb, options.role, options.by, options.reason,
                                 options.note, *evidence};
    if (action.actor.empty()) action.actor = options.role;
    const auto claim = (*registry)->claims().act(action);
    if (!claim) exit = Exit::kSomeFailed;
    if (console.is_json()) {
      Json line = {{"claim_id", id}, {"status", nullptr}, {"error", nullptr}};
      if (claim) line = api::encode(*claim);
      line["error"] = claim ? Json(nullptr) : Json(claim.error().message);
      console.result(line);
    } else if (claim) {
      console.line(fmt::format("{}  {}  in effect: {}  until {}", id, registry::to_string(claim->status),
                               claim->in_effect ? registry::to_string(*claim->in_effect) : "nothing",
                               to_rfc3339(claim->deadline_at)));
    } else {
      console.note(LogLevel::kError, claim.error().message);
    }
  }
  return exit;
}

}  // namespace earmark::cli
