#include "monetization/listens.h"

#include <sstream>

#include "tests/monetization/fixture.h"

namespace earmark::monetization {
namespace {

Status read(const std::string& text, ListenBatch& batch) {
  std::istringstream in(text);
  return read_listens(in, batch);
}

TEST(ReadListens, TakesWhatIsThereAndAssumesTheRest) {
  ListenBatch batch;
  ASSERT_OK(
      read("guid,feed,day\nep-1,https://a,2023-10-05\n\n\"ep 2, or so\",https://a,2023-10-06\r\n", batch));
  EXPECT_EQ(batch.listens(), 2);
  const auto packed = batch.take();
  ASSERT_EQ(packed.size(), 2U);
  EXPECT_EQ(packed[0].guid, "ep 2, or so");
  std::vector<HeardThere> heard;
  ASSERT_OK(unpack(packed[1].spells, 5000, heard));
  ASSERT_EQ(heard.size(), 1U);
  EXPECT_EQ(heard[0].territory, registry::kElsewhere);
  EXPECT_EQ(heard[0].spells.at(0).end_ms, 5000);
}

TEST(ReadListens, NamesTheLineThatMakesNoSense) {
  const std::string head = "feed,guid,day,territory,start_ms,end_ms,listens\n";
  for (const char* row :
       {"https://a,ep,2023-10-05,XX,,,", "https://a,ep,yesterday,DE,,,", ",ep,2023-10-05,DE,,,",
        "https://a,ep,2023-10-05,DE,5,5,", "https://a,ep,2023-10-05,DE,9,5,",
        "https://a,ep,2023-10-05,DE,,,0", "https://a,ep,2023-10-05,DE,-1,,", "https://a,ep,2023-02-30,DE,,,",
        "https://a,ep,2023-10-05,\"DE,,,"}) {
    ListenBatch batch;
    const Status done = read(head + "https://a,ep,2023-10-05,DE,,,\n" + row + "\n", batch);
    SCOPED_TRACE(row);
    EXPECT_FAILS(done, ErrorCode::kInvalidArgument);
    EXPECT_NE(done.error().message.find("line 3"), std::string::npos) << done.error().message;
  }
  ListenBatch batch;
  EXPECT_FAILS(read("feed,guid\n", batch), ErrorCode::kInvalidArgument);
  EXPECT_FAILS(read("", batch), ErrorCode::kInvalidArgument);
}

TEST(ListenBatch, IsTheSameInWhateverOrderItCame) {
  const std::string head = "feed,guid,day,territory,start_ms,end_ms,listens\n";
  ListenBatch a;
  ListenBatch b;
  ASSERT_OK(read(head + "u,1,2023-10-05,DE,0,10,2\nu,1,2023-10-05,AT,0,10,1\nu,1,2023-10-05,DE,0,10,3\n", a));
  ASSERT_OK(read(head + "u,1,2023-10-05,DE,0,10,5\nu,1,2023-10-05,AT,0,10,1\n", b));
  const auto first = a.take();
  const auto second = b.take();
  ASSERT_EQ(first.size(), 1U);
  EXPECT_EQ(first[0].spells, second.at(0).spells);
}

TEST(Unpack, RefusesWhatIsCutOff) {
  ListenBatch batch;
  ASSERT_OK(read("feed,guid,day,listens\nu,1,2023-10-05,700\n", batch));
  const auto packed = batch.take();
  for (std::size_t size = 1; size < packed.at(0).spells.size(); ++size) {
    std::vector<HeardThere> heard;
    SCOPED_TRACE(size);
    EXPECT_FAILS(unpack(std::span(packed[0].spells).first(size), 1000, heard), ErrorCode::kCorrupt);
  }
}

TEST_F(BooksTest, KnowsABatchByItsNameAndContent) {
  const auto batch = [&](std::int64_t listens) {
    ListenBatch made;
    Listens heard;
    heard.feed = feed_.url;
    heard.guid = "guid-1";
    heard.end_ms = 10;
    heard.territory = "DE";
    heard.listens = listens;
    EXPECT_TRUE(made.add(heard));
    return made;
  };
  EXPECT_TRUE(books_->add_listens("week 40", batch(3)).value().is_new);
  EXPECT_FALSE(books_->add_listens("week 40", batch(3)).value().is_new);
  EXPECT_FAILS(books_->add_listens("week 40", batch(4)), ErrorCode::kConflict);
  EXPECT_FAILS(books_->add_listens("empty", ListenBatch()), ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace earmark::monetization
