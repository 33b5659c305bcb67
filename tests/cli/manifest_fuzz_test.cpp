// Mutations of manifests of every kind, from a fixed seed: nothing crashes or hangs, and what comes out keeps
// its promises. And what is written by the rules is read as it was meant.
#include <algorithm>
#include <array>
#include <chrono>
#include <random>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "cli/ern.h"
#include "cli/manifest.h"
#include "tests/support/result_matchers.h"

namespace earmark::cli {
namespace {

constexpr int kRounds = 4000;

constexpr std::string_view kCsv =
    "path,title,artist,isrc,owner,policy,iswc,work,gtin,grid,release,position,shares,public_domain\r\n"
    "a.mp3,\"Song, \"\"one\"\"\",Band,US-S1Z-99-00001,Label,block,T-034.524.680-1,Work,614141999996,"
    "A1-2425G-ABC1234002-M,Album,2,\"Label=70%@WW -US; Partner=30%\",author died in 1911@DE AT\n"
    "b.mp3,,,,,,,,,,,,,\n\n\"c\nd.mp3\",T\n";

constexpr std::string_view kJsonLines =
    R"({"path":"a.mp3","title":"Song","isrc":"USS1Z9900001","shares":"Label=50%@DE","position":"3"}
{"path":"b.mp3","policy":"track","owner":null}
)";

constexpr std::string_view kErn = R"(<?xml version="1.0" encoding="UTF-8"?>
<ern:NewReleaseMessage xmlns:ern="http://ddex.net/xml/ern/43"><MessageHeader><MessageSender><PartyName><FullName>Sender</FullName>
</PartyName></MessageSender></MessageHeader><ResourceList><SoundRecording><ResourceReference>A1</ResourceReference>
<SoundRecordingEdition><ResourceId><ISRC>USS1Z9900001</ISRC></ResourceId><TechnicalDetails><DeliveryFile><File><URI>a.flac</URI></File>
</DeliveryFile></TechnicalDetails></SoundRecordingEdition><DisplayTitleText>Song</DisplayTitleText>
<DisplayArtistName>Band</DisplayArtistName></SoundRecording></ResourceList><ReleaseList><Release><ReleaseReference>R0</ReleaseReference>
<ReleaseId><ICPN>614141999996</ICPN></ReleaseId><DisplayTitleText>Album</DisplayTitleText>
<ReleaseResourceReference>A1</ReleaseResourceReference></Release></ReleaseList><DealList><ReleaseDeal>
<DealReleaseReference>R0</DealReleaseReference><Deal><DealTerms><TerritoryCode>DE</TerritoryCode><ValidityPeriod>
<StartDate>2020-01-01</StartDate></ValidityPeriod></DealTerms></Deal></ReleaseDeal></DealList></ern:NewReleaseMessage>)";

constexpr std::string_view kPieces[] = {",",          "\"",
                                        "\n",         "\r\n",
                                        ";",          "=",
                                        "%",          "@",
                                        "WW -",       "{",
                                        "}",          "\\u0000",
                                        "\xff",       "\xef\xbb\xbf",
                                        "path",       "position",
                                        "-1",         "99999999999999999999",
                                        "<",          "</",
                                        "<!--",       "]]>",
                                        "&#0;",       "<Release>",
                                        "</Release>", "Worldwide",
                                        "2020-13-45", "null",
                                        "[[[[[[[",    "1e999",
                                        "shares",     "<URI>",
                                        "100%",       "-5%",
                                        "XX",         "\t"};

std::string mutated(std::string_view seed, std::mt19937& random) {
  std::string text(seed);
  const auto below = [&](std::size_t n) {
    return std::uniform_int_distribution<std::size_t>(0, n - 1)(random);
  };
  for (std::size_t edits = 1 + below(8); edits > 0 && !text.empty(); --edits) {
    const std::size_t at = below(text.size());
    switch (below(5)) {
      case 0: text.erase(at, 1 + below(40)); break;
      case 1: text.insert(at, kPieces[below(std::size(kPieces))]); break;
      case 2: text[at] = static_cast<char>(below(256)); break;
      case 3: text.insert(at, text.substr(below(text.size()), below(60))); break;
      default: text.resize(at); break;
    }
  }
  return text;
}

void expect_promises(const Manifest& manifest, std::string_view text) {
  const auto lines = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) + 1;
  for (const ManifestRow& row : manifest.rows) {
    EXPECT_GE(row.line, 1U);
    if (!is_ern(text)) {
      EXPECT_LE(row.line, lines);
    }
    EXPECT_GE(row.rights.position, row.error.empty() ? 1 : row.rights.position);
    if (!row.error.empty()) continue;
    EXPECT_FALSE(row.path.empty());
    EXPECT_TRUE(row.isrc.empty() || row.isrc.size() == 12) << row.isrc;
    EXPECT_TRUE(row.rights.gtin.empty() || row.rights.gtin.size() == 14) << row.rights.gtin;
    for (const auto& share : row.rights.shares) {
      EXPECT_GE(share.ppm, 0);
      EXPECT_LE(share.ppm, registry::kWhole);
      EXPECT_FALSE(share.party.empty());
    }
  }
}

