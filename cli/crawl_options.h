#pragma once
// What the crawl commands take; a part of cli/commands.h.
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace earmark::cli {

struct CrawlAddOptions {
  std::vector<std::string> feeds;  ///< URLs, or paths of OPML files
};
struct CrawlRunOptions {
  bool once = false;
  bool allow_private = false;
  std::chrono::seconds interval{900};    ///< between two looks at one feed, at least
  std::string contact;                   ///< that servers are told; empty: none
  std::chrono::milliseconds delay{500};  ///< between two requests to one host, at least
  std::size_t per_host = 2;              ///< requests to one host at a time
  std::size_t workers = 0;               ///< feeds and episodes at a time; 0: by the number of threads
  std::int64_t keep_days = 0;            ///< of fingerprints in the archive; 0: for ever
};
struct CrawlPreviewOptions {
  std::string feed;
  bool allow_private = false;
  std::string contact;
  std::size_t most = 10;  ///< episodes shown
};
struct CrawlStatusOptions {
  bool feeds = false;       ///< one line a feed too
  std::int64_t events = 0;  ///< the newest of the log
};
struct CrawlPauseOptions {
  std::vector<std::string> feeds;
  bool resume = false;
};
struct CrawlExportOptions {
  std::string file;  ///< empty: standard output
};
struct CrawlRetroOptions {};
struct CrawlRobotsOptions {
  std::string robots;              ///< a file, or a URL of the site
  std::vector<std::string> paths;  ///< with their queries
  bool allow_private = false;
  std::string contact;
};

}  // namespace earmark::cli
