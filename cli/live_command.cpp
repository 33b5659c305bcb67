// `earmark live …`.
#include <memory>

#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/crawl_parts.h"
#include "cli/open_store.h"
#include "cli/stop.h"
#include "core/file.h"
#include "core/text.h"
#include "crawler/live_run.h"
#include "evidence/air_play.h"
#include "evidence/explain_text.h"

namespace earmark::cli {
namespace {

using crawler::LiveEvent;

std::string_view to_string(LiveEvent::Kind kind) {
  switch (kind) {
    case LiveEvent::Kind::kConnected: return "connected";
    case LiveEvent::Kind::kLost: return "lost";
    case LiveEvent::Kind::kTitle: return "title";
    case LiveEvent::Kind::kPlaying: return "playing";
    case LiveEvent::Kind::kEnded: return "ended";
  }
  return "lost";
}

Json encode_use(const registry::LiveUse& use) {
  return {{"started_at", to_rfc3339(use.started_at)},
          {"ended_at", to_rfc3339(use.ended_at)},
          {"reference_start_ms", use.reference_start_ms},
          {"reference_end_ms", use.reference_end_ms},
          {"speed", use.speed},
          {"probability", use.probability},
          {"reported_at", to_rfc3339(use.reported_at)},
          {"windows", use.windows}};
}

Json encode_event(const LiveEvent& event) {
  Json json{{"event", to_string(event.kind)}, {"stream", event.url}, {"at", to_rfc3339(event.at)}};
  switch (event.kind) {
    case LiveEvent::Kind::kConnected: json["format"] = event.text; break;
    case LiveEvent::Kind::kTitle: json["title"] = event.text; break;
    case LiveEvent::Kind::kLost:
      json["reason"] = event.text;
      json["retry_in_ms"] = event.retry_in.count();
      break;
    case LiveEvent::Kind::kPlaying:
    case LiveEvent::Kind::kEnded:
      json["recording_id"] = event.recording_id;
      json["title"] = event.recording_title;
      json.update(encode_use(event.use));
      if (event.kind == LiveEvent::Kind::kEnded) {
        json["matches"] = event.outcome.matches;
        json["claims"] = event.outcome.claims;
      }
      break;
  }
  return json;
}

std::string text_of(const LiveEvent& event) {
  const std::string& stream = event.stream.empty() ? event.url : event.stream;
  const std::string text = printable(
      event.kind == LiveEvent::Kind::kPlaying || event.kind == LiveEvent::Kind::kEnded ? event.recording_title
                                                                                       : event.text);
  std::string more;
  if (event.kind == LiveEvent::Kind::kLost)
    more = fmt::format("; again in {:.0f} s", static_cast<double>(event.retry_in.count()) / 1000.0);
  if (event.kind == LiveEvent::Kind::kEnded) {
    const auto length = (event.use.ended_at - event.use.started_at).count();
    more = fmt::format(", {:.0f} s, {} claims", static_cast<double>(length) / 1000.0, event.outcome.claims);
  }
  return fmt::format("{}  {:<9}  {}  {}{}", to_rfc3339(event.at), to_string(event.kind), printable(stream),
                     text, more);
}

struct LiveStore {
  std::unique_ptr<registry::Registry> registry;
  std::unique_ptr<registry::Live> live;
};

Result<LiveStore> open_live(const Common& common) {
  LiveStore store;
  EARMARK_TRY(store.registry, open_registry(common));
  EARMARK_TRY(store.live, registry::Live::open(common.store));
  return store;
}

struct Playing {
  registry::LiveUse use;
  std::string recording_id;
  std::string title;
};

Result<std::vector<Playing>> playing_on(const LiveStore& store, const registry::LiveStream& stream) {
  EARMARK_TRY(const auto uses, store.live->uses(stream.key));
  std::vector<Playing> playing;
  for (const registry::LiveUse& use : uses) {
    EARMARK_TRY(const auto recording, store.registry->recordings().find_by_key(use.recording_key));
    if (recording) playing.push_back({use, recording->id, recording->title});
  }
  return playing;
}

void print(const registry::LiveStream& stream, const std::vector<Playing>& playing, Console& console) {
  if (console.is_json()) {
    Json now = Json::array();
    for (const Playing& one : playing) {
      Json json{{"recording_id", one.recording_id}, {"title", one.title}};
      json.update(encode_use(one.use));
      now.push_back(std::move(json));
    }
    console.result({{"stream", stream.url},
                    {"title", stream.title},
                    {"state", registry::to_string(stream.state)},
                    {"phase", stream.phase},
                    {"reason", stream.reason},
                    {"format", stream.format},
                    {"listened_to_by", stream.worker},
                    {"says", stream.now_title},
                    {"heard_at", stream.heard_at ? Json(to_rfc3339(*stream.heard_at)) : Json(nullptr)},
                    {"sessions", stream.sessions},
                    {"failures", stream.failures},
                    {"heard_ms", stream.heard_ms},
                    {"silent_ms", stream.silent_ms},
                    {"bytes", stream.bytes},
                    {"playing", std::move(now)}});
    return;
  }
  const bool is_active = stream.state == registry::StreamState::kActive;
  const std::string how = !is_active              ? std::string(registry::to_string(stream.state))
                          : stream.worker.empty() ? "nobody listens"
                                                  : stream.phase;
  console.line(fmt::format("{:<14}  {}  {}", how, printable(stream.url), printable(stream.title)));
  if (!stream.reason.empty()) console.line("                  " + printable(stream.reason));
  if (!stream.now_title.empty()) console.line("    it says:      " + printable(stream.now_title));
  for (const Playing& one : playing)
    console.line(
        fmt::format("    it plays:     {} since {}", printable(one.title), to_rfc3339(one.use.started_at)));
}

/// The parts of `live log` that are no cues.
Status print_sides(const registry::Live& live, const LiveLogOptions& options, Console& console) {
  if (options.titles) {
    EARMARK_TRY(const auto titles, live.titles(options.stream, options.day));
    for (const registry::LiveTitle& title : titles) {
      if (console.is_json()) {
        console.result({{"type", "title"}, {"at", to_rfc3339(title.at)}, {"title", title.title}});
      } else {
        console.line(fmt::format("{}  said  {}", to_rfc3339(title.at), printable(title.title)));
      }
    }
  }
  if (!options.sessions) return {};
  EARMARK_TRY(const auto sessions, live.sessions(options.stream, options.day));
  for (const registry::LiveSession& session : sessions) {
    if (console.is_json()) {
      console.result({{"type", "session"},
                      {"started_at", to_rfc3339(session.started_at)},
                      {"ended_at", to_rfc3339(session.ended_at)},
                      {"heard_ms", session.heard_ms},
                      {"silent_ms", session.silent_ms},
                      {"bytes", session.bytes},
                      {"content_type", session.content_type},
                      {"reason", session.reason}});
    } else {
      console.line(fmt::format("{}  connected for {}, silent for {}  {}", to_rfc3339(session.started_at),
                               evidence::clock_time(static_cast<double>(session.heard_ms)),
                               evidence::clock_time(static_cast<double>(session.silent_ms)),
                               printable(session.reason)));
    }
  }
  return {};
}

}  // namespace

Exit run(const Common& common, const LiveAddOptions& options, Console& console) {
  const auto store = open_live(common);
  if (!store) return failed(console, store.error());
  Exit exit = Exit::kDone;
  for (const std::string& text : options.streams) {
    const auto url = crawler::Url::parse(text);
    auto added = url ? store->live->add(url->text(), options.title) : Result<bool>(fail(url.error()));
    if (!added) exit = Exit::kSomeFailed;
    const std::string shown = url ? url->text() : text;
    if (console.is_json()) {
      console.result({{"stream", shown},
                      {"status", !added   ? "error"
                                 : *added ? "added"
                                          : "known"},
                      {"error", added ? Json(nullptr) : Json(added.error().message)}});
    } else if (!added) {
      console.note(LogLevel::kError, added.error().message);
    } else {
      console.line(fmt::format("{:<6} {}", *added ? "added" : "known", printable(shown)));
    }
  }
  return exit;
}

Exit run(const Common& common, const LiveStateOptions& options, Console& console) {
  const auto store = open_live(common);
  if (!store) return failed(console, store.error());
  Exit exit = Exit::kDone;
  for (const std::string& text : options.streams) {
    const auto url = crawler::Url::parse(text);
    const Status done = url ? store->live->set_state(url->text(), options.state) : Status(fail(url.error()));
    if (!done) exit = Exit::kSomeFailed;
    if (console.is_json()) {
      console.result({{"stream", url ? url->text() : text},
                      {"status", done ? registry::to_string(options.state) : "error"},
                      {"error", done ? Json(nullptr) : Json(done.error().message)}});
    } else if (!done) {
      console.note(LogLevel::kError, done.error().message);
    } else {
      console.line(fmt::format("{:<8} {}", registry::to_string(options.state), printable(url->text())));
    }
  }
  return exit;
}

Exit run(const Common& common, const LiveListOptions&, Console& console) {
  const auto store = open_live(common);
  if (!store) return failed(console, store.error());
  const auto streams = store->live->list();
  if (!streams) return failed(console, streams.error());
  for (const registry::LiveStream& stream : *streams) {
    const auto playing = playing_on(*store, stream);
    if (!playing) return failed(console, playing.error());
    print(stream, *playing, console);
  }
  return Exit::kDone;
}

Exit run(const Common& common, const LiveRunOptions& options, Console& console) {
  const auto catalogue = open_catalogue(common, common.threads);
  if (!catalogue) return failed(console, catalogue.error());
  const StopWatch watch;
  crawler::LiveOptions live;
  live.fetching = fetching_options(common, options.allow_private, options.contact);
  live.stop = watch.token();
  live.most_streams = options.most;
  live.on_event = [&](const LiveEvent& event) {
    if (console.is_json()) {
      console.result(encode_event(event));
    } else {
      console.line(text_of(event));
    }
  };
  const auto live_store = registry::Live::open(common.store);
  if (!live_store) return failed(console, live_store.error());
  if (const auto streams = (*live_store)->list(); streams && streams->empty())
    console.note(LogLevel::kWarning, "no streams yet (earmark live add)");
  const Status done = crawler::listen(**catalogue, live);
  return done ? Exit::kDone : failed(console, done.error());
}

Exit run(const Common& common, const LiveLogOptions& given, Console& console) {
  const auto store = open_live(common);
  if (!store) return failed(console, store.error());
  const auto url = crawler::Url::parse(given.stream);
  if (!url) return failed(console, url.error());
  LiveLogOptions options = given;
  options.stream = url->text();
  if (options.day.empty()) options.day = registry::day_of(system_clock().now());
  const auto cues = evidence::air_play_log(*store->live, options.stream, options.day);
  if (!cues) return failed(console, cues.error());
  const std::string csv = evidence::to_csv(*cues);
  if (!options.output.empty()) {
    if (const Status written = write_file_atomically(options.output, as_bytes(csv)); !written)
      return failed(console, written.error());
  }
  if (console.is_json()) {
    for (Json cue : evidence::to_json(*cues)) {
      cue["type"] = "use";
      console.result(cue);
    }
  } else if (options.output.empty()) {
    std::string_view rest = csv;
    for (auto end = rest.find("\r\n"); end != std::string_view::npos; end = rest.find("\r\n")) {
      console.line(rest.substr(0, end));
      rest.remove_prefix(end + 2);
    }
  }
  const Status printed = print_sides(*store->live, options, console);
  return printed ? Exit::kDone : failed(console, printed.error());
}

}  // namespace earmark::cli
