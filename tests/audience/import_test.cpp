#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "audience/figures.h"
#include "audience/importer.h"
#include "audience/listener_keys.h"
#include "audience/report.h"
#include "core/file.h"
#include "tests/support/result_matchers.h"
#include "tests/support/temp_dir.h"

namespace earmark::audience {
namespace {

std::string line(std::string_view address, std::string_view time, std::string_view path,
                 std::string_view agent, std::string_view rest = "200 5000") {
  std::string text(address);
  text.append(" - - [").append(time).append(" +0000] \"GET ").append(path).append(" HTTP/1.1\" ");
  return text.append(rest).append(" \"-\" \"").append(agent).append("\"\n");
}

constexpr const char* kApp = "Overcast/3.0 (+http://overcast.fm/; iOS podcast app)";

class ImportTest : public testing::Test {
 protected:
  void SetUp() override {
    auto opened = AudienceStore::open(folder_ / "store");
    ASSERT_TRUE(opened) << opened.error().message;
    store_ = std::move(*opened);
  }
  std::filesystem::path log(const std::string& name, const std::string& text, bool append = false) {
    const auto path = folder_ / name;
    std::ofstream out(path, append ? std::ios::app : std::ios::trunc);
    out << text;
    return path;
  }
  ImportOutcome import(const std::filesystem::path& path, const ImportOptions& options = {}) {
    auto outcome = import_log(*store_, path, options);
    EXPECT_TRUE(outcome) << outcome.error().message;
    return outcome ? *outcome : ImportOutcome{};
  }
  std::int64_t downloads() {
    const auto stale = stale_epochs(*store_);
    EXPECT_TRUE(stale);
    for (const auto& epoch : *stale) {
      const auto counted = recount(*store_, epoch, {});
      EXPECT_TRUE(counted) << counted.error().message;
    }
    std::int64_t sum = 0;
    const auto rows = report(*store_, {}, GroupBy::kDay);
    EXPECT_TRUE(rows) << rows.error().message;
    for (const auto& row : *rows) sum += row.downloads;
    return sum;
  }
  /// All rows of the figures, as text.
  std::vector<std::string> figures() {
    std::vector<std::string> out;
    const auto rows = store_->database().read([](storage::Session& session) {
      return session.query<std::string>(
          "SELECT reckoned_by || day || '|' || asset_key || '|' || downloads || '|' || listeners || '|' || "
          "bytes"
          " || '|' || hex(sketch) FROM audience_days ORDER BY reckoned_by, day, asset_key");
    });
    EXPECT_TRUE(rows) << rows.error().message;
    if (rows) out = *rows;
    return out;
  }

