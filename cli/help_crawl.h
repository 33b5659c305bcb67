#pragma once
// What `--help` of the crawl commands teaches below the options.

namespace earmark::cli::help {

inline constexpr const char* kCrawl = R"(Examples:
  earmark crawl preview https://example.com/feed.xml
  earmark crawl add https://example.com/feed.xml
  earmark crawl add subscriptions.opml
  earmark crawl run --once
  earmark crawl status --feeds)";

inline constexpr const char* kCrawlAdd =
    R"(Feeds (RSS, Atom; http or https) or OPML files with many of them. Adding a feed again changes
nothing.

Examples:
  earmark crawl add https://example.com/feed.xml
  earmark crawl add subscriptions.opml

Exit codes: 0 all are watched; 1 the store cannot be used; 2 usage; 4 some could not be added.)";

inline constexpr const char* kCrawlPreview =
    R"(Fetches a feed (or reads a file) and shows title, tags, the newest episodes, what was wrong with
it, and whether it may be crawled. Stores nothing.

Examples:
  earmark crawl preview https://example.com/feed.xml
  earmark crawl preview feed.xml --json

Exit codes: 0 done; 1 it cannot be read; 2 usage.)";

inline constexpr const char* kCrawlRun =
    R"(Fetches watched feeds and scans the episodes that are new or changed; finds become claims. One
line an episode, when its scan is safely stored. robots.txt, podcast:block, Retry-After and a pause
between requests are heeded. Addresses of private networks, of this machine and of the local link
are refused unless --allow-private. Several runs, also in several processes, share the work.

Examples:
  earmark crawl run                               until stopped (Ctrl-C): each feed when it is due
  earmark crawl run --once                        once through all feeds, then end
  earmark crawl run --contact https://example.com/bot --workers 16
  earmark crawl run --once --json --allow-private a feed on your own network

Exit codes: 0 done; 1 the store cannot be used; 2 usage; 4 some feeds or episodes failed.)";

inline constexpr const char* kCrawlStatus =
    R"(What waits and since when, how feeds answer, what was refused and why, what the archive holds.

Examples:
  earmark crawl status
  earmark crawl status --feeds --events 20 --json

Exit codes: 0 done; 1 the store cannot be used; 2 usage.)";

inline constexpr const char* kCrawlPause =
    R"(A paused feed is not fetched, and its episodes are not scanned. What is being done now is done to
its end. Feeds that asked not to be crawled (podcast:block) or that are gone (410) come back with
resume, and are judged anew.

Examples:
  earmark crawl pause https://example.com/feed.xml
  earmark crawl resume https://example.com/feed.xml

Exit codes: 0 done; 1 the store cannot be used; 2 usage; 4 some are not watched.)";

inline constexpr const char* kCrawlExport =
    R"(OPML 2.0, with the title and the present address of each feed; crawl add reads it.

Examples:
  earmark crawl export -o feeds.opml
  earmark crawl export --json                     one line a feed instead

Exit codes: 0 done; 1 the store cannot be used or the file cannot be written; 2 usage.)";

inline constexpr const char* kCrawlRobots =
    R"(Judges paths by a robots.txt as the crawler does (RFC 9309), with the rule that decides. Fetches the
site's own, or reads a file. Stores nothing.

Examples:
  earmark crawl robots https://example.com/ /feed.xml "/episodes/1.mp3?source=feed"
  earmark crawl robots robots.txt /feed.xml --json

Exit codes: 0 done; 1 it cannot be read; 2 usage.)";

inline constexpr const char* kCrawlRetro =
    R"(Matches recordings that were registered after an episode was scanned, by the episode's kept
fingerprint: nothing is fetched again. One line an episode in which something was found. Stopped,
it goes on where it was. crawl run does the same on its way.

Examples:
  earmark crawl retro

Exit codes: 0 done; 1 the store cannot be used; 2 usage.)";

}  // namespace earmark::cli::help
