#include "crawler/robots.h"

#include <chrono>

#include <gtest/gtest.h>

namespace earmark::crawler {
namespace {

struct Case {
  const char* about;
  const char* robots;
  const char* path;
  bool is_allowed;
};

/// Each of them is one rule of RFC 9309; the product token is "Earmark".
const Case kCases[] = {
    {"no rules at all", "", "/x", true},
    {"§2.2.2 all is disallowed", "user-agent: *\ndisallow: /\n", "/x", false},
    {"§2.2.2 an empty pattern is no rule", "user-agent: *\ndisallow:\n", "/x", true},
    {"§2.2.1 our group counts, not that of all",
     "user-agent: *\ndisallow: /\n\nuser-agent: earmark\nallow: /\n", "/x", true},
    {"§2.2.1 our group without rules", "user-agent: *\ndisallow: /\n\nuser-agent: earmark\n", "/x", true},
    {"§2.2.1 tokens have no case", "User-Agent: EARMARK\nDisallow: /x\n", "/x", false},
    {"§2.2.1 a token that only begins like ours", "user-agent: earmarkbot\ndisallow: /\n", "/x", true},
    {"§2.2.1 a token with a version", "user-agent: Earmark/2.0\ndisallow: /x\n", "/x", false},
    {"§2.2.1 groups of one token are one",
     "user-agent: earmark\ndisallow: /a\n\nuser-agent: earmark\ndisallow: /b\n", "/a", false},
    {"§2.2.1 groups of one token are one, second rule",
     "user-agent: earmark\ndisallow: /a\nuser-agent: x\ndisallow: /c\nuser-agent: earmark\ndisallow: /b\n",
     "/b", false},
    {"§2.1 several names of one group", "user-agent: x\nuser-agent: earmark\nuser-agent: y\ndisallow: /\n",
     "/a", false},
    {"§2.1 a rule ends the names", "user-agent: earmark\ndisallow: /a\nuser-agent: x\ndisallow: /b\n", "/b",
     true},
    {"§2.1 rules before any group", "disallow: /\nuser-agent: x\ndisallow: /y\n", "/z", true},
    {"§2.2.2 the longest match wins", "user-agent: *\ndisallow: /\nallow: /public\n", "/public/1.mp3", true},
    {"§2.2.2 the longest match wins, reversed", "user-agent: *\nallow: /\ndisallow: /a/b\n", "/a/b/c", false},
    {"§2.2.2 allow wins a tie", "user-agent: *\ndisallow: /a\nallow: /a\n", "/a", true},
    {"§2.2.2 paths have case", "user-agent: *\ndisallow: /A\n", "/a", true},
    {"§2.2.2 the query is matched too", "user-agent: *\ndisallow: /f?id=1\n", "/f?id=12", false},
    {"§2.2.2 a path without the slash", "user-agent: *\ndisallow: /fish/\n", "/fish", true},
    {"§2.2.2 octets, capitals", "user-agent: *\ndisallow: /%e3%83%84\n", "/%E3%83%84", false},
    {"§2.2.2 octets, as UTF-8", "user-agent: *\ndisallow: /\xE3\x83\x84\n", "/%E3%83%84", false},
    {"§2.2.2 octets, what need not be encoded", "user-agent: *\ndisallow: /%62ar\n", "/bar", false},
    {"§2.2.2 octets, a slash that is none", "user-agent: *\ndisallow: /a%2Fb\n", "/a/b", true},
    {"§2.2.3 a star within", "user-agent: *\ndisallow: /a*c\n", "/abbbc/d", false},
    {"§2.2.3 a star that stands for nothing", "user-agent: *\ndisallow: /a*c\n", "/ac", false},
    {"§2.2.3 stars that must go back", "user-agent: *\ndisallow: /*ab*abc\n", "/abababc", false},
    {"§2.2.3 a star that does not match", "user-agent: *\ndisallow: /*.mp3\n", "/x.ogg", true},
    {"§2.2.3 the end", "user-agent: *\ndisallow: /*.mp3$\n", "/x.mp3", false},
    {"§2.2.3 the end, there is more", "user-agent: *\ndisallow: /*.mp3$\n", "/x.mp3?y", true},
    {"§2.2.3 a dollar sign within is itself", "user-agent: *\ndisallow: /a$b\n", "/a$b", false},
    {"§2.2.3 an encoded star is itself", "user-agent: *\ndisallow: /a%2Ab\n", "/a*b", false},
    {"§2.2.3 an encoded star stands for nothing else", "user-agent: *\ndisallow: /a%2Ab\n", "/axb", true},
    {"§2.2.3 comments", "user-agent: * # all\ndisallow: /a # not this\n", "/a", false},
    {"§2.2 white space", "  user-agent :  *\t\n\tdisallow\t:\t/a  \n", "/a", false},
    {"§2.2 carriage returns", "user-agent: *\r\ndisallow: /a\r\rdisallow: /b\r", "/b", false},
    {"§2.2.4 other records end no group", "user-agent: earmark\nsitemap: https://x.example/\ndisallow: /a\n",
     "/a", false},
    {"§2.3 a byte order mark", "\xEF\xBB\xBFuser-agent: *\ndisallow: /a\n", "/a", false},
    {"§2.2.2 robots.txt itself", "user-agent: *\ndisallow: /\n", "/robots.txt", true},
    {"no colon", "user-agent *\ndisallow /\n", "/a", true},
};

TEST(Robots, FollowsTheRfc) {
  for (const Case& one : kCases) {
    EXPECT_EQ(Robots::parse(one.robots, "Earmark").judge(one.path).is_allowed, one.is_allowed) << one.about;
  }
}

TEST(Robots, NamesTheRuleThatDecided) {
  const Robots robots = Robots::parse("user-agent: *\ndisallow: /a\nallow: /a/b\n", "Earmark");
  EXPECT_EQ(robots.judge("/a/x").rule, "disallow: /a");
  EXPECT_EQ(robots.judge("/a/b").rule, "allow: /a/b");
  EXPECT_EQ(robots.judge("/c").rule, "");
}

TEST(Robots, ReadsTheDelayOfItsGroup) {
  constexpr const char* kText = "user-agent: *\ncrawl-delay: 7\n\nuser-agent: earmark\ncrawl-delay: 1.5\n";
  EXPECT_EQ(Robots::parse(kText, "Earmark").crawl_delay(), std::chrono::milliseconds(1500));
  EXPECT_EQ(Robots::parse(kText, "Other").crawl_delay(), std::chrono::milliseconds(7000));
  EXPECT_FALSE(Robots::parse("user-agent: *\ncrawl-delay: soon\n", "Earmark").crawl_delay());
}

TEST(Robots, DisallowsAllWhereTheServerFails) {
  EXPECT_FALSE(Robots::disallow_all().judge("/").is_allowed);
  EXPECT_FALSE(Robots::disallow_all().judge("/a?b").is_allowed);
}

TEST(Robots, ReadsTheFirst500Kibibytes) {
  std::string text = "user-agent: *\ndisallow: /early\n";
  text += std::string(500 << 10, '#') + "\ndisallow: /late\n";
  const Robots robots = Robots::parse(text, "Earmark");
  EXPECT_FALSE(robots.judge("/early").is_allowed);
  EXPECT_TRUE(robots.judge("/late").is_allowed);
}

TEST(Robots, IsNotHeldUpByPatternsOfStars) {
  std::string text = "user-agent: *\n";
  for (int i = 0; i < 50; ++i) text += "disallow: /" + std::string(500, '*') + "a*b$\n";
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_TRUE(Robots::parse(text, "Earmark").judge("/" + std::string(2000, 'a')).is_allowed);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5));
}

}  // namespace
}  // namespace earmark::crawler
