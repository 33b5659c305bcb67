// Years of generated events: nothing is created or lost, and nothing depends on the order in which facts
// came.
#include <algorithm>
#include <random>
#include <set>

#include "monetization/accounts.h"
#include "monetization/books.h"
#include "monetization/dates.h"
#include "registry/claim_machine.h"
#include "tests/registry/fixture.h"

namespace earmark::monetization {
namespace {

constexpr int kEpisodes = 6;
constexpr std::int64_t kEpisodeMs = 1'800'000;
const std::string kFeed = "https://example.org/feed.xml";
const char* const kTerritories[] = {"DE", "US", "FR", "*"};

std::string guid(int episode) { return "guid-" + std::to_string(episode); }

/// A store with recordings of several owners, episodes full of their uses, and its books.
class World {
 public:
  explicit World(std::uint32_t seed) : random_(seed) {
    registry::Registry::Options options;
    options.store = folder_ / "store";
    options.clock = &clock_;
    registry_ = must(registry::Registry::open(options));
    books_ = must(Books::open(folder_ / "store", clock_));
    for (int i = 0; i < 5; ++i) {
      const auto name = "song" + std::to_string(i);
      const auto added =
          must(registry_->recordings().add(registry::recording(name, "Label " + std::to_string(i % 3))));
      songs_.push_back(added.recording);
      if (i % 2 != 0) continue;
      const auto work = must(registry_->rights().ensure_work("", "Work " + name, "test"));
      must(registry_->rights().link_work(songs_.back().id, work.id, "test"));
      subjects_.push_back(work.id);
    }
    for (const auto& song : songs_) subjects_.push_back(song.id);
    const auto feed = must(registry_->feeds().add(kFeed));
    std::vector<registry::EpisodeInput> episodes;
    for (int i = 0; i < kEpisodes; ++i)
      episodes.push_back(
          {guid(i), "Episode", std::nullopt, "https://cdn.example.org/" + guid(i), "audio/mpeg", 1000});
    must(registry_->feeds().upsert_episodes(feed.feed.key, episodes));
    for (const auto& episode : must(registry_->feeds().episodes(feed.feed.key))) scan(episode);
  }

