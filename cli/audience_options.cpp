#include "cli/audience_options.h"

#include <functional>

#include <CLI/CLI.hpp>

#include "cli/audience_help.h"

namespace earmark::cli {
namespace {

constexpr std::uint32_t kMostVolume = 1'000'000;

void add_volume(CLI::App& command, std::uint32_t& limit) {
  command
      .add_option(
          "--volume-limit", limit,
          "Downloads that one address may have a day before none of them counts (default: 200; 0: any)")
      ->type_name("N")
      ->check(CLI::Range(std::uint32_t{0}, kMostVolume).description(""));
}

void add_filter(CLI::App& command, AudienceShowOptions& options) {
  command.add_option("--show", options.show, "Only this show")->type_name("TITLE");
  command.add_option("--episode", options.path, "Only the episode with this path")->type_name("PATH");
  command.add_option("--from", options.from, "First day (UTC)")->type_name("YYYY-MM-DD");
  command.add_option("--to", options.to, "Last day (UTC)")->type_name("YYYY-MM-DD");
}

void add_window(CLI::App& command, AudienceShowOptions& options) {
  command.add_option("--window", options.window, "calendar, first-touch, last-touch (default: calendar)")
      ->type_name("WINDOW")
      ->check(CLI::IsMember({"calendar", "first-touch", "last-touch"}).description(""));
}

void add_import(CLI::App& audience, AudienceValues& values, const AddCommand& add) {
  AudienceImportOptions& options = values.import_logs;
  CLI::App& command = add(audience, "import", "Read access logs and count", help::kAudienceImport);
  command.add_option("LOG", options.logs, "Logs, plain or .gz; - is standard input")
      ->required()
      ->type_name("");
  command.add_option("--format", options.format, "combined, w3c, json, bunny (default: by the first line)")
      ->type_name("FORMAT")
      ->check(CLI::IsMember({"combined", "w3c", "json", "bunny"}).description(""));
  command
      .add_option("--exclude-networks", options.left_out, "File of networks to leave out: data centres, VPN")
      ->type_name("FILE");
  command
      .add_option("--safe-networks", options.let_pass,
                  "File of networks that may exceed the volume limit, with the day of their last check")
      ->type_name("FILE");
  add_volume(command, options.volume_limit);
  command.callback([&values] { values.chosen = values.import_logs; });
}

void add_shows(CLI::App& audience, AudienceValues& values, const AddCommand& add) {
  using What = AudienceShowOptions::What;
  AudienceShowOptions& options = values.show;
  const auto choose = [&values](What what) {
    return [&values, what] {
      values.show.what = what;
      values.chosen = values.show;
    };
  };
  CLI::App& downloads = add(audience, "downloads", "Downloads and listeners", help::kAudienceDownloads);
  add_filter(downloads, options);
  add_window(downloads, options);
  downloads.add_option("--by", options.by, "day, episode, show (default: day)")
      ->type_name("WHAT")
      ->check(CLI::IsMember({"day", "episode", "show"}).description(""));
  downloads.add_option("--svg", options.svg, "Draw the days to this file")->type_name("FILE");
  downloads.callback(choose(What::kDownloads));
  CLI::App& programs = add(audience, "programs", "Which programs they came from", help::kAudiencePrograms);
  add_filter(programs, options);
  add_window(programs, options);
  programs
      .add_option("--least", options.least_listeners,
                  "Listeners that a program needs to be named (default: 50)")
      ->type_name("N")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{1'000'000}).description(""));
  programs.callback(choose(What::kPrograms));
  CLI::App& dropped = add(audience, "dropped", "What was not counted, and why", help::kAudienceDropped);
  dropped.add_option("--from", options.from, "First day (UTC)")->type_name("YYYY-MM-DD");
  dropped.add_option("--to", options.to, "Last day (UTC)")->type_name("YYYY-MM-DD");
  dropped.callback(choose(What::kDropped));
  CLI::App& reach = add(audience, "reach", "How many got the seconds of a use", help::kAudienceReach);
  reach.add_option("RECORDING_ID", options.recording_id, "A recording (default: all)")->type_name("");
  add_filter(reach, options);
  reach.callback(choose(What::kReach));
  add(audience, "months", "Which months were counted, and by what", help::kAudienceEpochs)
      .callback(choose(What::kEpochs));
}

