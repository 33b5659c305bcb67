#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/encode.h"
#include "cli/open_store.h"
#include "cli/table.h"
#include "core/text.h"

namespace earmark::cli {
namespace {

std::string stretch(std::int64_t from_ms, std::int64_t to_ms) {
  return time_code(static_cast<std::uint64_t>(from_ms)) + " to " +
         time_code(static_cast<std::uint64_t>(to_ms));
}

Json encode_recording(const registry::Recording& recording,
                      const std::vector<registry::SharedStretch>& shared) {
  Json json = {{"recording_id", recording.id},
               {"status", registry::to_string(recording.status)},
               {"title", recording.title},
               {"owner", recording.owner},
               {"policy", registry::to_string(recording.action)},
               {"rule_id", recording.rule_id},
               {"isrc", recording.isrc.empty() ? Json(nullptr) : Json(recording.isrc)},
               {"source", recording.source},
               {"content_sha256", recording.content_sha256},
               {"duration_ms", recording.duration_ms},
               {"fingerprint_bytes", recording.fingerprint_bytes},
               {"reason", recording.reason.empty() ? Json(nullptr) : Json(recording.reason)},
               {"created_at", to_rfc3339(recording.created_at)},
               {"shared", Json::array()}};
  for (const auto& item : shared) json["shared"].push_back(encode(item));
  return json;
}

void print_for_people(const registry::Recording& recording,
                      const std::vector<registry::SharedStretch>& shared, Console& console) {
  console.line(fmt::format("{}  {}  {}", recording.id, registry::to_string(recording.status),
                           printable(recording.title)));
  console.line(fmt::format(
      "  of {}, who wants: {}; {}; {}", printable(recording.owner), registry::to_string(recording.action),
      time_code(static_cast<std::uint64_t>(recording.duration_ms)), printable(recording.source)));
  if (!recording.reason.empty()) console.line("  " + printable(recording.reason));
  Table table({Table::Align::kLeft, Table::Align::kLeft, Table::Align::kLeft, Table::Align::kLeft});
  for (const auto& item : shared) {
    const bool own = item.kind == registry::SharedKind::kRepeat;
    table.add({std::string(registry::to_string(item.kind)), stretch(item.start_ms, item.end_ms),
               stretch(item.other_start_ms, item.other_end_ms),
               own ? std::string("of itself")
                   : fmt::format("of {}  {}  ({})", item.other_id, printable(item.other_title),
                                 printable(item.other_owner))});
  }
  for (const auto& line : table.lines("  ")) console.line(line);
}

}  // namespace

Exit run(const Common& common, const RecordingsShowOptions& options, Console& console) {
  const auto registry = open_registry(common);
  if (!registry) return failed(console, registry.error());
  const auto recording = (*registry)->recordings().find(options.recording_id);
  if (!recording) return failed(console, recording.error());
  if (!*recording)
    return failed(console, {ErrorCode::kNotFound, printable(options.recording_id) + ": no such recording"});
  const auto shared = (*registry)->shared().of((*recording)->key);
  if (!shared) return failed(console, shared.error());
  if (console.is_json()) {
    console.result(encode_recording(**recording, *shared));
  } else {
    print_for_people(**recording, *shared, console);
  }
  return Exit::kDone;
}

}  // namespace earmark::cli