  // Facts; each may come twice.
  void earn(std::int64_t micros, int episode, int day) {
    NewRevenue revenue;
    revenue.feed = kFeed;
    revenue.guid = guid(episode);
    revenue.amount = {micros, Currency::parse(micros % 3 == 0 ? "EUR" : "USD").value()};
    revenue.from = Timestamp(std::chrono::sys_days(std::chrono::days(day)));
    revenue.until = revenue.from + std::chrono::days(7);
    const auto recorded = must(books_->earn(revenue));
    if (recorded.is_new) revenues_.push_back(recorded.id);
  }
  void listen(std::uint32_t seed, int day) {
    std::mt19937 random(seed);
    ListenBatch batch;
    for (int i = 0; i < 40; ++i) {
      Listens heard;
      heard.feed = kFeed;
      heard.guid = guid(static_cast<int>(random() % kEpisodes));
      heard.day = std::chrono::sys_days(std::chrono::days(day + static_cast<int>(random() % 7)));
      heard.territory = kTerritories[random() % 4];
      heard.start_ms = static_cast<std::int64_t>(random() % 900'000);
      heard.end_ms = heard.start_ms + 1 + static_cast<std::int64_t>(random() % kEpisodeMs);
      heard.listens = 1 + static_cast<std::int64_t>(random() % 9);
      must(batch.add(heard));
    }
    must(books_->add_listens("", std::move(batch)));
  }
  void refund_some(std::size_t which, std::int64_t percent) {
    const auto& id = revenues_.at(which % revenues_.size());
    std::int64_t left = 0;
    LineFilter filter;
    filter.account = kUnattributed;
    filter.source = id;
    for (const auto& line : must(books_->lines(filter)))
      if (line.transaction.kind != "attribution" && line.transaction.kind != "reversal")
        left += line.line.amount.micros;
    if (left > 0)
      must(books_->refund({id, std::max<std::int64_t>(left * percent / 100, 1), std::to_string(percent)}));
  }

  // Things that people do.
  void share() {
    std::vector<registry::Share> shares;
    registry::Ppm left = registry::kWhole + (pick(8) == 0 ? 200'000 : 0);
    for (int i = 0; i < 3; ++i) {
      const auto ppm = static_cast<registry::Ppm>(pick(600'001));
      const auto where = registry::Territories::parse(pick(3) == 0 ? "DE US" : "WW").value();
      shares.push_back(
          {"Owner " + std::to_string(pick(4)), std::min(ppm, left), where, Timestamp{}, std::nullopt});
      left -= shares.back().ppm;
    }
    must(registry_->rights().set_shares(subjects_.at(pick(subjects_.size())), shares, "test"));
  }
  void act() {
    const auto claims = must(registry_->claims().list({}));
    const auto& claim = claims.at(pick(claims.size()));
    std::vector<std::pair<const registry::ClaimEdge*, registry::ClaimRole>> steps;
    for (const auto& edge : registry::claim_edges()) {
      for (const auto role :
           {registry::ClaimRole::kUploader, registry::ClaimRole::kClaimant, registry::ClaimRole::kReviewer})
        if (edge.from == claim.status && edge.allows(role)) steps.emplace_back(&edge, role);
    }
    if (steps.empty()) return;
    const auto& [edge, role] = steps.at(pick(steps.size()));
    registry::ClaimAction action;
    action.claim_id = claim.id;
    action.verb = edge->verb;
    action.role = registry::to_string(role);
    action.actor = "somebody";
    action.evidence = "paper " + std::to_string(++papers_);
    // A confirmation is for blocks alone, which the table of edges does not say.
    const auto done = registry_->claims().act(action);
    EXPECT_TRUE(done || done.error().code == ErrorCode::kConflict) << done.error().message;
  }
  void put_tariff() {
    const auto percent = std::to_string(pick(40));
    const auto tariff = must(parse_tariff(
        "house", std::vector<std::string>{"fee.platform=" + percent + "%", "work=20%", "floor=40%",
                                          pick(2) == 0 ? "overlap=each" : "overlap=shapley", "cap=25%"}));
    must(books_->put_tariff(tariff, std::nullopt, "test"));
    must(books_->use_tariff({"", "house", Timestamp{}}, "test"));
  }
  void pass(int days) {
    clock_.advance(std::chrono::days(days));
    must(registry_->claims().tick());
  }
  void close() {
    const auto until = std::chrono::floor<std::chrono::days>(clock_.now()) - std::chrono::days(10);
    if (Timestamp(until) > must(books_->closed_until())) must(books_->close(until, "test"));
  }
  void pay() {
    PayoutRun run;
    for (const auto& payout : must(books_->pay_out(run))) {
      EXPECT_LE(payout.available.micros, payout.balance.micros);
    }
  }
  void attribute() {
    must(books_->attribute([](const Attributed&) { return true; }));
  }

  void expect_sound() {
    std::map<std::string, std::int64_t> sums;
    for (const auto& balance : must(books_->balances(""))) {
      sums[std::string(balance.amount.currency.code())] += balance.amount.micros;
      if (is_kept(kind_of_account(balance.account).value())) {
        EXPECT_GT(balance.amount.micros, 0) << balance.account;
      }
    }
    for (const auto& [currency, sum] : sums) EXPECT_EQ(sum, 0) << currency;
  }
  std::map<std::string, std::int64_t> sheet() {
    std::map<std::string, std::int64_t> all;
    for (const auto& balance : must(books_->balances("")))
      all[std::string(balance.amount.currency.code()) + " " + balance.account] = balance.amount.micros;
    return all;
  }
  bool holds(const std::string& kind) { return !must(books_->balances(kind)).empty(); }
  Books& books() { return *books_; }
  std::size_t pick(std::size_t below) { return random_() % below; }
  [[nodiscard]] int today() const {
    return static_cast<int>(std::chrono::floor<std::chrono::days>(clock_.now()).time_since_epoch().count());
  }
  [[nodiscard]] bool has_revenue() const { return !revenues_.empty(); }

 private:
  template <class T>
  static T must(Result<T> result) {
    EXPECT_TRUE(result) << result.error().message;
    if (!result) std::abort();
    return std::move(*result);
  }
  static void must(const Status& status) {
    EXPECT_TRUE(status) << status.error().message;
    if (!status) std::abort();
  }
  void scan(const registry::Episode& episode) {
    registry::NewScan scan;
    scan.version_key = episode.version_key;
    scan.fetch.url = episode.enclosure_url;
    scan.duration_ms = kEpisodeMs;
    scan.engine = "test";
    for (int i = 0; i < 6; ++i) {
      registry::NewSighting use;
      use.recording_key = songs_.at(static_cast<std::size_t>(i) % songs_.size()).key;
      use.query_start_ms = 100'000 * i + static_cast<std::int64_t>(pick(90'000));
      use.query_end_ms = use.query_start_ms + 20'000 + static_cast<std::int64_t>(pick(120'000));
      use.reference_start_ms = 10'000;
      use.reference_end_ms = 10'000 + use.query_end_ms - use.query_start_ms;
      use.probability = i == 5 ? 0.7 : 0.99;
      use.score = 10.0 + i;
      scan.sightings.push_back(use);
    }
    must(registry_->claims().record_scan(scan));
  }

