#include <cmath>

#include <fmt/format.h>

#include "audience/figures.h"
#include "audience/importer.h"
#include "audience/report.h"
#include "cli/commands.h"
#include "cli/open_store.h"
#include "cli/stop.h"
#include "cli/table.h"
#include "core/file.h"
#include "core/text.h"

namespace earmark::cli {
namespace {

using audience::AudienceStore;
using audience::Drop;

constexpr std::uint64_t kMostListBytes = 64 << 20;

Result<std::optional<audience::Networks>> load_networks(const std::string& file) {
  if (file.empty()) return std::optional<audience::Networks>();
  EARMARK_TRY(const auto bytes, read_file(file, kMostListBytes));
  auto networks = audience::Networks::parse(as_text(bytes));
  if (!networks) return fail(networks.error().with_context(file));
  return std::optional(std::move(*networks));
}

Json encode(const std::string& log, const audience::ImportOutcome& outcome) {
  Json dropped = Json::object();
  for (std::size_t i = 0; i < audience::kDropCount; ++i) {
    if (outcome.dropped[i] > 0) dropped[audience::to_string(static_cast<Drop>(i))] = outcome.dropped[i];
  }
  return {{"log", log},
          {"format", audience::to_string(outcome.format)},
          {"lines", outcome.lines},
          {"kept", outcome.kept},
          {"dropped", std::move(dropped)},
          {"read_before_bytes", outcome.read_before},
          {"unfinished_bytes", outcome.unfinished},
          {"months", outcome.epochs},
          {"error", nullptr}};
}

void print(const std::string& log, const audience::ImportOutcome& outcome, Console& console) {
  if (console.is_json()) return console.result(encode(log, outcome));
  std::string text = fmt::format("{}: {} lines ({}), {} requests kept", printable(log), outcome.lines,
                                 audience::to_string(outcome.format), outcome.kept);
  for (std::size_t i = 0; i < audience::kDropCount; ++i) {
    if (outcome.dropped[i] > 0)
      text += fmt::format(", {} {}", outcome.dropped[i], audience::to_string(static_cast<Drop>(i)));
  }
  if (outcome.read_before > 0) text += fmt::format("; {} were read before", byte_count(outcome.read_before));
  console.line(text);
}

/// Counts months; false where one could not be.
bool count_epochs(AudienceStore& store, const std::vector<std::string>& epochs, std::uint32_t volume_limit,
                  Console& console) {
  audience::RecountOptions options;
  options.volume_limit = volume_limit;
  bool good = true;
  for (const auto& epoch : epochs) {
    console.activity("count " + epoch);
    const auto outcome = audience::recount(store, epoch, options);
    if (!outcome) {
      good = false;
      console.note(LogLevel::kError, outcome.error().message);
      continue;
    }
    if (console.is_json()) {
      console.result({{"month", outcome->epoch},
                      {"requests", outcome->requests},
                      {"downloads", outcome->downloads},
                      {"undecided", outcome->undecided},
                      {"rules", audience::kRulesVersion}});
    } else {
      console.line(fmt::format("{}: {} downloads out of {} requests", outcome->epoch, outcome->downloads,
                               outcome->requests));
    }
    if (outcome->undecided > 0) {
      console.note(
          LogLevel::kWarning,
          fmt::format("{}: {} partial downloads are not counted, because the length of their files is "
                      "not known: see earmark audience media --help",
                      outcome->epoch, outcome->undecided));
    }
  }
  return good;
}

}  // namespace

Exit run(const Common& common, const AudienceImportOptions& options, Console& console) {
  const auto left_out = load_networks(options.left_out);
  if (!left_out) return failed(console, left_out.error());
  const auto let_pass = load_networks(options.let_pass);
  if (!let_pass) return failed(console, let_pass.error());
  const auto store = AudienceStore::open(common.store);
  if (!store) return failed(console, store.error());
  audience::ImportOptions import_options;
  if (!options.format.empty()) {
    const auto format = audience::parse_log_format(options.format);
    if (!format) return failed(console, format.error());
    import_options.format = *format;
  }
  import_options.left_out = *left_out ? &**left_out : nullptr;
  import_options.let_pass = *let_pass ? &**let_pass : nullptr;
  import_options.stop = [] { return stop_signal() != 0; };
  Exit exit = Exit::kDone;
  for (const auto& log : options.logs) {
    if (stop_signal() != 0) break;
    std::uint64_t lines = 0;
    console.activity("read " + printable(log));
    import_options.progress = [&](std::uint64_t more) {
      console.activity(fmt::format("read {}: {} lines", printable(log), lines += more));
    };
    const auto outcome = audience::import_log(**store, log, import_options);
    if (outcome) {
      print(log, *outcome, console);
      continue;
    }
    exit = Exit::kSomeFailed;
    console.note(LogLevel::kError, outcome.error().message);
    if (console.is_json()) console.result({{"log", log}, {"error", outcome.error().message}});
  }
  const auto stale = audience::stale_epochs(**store);
  if (!stale) return failed(console, stale.error());
  if (!count_epochs(**store, *stale, options.volume_limit, console)) exit = Exit::kSomeFailed;
  return exit;
}

Exit run(const Common& common, const AudienceMediaOptions& options, Console& console) {
  const auto store = AudienceStore::open(common.store);
  if (!store) return failed(console, store.error());
  Exit exit = Exit::kDone;
  for (const auto& file : options.files) {
    const auto media = audience::map_media_file(file);
    const std::string path = options.prefix + std::filesystem::path(file).filename().string();
    const auto asset =
        media ? (*store)->set_media(path, *media) : Result<audience::Asset>(fail(media.error()));
    if (!asset) {
      exit = Exit::kSomeFailed;
      console.note(LogLevel::kError, asset.error().message);
      if (console.is_json()) console.result({{"file", file}, {"error", asset.error().message}});
      continue;
    }
    const auto minute = asset->media.minute_end();
    if (console.is_json()) {
      console.result({{"file", file},
                      {"path", path},
                      {"bytes", asset->media.bytes},
                      {"duration_ms", asset->media.duration_ms},
                      {"content_from", asset->media.content_from},
                      {"minute_end", minute == 0 ? Json(nullptr) : Json(minute)},
                      {"known_by", asset->known_by},
                      {"error", nullptr}});
    } else {
      console.line(fmt::format("{}: {}, counts from {} on", printable(path), byte_count(asset->media.bytes),
                               byte_count(minute == 0 ? asset->media.bytes : minute)));
    }
  }
  return exit;
}

Exit run(const Common& common, const AudienceEpochOptions& options, Console& console) {
  const auto store = AudienceStore::open(common.store);
  if (!store) return failed(console, store.error());
  if (options.what == AudienceEpochOptions::What::kRecount) {
    auto epochs = options.epochs;
    if (epochs.empty()) {
      auto all = audience::all_epochs(**store);
      if (!all) return failed(console, all.error());
      epochs = std::move(*all);
    }
    return count_epochs(**store, epochs, options.volume_limit, console) ? Exit::kDone : Exit::kSomeFailed;
  }
  Exit exit = Exit::kDone;
  for (const auto& epoch : options.epochs) {
    const auto erased = audience::erase_epoch(**store, epoch);
    if (!erased) {
      exit = Exit::kSomeFailed;
      console.note(LogLevel::kError, erased.error().message);
    } else if (!console.is_json()) {
      console.line(epoch + ": erased");
    }
    if (console.is_json()) {
      console.result({{"month", epoch},
                      {"status", erased ? "erased" : "error"},
                      {"error", erased ? Json(nullptr) : Json(erased.error().message)}});
    }
  }
  return exit;
}

Exit run(const Common& common, const AudienceListsOptions& options, Console& console) {
  const auto store = AudienceStore::open(common.store);
  if (!store) return failed(console, store.error());
  if (!options.file.empty()) {
    const auto bytes = read_file(options.file, kMostListBytes);
    if (!bytes) return failed(console, bytes.error());
    const auto added = (*store)->add_user_agents(as_text(*bytes));
    if (!added) return failed(console, added.error());
  }
  const auto lists = (*store)->user_agents();
  if (!lists) return failed(console, lists.error());
  if (console.is_json()) {
    console.result({{"version", lists->version()}});
  } else {
    console.line(lists->version());
  }
  return Exit::kDone;
}

}  // namespace earmark::cli
