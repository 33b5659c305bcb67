#include "audience/user_agents.h"

#include <gtest/gtest.h>

#include "core/file.h"
#include "core/json.h"
#include "tests/crawler/shared_data.h"
#include "tests/support/result_matchers.h"

namespace earmark::audience {
namespace {

using Kind = AgentClass::Kind;

TEST(UserAgents, AreThoseOfTheListsInTheirOrder) {
  ASSERT_OK_AND(const auto lists, UserAgents::parse(UserAgents::builtin()));
  EXPECT_TRUE(lists.version().starts_with("OPAWG user-agents-v2 ")) << lists.version();
  const auto overcast = lists.classify("Overcast/3.0 (+http://overcast.fm/; iOS podcast app)");
  EXPECT_EQ(overcast.kind, Kind::kApp);
  EXPECT_EQ(overcast.name, "Overcast");
  EXPECT_FALSE(overcast.is_bot);
  EXPECT_TRUE(lists.classify("acast-tester/1.0").is_bot);
  EXPECT_TRUE(lists.classify("Python/3.10 aiohttp/3.9.3").is_bot) << "a library that only programs use";
  EXPECT_EQ(lists.classify("Lavf/59.27.100").kind, Kind::kLibrary);
  EXPECT_TRUE(lists.classify("Lavf/59.27.100").is_bot);
  const auto firefox =
      lists.classify("Mozilla/5.0 (X11; Linux x86_64; rv:102.0) Gecko/20100101 Firefox/102.0");
  EXPECT_EQ(firefox.kind, Kind::kBrowser);
  EXPECT_EQ(firefox.name, "Firefox");
  EXPECT_EQ(lists.classify("nobody/1").kind, Kind::kUnknown);
  EXPECT_TRUE(lists.classify("My own Crawler 2").is_bot);
}

/// Every example of the lists' authors lands on its own entry.
TEST(UserAgents, FindTheExamplesOfTheirAuthors) {
  const auto data = test::shared_data("podcast-user-agents/opawg-v2/build");
  if (data.empty()) GTEST_SKIP() << "no examples here: name their folder in EARMARK_SHARED_DATA";
  ASSERT_OK_AND(const auto lists, UserAgents::parse(UserAgents::builtin()));
  std::size_t tried = 0;
  for (const char* name : {"bots", "apps", "libraries", "browsers"}) {
    ASSERT_OK_AND(const auto bytes, read_file(data / (std::string(name) + ".examples.json"), 1 << 24));
    ASSERT_OK_AND(const auto json, parse_json(as_text(bytes)));
    for (const auto& entry : json.at("entries")) {
      for (const auto& example : entry.at("examples")) {
        EXPECT_EQ(lists.classify(example.get<std::string>()).name, entry.at("name").get<std::string>());
        ++tried;
      }
    }
  }
  EXPECT_GT(tried, 1000U);
}

TEST(UserAgents, SayWhichPatternIsWrong) {
  const auto bad = UserAgents::parse(R"({"lists":{"apps":[{"name":"a","pattern":"("}]}})");
  EXPECT_FAILS(bad, ErrorCode::kInvalidArgument);
  EXPECT_NE(bad.error().message.find("entry 1 of \"apps\""), std::string::npos) << bad.error().message;
  EXPECT_FAILS(UserAgents::parse("[]"), ErrorCode::kInvalidArgument);
  EXPECT_FAILS(UserAgents::parse("x"), ErrorCode::kCorrupt);
  ASSERT_OK_AND(const auto none, UserAgents::parse(R"({"lists":{}})"));
  EXPECT_EQ(none.classify("a").kind, Kind::kUnknown);
}

}  // namespace
}  // namespace earmark::audience
