#include "cli/live_options.h"

#include <CLI/CLI.hpp>

#include "cli/live_help.h"

namespace earmark::cli {
namespace {

void add_state(CLI::App& live, LiveValues& values, const MakeCommand& make, const char* name,
               const char* what, registry::StreamState state) {
  CLI::App& command = make(live, name, what, help::kLiveState);
  command.add_option("STREAM", values.state.streams, "URLs as they were added")->required()->type_name("");
  command.callback([&values, state] {
    values.state.state = state;
    values.chosen = values.state;
  });
}

}  // namespace

void add_live_commands(CLI::App& app, LiveValues& values, const MakeCommand& make) {
  using registry::StreamState;
  CLI::App& live = *app.add_subcommand("live", "Listen to radio and other live streams for uses");
  live.require_subcommand(1);
  live.footer(help::kLive);
  CLI::App& add = make(live, "add", "Listen to streams", help::kLiveAdd);
  add.add_option("STREAM", values.add.streams, "URLs of streams or playlists")->required()->type_name("");
  add.add_option("--title", values.add.title, "What people call it")->type_name("TEXT");
  add.callback([&values] { values.chosen = values.add; });
  CLI::App& list = make(live, "list", "How the streams are, and what plays now", help::kLiveList);
  list.callback([&values] { values.chosen = LiveListOptions{}; });
  CLI::App& run = make(live, "run", "Listen until stopped", help::kLiveRun);
  run.add_flag("--allow-private", values.run.allow_private,
               "Allow private, loopback and link-local addresses");
  run.add_option("--contact", values.run.contact, "URL or address that servers are told, for complaints")
      ->type_name("TEXT");
  run.add_option("--most", values.run.most, "Streams that this run takes (default: 1000)")
      ->type_name("N")
      ->check(CLI::Range(std::size_t{1}, std::size_t{10'000}).description(""));
  run.callback([&values] { values.chosen = values.run; });
  CLI::App& log = make(live, "log", "What was heard on a day, as a cue sheet", help::kLiveLog);
  log.add_option("STREAM", values.log.stream, "URL as it was added")->required()->type_name("");
  log.add_option("--day", values.log.day, "Day, UTC (default: today)")->type_name("YYYY-MM-DD");
  log.add_option("-o,--output", values.log.output, "CSV file to write (default: standard output)")
      ->type_name("FILE");
  log.add_flag("--titles", values.log.titles, "What the stream said that it plays, too");
  log.add_flag("--sessions", values.log.sessions, "When it was connected, too");
  log.callback([&values] { values.chosen = values.log; });
  add_state(live, values, make, "pause", "Leave streams alone until they are resumed", StreamState::kPaused);
  add_state(live, values, make, "resume", "Listen to paused streams again", StreamState::kActive);
  add_state(live, values, make, "remove", "Listen to streams no more", StreamState::kRemoved);
}

}  // namespace earmark::cli