void add_epochs(CLI::App& audience, AudienceValues& values, const AddCommand& add) {
  using What = AudienceEpochOptions::What;
  const auto choose = [&values](What what) {
    return [&values, what] {
      values.epoch.what = what;
      values.chosen = values.epoch;
    };
  };
  CLI::App& recount = add(audience, "recount", "Count months anew", help::kAudienceRecount);
  recount.add_option("MONTH", values.epoch.epochs, "Months as 2026-11 (default: all)")->type_name("");
  add_volume(recount, values.epoch.volume_limit);
  recount.callback(choose(What::kRecount));
  CLI::App& erase = add(audience, "erase", "Lose the key of a month for good", help::kAudienceErase);
  erase.add_option("MONTH", values.epoch.epochs, "Months as 2026-11")->required()->type_name("");
  erase.callback(choose(What::kErase));
}

void add_forecast(CLI::App& audience, AudienceValues& values, const AddCommand& add) {
  constexpr std::size_t kMostSteps = 10'000;
  constexpr unsigned kLongestSeason = 10'000;
  AudienceForecastOptions& options = values.forecast;
  CLI::App& command = add(audience, "forecast", "Foresee downloads", help::kAudienceForecast);
  command.add_option("--show", options.show, "Only this show")->type_name("TITLE");
  command.add_option("--episode", options.path, "Only the episode with this path")->type_name("PATH");
  command.add_option("--days", options.days, "How far (default: 28)")
      ->type_name("N")
      ->check(CLI::Range(std::size_t{1}, kMostSteps).description(""));
  command.add_option("--level", options.level, "How sure the interval is to be (default: 0.8)")
      ->type_name("P")
      ->check(CLI::Range(0.01, 0.999).description(""));
  command.add_option("--svg", options.svg, "Draw it to this file")->type_name("FILE");
  auto* past = command.add_flag("--past", options.past, "List forecasts made before, and how they went");
  auto* series =
      command.add_option("--series", options.series, "Foresee this series instead")->type_name("FILE");
  series->excludes(past);
  command
      .add_option("--season", options.seasons, "Of the series: length of a season in steps; repeatable (7)")
      ->type_name("N")
      ->needs(series)
      ->check(CLI::Range(1U, kLongestSeason).description(""));
  command.add_option("--year", options.year, "Of the series: steps of a year (365.25; 0: no year)")
      ->type_name("N")
      ->needs(series)
      ->check(CLI::Range(0.0, 1e6).description(""));
  command
      .add_flag("--as-is", options.as_is, "The series holds no counts: errors do not grow with its values")
      ->needs(series);
  command.callback([&values] { values.chosen = values.forecast; });
}

}  // namespace

void add_audience_commands(CLI::App& app, AudienceValues& values, const AddCommand& add) {
  CLI::App& audience = *app.add_subcommand("audience", "Who downloads, from access logs");
  audience.require_subcommand(1);
  audience.footer(help::kAudience);
  add_import(audience, values, add);
  CLI::App& media =
      add(audience, "media", "Learn where the seconds of audio files lie", help::kAudienceMedia);
  media.add_option("FILE", values.media.files, "Audio files")->required()->type_name("");
  media
      .add_option("--prefix", values.media.prefix, "What stands before their names in the logs (default: /)")
      ->type_name("PATH");
  media.callback([&values] { values.chosen = values.media; });
  add_shows(audience, values, add);
  add_epochs(audience, values, add);
  add_forecast(audience, values, add);
  CLI::App& lists = add(audience, "lists", "Lists of user agents", help::kAudienceLists);
  lists.add_option("FILE", values.lists.file, "Lists to use from now on")->type_name("");
  lists.callback([&values] { values.chosen = values.lists; });
}

}  // namespace earmark::cli
