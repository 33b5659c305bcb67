#include "registry/live.h"

#include "tests/registry/fixture.h"

namespace earmark::registry {
namespace {

using std::chrono::milliseconds;

constexpr std::string_view kUrl = "https://radio.example.org/live";
constexpr milliseconds kLease{30'000};

class LiveTest : public RegistryTest {
 protected:
  void SetUp() override {
    RegistryTest::SetUp();
    song_ = add(recording("song", "Label"));
    ASSERT_OK_AND(live_, Live::open(folder_ / "store", clock_));
    ASSERT_OK(live().add(kUrl, "Radio"));
  }
  Live& live() { return *live_; }
  LiveStream take(std::string_view worker = "w1") {
    const auto taken = live().take(worker, kLease, 10);
    EXPECT_TRUE(taken && taken->size() == 1U);
    return taken && !taken->empty() ? taken->front() : LiveStream();
  }
  std::int64_t begin(const LiveStream& stream, std::string_view worker = "w1") {
    LiveSession session;
    session.stream_key = stream.key;
    session.started_at = clock_.now();
    session.final_url = kUrl;
    session.content_type = "audio/mpeg";
    session.transfer = R"({"peer":"192.0.2.1"})";
    const auto key = live().begin_session(worker, session);
    EXPECT_TRUE(key) << key.error().message;
    return key.value_or(0);
  }
  [[nodiscard]] LiveUse use(const LiveStream& stream, std::int64_t session) const {
    LiveUse use;
    use.stream_key = stream.key;
    use.session_key = session;
    use.recording_key = song_.key;
    use.started_at = clock_.now();
    use.ended_at = clock_.now() + milliseconds(20'000);
    use.reference_start_ms = 5000;
    use.reference_end_ms = 25'000;
    use.score = 9;
    use.probability = 0.99;
    use.windows = 3;
    use.reported_at = clock_.now() + milliseconds(8000);
    return use;
  }
  static KeptEvidence clip() {
    KeptEvidence kept;
    kept.kind = "clip.query";
    kept.media_type = "audio/flac";
    kept.data = {std::byte{1}, std::byte{2}};
    return kept;
  }

  Recording song_;
  std::unique_ptr<Live> live_;
};

TEST_F(LiveTest, StreamsAreAddedOnceAndNoFeedsToCrawl) {
  ASSERT_OK_AND(const bool again, live().add(kUrl, ""));
  EXPECT_FALSE(again);
  ASSERT_OK(registry_->feeds().add("https://example.org/feed.xml"));

  const auto taken_as_stream = live().add("https://example.org/feed.xml", "");

  ASSERT_FALSE(taken_as_stream);
  EXPECT_EQ(taken_as_stream.error().code, ErrorCode::kConflict);
  ASSERT_OK_AND(const auto untaken, registry_->crawl_feeds().untaken(10));
  ASSERT_EQ(untaken.size(), 1U);
  EXPECT_EQ(untaken[0].url, "https://example.org/feed.xml");
  ASSERT_OK_AND(const auto feeds, registry_->crawl_feeds().list());
  EXPECT_EQ(feeds.size(), 1U);
  ASSERT_OK_AND(const auto totals, registry_->crawl_feeds().totals());
  EXPECT_EQ(totals.active, 1);
}

TEST_F(LiveTest, OneWorkerHasAStreamUntilItsLeaseEnds) {
  take("w1");
  ASSERT_OK_AND(const auto none, live().take("w2", kLease, 10));
  EXPECT_TRUE(none.empty());
  clock_.advance(kLease - milliseconds(1));
  ASSERT_OK_AND(const auto ours, live().renew("w1", kLease));
  EXPECT_EQ(ours.size(), 1U);
  clock_.advance(kLease - milliseconds(1));
  ASSERT_OK_AND(const auto still_none, live().take("w2", kLease, 10));
  EXPECT_TRUE(still_none.empty());

  clock_.advance(milliseconds(2));

  take("w2");
  ASSERT_OK_AND(const auto lost, live().renew("w1", kLease));
  EXPECT_TRUE(lost.empty());
}

TEST_F(LiveTest, APausedStreamIsLetGoAndComesBack) {
  take();
  ASSERT_OK(live().set_state(kUrl, StreamState::kPaused));
  ASSERT_OK_AND(const auto ours, live().renew("w1", kLease));
  EXPECT_TRUE(ours.empty());
  ASSERT_OK_AND(const auto freed, live().give_back("w1"));
  EXPECT_EQ(freed, 1);
  ASSERT_OK_AND(const auto none, live().take("w1", kLease, 10));
  EXPECT_TRUE(none.empty());

  ASSERT_OK(live().set_state(kUrl, StreamState::kActive));

  take();
  EXPECT_EQ(live().set_state("https://no.example.org/", StreamState::kPaused).error().code,
            ErrorCode::kNotFound);
}

TEST_F(LiveTest, AUseThatEndsIsOneSightingAndOneClaim) {
  const LiveStream stream = take();
  LiveUse playing = use(stream, begin(stream));
  const KeptEvidence kept[] = {clip()};
  ASSERT_OK(live().store_use("w1", playing, kept));
  ASSERT_NE(playing.key, 0);
  ASSERT_OK(live().record_title(stream.key, {clock_.now() - milliseconds(60'000), "Before that"}));
  ASSERT_OK(live().record_title(stream.key, {clock_.now() - milliseconds(1000), "A - B"}));
  playing.ended_at += milliseconds(10'000);
  playing.reference_end_ms += 10'000;
  ASSERT_OK(live().store_use("w1", playing, {}));
  ASSERT_OK_AND(const auto open, live().uses(stream.key));
  ASSERT_EQ(open.size(), 1U);
  EXPECT_EQ(open[0].ended_at, playing.ended_at);
  EXPECT_EQ(open[0].windows, 3);
  const std::string day = day_of(clock_.now());
  ASSERT_OK_AND(const auto plays_now, live().air_plays(kUrl, day));
  ASSERT_EQ(plays_now.size(), 1U);
  EXPECT_EQ(plays_now[0].status, "playing");

  ASSERT_OK_AND(const auto outcome, live().close_use("w1", playing, "earmark test"));

  EXPECT_EQ(outcome.matches, 1);
  EXPECT_EQ(outcome.new_claims, 1);
  ASSERT_OK_AND(const auto none_open, live().uses(stream.key));
  EXPECT_TRUE(none_open.empty());
  ASSERT_OK_AND(const auto claims, registry_->claims().list({}));
  ASSERT_EQ(claims.size(), 1U);
  EXPECT_EQ(claims[0].feed, kUrl);
  EXPECT_EQ(claims[0].guid, day);
  EXPECT_EQ(claims[0].episode_title, "Radio, " + day);
  ASSERT_OK_AND(const auto midnight, start_of_day(day));
  EXPECT_EQ(claims[0].use.query_start_ms, (playing.started_at - midnight).count());
  EXPECT_EQ(claims[0].use.query_end_ms - claims[0].use.query_start_ms, 30'000);
  EXPECT_NE(claims[0].evidence.find("A - B"), std::string::npos) << claims[0].evidence;
  EXPECT_EQ(claims[0].evidence.find("Before that"), std::string::npos) << claims[0].evidence;
  EXPECT_NE(claims[0].evidence.find("192.0.2.1"), std::string::npos) << claims[0].evidence;
  ASSERT_OK_AND(const auto plays, live().air_plays(kUrl, day));
  ASSERT_EQ(plays.size(), 1U);
  EXPECT_EQ(plays[0].claim_id, claims[0].id);
  EXPECT_EQ(plays[0].end_ms - plays[0].start_ms, 30'000);
  ASSERT_OK_AND(const auto stats, registry_->stats());
  EXPECT_EQ(stats.sightings, 1);

  const auto twice = live().close_use("w1", playing, "earmark test");
  ASSERT_FALSE(twice) << "a use ends once";
  EXPECT_EQ(twice.error().code, ErrorCode::kConflict);
}

TEST_F(LiveTest, TheSameSongLaterThatDayIsAnotherUse) {
  const LiveStream stream = take();
  const std::int64_t session = begin(stream);
  for (int i = 0; i < 2; ++i) {
    LiveUse playing = use(stream, session);
    ASSERT_OK(live().store_use("w1", playing, {}));
    ASSERT_OK_AND(const auto outcome, live().close_use("w1", playing, "earmark test"));
    EXPECT_EQ(outcome.new_claims, 1);
    clock_.advance(milliseconds(600'000));
  }

  ASSERT_OK_AND(const auto plays, live().air_plays(kUrl, day_of(clock_.now())));
  EXPECT_EQ(plays.size(), 2U);
}

TEST_F(LiveTest, WhoLostTheStreamStoresNothing) {
  const LiveStream stream = take("w1");
  LiveUse playing = use(stream, begin(stream));
  ASSERT_OK(live().store_use("w1", playing, {}));
  clock_.advance(kLease + milliseconds(1));
  take("w2");

  const auto closed = live().close_use("w1", playing, "earmark test");
  LiveUse another = use(stream, playing.session_key);

  ASSERT_FALSE(closed);
  EXPECT_EQ(closed.error().code, ErrorCode::kConflict);
  EXPECT_EQ(live().store_use("w1", another, {}).error().code, ErrorCode::kConflict);
  ASSERT_OK(live().close_use("w2", playing, "earmark test"));
}

TEST_F(LiveTest, KeepsSessionsTitlesAndStatusByDay) {
  const LiveStream stream = take();
  LiveSession session;
  session.key = begin(stream);
  session.ended_at = clock_.now() + milliseconds(5000);
  session.heard_ms = 5000;
  session.silent_ms = 1000;
  session.bytes = 80'000;
  session.reason = "the server ended the stream";
  ASSERT_OK(live().record_session(session));
  const LiveStatus status[] = {{stream.key, "waiting", "gone", "icecast", "A - B", clock_.now(), 2}};
  ASSERT_OK(live().record_status(status));
  ASSERT_OK(live().record_title(stream.key, {clock_.now(), "A - B"}));
  const std::string day = day_of(clock_.now());

  ASSERT_OK_AND(const auto found, live().find(kUrl));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->phase, "waiting");
  EXPECT_EQ(found->format, "icecast");
  EXPECT_EQ(found->sessions, 1);
  EXPECT_EQ(found->heard_ms, 5000);
  EXPECT_EQ(found->failures, 2);
  ASSERT_OK_AND(const auto sessions, live().sessions(kUrl, day));
  ASSERT_EQ(sessions.size(), 1U);
  EXPECT_EQ(sessions[0].reason, session.reason);
  ASSERT_OK_AND(const auto titles, live().titles(kUrl, day));
  ASSERT_EQ(titles.size(), 1U);
  ASSERT_OK_AND(const auto days, live().days(kUrl));
  EXPECT_EQ(days, std::vector<std::string>{day});
}

TEST(Day, IsReadAndWritten) {
  EXPECT_EQ(day_of(Timestamp(milliseconds(0))), "1970-01-01");
  ASSERT_OK_AND(const auto start, start_of_day("2026-11-25"));
  EXPECT_EQ(to_rfc3339(start), "2026-11-25T00:00:00.000Z");
  for (const char* text : {"", "2026-11", "2026-13-01", "yesterday", "2026-11-25T00:00:00Z"}) {
    const auto bad = start_of_day(text);
    ASSERT_FALSE(bad) << text;
    EXPECT_EQ(bad.error().code, ErrorCode::kInvalidArgument);
  }
}

}  // namespace
}  // namespace earmark::registry
