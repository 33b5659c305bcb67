// The JSON of the command line against tests/data/golden/cli. EARMARK_UPDATE_GOLDEN=1 writes the files anew;
// look at the difference.
#include "cli/encode.h"

#include <cstdlib>

#include <gtest/gtest.h>

#include "api/encode.h"
#include "core/file.h"
#include "tests/support/result_matchers.h"

namespace earmark::cli {
namespace {

void expect_golden(const std::string& name, const std::vector<Json>& lines) {
  std::string text;
  for (const Json& line : lines) text += to_line(line) + "\n";
  const auto path = std::filesystem::path(EARMARK_GOLDEN_DIR) / name;
  if (std::getenv("EARMARK_UPDATE_GOLDEN") != nullptr) ASSERT_OK(write_file_atomically(path, as_bytes(text)));
  ASSERT_OK_AND(const Bytes expected, read_file(path, 1 << 20));
  EXPECT_EQ(text, as_text(expected));
}

TEST(EncodeGolden, Register) {
  RegisterLine registered{
      "music/a.mp3",
      catalogue::RegisterOutcome{catalogue::RegisterStatus::kRegistered, "rec_1", 192'500, 101'234, ""},
      "",
      {}};
  RegisterLine duplicate{"b.mp3",
                         catalogue::RegisterOutcome{catalogue::RegisterStatus::kDuplicate, "rec_1", 192'500,
                                                    101'234, "same audio as music/a.mp3"},
                         "",
                         {"ends early"}};
  RegisterLine quarantined{
      "c.wav",
      catalogue::RegisterOutcome{catalogue::RegisterStatus::kQuarantined, "rec_2", 0, 0, "silence"},
      "",
      {}};
  RegisterLine dry{
      "d.wav", catalogue::RegisterOutcome{catalogue::RegisterStatus::kRegistered, "", 5000, 900, ""}, "", {}};
  RegisterLine error{"caf\xe9\n.txt", std::nullopt, "caf\xe9.txt: no audio in a known format", {}};
  expect_golden("register.jsonl",
                {encode(registered), encode(duplicate), encode(quarantined), encode(dry), encode(error)});
}

catalogue::MatchedUse use(double probability) {
  index::Match match;
  match.query_start_ms = 60'000;
  match.query_end_ms = 72'300;
  match.reference_start_ms = 0;
  match.reference_end_ms = 12'792;
  match.speed = 1.0400000001;
  match.pitch_cents = -0.0001;
  match.score = 23.456789;
  match.probability = probability;
  return {match, "rec_1", "music/a.mp3", "Band – Song"};
}

TEST(EncodeGolden, Match) {
  MatchLine found{"episode.mp3", 3'600'123, {use(0.99999949), use(0.61)},
                  0.9,           "",        {"corrupt packet at 12.3 s"}};
  MatchLine nothing{"quiet.mp3", 5000, {}, 0.9, "", {}};
  MatchLine error{"notes.txt", std::nullopt, {}, 0.9, "notes.txt: no audio in a known format", {}};
  expect_golden("match.jsonl", {encode(found), encode(nothing), encode(error)});
}

TEST(EncodeGolden, Claim) {
  registry::Claim claim;
  claim.id = "clm_1";
  claim.status = registry::ClaimStatus::kActive;
  claim.recording_id = "rec_1";
  claim.source = "music/a.mp3";
  claim.title = "Band – Song";
  claim.owner = "My label";
  claim.feed = "https://example.com/feed.xml";
  claim.guid = "ep-1";
  claim.episode_title = "Episode 1";
  claim.enclosure_url = "https://example.com/1.mp3";
  claim.use = {7, 60'000, 72'300, 0, 12'300, 1.0, 0.0, 23.456789, 0.998};
  claim.action = registry::PolicyAction::kMonetize;
  claim.rule_id = "rule_1";
  claim.rule_version = 1;
  claim.created_at = Timestamp{std::chrono::milliseconds{1'700'000'000'123}};
  claim.deadline_at = claim.created_at + std::chrono::days{30};
  claim.evidence = R"({"engine":"earmark 0.1.0","fetch":{"sha256":"ab"}})";
  registry::Claim damaged = claim;
  damaged.evidence = "not json";
  expect_golden("claim.jsonl", {api::encode(claim), api::encode(damaged)});
}

TEST(EncodeGolden, Episode) {
  using crawler::EpisodeStatus;
  const std::string feed = "https://example.com/feed.xml";
  crawler::EpisodeLine scanned{
      feed, "ep-1", "Episode 1", "https://example.com/1.mp3", EpisodeStatus::kScanned, "", 3, 2};
  crawler::EpisodeLine refused{feed,
                               "ep-2",
                               "Caf\xe9",
                               "http://10.0.0.1/2.mp3",
                               EpisodeStatus::kRefused,
                               "10.0.0.1 is a private address",
                               0,
                               0};
  crawler::EpisodeLine no_feed{feed, "", "", "", EpisodeStatus::kError, "HTTP 404", 0, 0};
  expect_golden("episode.jsonl", {encode(scanned), encode(refused), encode(no_feed)});
}

}  // namespace
}  // namespace earmark::cli
