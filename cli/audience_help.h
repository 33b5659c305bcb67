#pragma once
// What `earmark audience … --help` teaches.

namespace earmark::cli::help {

inline constexpr const char* kAudience = R"(Example:
  earmark audience import /var/log/nginx/access.log*
  earmark audience downloads --by episode
  earmark audience reach rec_1f3b5c7d9e)";

inline constexpr const char* kAudienceImport =
    R"(Reads access logs of whoever serves the episodes (plain or .gz) and counts what is new in them:
IAB-style, not certified; the rules are in docs/audience.md. A log that was read before goes on where
it ended, so the same command can run every hour. Addresses are turned to keyed ids before anything
is written; none is in any file of the store.

Formats: combined (Apache, nginx; a further quoted field may hold $http_range), w3c (CloudFront and
others with a #Fields: line), json (Cloudflare, Fastly, nginx), bunny. Which one it is, the first line
tells.

Examples:
  earmark audience import access.log access.log.1 access.log.2.gz
  earmark audience import --exclude-networks data-centres.txt E2EXAMPLE.2026-11-24.gz
  zcat *.gz | earmark audience import --format w3c -       (read as new each time)

Exit codes: 0 done; 1 the store cannot be used; 2 usage; 4 some logs could not be read.)";

inline constexpr const char* kAudienceMedia =
    R"(Reads where the seconds of audio files lie in their bytes (MP3 frames are walked; nothing is decoded),
so that a partial download counts once it holds the tags and a minute of sound. Of enclosures that
were crawled the length is known already, and the mean rate stands in.

Examples:
  earmark audience media --prefix /shows/talk/ /srv/www/shows/talk/*.mp3
  earmark audience recount

Exit codes: 0 done; 1 the store cannot be used; 2 usage; 4 some files could not be read.)";

inline constexpr const char* kAudienceDownloads =
    R"(Downloads and different listeners. A download is one listener and one episode in a window: a UTC day
(calendar), 24 hours from the first request (first-touch) or from the last (last-touch). Listeners are
different ones over all the days asked for, within 1.6 %; a new month has new ids, so a listener of
two months is two.

Examples:
  earmark audience downloads --by episode --from 2026-11-01
  earmark audience downloads --show "The Show" --svg downloads.svg

Exit codes: 0 done; 1 the store cannot be used; 2 usage.)";

inline constexpr const char* kAudiencePrograms =
    R"(Which programs downloads came from, by the lists of user agents. Programs with fewer listeners than
--least (50) are put together as "other", so that no row tells of a few people.

Example:
  earmark audience programs --show "The Show" --from 2026-11-01

Exit codes: 0 done; 1 the store cannot be used; 2 usage.)";

inline constexpr const char* kAudienceDropped =
    R"(How many requests were not counted, and why: bot, probe (a range of two bytes), status (304, errors),
method (HEAD), network (data centre), watch, volume, not_episode, no_agent, erased, malformed.

Example:
  earmark audience dropped --from 2026-11-01 --to 2026-11-30

Exit codes: 0 done; 1 the store cannot be used; 2 usage.)";

inline constexpr const char* kAudienceReach =
    R"(How many downloads carried the seconds in which a recording is used: what was found in episodes, joined
with the bytes that were sent. "all" counts downloads with every byte of the stretch, "any" those with
some of it. What was sent may not have been heard; what was not sent was not.

Examples:
  earmark audience reach rec_1f3b5c7d9e
  earmark audience reach --from 2026-11-01 --json

Exit codes: 0 done; 1 the store cannot be used; 2 usage.)";

inline constexpr const char* kAudienceRecount =
    R"(Counts months anew: after new lists or files, or to see that the same figures come out. Without a month,
all that can be.

Example:
  earmark audience recount 2026-11

Exit codes: 0 done; 1 the store cannot be used; 2 usage; 4 some months cannot be counted any more.)";

inline constexpr const char* kAudienceErase =
    R"(Loses the key of a month for good. What was logged in it can never be read again, also not from an old
copy of the database; the figures of its days stay. Nothing can be imported for that month any more.

Example:
  earmark audience erase 2026-08

Exit codes: 0 erased; 1 the store cannot be used; 2 usage; 4 some months have no key.)";

inline constexpr const char* kAudienceEpochs =
    R"(Months that were counted, by which rules and lists; "stale" ones have requests that came since.

Example:
  earmark audience months

Exit codes: 0 done; 1 the store cannot be used; 2 usage.)";

inline constexpr const char* kAudienceForecast =
    R"(Foresees the downloads of the next days, with the interval in which 80 % (--level) of them should lie,
and says how each method did when it had to foresee the known end of the same series: seasonal naive,
regression on the calendar with AR(p) errors, AR(p) of the differences, damped exponential smoothing,
theta, and their combination, which is what is shown. Kept; --past holds earlier ones against what came.

With --series it foresees any series: a CSV file with the columns ds (day) and y, or one value a line.

Examples:
  earmark audience forecast --show "The Show" --days 60 --svg next.svg
  earmark audience forecast --show "The Show" --past
  earmark audience forecast --series page_views.csv --days 365 --as-is
  earmark audience forecast --series hourly.csv --days 48 --season 24 --season 168 --year 0

Exit codes: 0 done; 1 there is too little to learn from, or a file cannot be used; 2 usage.)";

inline constexpr const char* kAudienceLists =
    R"(Which lists of user agents are in use; with a file, takes that one from the next count on. The file has
the shape of OPAWG's user-agents-v2: {"name","lists":{"bots":[{"name","pattern"}…],"apps":…,
"libraries":…,"browsers":…,"devices":…}}.

Examples:
  earmark audience lists
  earmark audience lists user_agents.json && earmark audience recount

Exit codes: 0 done; 1 the store or the file cannot be used; 2 usage.)";

}  // namespace earmark::cli::help
