// The crawl with the real ear: sandboxed decoder, fingerprints, index.

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
constexpr std::uint32_t kSong = 7;
constexpr double kSongSeconds = 30;
constexpr double kUseBegins = 8;  ///< s into the episode
constexpr double kUseLasts = 12;  ///< s, from the 5th second of the song
constexpr double kUseFrom = 5;

std::vector<float> with_song_inside() {
  std::vector<float> episode = test::song(99, 40, kRate);
  const std::vector<float> song = test::song(kSong, kSongSeconds, kRate);
  const auto at = [](double seconds) { return static_cast<std::size_t>(seconds * kRate); };
  std::copy_n(song.begin() + static_cast<std::ptrdiff_t>(at(kUseFrom)), at(kUseLasts),
              episode.begin() + static_cast<std::ptrdiff_t>(at(kUseBegins)));
  return episode;
}

TEST(CrawlWithTheRealCatalogue, FindsAndClaimsAPlantedUse) {
  const test::TempDir folder;
  test::write_wav((folder / "song.wav").c_str(), test::song(kSong, kSongSeconds, kRate), kRate);
  test::write_wav((folder / "used.wav").c_str(), with_song_inside(), kRate);
  test::write_wav((folder / "clean.wav").c_str(), test::song(98, 20, kRate), kRate);
  test::HttpServer server;
  server.handlers().set_mount_point("/files", folder.path().c_str());
  server.handlers().Get("/feed.xml", [](const httplib::Request&, httplib::Response& out) {
    out.set_content(
        "<rss><channel><item><guid>used</guid><enclosure "
        "url='files/used.wav'/></item><item><guid>clean</guid>"
        "<enclosure url='files/clean.wav'/></item><item><guid>html</guid><enclosure "
        "url='feed.xml'/></item></channel></rss>",
        "text/xml");
  });
  server.start();
  ASSERT_OK_AND(const auto catalogue, catalogue::Catalogue::open({folder / "store"}));
  ASSERT_OK_AND(const auto song, catalogue->analyse(folder / "song.wav"));
  ASSERT_OK_AND(const auto registered, catalogue->add(song, {}));
  CurlFetcher::Options options;
  options.guard = AddressGuard(AddressGuard::Policy::kAllowAll);
  options.spool_folder = folder / "store" / "spool";
  ASSERT_OK_AND(const auto fetcher, CurlFetcher::create(std::move(options)));
  Crawler crawler(*catalogue, *fetcher);
  ASSERT_OK(crawler.add(server.url("/feed.xml")));

  std::vector<EpisodeLine> lines;
  ASSERT_OK(crawler.run({}, [&](const EpisodeLine& line) { lines.push_back(line); }));

  ASSERT_EQ(lines.size(), 3U);
  EXPECT_EQ(lines[0].status, EpisodeStatus::kScanned) << lines[0].reason;
  EXPECT_EQ(lines[0].matches, 1);
  EXPECT_EQ(lines[0].claims, 1);
  EXPECT_EQ(lines[1].status, EpisodeStatus::kScanned) << lines[1].reason;
  EXPECT_EQ(lines[1].matches, 0);
  EXPECT_EQ(lines[2].status, EpisodeStatus::kError);
  ASSERT_OK_AND(const auto claims, catalogue->registry().claims().list({}));
  ASSERT_EQ(claims.size(), 1U);
  EXPECT_EQ(claims[0].recording_id, registered.recording_id);
  EXPECT_NEAR(static_cast<double>(claims[0].use.query_start_ms), kUseBegins * 1000, 1000);
  EXPECT_NEAR(static_cast<double>(claims[0].use.query_end_ms), (kUseBegins + kUseLasts) * 1000, 1000);
  EXPECT_NEAR(static_cast<double>(claims[0].use.reference_start_ms), kUseFrom * 1000, 1000);
}

}  // namespace
}  // namespace earmark::crawler
