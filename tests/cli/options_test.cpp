#include "cli/options.h"

#include <cstdlib>

#include <gtest/gtest.h>

namespace earmark::cli {
namespace {

ParsedLine parse(const std::vector<const char*>& words) {
  std::vector<const char*> line = {"earmark"};
  line.insert(line.end(), words.begin(), words.end());
  return parse_command_line(static_cast<int>(line.size()), line.data());
}

template <class Options>
Options parsed_as(const ParsedLine& line) {
  if (const auto* answer = std::get_if<Answer>(&line)) {
    ADD_FAILURE() << answer->text;
    return {};
  }
  const auto* options = std::get_if<Options>(&std::get<Invocation>(line).command);
  if (options != nullptr) return *options;
  ADD_FAILURE() << "another command";
  return {};
}

Answer answer_of(const ParsedLine& line) {
  if (const auto* answer = std::get_if<Answer>(&line)) return *answer;
  ADD_FAILURE() << "a command";
  return {};
}

TEST(Options, RegisterTakesEverythingInAnyOrder) {
  const auto line =
      parse({"register", "a.mp3", "--owner", "My label", "b", "--policy", "block", "--dry-run", "--json"});

  const auto options = parsed_as<RegisterOptions>(line);
  EXPECT_EQ(options.paths, (std::vector<std::string>{"a.mp3", "b"}));
  EXPECT_EQ(options.owner, "My label");
  EXPECT_EQ(options.policy, registry::PolicyAction::kBlock);
  EXPECT_TRUE(options.dry_run);
  EXPECT_TRUE(std::get<Invocation>(line).common.console.json);
}

TEST(Options, CommonOnesStandBeforeOrAfterTheCommand) {
  for (const auto& line : {parse({"--store", "/s", "--threads", "3", "--json", "stats"}),
                           parse({"stats", "--store", "/s", "--threads=3", "--json"})}) {
    parsed_as<StatsOptions>(line);
    const Common& common = std::get<Invocation>(line).common;
    EXPECT_EQ(common.store, "/s");
    EXPECT_EQ(common.threads, 3U);
    EXPECT_TRUE(common.console.json);
  }
}

TEST(Options, FilesMayBeCalledLikeCommandsAndOptions) {
  EXPECT_EQ(parsed_as<MatchOptions>(parse({"match", "stats", "register"})).paths,
            (std::vector<std::string>{"stats", "register"}));
  EXPECT_EQ(parsed_as<MatchOptions>(parse({"match", "--review", "--", "--json", "-x"})).paths,
            (std::vector<std::string>{"--json", "-x"}));
  EXPECT_EQ(parsed_as<CrawlAddOptions>(parse({"crawl", "add", "run"})).feeds,
            std::vector<std::string>{"run"});
  EXPECT_EQ(parsed_as<MatchOptions>(parse({"match", "caf\xe9.mp3"})).paths,
            std::vector<std::string>{"caf\xe9.mp3"});
}

TEST(Options, EveryCommandIsUnderstood) {
  const auto match = parsed_as<MatchOptions>(parse({"match", "a", "--min-probability", "0.75", "--review"}));
  EXPECT_EQ(match.min_probability, 0.75);
  EXPECT_TRUE(match.review);
  EXPECT_EQ(parsed_as<MatchOptions>(parse({"match", "a"})).min_probability, 0.9);
  EXPECT_EQ(parsed_as<ForgetOptions>(parse({"forget", "rec_1", "rec_2"})).recording_ids.size(), 2U);
  EXPECT_EQ(parsed_as<FingerprintOptions>(parse({"fingerprint", "a", "-o", "out"})).folder, "out");
  EXPECT_EQ(parsed_as<RegisterOptions>(parse({"register", "--manifest", "m.csv"})).manifest, "m.csv");
  const auto crawl = parsed_as<CrawlRunOptions>(parse({"crawl", "run", "--once", "--allow-private"}));
  EXPECT_TRUE(crawl.once && crawl.allow_private);
  const auto worker = parsed_as<CrawlRunOptions>(
      parse({"crawl", "run", "--interval", "60", "--delay-ms", "0", "--workers", "9"}));
  EXPECT_EQ(worker.interval, std::chrono::seconds(60));
  EXPECT_EQ(worker.delay, std::chrono::milliseconds(0));
  EXPECT_EQ(worker.workers, 9U);
  EXPECT_EQ(parsed_as<CrawlPreviewOptions>(parse({"crawl", "preview", "http://x/"})).feed, "http://x/");
  EXPECT_EQ(parsed_as<CrawlStatusOptions>(parse({"crawl", "status", "--events", "5"})).events, 5);
  EXPECT_FALSE(parsed_as<CrawlPauseOptions>(parse({"crawl", "pause", "http://x/"})).resume);
  EXPECT_TRUE(parsed_as<CrawlPauseOptions>(parse({"crawl", "resume", "http://x/"})).resume);
  EXPECT_EQ(parsed_as<CrawlExportOptions>(parse({"crawl", "export", "-o", "f"})).file, "f");
  parsed_as<CrawlRetroOptions>(parse({"crawl", "retro"}));
  EXPECT_EQ(parsed_as<CrawlRobotsOptions>(parse({"crawl", "robots", "http://x/", "/a", "/b"})).paths.size(),
            2U);
  const auto claims = parsed_as<ClaimsListOptions>(
      parse({"claims", "list", "--status", "review", "--recording", "rec_1", "--feed", "http://x/"}));
  EXPECT_EQ(claims.status, registry::ClaimStatus::kReview);
  EXPECT_EQ(claims.recording_id, "rec_1");
  EXPECT_EQ(claims.feed, "http://x/");
  EXPECT_FALSE(parsed_as<ClaimsListOptions>(parse({"claims", "list"})).status);
  parsed_as<DoctorOptions>(parse({"doctor"}));
}

TEST(Options, LiveCommandsAreUnderstood) {
  const auto add =
      parsed_as<LiveAddOptions>(parse({"live", "add", "http://x/", "http://y/", "--title", "Radio"}));
  EXPECT_EQ(add.streams.size(), 2U);
  EXPECT_EQ(add.title, "Radio");
  parsed_as<LiveListOptions>(parse({"live", "list"}));
  EXPECT_TRUE(parsed_as<LiveRunOptions>(parse({"live", "run", "--allow-private"})).allow_private);
  EXPECT_EQ(parsed_as<LiveRunOptions>(parse({"live", "run", "--most", "9"})).most, 9U);
  using registry::StreamState;
  EXPECT_EQ(parsed_as<LiveStateOptions>(parse({"live", "pause", "http://x/"})).state, StreamState::kPaused);
  EXPECT_EQ(parsed_as<LiveStateOptions>(parse({"live", "resume", "http://x/"})).state, StreamState::kActive);
  EXPECT_EQ(parsed_as<LiveStateOptions>(parse({"live", "remove", "http://x/"})).state, StreamState::kRemoved);
  const auto log =
      parsed_as<LiveLogOptions>(parse({"live", "log", "http://x/", "--day", "2026-11-25", "--titles"}));
  EXPECT_EQ(log.stream, "http://x/");
  EXPECT_EQ(log.day, "2026-11-25");
  EXPECT_TRUE(log.titles && !log.sessions);
}

TEST(Options, WhatMakesNoSenseIsAUsageErrorThatHelps) {
  const std::vector<std::pair<std::vector<const char*>, const char*>> cases = {
      {{}, "First steps"},
      {{"regsiter", "a"}, "did you mean 'register'?"},
      {{"frobnicate"}, "there is no command 'frobnicate'"},
      {{"match"}, "PATH"},
      {{"match", "a", "--reveiw"}, "did you mean '--review'?"},
      {{"match", "a", "--min-probability", "2"}, "--min-probability"},
      {{"match", "a", "--min-probability", "nan"}, "--min-probability"},
      {{"match", "a", "--threads", "0"}, "--threads"},
      {{"match", "a", "--threads", "x"}, "--threads"},
      {{"register"}, "PATH or --manifest"},
      {{"register", "a", "--policy", "sell"}, "--policy"},
      {{"fingerprint", "a"}, "--output"},
      {{"forget"}, "RECORDING_ID"},
      {{"crawl"}, "which command?"},
      {{"crawl", "stop"}, "there is no command 'stop'"},
      {{"claims", "list", "--status", "open"}, "--status"},
      {{"stats", "extra"}, "'extra' makes no sense here"},
      {{"stats", "--store"}, "--store"},
  };
  for (const auto& [words, expected] : cases) {
    const Answer answer = answer_of(parse(words));
    EXPECT_EQ(answer.exit, Exit::kUsage);
    EXPECT_NE(answer.text.find(expected), std::string::npos) << answer.text << "\nwanted: " << expected;
  }
}

TEST(Options, HelpTeachesAndIsNoError) {
  for (const std::vector<const char*>& words : {std::vector<const char*>{"--help"},
                                                {"help"},
                                                {"register", "--help"},
                                                {"help", "match"},
                                                {"forget", "-h"},
                                                {"fingerprint", "--help"},
                                                {"crawl", "--help"},
                                                {"crawl", "add", "--help"},
                                                {"crawl", "run", "--help"},
                                                {"crawl", "preview", "--help"},
                                                {"crawl", "status", "--help"},
                                                {"crawl", "pause", "--help"},
                                                {"crawl", "resume", "--help"},
                                                {"crawl", "export", "--help"},
                                                {"crawl", "retro", "--help"},
                                                {"claims", "--help"},
                                                {"claims", "list", "--help"},
                                                {"stats", "--help"},
                                                {"doctor", "--help"}}) {
    const Answer answer = answer_of(parse(words));
    EXPECT_EQ(answer.exit, Exit::kDone);
    EXPECT_NE(answer.text.find("earmark "), std::string::npos) << answer.text;
    EXPECT_NE(answer.text.find("--help"), std::string::npos) << answer.text;
  }
  EXPECT_NE(answer_of(parse({"match", "--help"})).text.find("Exit codes"), std::string::npos);
  EXPECT_EQ(answer_of(parse({"--version"})).text.find("earmark "), 0U);
}

TEST(Options, TheStoreComesFromTheOptionThenTheEnvironmentThenTheHome) {
  const auto store = [](const std::vector<const char*>& words) {
    return std::get<Invocation>(parse(words)).common.store;
  };
  ::unsetenv("EARMARK_STORE");
  ::unsetenv("XDG_DATA_HOME");
  ::setenv("HOME", "/home/u", 1);
  EXPECT_EQ(store({"stats"}), "/home/u/.local/share/earmark");
  ::setenv("XDG_DATA_HOME", "/data", 1);
  EXPECT_EQ(store({"stats"}), "/data/earmark");
  ::setenv("EARMARK_STORE", "here", 1);
  EXPECT_EQ(store({"stats"}), "here");
  EXPECT_EQ(store({"stats", "--store", "there"}), "there");
  ::unsetenv("EARMARK_STORE");
  ::unsetenv("XDG_DATA_HOME");
  ::unsetenv("HOME");
  EXPECT_EQ(store({"stats"}), "earmark-store");
}

TEST(Options, ExplainTakesATimeAndAPicture) {
  const auto options =
      parsed_as<ExplainOptions>(parse({"explain", "a.mp3", "rec_1", "--at", "61000", "--svg", "a.svg"}));
  EXPECT_EQ(options.query, "a.mp3");
  EXPECT_EQ(options.recording_id, "rec_1");
  EXPECT_EQ(options.at_ms, 61'000U);
  EXPECT_EQ(options.svg, "a.svg");
  EXPECT_FALSE(parsed_as<ExplainOptions>(parse({"explain", "a.mp3", "rec_1"})).at_ms);
  EXPECT_EQ(answer_of(parse({"explain", "a.mp3"})).exit, Exit::kUsage);
  EXPECT_EQ(answer_of(parse({"explain", "a.mp3", "rec_1", "--at", "-1"})).exit, Exit::kUsage);
}

TEST(Options, EvidenceGoesIntoAnArchive) {
  EXPECT_EQ(parsed_as<ClaimsEvidenceOptions>(parse({"claims", "evidence", "clm_1", "-o", "a.tar"})).output,
            "a.tar");
  EXPECT_EQ(answer_of(parse({"claims", "evidence", "clm_1", "-o", "a.rar"})).exit, Exit::kUsage);
  EXPECT_EQ(answer_of(parse({"claims", "evidence", "clm_1"})).exit, Exit::kUsage);
  EXPECT_EQ(parsed_as<VerifyOptions>(parse({"verify", "a.zip", "--key", "00"})).key, "00");
}

TEST(Options, NoticesAreOfKnownKindsAndLanguages) {
  const auto options =
      parsed_as<ClaimsNoticeOptions>(parse({"claims", "notice", "clm_1", "--kind", "dsa-notice", "--language",
                                            "zh", "--fill", "a=b", "--fill", "c=d"}));
  EXPECT_EQ(options.kind, "dsa-notice");
  EXPECT_EQ(options.fill, (std::vector<std::string>{"a=b", "c=d"}));
  EXPECT_EQ(answer_of(parse({"claims", "notice"})).exit, Exit::kUsage);
  EXPECT_EQ(answer_of(parse({"claims", "notice", "clm_1", "--kind", "letter"})).exit, Exit::kUsage);
  EXPECT_EQ(
      parsed_as<ClaimsNoticeOptions>(parse({"claims", "notice", "--write-templates", "d"})).write_templates,
      "d");
  EXPECT_EQ(parsed_as<ClaimsCueSheetOptions>(parse({"claims", "cue-sheet", "--guid", "g"})).guid, "g");
  EXPECT_EQ(parsed_as<RecordingsShowOptions>(parse({"recordings", "show", "rec_1"})).recording_id, "rec_1");
}

}  // namespace
}  // namespace earmark::cli
