#pragma once
#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>

#include "audio/decoder.h"
#include "catalogue/catalogue.h"
#include "core/guarded.h"
#include "crawler/byte_pipe.h"
#include "crawler/live_window.h"
#include "crawler/stream_reader.h"
#include "crawler/use_tracker.h"
#include "registry/live.h"

namespace earmark::crawler {

/// Something that happened on a stream.
struct LiveEvent {
  enum class Kind {
    kConnected,
    kLost,     ///< and tried again
    kTitle,    ///< the stream says that it plays something else
    kPlaying,  ///< a use was found
    kEnded,    ///< it has ended: sighting and claim are stored
  } kind = Kind::kConnected;
  std::string url;
  std::string stream;  ///< its title
  Timestamp at{};
  std::string text;                       ///< reason, title, or format
  std::chrono::milliseconds retry_in{0};  ///< at kLost
  registry::LiveUse use = {};             ///< at kPlaying and kEnded
  std::string recording_id = {};
  std::string recording_title = {};
  registry::ScanOutcome outcome = {};  ///< at kEnded
};

/// What all stations of a run share.
struct LiveTools {
  catalogue::Catalogue& catalogue;
  registry::Live& live;
  audio::Decoder& decoder;
  StreamFetcher& streams;
  Fetcher& fetcher;
  HostGate& gate;
  const Clock& clock;
  std::string worker = {};                        ///< that leases the streams
  std::chrono::milliseconds shortest_wait{1000};  ///< before a stream is tried again; doubles up to …
  std::chrono::milliseconds longest_wait{60'000};
  std::function<void(const LiveEvent&)> on_event = {};  ///< on any thread; never empty
};

/// Listens to one stream for as long as it lives: reads, decodes in the sandbox, matches window by window,
/// joins uses, stores them. What it reports is stored. Two threads: one reads, one decodes and matches, so
/// that a slow match never holds up the station's server for long. Synchronised.
class LiveStation : private StreamListener {
 public:
  LiveStation(const LiveTools& tools, registry::LiveStream stream);
  /// Stops soon; what goes on stays open, for whoever listens next.
  ~LiveStation() override;
  /// For many of them at once, before they are destroyed.
  void request_stop();

  [[nodiscard]] std::int64_t stream_key() const { return stream_.key; }
  [[nodiscard]] registry::LiveStatus status() const {
    return status_.with([](const auto& s) { return s; });
  }

 private:
  void run(const std::stop_token& stop);
  void listen_once(StreamReader& reader, const std::stop_token& stop);
  void pause(const std::string& reason, const std::stop_token& stop);

  [[nodiscard]] Status on_begin(std::string_view format, const FetchRecord& record) override;
  [[nodiscard]] Status on_audio(std::span<const std::byte> bytes) override;
  [[nodiscard]] Status on_break() override;
  void on_title(std::string title) override;

  [[nodiscard]] Status end_decode();
  [[nodiscard]] Status on_samples(std::span<const float> samples);
  [[nodiscard]] Status look(const LiveWindow::Window& window);
  [[nodiscard]] Status take_new(const catalogue::Analysed& analysed, const LiveWindow::Window& window);
  [[nodiscard]] Status keep_known(registry::LiveUse& use);
  void close_ended(Timestamp before);
  void store_all();
  [[nodiscard]] UseTracker::Heard heard(const catalogue::MatchedUse& use, std::int64_t window_ms) const;
  [[nodiscard]] LiveEvent event(LiveEvent::Kind kind) const;

  const LiveTools& tools_;
  const registry::LiveStream stream_;
  Guarded<registry::LiveStatus> status_;

  // Of the reading thread.
  std::stop_token stop_;
  int failures_ = 0;
  std::unique_ptr<BytePipe> pipe_;
  std::jthread decode_;
  Status decoded_;  ///< how the last decode ended; read once it is joined

  // Of the decoding thread while it runs, else of the reading one.
  std::optional<LiveWindow> window_;
  registry::LiveSession session_;
  std::optional<Timestamp> anchor_;  ///< when the first sample of the connection was on the air
  UseTracker tracker_;
  std::map<std::int64_t, Timestamp> stored_;  ///< by key of a use: up to where it is stored
  Timestamp session_stored_{};                ///< up to where the session is stored
  std::string engine_;                        ///< who looked, for the record
  std::atomic<std::int64_t> bytes_{0};

  std::jthread reader_;  ///< last: it uses all of the above
};

}  // namespace earmark::crawler
