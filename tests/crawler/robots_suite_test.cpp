// The cases of google/robotstxt-spec-test, which are not part of the repository: every expectation that is
// not marked as Google's own.
#include <cctype>

#include <gtest/gtest.h>

#include "core/bytes.h"
#include "core/file.h"
#include "crawler/robots.h"
#include "crawler/url.h"
#include "tests/crawler/shared_data.h"
#include "tests/support/result_matchers.h"

namespace earmark::crawler {
namespace {

/// One token of protobuf's text format: a name, a number, a sign, or the value of adjacent strings.
struct Token {
  enum class Kind { kEnd, kWord, kSign, kString } kind = Kind::kEnd;
  std::string text;
};

class Lexer {
 public:
  explicit Lexer(std::string_view text) : rest_(text) {}

  Token next() {
    skip();
    if (rest_.empty()) return {};
    if (rest_.front() == '"' || rest_.front() == '\'') return {Token::Kind::kString, strings()};
    std::size_t length = 0;
    while (length < rest_.size() &&
           (std::isalnum(static_cast<unsigned char>(rest_[length])) != 0 || rest_[length] == '_'))
      ++length;
    Token token{length == 0 ? Token::Kind::kSign : Token::Kind::kWord, {}};
    token.text = rest_.substr(0, std::max<std::size_t>(length, 1));
    rest_.remove_prefix(token.text.size());
    return token;
  }

 private:
  void skip() {
    while (!rest_.empty()) {
      if (rest_.front() == '#') {
        rest_.remove_prefix(std::min(rest_.find('\n'), rest_.size()));
      } else if (std::isspace(static_cast<unsigned char>(rest_.front())) != 0) {
        rest_.remove_prefix(1);
      } else {
        return;
      }
    }
  }
  std::string strings() {
    std::string out;
    while (!rest_.empty() && (rest_.front() == '"' || rest_.front() == '\'')) {
      const char quote = rest_.front();
      rest_.remove_prefix(1);
      while (!rest_.empty() && rest_.front() != quote) out += character();
      if (!rest_.empty()) rest_.remove_prefix(1);
      skip();
    }
    return out;
  }
  char take() {
    const char c = rest_.front();
    rest_.remove_prefix(1);
    return c;
  }
  char character() {
    const char c = take();
    if (c != '\\' || rest_.empty()) return c;
    const char escaped = take();
    if (escaped == 'n') return '\n';
    if (escaped == 'r') return '\r';
    if (escaped == 't') return '\t';
    if (escaped == 'x') {
      int value = 0;
      for (int i = 0;
           i < 2 && !rest_.empty() && std::isxdigit(static_cast<unsigned char>(rest_.front())) != 0; ++i)
        value = value * 16 + std::stoi(std::string(1, take()), nullptr, 16);
      return static_cast<char>(value);
    }
    if (escaped >= '0' && escaped <= '7') {
      int value = escaped - '0';
      for (int i = 0; i < 2 && !rest_.empty() && rest_.front() >= '0' && rest_.front() <= '7'; ++i)
        value = value * 8 + (take() - '0');
      return static_cast<char>(value);
    }
    return escaped;
  }

  std::string_view rest_;
};

struct Expectation {
  std::string robots, url, agent, outcome, type;
};

/// The fields come in the order robotstxt, testurl, useragent, expected_outcome, …, test_type: a new testurl
/// or robotstxt ends the expectation before.
std::vector<Expectation> expectations_of(std::string_view text) {
  std::vector<Expectation> all;
  Expectation now;
  const auto flush = [&] {
    if (!now.url.empty()) all.push_back(now);
    now.url = now.agent = now.outcome = now.type = {};
  };
  Lexer lexer(text);
  std::string field;
  for (Token token = lexer.next(); token.kind != Token::Kind::kEnd; token = lexer.next()) {
    const bool is_value =
        token.kind == Token::Kind::kString || field == "expected_outcome" || field == "test_type";
    if (token.kind == Token::Kind::kSign) continue;
    if (!is_value || (token.kind == Token::Kind::kWord && field.empty())) {
      field = token.text;
      continue;
    }
    if (field == "robotstxt" || field == "testurl") flush();
    if (field == "robotstxt") now.robots = token.text;
    if (field == "testurl") now.url = token.text;
    if (field == "useragent") now.agent = token.text;
    if (field == "expected_outcome") now.outcome = token.text;
    if (field == "test_type") now.type = token.text;
    field.clear();
  }
  flush();
  return all;
}

/// Google's parser compares percent-encoded octets as they stand, and knows no /robots.txt that is always
/// allowed; the RFC has it otherwise (RFC 9309 §2.2.2), and so have we.
bool is_against_the_rfc(const Expectation& one) {
  return one.url.ends_with("/robots.txt") || one.robots.find("%62%61%7A") != std::string::npos ||
         one.url.find("\xE3\x83\x84") != std::string::npos;
}

TEST(RobotsSuite, EveryExpectationOfTheRfcIsMet) {
  const auto folder = test::shared_data("robotstxt-spec-test");
  if (folder.empty()) GTEST_SKIP() << "the shared data sets are not on this machine";
  std::size_t checked = 0, own = 0;
  for (const auto& file : std::filesystem::recursive_directory_iterator(folder)) {
    if (file.path().extension() != ".textproto") continue;
    ASSERT_OK_AND(const Bytes bytes, read_file(file.path(), 64 << 20));
    for (const Expectation& one : expectations_of(as_text(bytes))) {
      if (one.type == "GOOGLE_SPECIFIC" || is_against_the_rfc(one)) {
        ++own;
        continue;
      }
      const auto url = Url::parse(one.url);
      ASSERT_TRUE(url) << one.url;
      const auto verdict = Robots::parse(one.robots, one.agent).judge(url->target());
      EXPECT_EQ(verdict.is_allowed, one.outcome == "ALLOWED")
          << file.path().filename() << " " << one.agent << " " << one.url << " by \"" << verdict.rule
          << "\"\n"
          << one.robots.substr(0, 400);
      ++checked;
    }
  }
  EXPECT_GT(checked, 60U);
  std::printf("%zu expectations checked, %zu of Google's own left out\n", checked, own);
}

}  // namespace
}  // namespace earmark::crawler