  test::TempDir folder_;
  std::unique_ptr<AudienceStore> store_;
};

const std::string kThree = line("192.0.2.1", "24/Nov/2026:10:00:00", "/show/a.mp3", kApp) +
                           line("192.0.2.1", "24/Nov/2026:11:00:00", "/show/a.mp3", kApp) +
                           line("192.0.2.2", "24/Nov/2026:10:00:00", "/show/b.mp3", kApp);

TEST_F(ImportTest, CountsWhatALogHolds) {
  const auto outcome =
      import(log("a.log", kThree + "nonsense\n" + line("192.0.2.1", "24/Nov/2026:10:00:00", "/x.png", kApp) +
                              line("192.0.2.9", "24/Nov/2026:10:00:00", "/show/a.mp3", "acast-tester/1.0")));
  EXPECT_EQ(outcome.lines, 6U);
  EXPECT_EQ(outcome.kept, 4U);
  EXPECT_EQ(outcome.dropped[static_cast<std::size_t>(Drop::kMalformed)], 1U);
  EXPECT_EQ(outcome.dropped[static_cast<std::size_t>(Drop::kNotEpisode)], 1U);
  EXPECT_EQ(downloads(), 2);
  ASSERT_OK_AND(const auto rows, dropped(*store_, {}));
  EXPECT_TRUE(std::any_of(rows.begin(), rows.end(),
                          [](const DroppedRow& row) { return row.reason == "bot" && row.requests == 1; }));
}

TEST_F(ImportTest, ReadsALogOnceAndGoesOnWhereItGrew) {
  const auto path = log("a.log", kThree);
  import(path);
  EXPECT_EQ(import(path).lines, 0U);
  log("a.log", line("192.0.2.3", "24/Nov/2026:12:00:00", "/show/a.mp3", kApp) + "192.0.2.4 - - [24/", true);
  const auto grown = import(path);
  EXPECT_EQ(grown.lines, 1U);
  EXPECT_EQ(grown.unfinished, 18U);
  std::filesystem::rename(path, folder_ / "a.log.1");
  EXPECT_EQ(import(folder_ / "a.log.1").lines, 0U) << "rotated, and the same";
  EXPECT_EQ(downloads(), 3);
}

TEST_F(ImportTest, AnotherLogThatBeginsAlikeIsAnother) {
  import(log("a.log", kThree));
  const auto other = import(log("b.log", kThree.substr(0, kThree.find('\n') + 1) +
                                             line("192.0.2.7", "24/Nov/2026:10:30:00", "/show/a.mp3", kApp)));
  EXPECT_EQ(other.lines, 2U);
  EXPECT_EQ(downloads(), 3);
}

TEST_F(ImportTest, LateLogsGiveTheSameFiguresAsThoseInOrder) {
  std::vector<std::string> parts;
  for (int hour = 0; hour < 24; ++hour) {
    std::string text;
    for (int i = 0; i < 40; ++i) {
      const std::string at =
          (hour < 10 ? "0" : "") + std::to_string(hour) + ":" + std::to_string(10 + i % 40) + ":00";
      text += line("192.0.2." + std::to_string((i * 7 + hour) % 50), "24/Nov/2026:" + at,
                   i % 3 == 0 ? "/show/a.mp3" : "/show/b.mp3", i % 5 == 0 ? "AntennaPod/1.0" : kApp);
    }
    parts.push_back(text);
  }
  std::string all;
  for (const auto& part : parts) all += part;
  import(log("all.log", all));
  const auto in_order_count = downloads();
  const auto in_order = figures();
  const auto keys = folder_ / "store" / kKeyFile;
  ASSERT_OK_AND(const auto secret, read_file(keys, 1 << 16));

  // The same key, another store, the parts from the last to the first.
  ASSERT_OK_AND(store_, AudienceStore::open(folder_ / "late"));
  ASSERT_OK(write_file_atomically(folder_ / "late" / kKeyFile, secret));
  ASSERT_OK(store_->set_media("/show/a.mp3", {}));  // the same keys of the files
  for (std::size_t i = parts.size(); i-- > 0;) import(log("part" + std::to_string(i), parts[i]));

  EXPECT_EQ(downloads(), in_order_count);
  EXPECT_EQ(figures(), in_order);
  ASSERT_OK(recount(*store_, "2026-11", {}));
  EXPECT_EQ(figures(), in_order);
  RecountOptions little;
  little.memory = 1 << 12;  // in many parts
  ASSERT_OK(recount(*store_, "2026-11", little));
  EXPECT_EQ(figures(), in_order);
}

TEST_F(ImportTest, LeavesNetworksOut) {
  ASSERT_OK_AND(const auto networks, Networks::parse("192.0.2.1\n"));
  ImportOptions options;
  options.left_out = &networks;
  EXPECT_EQ(import(log("a.log", kThree), options).dropped[static_cast<std::size_t>(Drop::kNetwork)], 2U);
  EXPECT_EQ(downloads(), 1);
}

TEST_F(ImportTest, NoFileOfTheStoreHoldsAnAddress) {
  std::string text = kThree;
  text += line("2001:db8:aaaa:bbbb:1:2:3:4", "24/Nov/2026:10:00:00", "/show/a.mp3", kApp);
  import(log("a.log", text));
  downloads();
  store_.reset();
  const std::string raw4("\xC0\x00\x02\x01", 4);
  const std::string raw6("\x20\x01\x0d\xb8\xaa\xaa\xbb\xbb", 8);
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_ / "store")) {
    if (!entry.is_regular_file()) continue;
    ASSERT_OK_AND(const auto bytes, read_file(entry.path(), 1 << 28));
    const auto content = as_text(bytes);
    for (const std::string_view address : {std::string_view("192.0.2.1"), std::string_view("2001:db8:aaaa"),
                                           std::string_view(raw4), std::string_view(raw6)}) {
      EXPECT_EQ(content.find(address), std::string_view::npos) << entry.path();
    }
    EXPECT_EQ(content.find("Overcast/3.0"), std::string_view::npos)
        << "agents are sealed too: " << entry.path();
  }
}

TEST_F(ImportTest, AnErasedMonthKeepsItsFiguresAndTakesNothingMore) {
  import(log("a.log", kThree));
  EXPECT_EQ(downloads(), 2);
  const auto before = figures();

  ASSERT_OK(erase_epoch(*store_, "2026-11"));

  EXPECT_EQ(figures(), before);
  EXPECT_FAILS(recount(*store_, "2026-11", {}), ErrorCode::kRefused);
  const auto late = import(log("b.log", line("192.0.2.8", "24/Nov/2026:10:00:00", "/show/a.mp3", kApp)));
  EXPECT_EQ(late.dropped[static_cast<std::size_t>(Drop::kErased)], 1U);
  EXPECT_EQ(figures(), before);
  EXPECT_TRUE(stale_epochs(*store_)->empty());
  EXPECT_FAILS(erase_epoch(*store_, "2026-11"), ErrorCode::kNotFound);
}

TEST_F(ImportTest, NoProgramIsNamedThatFewerUse) {
  std::string text;
  for (int i = 0; i < 60; ++i)
    text += line("192.0.2." + std::to_string(i), "24/Nov/2026:10:00:00", "/show/a.mp3", kApp);
  for (int i = 0; i < 3; ++i)
    text += line("198.51.100." + std::to_string(i), "24/Nov/2026:10:00:00", "/show/a.mp3", "AntennaPod/1.0");
  import(log("a.log", text));
  downloads();
  for (const std::int64_t least : {1, 3, 4, 50, 60, 61}) {
    ASSERT_OK_AND(const auto rows, programs(*store_, {}, least));
    for (const auto& row : rows) EXPECT_GE(row.downloads, least) << row.name;
    EXPECT_EQ(rows.size(), least <= 3 ? 2U : least <= 60 ? 1U : 63 >= least ? 1U : 0U) << least;
  }
}

}  // namespace
}  // namespace earmark::audience
