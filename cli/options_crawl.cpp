#include "cli/options_crawl.h"

#include <CLI/CLI.hpp>

#include "cli/help_crawl.h"

namespace earmark::cli {
namespace {

constexpr const char* kAllowPrivate = "Allow private, loopback and link-local addresses";
constexpr const char* kContact = "URL or address that servers are told, for complaints";

void add_run(CLI::App& crawl, CrawlValues& values, const MakeCommand& make) {
  CrawlRunOptions& run = values.run;
  CLI::App& command = make(crawl, "run", "Scan what is new in the watched feeds", help::kCrawlRun);
  command.add_flag("--once", run.once, "Once through all feeds, then end");
  command.add_flag("--allow-private", run.allow_private, kAllowPrivate);
  command
      .add_option("--interval", values.interval_s,
                  "Seconds between two looks at a feed, at least (default: 900)")
      ->type_name("S")
      ->check(CLI::Range(1, 86400).description(""));
  command.add_option("--contact", run.contact, kContact)->type_name("TEXT");
  command
      .add_option("--delay-ms", values.delay_ms, "Between two requests to one host, at least (default: 500)")
      ->type_name("MS")
      ->check(CLI::Range(0, 3'600'000).description(""));
  command.add_option("--per-host", run.per_host, "Requests to one host at a time (default: 2)")
      ->type_name("N")
      ->check(CLI::Range(std::size_t{1}, std::size_t{64}).description(""));
  command.add_option("--workers", run.workers, "Feeds and episodes at a time (default: by the processors)")
      ->type_name("N")
      ->check(CLI::Range(std::size_t{1}, std::size_t{1024}).description(""));
  command
      .add_option("--keep-days", run.keep_days,
                  "Keep fingerprints of episodes so long, for what is registered later (default: for ever)")
      ->type_name("N")
      ->check(CLI::Range(1, 36'500).description(""));
  command.callback([&values] {
    values.run.interval = std::chrono::seconds(values.interval_s);
    values.run.delay = std::chrono::milliseconds(values.delay_ms);
    values.chosen = values.run;
  });
}

void add_preview(CLI::App& crawl, CrawlValues& values, const MakeCommand& make) {
  CrawlPreviewOptions& preview = values.preview;
  CLI::App& command =
      make(crawl, "preview", "Read a feed and show what a crawl would see of it", help::kCrawlPreview);
  command.add_option("FEED", preview.feed, "URL of a feed, or a file with one")->required()->type_name("");
  command.add_flag("--allow-private", preview.allow_private, kAllowPrivate);
  command.add_option("--contact", preview.contact, kContact)->type_name("TEXT");
  command.add_option("--most", preview.most, "Episodes that are shown (default: 10)")->type_name("N");
  command.callback([&values] { values.chosen = values.preview; });
}

void add_pause(CLI::App& crawl, CrawlValues& values, const MakeCommand& make, bool is_resume) {
  CLI::App& command =
      is_resume ? make(crawl, "resume", "Watch paused, gone or opted-out feeds again", help::kCrawlPause)
                : make(crawl, "pause", "Leave feeds alone until they are resumed", help::kCrawlPause);
  command.add_option("FEED", values.pause.feeds, "URLs as they were added")->required()->type_name("");
  command.callback([&values, is_resume] {
    values.pause.resume = is_resume;
    values.chosen = values.pause;
  });
}

}  // namespace

void add_crawl_commands(CLI::App& app, CrawlValues& values, const MakeCommand& make) {
  CLI::App& crawl = *app.add_subcommand("crawl", "Watch podcast feeds for uses");
  crawl.require_subcommand(1);
  crawl.footer(help::kCrawl);
  CLI::App& add = make(crawl, "add", "Watch feeds", help::kCrawlAdd);
  add.add_option("FEED", values.add.feeds, "URLs of feeds, or OPML files")->required()->type_name("");
  add.callback([&values] { values.chosen = values.add; });
  add_preview(crawl, values, make);
  add_run(crawl, values, make);
  CLI::App& status = make(crawl, "status", "Queue, feeds, refusals and the archive", help::kCrawlStatus);
  status.add_flag("--feeds", values.status.feeds, "One line a feed too");
  status.add_option("--events", values.status.events, "The newest N of the log too")
      ->type_name("N")
      ->check(CLI::Range(0, 1'000'000).description(""));
  status.callback([&values] { values.chosen = values.status; });
  add_pause(crawl, values, make, false);
  add_pause(crawl, values, make, true);
  CLI::App& out = make(crawl, "export", "Write the watched feeds as OPML", help::kCrawlExport);
  out.add_option("-o,--output", values.out.file, "File to write (default: standard output)")
      ->type_name("FILE");
  out.callback([&values] { values.chosen = values.out; });
  CLI::App& retro = make(crawl, "retro", "Look for what was registered since in episodes that were scanned",
                         help::kCrawlRetro);
  retro.callback([&values] { values.chosen = CrawlRetroOptions{}; });
  CLI::App& robots = make(crawl, "robots", "What a robots.txt lets the crawler fetch", help::kCrawlRobots);
  robots.add_option("ROBOTS", values.robots.robots, "URL of the site, or a file")->required()->type_name("");
  robots.add_option("PATH", values.robots.paths, "Paths, with their queries")->required()->type_name("");
  robots.add_flag("--allow-private", values.robots.allow_private, kAllowPrivate);
  robots.add_option("--contact", values.robots.contact, kContact)->type_name("TEXT");
  robots.callback([&values] { values.chosen = values.robots; });
}

}  // namespace earmark::cli
