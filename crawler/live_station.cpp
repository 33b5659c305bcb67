#include "crawler/live_station.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "core/log.h"
#include "crawler/pause.h"
#include "crawler/sighting.h"
#include "evidence/keep.h"

namespace earmark::crawler {
namespace {

using registry::LiveUse;
using std::chrono::milliseconds;

constexpr milliseconds kStoreEvery{10'000};  ///< of a use that goes on
constexpr std::int64_t kProven = 60'000;     ///< ms heard, after which a stream is not new to us any more
constexpr milliseconds kLookEvery{1000};     ///< at what has ended, while the stream is away

/// Clips and reasons have their times in the window; clips are told in those of the day.
void move_clips(std::vector<registry::KeptEvidence>& kept, milliseconds by) {
  for (auto& item : kept) {
    if (item.kind != "clip.query") continue;
    item.start_ms += by.count();
    item.end_ms += by.count();
  }
}

}  // namespace

LiveStation::LiveStation(const LiveTools& tools, registry::LiveStream stream)
    : tools_(tools), stream_(std::move(stream)) {
  fingerprint::Fingerprint empty;
  empty.model_version = fingerprint::Extractor::model_version();
  engine_ = engine_name(empty);
  status_.with([&](registry::LiveStatus& status) {
    status.stream_key = stream_.key;
    status.phase = "connecting";
    status.now_title = stream_.now_title;
  });
  reader_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

void LiveStation::request_stop() { reader_.request_stop(); }

LiveStation::~LiveStation() {
  reader_.request_stop();
  if (reader_.joinable()) reader_.join();
}

LiveEvent LiveStation::event(LiveEvent::Kind kind) const {
  LiveEvent event;
  event.kind = kind;
  event.url = stream_.url;
  event.stream = stream_.title;
  event.at = tools_.clock.now();
  return event;
}

void LiveStation::run(const std::stop_token& stop) {
  stop_ = stop;
  auto open = tools_.live.uses(stream_.key);
  if (!open) log(LogLevel::kError, "{}: {}", stream_.url, open.error().message);
  if (open) tracker_ = UseTracker(*std::move(open));
  auto url = Url::parse(stream_.url);
  if (!url) return pause(url.error().message, stop);
  StreamReader reader(tools_.streams, tools_.fetcher, tools_.gate, *std::move(url));
  while (!stop.stop_requested()) listen_once(reader, stop);
  store_all();
}

void LiveStation::listen_once(StreamReader& reader, const std::stop_token& stop) {
  status_.with([](registry::LiveStatus& status) { status.phase = "connecting"; });
  window_.emplace();
  anchor_.reset();
  session_ = {};
  bytes_ = 0;
  Error error = reader.run(*this, stop);
  const Status decoded = end_decode();
  // A decode that failed is the reason, of which the reader saw only that nobody takes its bytes.
  if (!decoded && error.code == ErrorCode::kConflict) error = decoded.error();
  if (session_.key != 0) {
    session_.reason = error.message;
    session_.bytes = bytes_;
    if (const Status stored = tools_.live.record_session(session_); !stored)
      log(LogLevel::kWarning, "{}: {}", stream_.url, stored.error().message);
  }
  if (!stop.stop_requested()) pause(error.message, stop);
}

/// Backs off, and lets uses end that nobody hears any more.
void LiveStation::pause(const std::string& reason, const std::stop_token& stop) {
  failures_ = session_.heard_ms >= kProven ? 1 : failures_ + 1;
  const auto doublings = std::clamp(failures_ - 1, 0, 20);
  const auto wait = std::min(tools_.shortest_wait * (std::int64_t{1} << doublings), tools_.longest_wait);
  status_.with([&](registry::LiveStatus& status) {
    status.phase = "waiting";
    status.reason = reason;
    status.failures = failures_;
  });
  LiveEvent lost = event(LiveEvent::Kind::kLost);
  lost.text = reason;
  lost.retry_in = wait;
  tools_.on_event(lost);
  const auto until = std::chrono::steady_clock::now() + wait;
  while (std::chrono::steady_clock::now() < until) {
    close_ended(tools_.clock.now() - UseTracker::kAwayFor);
    const auto left = std::chrono::ceil<milliseconds>(until - std::chrono::steady_clock::now());
    if (!wait_for(std::clamp(left, milliseconds(0), kLookEvery), stop)) return;
  }
}

Status LiveStation::on_begin(std::string_view format, const FetchRecord& record) {
  session_.stream_key = stream_.key;
  session_.final_url = record.final_url();
  session_.content_type = record.content_type;
  session_.transfer = transfer_of(record);
  status_.with([&](registry::LiveStatus& status) { status.format = format; });
  LiveEvent connected = event(LiveEvent::Kind::kConnected);
  connected.text = format;
  tools_.on_event(connected);
  return {};
}

Status LiveStation::on_audio(std::span<const std::byte> bytes) {
  bytes_ += static_cast<std::int64_t>(bytes.size());
  if (pipe_ == nullptr) {
    pipe_ = std::make_unique<BytePipe>(stream_.url);
    decoded_ = Status();
    decode_ = std::jthread([this] {
      const auto info = tools_.decoder.decode(
          *pipe_, [this](std::span<const float> samples) { return on_samples(samples); });
      if (!info) decoded_ = fail(info.error());
      pipe_->abandon();
    });
  }
  return pipe_->push(bytes, stop_);
}

Status LiveStation::on_break() {
  const Status decoded = end_decode();
  // A part without sound in it is no reason to leave.
  const bool is_media = decoded || (decoded.error().code != ErrorCode::kUnsupported &&
                                    decoded.error().code != ErrorCode::kCorrupt);
  return is_media ? decoded : Status();
}

Status LiveStation::end_decode() {
  if (pipe_ == nullptr) return {};
  pipe_->close();
  decode_.join();
  pipe_.reset();
  return decoded_;
}

void LiveStation::on_title(std::string title) {
  const bool is_new = status_.with([&](registry::LiveStatus& status) {
    if (status.now_title == title) return false;
    status.now_title = title;
    return true;
  });
  if (!is_new) return;
  LiveEvent said = event(LiveEvent::Kind::kTitle);
  said.text = std::move(title);
  const Status stored = tools_.live.record_title(stream_.key, {said.at, said.text});
  if (!stored) log(LogLevel::kWarning, "{}: {}", stream_.url, stored.error().message);
  tools_.on_event(said);
}

Status LiveStation::on_samples(std::span<const float> samples) {
  const Timestamp now = tools_.clock.now();
  window_->push(samples);
  session_.heard_ms = window_->samples() * 1000 / fingerprint::kSampleRate;
  // A server sends some seconds ahead at first: what came fastest is closest to the air.
  const Timestamp first = now - milliseconds(session_.heard_ms);
  if (anchor_ && first < *anchor_) tracker_.move_back(session_.key, first, *anchor_ - first);
  anchor_ = anchor_ ? std::min(*anchor_, first) : first;
  if (session_.key == 0) {
    session_.started_at = first;
    EARMARK_TRY(session_.key, tools_.live.begin_session(tools_.worker, session_));
  }
  session_.ended_at = now;
  while (window_->is_due()) EARMARK_TRY_STATUS(look(window_->next()));
  return {};
}

UseTracker::Heard LiveStation::heard(const catalogue::MatchedUse& use, std::int64_t window_ms) const {
  const Timestamp window = *anchor_ + milliseconds(window_ms);
  return {use, session_.key, window + milliseconds(use.match.query_start_ms),
          window + milliseconds(use.match.query_end_ms)};
}

Status LiveStation::look(const LiveWindow::Window& window) {
  const auto window_ms = static_cast<std::int64_t>(window.fingerprint.duration_ms());
  const Timestamp end = *anchor_ + milliseconds(window.start_ms + window_ms);
  constexpr std::int64_t kStepMs =
      LiveWindow::kStepBlocks * LiveWindow::kBlockSamples * 1000 / fingerprint::kSampleRate;
  if (window.is_silent) session_.silent_ms += kStepMs;
  status_.with([&](registry::LiveStatus& status) {
    status.phase = window.is_silent ? "silent" : "hearing";
    status.reason.clear();
    status.failures = 0;
    status.heard_at = end;
  });
  if (!window.fingerprint.peaks.empty()) {
    catalogue::Analysed analysed;
    analysed.source = stream_.url;
    analysed.fingerprint = window.fingerprint;
    index::SearchOptions search;
    search.min_probability = registry::kReviewProbability;
    EARMARK_TRY(const auto found, tools_.catalogue.match(analysed, search));
    bool has_new = false;
    for (const catalogue::MatchedUse& match : found) {
      const auto now_heard = heard(match, window.start_ms);
      LiveUse* const known = tracker_.find(now_heard);
      if (known != nullptr) {
        UseTracker::extend(*known, now_heard);
        EARMARK_TRY_STATUS(keep_known(*known));
      }
      has_new |= known == nullptr && match.match.probability >= registry::kActiveProbability;
    }
    if (has_new) EARMARK_TRY_STATUS(take_new(analysed, window));
  }
  close_ended(end - UseTracker::kLostFor);
  if (end - session_stored_ < kStoreEvery) return {};
  session_stored_ = end;
  session_.bytes = bytes_;
  return tools_.live.record_session(session_);
}

/// The first window of a use: why it was found, and what it sounded like, are kept from here.
Status LiveStation::take_new(const catalogue::Analysed& analysed, const LiveWindow::Window& window) {
  index::SearchOptions search;
  search.min_probability = registry::kActiveProbability;
  EARMARK_TRY(auto uses, tools_.catalogue.match_explained(analysed, search, registry::kActiveProbability));
  std::erase_if(uses, [&](const catalogue::ExplainedUse& found) {
    return tracker_.find(heard(found.use, window.start_ms)) != nullptr;
  });
  const Bytes wav = window_->sound(window.start_ms);
  const auto source = audio::memory_source(wav, stream_.url);
  auto kept = evidence::keep(tools_.catalogue, *source, uses);
  for (std::size_t i = 0; i < uses.size(); ++i) {
    const auto found = heard(uses[i].use, window.start_ms);
    if (LiveUse* const known = tracker_.find(found)) {
      UseTracker::extend(*known, found);
      continue;
    }
    LiveUse& use = tracker_.begin(found, stream_.key, tools_.clock.now());
    EARMARK_TRY(const auto midnight, registry::start_of_day(registry::day_of(use.started_at)));
    move_clips(kept[i], *anchor_ + milliseconds(window.start_ms) - midnight);
    if (Status stored = tools_.live.store_use(tools_.worker, use, kept[i]); !stored) {
      tracker_.open().pop_back();
      return stored;
    }
    stored_[use.key] = use.ended_at;
    LiveEvent playing = event(LiveEvent::Kind::kPlaying);
    playing.use = use;
    playing.recording_id = uses[i].use.recording_id;
    playing.recording_title = uses[i].use.title;
    tools_.on_event(playing);
  }
  return {};
}

Status LiveStation::keep_known(LiveUse& use) {
  Timestamp& stored_to = stored_[use.key];
  if (use.ended_at - stored_to < kStoreEvery) return {};
  stored_to = use.ended_at;
  return tools_.live.store_use(tools_.worker, use, {});
}

void LiveStation::close_ended(Timestamp before) {
  registry::Registry& registry = tools_.catalogue.registry();
  for (LiveUse& use : tracker_.take_ended(before)) {
    stored_.erase(use.key);
    const auto outcome = tools_.live.close_use(tools_.worker, use, engine_);
    if (!outcome) {
      log(LogLevel::kWarning, "{}: a use cannot be stored: {}", stream_.url, outcome.error().message);
      if (outcome.error().code != ErrorCode::kConflict) tracker_.open().push_back(std::move(use));
      continue;
    }
    LiveEvent ended = event(LiveEvent::Kind::kEnded);
    ended.outcome = *outcome;
    if (const auto recording = registry.recordings().find_by_key(use.recording_key);
        recording && *recording) {
      ended.recording_id = (*recording)->id;
      ended.recording_title = (*recording)->title;
    }
    ended.use = std::move(use);
    tools_.on_event(ended);
  }
}

void LiveStation::store_all() {
  for (LiveUse& use : tracker_.open()) {
    const Status stored = tools_.live.store_use(tools_.worker, use, {});
    if (!stored) log(LogLevel::kWarning, "{}: {}", stream_.url, stored.error().message);
  }
}

}  // namespace earmark::crawler
