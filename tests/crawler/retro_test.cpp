// A recording that is registered after the episode was scanned.
#include "crawler/retro.h"

#include <atomic>

#include <gtest/gtest.h>
#include <httplib.h>

#include "crawler/crawl.h"
#include "tests/crawler/servers.h"
#include "tests/support/result_matchers.h"
#include "tests/support/signals.h"
#include "tests/support/temp_dir.h"

namespace earmark::crawler {
namespace {

constexpr int kRate = 22'050;

std::vector<float> episode_with(std::uint32_t song_seed) {
  std::vector<float> episode = test::song(99, 40, kRate);
  const std::vector<float> song = test::song(song_seed, 30, kRate);
  std::copy_n(song.begin() + 5 * kRate, 12 * kRate, episode.begin() + 8 * kRate);
  return episode;
}

class RetroTest : public testing::Test {
 protected:
  void SetUp() override {
    test::write_wav((folder_ / "song.wav").c_str(), test::song(7, 30, kRate), kRate);
    test::write_wav((folder_ / "other.wav").c_str(), test::song(8, 30, kRate), kRate);
    test::write_wav((folder_ / "used.wav").c_str(), episode_with(7), kRate);
    test::write_wav((folder_ / "clean.wav").c_str(), test::song(98, 20, kRate), kRate);
    server_.handlers().Get("/feed.xml", [](const httplib::Request&, httplib::Response& out) {
      out.set_content(
          "<rss><channel><item><guid>used</guid><enclosure url='used.wav'/></item><item>"
          "<guid>clean</guid><enclosure url='clean.wav'/></item></channel></rss>",
          "text/xml");
    });
    server_.handlers().Get(R"(/(used|clean)\.wav)", [this](const httplib::Request& in,
                                                           httplib::Response& out) {
      ++downloads_;
      out.set_content(as_text(read_file(folder_ / (in.matches[1].str() + ".wav"), 1 << 30).value()).data(),
                      std::filesystem::file_size(folder_ / (in.matches[1].str() + ".wav")), "audio/wav");
    });
    server_.start();
    ASSERT_OK_AND(catalogue_, catalogue::Catalogue::open({folder_ / "store"}));
    CurlFetcher::Options options;
    options.guard = AddressGuard(AddressGuard::Policy::kAllowAll);
    options.spool_folder = folder_ / "spool";
    ASSERT_OK_AND(fetcher_, CurlFetcher::create(std::move(options)));
    Crawler crawler(*catalogue_, *fetcher_);
    ASSERT_OK(crawler.add(server_.url("/feed.xml")));
    crawl();
  }
  std::vector<EpisodeLine> crawl() {
    std::vector<EpisodeLine> lines;
    CrawlOptions options;
    options.politeness.gap = std::chrono::milliseconds(0);
    Crawler crawler(*catalogue_, *fetcher_);
    const auto done = crawler.run(options, [&](const EpisodeLine& line) { lines.push_back(line); });
    EXPECT_TRUE(done.has_value());
    return lines;
  }
  std::string add(const std::string& name) {
    const auto analysed = catalogue_->analyse(folder_ / name);
    const auto added = catalogue_->add(analysed.value(), {});
    return added.value().recording_id;
  }
  std::vector<registry::Claim> claims() { return catalogue_->registry().claims().list({}).value(); }

  test::TempDir folder_;
  test::HttpServer server_;
  std::atomic<int> downloads_ = 0;
  std::unique_ptr<catalogue::Catalogue> catalogue_;
  std::unique_ptr<CurlFetcher> fetcher_;
};

TEST_F(RetroTest, IsFoundInThePastWithoutFetchingAnything) {
  ASSERT_TRUE(claims().empty());
  ASSERT_EQ(downloads_, 2);
  const std::string other = add("other.wav");
  const std::string song = add("song.wav");
  std::vector<RetroFind> finds;
  RetroScan retro(*catalogue_);

  ASSERT_OK_AND(const auto progress,
                retro.run({}, [&](const RetroFind& find, const RetroProgress&) { finds.push_back(find); }));

  EXPECT_EQ(progress.looked_at, 2);
  EXPECT_EQ(progress.to_look_at, 2);
  ASSERT_EQ(finds.size(), 1U);
  EXPECT_EQ(finds[0].guid, "used");
  EXPECT_EQ(finds[0].new_claims, 1);
  ASSERT_EQ(claims().size(), 1U);
  const registry::Claim claim = claims()[0];
  EXPECT_EQ(claim.recording_id, song);
  EXPECT_NEAR(static_cast<double>(claim.use.query_start_ms), 8000, 500);
  EXPECT_NE(claim.evidence.find("from the archive"), std::string::npos) << claim.evidence;
  EXPECT_EQ(downloads_, 2);
  ASSERT_OK_AND(const auto again, retro.run({}, {}));
  EXPECT_EQ(again.looked_at, 0) << "what was looked at is not looked at again";
  EXPECT_EQ(claims().size(), 1U);
}

TEST_F(RetroTest, IsFoundByTheNextCrawlToo) {
  add("song.wav");
  const auto lines = crawl();
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[0].status, EpisodeStatus::kUnchanged);
  EXPECT_EQ(lines[0].claims, 1);
  EXPECT_EQ(lines[1].claims, 0);
  EXPECT_EQ(downloads_, 2);
}

TEST_F(RetroTest, ForgetsWhatIsTooOld) {
  registry::CrawlArchive& archive = catalogue_->registry().crawl_archive();
  ASSERT_OK_AND(const auto kept, archive.state(0));
  EXPECT_EQ(kept.episodes, 2);
  EXPECT_NEAR(static_cast<double>(kept.duration_ms), 60'000, 500);
  EXPECT_GT(kept.bytes, 0);
  ASSERT_OK_AND(const auto none, archive.prune(system_clock().now() - std::chrono::hours(1)));
  EXPECT_EQ(none, 0);
  ASSERT_OK_AND(const auto pruned, archive.prune(system_clock().now() + std::chrono::hours(1)));
  EXPECT_EQ(pruned, 2);
  add("song.wav");
  ASSERT_OK_AND(const auto progress, RetroScan(*catalogue_).run({}, {}));
  EXPECT_EQ(progress.looked_at, 0);
}

}  // namespace
}  // namespace earmark::crawler
