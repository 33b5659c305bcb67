#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/encode.h"
#include "cli/open_store.h"
#include "cli/table.h"
#include "core/text.h"

namespace earmark::cli {
namespace {

using registry::KeptFinding;
using registry::ReviewItem;

std::string stretch(std::int64_t from_ms, std::int64_t to_ms) {
  return time_code(static_cast<std::uint64_t>(from_ms)) + " to " +
         time_code(static_cast<std::uint64_t>(to_ms));
}

Json encode_kept(const KeptFinding& kept) {
  Json json = encode(kept.finding);
  json["other_recording_id"] = kept.other_id.empty() ? Json(nullptr) : Json(kept.other_id);
  json["other_owner"] = kept.other_owner.empty() ? Json(nullptr) : Json(kept.other_owner);
  json["at"] = to_rfc3339(kept.at);
  return json;
}

void print(const ReviewItem& item, Console& console) {
  if (console.is_json()) {
    Json findings = Json::array();
    for (const auto& kept : item.findings) findings.push_back(encode_kept(kept));
    console.result({{"recording_id", item.recording.id},
                    {"status", registry::to_string(item.recording.status)},
                    {"owner", item.recording.owner},
                    {"title", item.recording.title},
                    {"source", item.recording.source},
                    {"reason", item.recording.reason.empty() ? Json(nullptr) : Json(item.recording.reason)},
                    {"findings", std::move(findings)}});
    return;
  }
  console.line(fmt::format("{}  {}  {} ({})", item.recording.id, registry::to_string(item.recording.status),
                           printable(item.recording.title), printable(item.recording.owner)));
  for (const auto& kept : item.findings) {
    const auto& finding = kept.finding;
    console.line(fmt::format("  {}  {}  {}", stretch(finding.start_ms, finding.end_ms), finding.code,
                             printable(finding.detail)));
    if (!kept.other_id.empty())
      console.line(fmt::format("    as {} of {}  {}", stretch(finding.other_start_ms, finding.other_end_ms),
                               kept.other_id, printable(kept.other_owner)));
  }
}

Exit list(registry::Registry& registry, Console& console) {
  const auto items = registry.reviews().list();
  if (!items) return failed(console, items.error());
  for (const auto& item : *items) print(item, console);
  if (items->empty() && !console.is_json()) console.note(LogLevel::kInfo, "nothing waits for a person");
  return Exit::kDone;
}

}  // namespace

Exit run(const Common& common, const ReviewOptions& options, Console& console) {
  const auto registry = open_registry(common);
  if (!registry) return failed(console, registry.error());
  if (options.what == ReviewOptions::What::kList) return list(**registry, console);
  registry::Reviews& reviews = (*registry)->reviews();
  const std::string by = options.by.empty() ? "reviewer" : options.by;
  Exit exit = Exit::kDone;
  for (const auto& id : options.recording_ids) {
    const auto decided = options.what == ReviewOptions::What::kAccept ? reviews.accept(id, by, options.note)
                                                                      : reviews.refuse(id, by, options.note);
    if (!decided) exit = Exit::kSomeFailed;
    if (console.is_json()) {
      console.result({{"recording_id", id},
                      {"status", decided ? Json(registry::to_string(decided->status)) : Json("error")},
                      {"error", decided ? Json(nullptr) : Json(decided.error().message)}});
    } else if (decided) {
      console.line(fmt::format("{}  {}", id, registry::to_string(decided->status)));
    } else {
      console.note(LogLevel::kError, decided.error().message);
    }
  }
  return exit;
}

}  // namespace earmark::cli
