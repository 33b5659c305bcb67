#pragma once
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <httplib.h>

#include "crawler/crawl.h"
#include "tests/crawler/fake_catalogue.h"
#include "tests/crawler/servers.h"
#include "tests/support/result_matchers.h"
#include "tests/support/temp_dir.h"

namespace earmark::crawler {

/// A podcast host with one feed at /feed.xml and its episodes at /NAME.
class Host {
 public:
  Host() {
    server_.handlers().Get("/feed.xml", [this](const httplib::Request& in, httplib::Response& out) {
      const std::lock_guard lock(mutex_);
      const std::string etag = "\"" + to_hex(sha256(as_bytes(feed_))) + "\"";
      out.set_header("ETag", etag);
      ++feed_requests_;
      if (in.get_header_value("If-None-Match") == etag) {
        ++not_modified_;
        out.status = 304;
        return;
      }
      out.set_content(feed_, "text/xml");
    });
    server_.handlers().Get(R"(/e/(.+))", [this](const httplib::Request& in, httplib::Response& out) {
      const std::lock_guard lock(mutex_);
      ++downloads_[in.matches[1]];
      const auto file = files_.find(in.matches[1]);
      if (file == files_.end()) {
        out.status = 404;
        return;
      }
      out.set_content(file->second, "audio/mpeg");
    });
    server_.start();
  }
  void publish(const std::vector<std::string>& names) {
    std::string items;
    for (const std::string& name : names) {
      items += "<item><title>Title " + name + "</title><guid>" + name + "</guid><enclosure url=\"/e/" + name +
               "\"/></item>";
    }
    publish_text("<rss><channel><title>Show</title>" + items + "</channel></rss>");
  }
  void publish_text(std::string text) {
    const std::lock_guard lock(mutex_);
    feed_ = std::move(text);
  }
  void put(const std::string& name, const std::string& content) {
    const std::lock_guard lock(mutex_);
    files_[name] = content;
  }
  int downloads(const std::string& name) {
    const std::lock_guard lock(mutex_);
    return downloads_[name];
  }
  int not_modified() {
    const std::lock_guard lock(mutex_);
    return not_modified_;
  }
  std::string url(const std::string& path = "/feed.xml") { return server_.url(path); }

 private:
  test::HttpServer server_;
  std::mutex mutex_;
  std::string feed_;
  std::map<std::string, std::string> files_;
  std::map<std::string, int> downloads_;
  int feed_requests_ = 0;
  int not_modified_ = 0;
};

class CrawlTest : public testing::Test {
 protected:
  void SetUp() override {
    reopen();
    fetcher_ = make_fetcher(AddressGuard::Policy::kAllowAll);
  }
  /// As after a restart.
  void reopen() {
    catalogue_.reset();
    auto registry = registry::Registry::open({folder_ / "store"});
    ASSERT_OK(registry);
    catalogue_ = std::make_unique<test::FakeCatalogue>(*std::move(registry));
  }
  std::unique_ptr<CurlFetcher> make_fetcher(AddressGuard::Policy policy) {
    CurlFetcher::Options options;
    options.guard = AddressGuard(policy);
    options.spool_folder = folder_ / "spool";
    auto fetcher = CurlFetcher::create(std::move(options));
    EARMARK_CHECK(fetcher.has_value(), "a fetcher");
    return *std::move(fetcher);
  }
  /// Without the pauses that strangers are owed.
  static CrawlOptions fast() {
    CrawlOptions options;
    options.politeness.gap = std::chrono::milliseconds(0);
    options.politeness.most_per_host = 8;
    return options;
  }
  Crawler crawler() { return {*catalogue_, *fetcher_}; }
  /// "guid status matches claims" of each line; feed errors as "feed status".
  std::vector<std::string> crawl(const CrawlOptions& options = fast()) {
    std::vector<std::string> lines;
    lines_.clear();
    const auto summary = crawler().run(options, [&](const EpisodeLine& line) {
      lines_.push_back(line);
      const std::string name = line.guid.empty() ? "feed" : line.guid;
      const std::string counts =
          line.guid.empty() ? "" : " " + std::to_string(line.matches) + " " + std::to_string(line.claims);
      lines.push_back(name + " " + std::string(to_string(line.status)) + counts);
    });
    EXPECT_TRUE(summary.has_value());
    if (summary) summary_ = *summary;
    return lines;
  }
  void add(const std::string& what) {
    const auto added = crawler().add(what);
    ASSERT_OK(added);
  }
  std::size_t claims() {
    const auto claims = catalogue_->registry().claims().list({});
    return claims ? claims->size() : 0;
  }

  using Lines = std::vector<std::string>;
  test::TempDir folder_;
  std::unique_ptr<test::FakeCatalogue> catalogue_;
  std::unique_ptr<CurlFetcher> fetcher_;
  std::vector<EpisodeLine> lines_;
  CrawlSummary summary_;
};

}  // namespace earmark::crawler