class ManifestFuzz : public testing::TestWithParam<std::string_view> {};

TEST_P(ManifestFuzz, AnyTextIsReadOrRefusedTheSameWayTwice) {
  std::mt19937 random(20250604);
  int read = 0;
  for (int round = 0; round < kRounds; ++round) {
    const std::string text = mutated(GetParam(), random);
    const auto first = parse_manifest(text, "folder");
    const auto second = parse_manifest(text, "folder");
    ASSERT_EQ(first.has_value(), second.has_value());
    if (!first) {
      EXPECT_EQ(first.error().code, ErrorCode::kCorrupt) << first.error().message;
      EXPECT_EQ(first.error().message, second.error().message);
      continue;
    }
    ++read;
    ASSERT_EQ(first->rows.size(), second->rows.size());
    for (std::size_t i = 0; i < first->rows.size(); ++i)
      EXPECT_EQ(first->rows[i].error, second->rows[i].error);
    expect_promises(*first, text);
    ASSERT_FALSE(HasFailure()) << "round " << round << ":\n" << text;
  }
  EXPECT_GT(read, kRounds / 20) << "hardly anything is still a manifest";
}

INSTANTIATE_TEST_SUITE_P(Kinds, ManifestFuzz, testing::Values(kCsv, kJsonLines, kErn));

TEST(ManifestProperty, WhatIsQuotedComesBack) {
  std::mt19937 random(5);
  constexpr std::string_view kLetters = "ab,\"\n;=%@é ";
  const auto word = [&] {
    std::string text = "x";  // what is around it is trimmed
    for (auto n = random() % 12; n > 0; --n) text += kLetters[random() % kLetters.size()];
    return text + "x";
  };
  const auto quoted = [](std::string_view text) {
    std::string out = "\"";
    for (const char c : text) out += c == '"' ? std::string("\"\"") : std::string(1, c);
    return out + "\"";
  };
  for (int round = 0; round < 500; ++round) {
    std::vector<std::array<std::string, 3>> rows(1 + random() % 5);
    std::string text = "title,path,owner\n";
    for (auto& row : rows) {
      for (auto& field : row) field = word();
      text += fmt::format("{},{},{}\r\n", quoted(row[0]), quoted(row[1]), quoted(row[2]));
    }
    ASSERT_OK_AND(const auto manifest, parse_manifest(text, ""));
    ASSERT_EQ(manifest.rows.size(), rows.size()) << text;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      EXPECT_EQ(manifest.rows[i].error, "");
      EXPECT_EQ(manifest.rows[i].title, rows[i][0]);
      EXPECT_EQ(manifest.rows[i].path, rows[i][1]);
      EXPECT_EQ(manifest.rows[i].owner, rows[i][2]);
    }
  }
}

/// Each recording on a release of its own: looking each one up among all the others would take minutes.
TEST(ManifestProperty, AMessageOfManyReleasesIsReadInLinearTime) {
  constexpr int kRecordings = 30'000;
  std::string recordings;
  std::string releases;
  std::string deals;
  for (int i = 0; i < kRecordings; ++i) {
    recordings += fmt::format(
        "<SoundRecording><ResourceReference>A{0}</ResourceReference><URI>{0}.flac</URI></SoundRecording>", i);
    releases += fmt::format(
        "<Release><ReleaseReference>R{0}</ReleaseReference><DisplayTitleText>Album {0}</DisplayTitleText>"
        "<ReleaseResourceReference>A{0}</ReleaseResourceReference></Release>",
        i);
    deals += fmt::format(
        "<ReleaseDeal><DealReleaseReference>R{0}</DealReleaseReference><DealTerms>"
        "<TerritoryCode>DE</TerritoryCode></DealTerms></ReleaseDeal>",
        i);
  }
  const auto text = fmt::format(
      "<NewReleaseMessage><MessageHeader><MessageSender><PartyName><FullName>S</FullName></PartyName>"
      "</MessageSender></MessageHeader>{}{}{}</NewReleaseMessage>",
      recordings, releases, deals);

  const auto begin = std::chrono::steady_clock::now();
  ASSERT_OK_AND(const auto manifest, parse_manifest(text, ""));
  const auto took = std::chrono::steady_clock::now() - begin;

  ASSERT_EQ(manifest.rows.size(), static_cast<std::size_t>(kRecordings));
  EXPECT_EQ(manifest.rows.back().rights.release, fmt::format("Album {}", kRecordings - 1));
  ASSERT_EQ(manifest.rows.back().rights.shares.size(), 1U);
  EXPECT_EQ(manifest.rows.back().rights.shares[0].territories.text(), "DE");
  EXPECT_LT(took, std::chrono::seconds(60));
}

}  // namespace
}  // namespace earmark::cli
