#pragma once
// What `--help` of the live commands teaches below the options.

namespace earmark::cli::help {

inline constexpr const char* kLive = R"(Examples:
  earmark live add https://radio.example.org/live.mp3 --title "Radio Example"
  earmark live run --contact https://example.com/bot
  earmark live list
  earmark live log https://radio.example.org/live.mp3 --day 2026-11-25 -o air-play.csv)";

inline constexpr const char* kLiveAdd =
    R"(Icecast, SHOUTcast or other audio over HTTP; HLS playlists; M3U and PLS lists that lead there. What
it is is found out when it is first listened to. Adding a stream again changes nothing; one that was
removed or paused comes back. A run that goes on takes it up by itself.

Examples:
  earmark live add https://radio.example.org/live.mp3 --title "Radio Example"
  earmark live add https://tv.example.org/master.m3u8

Exit codes: 0 all are listened to; 1 the store cannot be used; 2 usage; 4 some could not be added.)";

inline constexpr const char* kLiveState =
    R"(A run that goes on lets go of the stream within a second or two. What was heard stays in the log.

Examples:
  earmark live pause https://radio.example.org/live.mp3
  earmark live resume https://radio.example.org/live.mp3
  earmark live remove https://radio.example.org/live.mp3

Exit codes: 0 done; 1 the store cannot be used; 2 usage; 4 some are not listened to.)";

inline constexpr const char* kLiveList =
    R"(One line a stream: how it is, what is heard now, what the stream itself says that it plays.

Examples:
  earmark live list
  earmark live list --json

Exit codes: 0 done; 1 the store cannot be used; 2 usage.)";

inline constexpr const char* kLiveRun =
    R"(Listens to all streams until stopped (Ctrl-C). A line when a recording is heard ("playing"), within
seconds, and one when it has ended: then there is a sighting and, by the owner's policy, a claim.
Streams that end or fail are tried again, after a second at first and a minute at most. Several runs,
also in several processes, share the streams; kill one at any time, and what was playing goes on as
the same use. Private addresses are refused unless --allow-private.

Examples:
  earmark live run --contact https://example.com/bot
  earmark live run --json --allow-private         a stream on your own network

Exit codes: 0 stopped; 1 the store or the decoder's sandbox cannot be used; 2 usage.)";

inline constexpr const char* kLiveLog =
    R"(The air-play log of a day (UTC) as a cue sheet: everything that was heard, claimed or not. With
--titles what the stream said, with --sessions when it was connected and how long nothing was to hear.

Examples:
  earmark live log https://radio.example.org/live.mp3
  earmark live log https://radio.example.org/live.mp3 --day 2026-11-25 -o air-play.csv
  earmark live log https://radio.example.org/live.mp3 --titles --sessions --json

Exit codes: 0 done; 1 no such stream, or the store cannot be used; 2 usage.)";

}  // namespace earmark::cli::help