  test::TempDir folder_;
  registry::StillClock clock_;
  std::mt19937 random_;
  std::unique_ptr<registry::Registry> registry_;
  std::unique_ptr<Books> books_;
  std::vector<registry::Recording> songs_;
  std::vector<std::string> subjects_;
  std::vector<std::string> revenues_;
  int papers_ = 0;
};

class Years : public testing::TestWithParam<std::uint32_t> {};

TEST_P(Years, CreateAndLoseNothing) {
  World world(GetParam());
  int closed = 0;
  int contested = 0;
  const int first_day = world.today();
  for (int step = 0; step < 200 || world.today() - first_day <= 365; ++step) {
    switch (world.pick(12)) {
      case 0:
      case 1:
      case 2:
        world.earn(1 + static_cast<std::int64_t>(world.pick(900'000'000)),
                   static_cast<int>(world.pick(kEpisodes)), world.today() - 8);
        break;
      case 3: world.listen(static_cast<std::uint32_t>(step), world.today() - 8); break;
      case 4:
        if (world.has_revenue())
          world.refund_some(world.pick(1000), 1 + static_cast<std::int64_t>(world.pick(100)));
        break;
      case 5: world.share(); break;
      case 6:
      case 7:
        for (int claim = 0; claim < 4; ++claim) world.act();
        world.attribute();
        break;
      case 8: world.put_tariff(); break;
      case 9:
        // Mostly shorter than the time in which a dispute has to be answered.
        world.pass(world.pick(4) == 0 ? 60 + static_cast<int>(world.pick(60))
                                      : 1 + static_cast<int>(world.pick(6)));
        break;
      case 10: world.pay(); break;
      default:
        world.attribute();
        if (world.pick(3) == 0) {
          world.close();
          ++closed;
        }
    }
    world.expect_sound();
    contested += world.holds("escrow:") ? 1 : 0;
  }
  EXPECT_GT(contested, 5) << "the disputes that this is about";
  world.attribute();
  const auto before = world.sheet();
  world.attribute();
  EXPECT_EQ(world.sheet(), before) << "nothing changed, and something was booked";
  const auto health = world.books().verify();
  ASSERT_OK(health);
  EXPECT_GT(health->splits, 10);
  EXPECT_GT(closed, 0);
  for (const auto& [currency, sum] : health->trial_balance) EXPECT_EQ(sum, 0) << currency;
}

INSTANTIATE_TEST_SUITE_P(Seeds, Years, testing::Values(1U, 2U, 3U, 4U));

TEST(Facts, ComeToTheSameInWhateverOrderAndHoweverOften) {
  struct Fact {
    std::int64_t micros;
    int episode;
    int week;
  };
  std::mt19937 random(21);
  std::vector<Fact> facts;
  for (int i = 0; i < 24; ++i)
    facts.push_back({1 + static_cast<std::int64_t>(random() % 500'000'000),
                     static_cast<int>(random() % kEpisodes), i % 4});
  const auto tell = [](World& world, const Fact& fact) {
    const int day = world.today() - 7 * (fact.week + 2);
    world.earn(fact.micros, fact.episode, day);
    world.listen(static_cast<std::uint32_t>(fact.micros), day);
  };
  World first(99);
  for (const Fact& fact : facts) tell(first, fact);
  first.attribute();
  const auto sheet = first.sheet();
  EXPECT_GT(sheet.size(), 5U);
  for (int round = 0; round < 3; ++round) {
    std::shuffle(facts.begin(), facts.end(), random);
    World other(99);
    for (std::size_t i = 0; i < facts.size(); ++i) {
      tell(other, facts[i]);
      if (i % 5 == 0) other.attribute();
      if (i % 3 == 0) tell(other, facts[i / 2]);
    }
    other.attribute();
    EXPECT_EQ(other.sheet(), sheet);
    ASSERT_OK(other.books().verify());
  }
}

}  // namespace
}  // namespace earmark::monetization
