#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <stop_token>
#include <string>

#include "crawler/playlist.h"
#include "crawler/stream_fetcher.h"

namespace earmark::crawler {

/// Hears what a stream sends; called on the thread that reads it, in order. An error ends the reading.
class StreamListener {
 public:
  virtual ~StreamListener() = default;
  /// Before the first byte of audio. `format`: "icecast" (bare HTTP) or "hls".
  [[nodiscard]] virtual Status on_begin(std::string_view format, const FetchRecord& record) = 0;
  [[nodiscard]] virtual Status on_audio(std::span<const std::byte> bytes) = 0;
  /// What follows is another file: another encoding, or after a hole.
  [[nodiscard]] virtual Status on_break() = 0;
  /// What the stream says that it plays (ICY).
  virtual void on_title(std::string title) = 0;
};

/// Reads one station: bare HTTP (Icecast, SHOUTcast), HLS, or a list of addresses that leads to one of them.
/// Of HLS it remembers how far it came, so that a reading that is taken up again repeats nothing.
/// Thread-confined.
///
/// The station's own address goes through the gate, as everything that is crawled. What a playlist then names
/// is fetched as a player does, which is what it is for; every socket passes the address guard.
class StreamReader {
 public:
  /// `streams` fetches what the station's address gives, `fetcher` what a playlist names.
  StreamReader(StreamFetcher& streams, Fetcher& fetcher, HostGate& gate, Url url)
      : streams_(streams), fetcher_(fetcher), gate_(gate), url_(std::move(url)) {}

  /// Blocks until the stream ends, fails or is stopped; always an error: kUnavailable where it ended or was
  /// stopped, kUnsupported for a playlist that cannot be followed, else as Fetcher's and the listener's.
  [[nodiscard]] Error run(StreamListener& listener, const std::stop_token& stop);

 private:
  struct Opened;
  [[nodiscard]] Result<Opened> open(const Url& url, HostGate* gate, StreamListener& listener,
                                    const std::stop_token& stop);
  [[nodiscard]] Error follow(const Url& url, HlsMedia first, FetchRecord record, StreamListener& listener,
                             const std::stop_token& stop);
  [[nodiscard]] Status take_segments(const HlsMedia& media, StreamListener& listener,
                                     const std::stop_token& stop);
  [[nodiscard]] Status take_segment(const HlsSegment& segment, StreamListener& listener,
                                    const std::stop_token& stop);

  StreamFetcher& streams_;
  Fetcher& fetcher_;
  HostGate& gate_;
  const Url url_;
  std::optional<std::uint64_t> next_;  ///< sequence number of the HLS segment that comes next
  std::optional<std::uint64_t> discontinuity_;
  std::string map_;  ///< address of the last one sent
};

}  // namespace earmark::crawler
