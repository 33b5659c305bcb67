#include "recsys/recommender.h"

#include <cmath>
#include <random>

#include <gtest/gtest.h>

#include "recsys/evaluation.h"
#include "tests/support/result_matchers.h"

namespace earmark::recsys {
namespace {

Interactions small() {
  Interactions data;
  data.users = {"a", "b", "c", "d"};
  data.items = {"0", "1", "2", "3"};
  for (const auto& row : {std::vector<ItemIndex>{0, 1}, {0, 1, 2}, {1, 2}, {3}}) data.rows.add(row);
  return data;
}

/// Two tastes: users take eight items of their own taste's thirty, and rarely one of the other's.
Interactions two_tastes() {
  std::mt19937 random(3);
  Interactions data;
  for (int i = 0; i < 60; ++i) data.items.push_back(std::to_string(i));
  for (int user = 0; user < 300; ++user) {
    std::vector<ItemIndex> row;
    const auto taste = static_cast<ItemIndex>(user % 2);
    for (int i = 0; i < 8; ++i)
      row.push_back(static_cast<ItemIndex>(random() % 30 + 30 * (random() % 20 == 0 ? 1 - taste : taste)));
    data.users.push_back(std::to_string(user));
    data.rows.add(row);
  }
  return data;
}

TEST(Interactions, AreReadFromThreeSpellings) {
  for (const char* text : {"user,item\nu,i,2,5\nu,j\n", "u\ti\t2\t5\nu\tj\n", "u::i::2::5\r\nu::j\r\n"}) {
    ASSERT_OK_AND(const auto list, parse_interactions(text));
    ASSERT_EQ(list.size(), 2U) << text;
    EXPECT_EQ(list[0].item, "i");
    EXPECT_EQ(list[0].weight, 2.0);
    EXPECT_EQ(list[0].time, 5.0);
    EXPECT_EQ(list[1].item, "j");
  }
  const auto bad = parse_interactions("u,i\nu\n");
  EXPECT_FAILS(bad, ErrorCode::kInvalidArgument);
  EXPECT_NE(bad.error().message.find("line 2"), std::string::npos);
}

TEST(Interactions, AreSplitByTimeWithoutLeaking) {
  ASSERT_OK_AND(const auto list,
                parse_interactions("a,x,1,1\na,y,1,2\nb,y,1,3\na,z,1,4\nb,x,1,9\na,x,1,9\nc,x,1,9\n"));
  const TimeSplit split = split_by_time(list, 0.0, 0.5);
  EXPECT_EQ(split.train.users, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(split.train.items, (std::vector<std::string>{"x", "y"}));
  EXPECT_TRUE(split.test[0].empty()) << "x was known, z is new";
  ASSERT_EQ(split.test[1].size(), 1U);
  EXPECT_EQ(split.test[1][0], 0U);
}

TEST(ItemCosine, IsTheCosineOfColumns) {
  const auto model = train_item_cosine(small(), 10, 0.0);
  const std::vector<ItemIndex> history = {0};
  const auto scores = model->scores(history);
  EXPECT_FLOAT_EQ(scores[1], static_cast<float>(2.0 / std::sqrt(2.0 * 3.0)));
  EXPECT_FLOAT_EQ(scores[2], 0.5F);
  EXPECT_FLOAT_EQ(scores[3], 0.0F);
}

TEST(UserCosine, IsTheCosineOfRows) {
  const auto model = train_user_cosine(small(), 10);
  const std::vector<ItemIndex> history = {0, 1};
  const auto scores = model->scores(history);
  // a: 1, b: 2/sqrt(6), c: 1/2; item 2 is taken by b and c.
  EXPECT_NEAR(scores[2], 2.0 / std::sqrt(6.0) + 0.5, 1e-6);
  EXPECT_EQ(scores[3], 0.0F);
}

TEST(Ease, IsTheClosedForm) {
  // Two items, both taken by both of two people, lambda 1: G = [[3, 2], [2, 3]], P = [[.6, -.4], [-.4, .6]].
  Interactions data;
  data.users = {"a", "b"};
  data.items = {"0", "1"};
  data.rows.add({0, 1});
  data.rows.add({0, 1});
  ASSERT_OK_AND(const auto model, train_ease(data, 1.0));
  const std::vector<ItemIndex> history = {0};
  EXPECT_NEAR(model->scores(history)[1], 2.0 / 3.0, 1e-5);
  EXPECT_NEAR(model->scores(history)[0], 0.0, 1e-6);
}

TEST(Recommenders, TellTwoTastesApart) {
  const Interactions data = two_tastes();
  const std::vector<ItemIndex> history = {1, 5, 9, 20};
  for (const auto method : methods()) {
    if (method == "popularity") continue;
    ASSERT_OK_AND(const auto model, train(method, data, 2));
    const auto shown = best(model->scores(history), history, 10);
    const auto own = std::count_if(shown.begin(), shown.end(), [](ItemIndex item) { return item < 30; });
    EXPECT_GE(own, 9) << method;
  }
  EXPECT_FAILS(train("magic", data, 1), ErrorCode::kInvalidArgument);
}

TEST(Recommenders, DoNotDependOnTheNumberOfThreads) {
  const Interactions data = two_tastes();
  const std::vector<ItemIndex> history = {1, 5};
  for (const auto method : methods()) {
    ASSERT_OK_AND(const auto one, train(method, data, 1));
    ASSERT_OK_AND(const auto two, train(method, data, 2));
    EXPECT_EQ(one->scores(history), two->scores(history)) << method;
  }
}

class Fixed : public Recommender {
 public:
  [[nodiscard]] std::vector<float> scores(std::span<const ItemIndex>) const override { return {4, 3, 2, 1}; }
};

TEST(Evaluation, CountsHitsAmongAllItems) {
  Rows train;
  Rows test;
  train.add({0});
  test.add({1, 3});  // best two that are left: 1, 2
  train.add({1});
  test.add({});  // not counted
  const Scores scores = evaluate(Fixed(), train, test, 4, 2, 1);
  EXPECT_EQ(scores.users, 1U);
  EXPECT_DOUBLE_EQ(scores.recall, 0.5);
  EXPECT_NEAR(scores.ndcg, 1.0 / (1.0 + 1.0 / std::log2(3.0)), 1e-9);
  EXPECT_DOUBLE_EQ(scores.coverage, 0.5);
}

}  // namespace
}  // namespace earmark::recsys
