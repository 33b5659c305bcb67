#include "crawler/stream_reader.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "crawler/icy.h"
#include "crawler/pause.h"

namespace earmark::crawler {
namespace {

constexpr int kMostPlaylists = 5;  ///< one in the other
constexpr std::size_t kMostPlaylistBytes = 4 << 20;
constexpr double kSegmentsFromEdge = 3.0;  ///< target durations (RFC 8216 §6.3.3)
constexpr std::chrono::milliseconds kShortestReload{200};
constexpr double kStaleTargets = 8.0;  ///< a playlist that stays the same for so many has ended

Error ended(const std::string& what) { return {ErrorCode::kUnavailable, what}; }

std::uint64_t metadata_interval(const FetchRecord& record) {
  for (const auto& [name, value] : record.headers) {
    if (name != "icy-metaint") continue;
    std::uint64_t interval = 0;
    for (const char c : value) {
      if (c < '0' || c > '9' || interval > (1U << 30U)) return 0;
      interval = 10 * interval + static_cast<std::uint64_t>(c - '0');
    }
    return interval;
  }
  return 0;
}

std::chrono::milliseconds seconds(double s) {
  return std::chrono::milliseconds(static_cast<std::int64_t>(s * 1000.0));
}

}  // namespace

/// What an address turned out to be, once it is not audio any more.
struct StreamReader::Opened {
  Playlist playlist;
  FetchRecord record;
};

Error StreamReader::run(StreamListener& listener, const std::stop_token& stop) {
  Url url = url_;
  for (int depth = 0; depth < kMostPlaylists; ++depth) {
    auto opened = open(url, depth == 0 ? &gate_ : nullptr, listener, stop);
    if (!opened) return opened.error();
    if (auto* media = std::get_if<HlsMedia>(&opened->playlist)) {
      auto at = Url::parse(opened->record.final_url());
      return follow(at ? *at : url, std::move(*media), std::move(opened->record), listener, stop);
    }
    const auto* master = std::get_if<HlsMaster>(&opened->playlist);
    url = master != nullptr ? master->chosen : std::get<StationList>(opened->playlist).urls.front();
  }
  return {ErrorCode::kUnsupported,
          fmt::format("{}: more than {} playlists one behind the other", url_.shown(), kMostPlaylists)};
}

/// Reads what is there: audio, to its end, which is an error; or a playlist.
Result<StreamReader::Opened> StreamReader::open(const Url& url, HostGate* gate, StreamListener& listener,
                                                const std::stop_token& stop) {
  FetchRequest request{url, {}, {}, {}, stop};
  request.gate = gate;
  FetchRecord answer;
  std::optional<IcyReader> audio;
  std::string text;
  bool is_known = false, is_list = false;
  StreamSink sink;
  sink.on_answer = [&](const FetchRecord& record) -> Status {
    answer = record;
    return {};
  };
  sink.on_bytes = [&](std::span<const std::byte> bytes) -> Status {
    if (!is_known) {
      is_known = true;
      is_list = is_playlist(answer.content_type, as_text(bytes));
      if (!is_list) {
        EARMARK_TRY_STATUS(listener.on_begin("icecast", answer));
        audio.emplace(
            metadata_interval(answer),
            [&](std::span<const std::byte> piece) { return listener.on_audio(piece); },
            [&](std::string title) { listener.on_title(std::move(title)); });
      }
    }
    if (!is_list) return audio->push(bytes);
    text += as_text(bytes);
    if (text.size() <= kMostPlaylistBytes) return {};
    return fail(ErrorCode::kResourceExhausted,
                fmt::format("{}: a playlist of more than {} bytes", url.shown(), kMostPlaylistBytes));
  };
  EARMARK_TRY(auto record, streams_.fetch(request, sink));
  if (!is_list) return fail(ended(url.shown() + ": the server ended the stream"));
  EARMARK_TRY(const auto base, Url::parse(record.final_url()));
  auto playlist = parse_playlist(text, base);
  if (!playlist) return fail(playlist.error().with_context(url.shown()));
  return Opened{*std::move(playlist), std::move(record)};
}

/// Plays a media playlist, and loads it again and again (RFC 8216 §6.3.4).
Error StreamReader::follow(const Url& url, HlsMedia media, FetchRecord record, StreamListener& listener,
                           const std::stop_token& stop) {
  using Steady = std::chrono::steady_clock;
  if (const Status begun = listener.on_begin("hls", record); !begun) return begun.error();
  discontinuity_.reset();
  map_.clear();
  auto news_at = Steady::now();
  while (true) {
    const auto loaded_at = Steady::now();
    const auto before = next_;
    if (const Status taken = take_segments(media, listener, stop); !taken) return taken.error();
    if (media.is_ended) return ended(url.shown() + ": the playlist has ended");
    const bool has_news = next_ != before;
    if (has_news) news_at = loaded_at;
    if (Steady::now() - news_at > seconds(kStaleTargets * media.target_s))
      return ended(fmt::format("{}: nothing new for {:.0f} s", url.shown(), kStaleTargets * media.target_s));
    const auto reload = std::max(seconds(has_news ? media.target_s : media.target_s / 2), kShortestReload);
    const auto spent = std::chrono::duration_cast<std::chrono::milliseconds>(Steady::now() - loaded_at);
    if (!wait_for(std::max(reload - spent, kShortestReload), stop)) return ended("stopped");
    auto document = fetcher_.fetch_document({url, {}, {}, {}, stop});
    if (!document) return document.error();
    auto again = parse_playlist(as_text(document->body), url);
    if (!again) return again.error().with_context(url.shown());
    auto* list = std::get_if<HlsMedia>(&*again);
    if (list == nullptr) return {ErrorCode::kCorrupt, url.shown() + ": is no media playlist any more"};
    media = std::move(*list);
  }
}

Status StreamReader::take_segments(const HlsMedia& media, StreamListener& listener,
                                   const std::stop_token& stop) {
  const std::uint64_t end = media.media_sequence + media.segments.size();
  // A server that began anew counts from the start again.
  if (next_ && *next_ > end) next_.reset();
  if (!next_) {
    next_ = end;
    double left = kSegmentsFromEdge * media.target_s;
    for (auto at = media.segments.rbegin(); at != media.segments.rend() && left > 0.0; ++at) {
      left -= at->duration_s;
      next_ = at->sequence;
    }
  }
  for (const HlsSegment& segment : media.segments) {
    if (segment.sequence < *next_) continue;
    if (stop.stop_requested()) return fail(ended("stopped"));
    // Behind a hole: the playlist went on without us, or a segment is missing.
    const bool is_after_hole = segment.sequence != *next_;
    const bool is_other = discontinuity_ && *discontinuity_ != segment.discontinuity;
    if (is_after_hole || is_other || segment.is_gap) {
      EARMARK_TRY_STATUS(listener.on_break());
      map_.clear();
    }
    discontinuity_ = segment.discontinuity;
    if (!segment.is_gap) EARMARK_TRY_STATUS(take_segment(segment, listener, stop));
    next_ = segment.sequence + 1;
  }
  return {};
}

Status StreamReader::take_segment(const HlsSegment& segment, StreamListener& listener,
                                  const std::stop_token& stop) {
  if (segment.map && segment.map->text() != map_) {
    EARMARK_TRY(const auto map, fetcher_.fetch_document({*segment.map, {}, {}, {}, stop}));
    if (!map_.empty()) EARMARK_TRY_STATUS(listener.on_break());
    EARMARK_TRY_STATUS(listener.on_audio(map.body));
    map_ = segment.map->text();
  }
  auto document = fetcher_.fetch_document({segment.url, {}, {}, {}, stop});
  // What is gone is gone: the next one may be there.
  if (!document && document.error().code == ErrorCode::kNotFound) {
    map_.clear();
    return listener.on_break();
  }
  if (!document) return fail(document.error());
  return listener.on_audio(document->body);
}

}  // namespace earmark::crawler
