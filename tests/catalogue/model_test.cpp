// Random sequences of adding, forgetting, reopening and losing the index, compared with a model: a set of
// names.
#include <map>
#include <random>
#include <set>

#include "tests/catalogue/fixture.h"

namespace earmark::catalogue {
namespace {

constexpr std::uint32_t kSongs = 8;

class Play {
 public:
  Play(const std::filesystem::path& store, std::uint32_t seed) : store_(store), random_(seed) {
    for (std::uint32_t i = 0; i < kSongs; ++i) songs_.push_back(analysed(std::to_string(i), music(i, 4.0)));
    reopen();
  }

  void step() {
    const auto number = static_cast<std::uint32_t>(random_() % kSongs);
    switch (random_() % 8) {
      case 0: reopen(); break;
      case 1:
        catalogue_.reset();
        std::filesystem::remove_all(store_ / "index");
        reopen();
        break;
      case 2:
      case 3:
      case 4: forget(number); break;
      default: add_song(number); break;
    }
  }

  void check() {
    for (std::uint32_t i = 0; i < kSongs; ++i) {
      const auto ids = ids_in(*catalogue_, songs_[i]);
      EXPECT_EQ(!ids.empty() && ids.front() == ids_[i], registered_.contains(i)) << "song " << i;
    }
    ASSERT_OK_AND(const auto stats, catalogue_->stats());
    EXPECT_EQ(stats.index.recordings, registered_.size());
    ASSERT_OK_AND(const auto facts, catalogue_->registry().stats());
    EXPECT_EQ(facts.recordings, static_cast<std::int64_t>(registered_.size()));
    EXPECT_EQ(facts.recordings + facts.forgotten, static_cast<std::int64_t>(ids_.size()));
  }

  /// What is found must not depend on how the index came about.
  void check_rebuilt() {
    std::map<std::uint32_t, std::string> before;
    for (std::uint32_t i = 0; i < kSongs; ++i) before[i] = matches_in(*catalogue_, songs_[i]);
    catalogue_.reset();
    std::filesystem::remove_all(store_ / "index");
    reopen();
    for (std::uint32_t i = 0; i < kSongs; ++i)
      EXPECT_EQ(matches_in(*catalogue_, songs_[i]), before[i]) << "song " << i;
  }

 private:
  void reopen() {
    catalogue_.reset();
    auto opened = open(store_);
    ASSERT_TRUE(opened) << opened.error().message;
    catalogue_ = std::move(*opened);
  }
  void add_song(std::uint32_t number) {
    const auto outcome = catalogue_->add(songs_[number], {});
    ASSERT_TRUE(outcome) << outcome.error().message;
    EXPECT_EQ(outcome->status,
              registered_.contains(number) ? RegisterStatus::kDuplicate : RegisterStatus::kRegistered);
    const auto [at, is_new] = ids_.emplace(number, outcome->recording_id);
    EXPECT_EQ(at->second, outcome->recording_id) << "the id of song " << number << " changed";
    registered_.insert(number);
  }
  void forget(std::uint32_t number) {
    const auto id = ids_.contains(number) ? ids_[number] : std::string("rec_nobody");
    const auto done = catalogue_->forget(id);
    EXPECT_EQ(done.has_value(), registered_.erase(number) > 0);
    if (!done) {
      EXPECT_EQ(done.error().code, ErrorCode::kNotFound) << done.error().message;
    }
  }

  std::filesystem::path store_;
  std::mt19937 random_;
  std::vector<Analysed> songs_;
  std::unique_ptr<Catalogue> catalogue_;
  std::map<std::uint32_t, std::string> ids_;
  std::set<std::uint32_t> registered_;
};

class CatalogueModel : public testing::TestWithParam<std::uint32_t> {};

TEST_P(CatalogueModel, AgreesWithASet) {
  const test::TempDir folder;
  Play play(folder / "store", GetParam());
  for (int i = 0; i < 24 && !HasFatalFailure(); ++i) {
    play.step();
    if (i % 4 == 3) play.check();
  }
  play.check_rebuilt();
}

INSTANTIATE_TEST_SUITE_P(Seeds, CatalogueModel, testing::Range(1U, 5U));

}  // namespace
}  // namespace earmark::catalogue
