#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/open_store.h"
#include "cli/stop.h"
#include "core/text.h"

namespace earmark::cli {

Exit run(const Common& common, const ForgetOptions& options, Console& console) {
  const auto catalogue = open_catalogue(common, 1);
  if (!catalogue) return failed(console, catalogue.error());
  Exit exit = Exit::kDone;
  for (const auto& id : options.recording_ids) {
    if (stop_signal() != 0) break;
    const Status forgotten = (*catalogue)->forget(id);
    if (!forgotten) exit = Exit::kSomeFailed;
    if (console.is_json()) {
      console.result({{"recording_id", id},
                      {"status", forgotten ? "forgotten" : "error"},
                      {"error", forgotten ? Json(nullptr) : Json(forgotten.error().message)}});
    } else if (forgotten) {
      console.line("forgotten  " + printable(id));
    } else {
      console.note(LogLevel::kError, forgotten.error().message);
    }
  }
  return exit;
}

}  // namespace earmark::cli
