#include "crawler/url.h"

#include <gtest/gtest.h>

#include "tests/support/result_matchers.h"

namespace earmark::crawler {
namespace {

std::string resolved(std::string_view base, std::string_view reference) {
  const auto from = Url::parse(base);
  if (!from) return "bad base: " + from.error().message;
  const auto url = from->resolve(reference);
  return url ? url->text() : "error: " + url.error().message;
}

TEST(Url, IsNormalised) {
  ASSERT_OK_AND(const Url url, Url::parse(" HTTP://Example.COM:80/a/./b/../c?q=1#part\n"));

  EXPECT_EQ(url.text(), "http://example.com/a/c?q=1");
  EXPECT_EQ(url.host(), "example.com");
  EXPECT_EQ(url.port(), 80);
  EXPECT_EQ(url.path(), "/a/c");
}

TEST(Url, KeepsAPortThatIsNotTheDefault) {
  ASSERT_OK_AND(const Url url, Url::parse("https://example.com:8443"));

  EXPECT_EQ(url.text(), "https://example.com:8443/");
  EXPECT_EQ(url.port(), 8443);
}

TEST(Url, EncodesWhatNoUrlMayHold) {
  ASSERT_OK_AND(const Url url, Url::parse("http://example.com/my episode \xC3\xA9.mp3?a=<b>&c=%20"));

  EXPECT_EQ(url.text(), "http://example.com/my%20episode%20%C3%A9.mp3?a=%3Cb%3E&c=%20");
}

TEST(Url, WritesInternationalHostsAsPunycode) {
  ASSERT_OK_AND(const Url url, Url::parse("http://b\xC3\xBC"
                                          "cher.example/x"));

  EXPECT_EQ(url.host(), "xn--bcher-kva.example");
  EXPECT_EQ(url.text(), "http://xn--bcher-kva.example/x");
}

TEST(Url, SeesThroughOddSpellingsOfAnAddress) {
  ASSERT_OK_AND(const Url hex, Url::parse("http://0x7f.1/"));
  ASSERT_OK_AND(const Url number, Url::parse("http://2130706433/"));

  EXPECT_EQ(hex.host(), "127.0.0.1");
  EXPECT_EQ(number.host(), "127.0.0.1");
}

TEST(Url, ResolvesReferences) {
  const char* base = "https://example.com/shows/one/feed.xml?x=1";
  EXPECT_EQ(resolved(base, "e1.mp3"), "https://example.com/shows/one/e1.mp3");
  EXPECT_EQ(resolved(base, "/audio/e1.mp3"), "https://example.com/audio/e1.mp3");
  EXPECT_EQ(resolved(base, "../e1.mp3"), "https://example.com/shows/e1.mp3");
  EXPECT_EQ(resolved(base, "//cdn.example/e1.mp3"), "https://cdn.example/e1.mp3");
  EXPECT_EQ(resolved(base, "http://other.example/e1.mp3"), "http://other.example/e1.mp3");
  EXPECT_EQ(resolved(base, "?id=7"), "https://example.com/shows/one/feed.xml?id=7");
}

TEST(Url, RefusesOtherSchemes) {
  for (const char* text : {"file:///etc/passwd", "ftp://example.com/a", "gopher://example.com/"}) {
    SCOPED_TRACE(text);
    EXPECT_FAILS(Url::parse(text), ErrorCode::kRefused);
  }
  ASSERT_OK_AND(const Url base, Url::parse("http://example.com/feed"));
  EXPECT_FAILS(base.resolve("file:///etc/passwd"), ErrorCode::kRefused);
}

TEST(Url, RejectsWhatIsNone) {
  for (const char* text : {"", "   ", "example", "/feed.xml", "http://", "javascript:alert(1)", "data:,x",
                           "http://a b/", "http://[::1", "http://example.com:99999/"}) {
    SCOPED_TRACE(text);
    EXPECT_FAILS(Url::parse(text), ErrorCode::kInvalidArgument);
  }
  EXPECT_FAILS(Url::parse("http://example.com/" + std::string(10000, 'a')), ErrorCode::kInvalidArgument);
}

TEST(Url, HidesCredentialsFromMessages) {
  ASSERT_OK_AND(const Url url, Url::parse("https://member:secret@example.com/private.xml"));

  EXPECT_EQ(url.text(), "https://member:secret@example.com/private.xml");
  EXPECT_EQ(url.shown(), "https://example.com/private.xml");
}

}  // namespace
}  // namespace earmark::crawler
