// What feeds say beyond RSS.
#include <gtest/gtest.h>

#include "core/bytes.h"
#include "crawler/feed.h"
#include "crawler/feed_json.h"
#include "crawler/feed_visit.h"
#include "tests/support/result_matchers.h"

namespace earmark::crawler {
namespace {

Feed read(std::string_view channel) {
  const std::string text = R"(<rss xmlns:podcast="https://podcastindex.org/namespace/1.0"
 xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" xmlns:atom="http://www.w3.org/2005/Atom"
 xmlns:fh="http://purl.org/syndication/history/1.0"><channel>)" +
                           std::string(channel) + "</channel></rss>";
  const auto feed = parse_feed(as_bytes(text), *Url::parse("https://example.com/shows/feed.xml"), {});
  EXPECT_TRUE(feed.has_value());
  return feed.value_or(Feed());
}

TEST(PodcastTags, OfTheFeed) {
  const Feed feed = read(R"(<podcast:guid> 917393e3 </podcast:guid><podcast:medium>music</podcast:medium>
<podcast:locked owner="a@example.com">yes</podcast:locked><podcast:txt purpose="verify">earmark-verify=1</podcast:txt>
<podcast:license url="licence.pdf">my-licence-v1</podcast:license>
<podcast:person role="host" href="https://example.com/a">Ada</podcast:person>
<podcast:updateFrequency rrule="FREQ=WEEKLY;BYDAY=MO" complete="false">every Monday</podcast:updateFrequency>
<podcast:podping usesPodping="true"/><ttl>60</ttl><language>de</language><itunes:block>Yes</itunes:block>
<itunes:owner><itunes:name>Ada</itunes:name><itunes:email>ada@example.com</itunes:email></itunes:owner>
<itunes:new-feed-url>https://new.example/feed</itunes:new-feed-url>
<atom:link rel="self" href="https://example.com/self"/><atom:link rel="hub" href="https://hub.example/"/>
<atom:link rel="next" href="?page=2"/><fh:archive/>)");

  const FeedTags& tags = feed.tags;
  EXPECT_EQ(tags.guid, "917393e3");
  EXPECT_EQ(tags.medium, "music");
  EXPECT_EQ(tags.locked, true);
  EXPECT_EQ(tags.locked_owner, "a@example.com");
  ASSERT_EQ(tags.texts.size(), 1U);
  EXPECT_EQ(tags.texts[0].text, "earmark-verify=1");
  ASSERT_EQ(tags.licences.size(), 1U);
  EXPECT_EQ(tags.licences[0].url, "https://example.com/shows/licence.pdf");
  ASSERT_EQ(tags.persons.size(), 1U);
  EXPECT_EQ(tags.persons[0].name, "Ada");
  EXPECT_EQ(tags.update.rrule, "FREQ=WEEKLY;BYDAY=MO");
  EXPECT_EQ(tags.update.text, "every Monday");
  EXPECT_EQ(tags.uses_podping, true);
  EXPECT_EQ(tags.ttl_minutes, 60);
  EXPECT_EQ(tags.language, "de");
  EXPECT_TRUE(tags.itunes_block);
  EXPECT_EQ(tags.itunes_owner_email, "ada@example.com");
  EXPECT_EQ(tags.new_feed_url, "https://new.example/feed");
  EXPECT_EQ(tags.self_url, "https://example.com/self");
  ASSERT_EQ(tags.hubs.size(), 1U);
  EXPECT_EQ(tags.next_page, "https://example.com/shows/feed.xml?page=2");
  EXPECT_TRUE(tags.is_archive);
}

TEST(PodcastTags, OfAnEpisode) {
  const Feed feed = read(R"(<item><guid>1</guid><enclosure url="1.mp3"/>
<podcast:transcript url="1.vtt" type="text/vtt" language="es" rel="captions"/>
<podcast:chapters url="1.json" type="application/json+chapters"/><itunes:duration>1:02:03</itunes:duration>
<podcast:season>2</podcast:season><podcast:episode>7</podcast:episode>
<podcast:alternateEnclosure type="audio/opus" length="32400000" bitrate="96000" default="true" title="Good">
<podcast:source uri="1.opus"/><podcast:source uri="ipfs://Qm"/><podcast:integrity type="sri" value="sha384-x"/>
</podcast:alternateEnclosure>
<podcast:value type="lightning" method="keysend"><podcast:valueRecipient name="a" type="node" address="02" split="99"/>
<podcast:valueTimeSplit startTime="60" duration="237.5" remotePercentage="95" remoteStartTime="1.5">
<podcast:remoteItem itemGuid="i" feedGuid="f" medium="music"/></podcast:valueTimeSplit>
<podcast:valueTimeSplit startTime="330" duration="53"><podcast:valueRecipient name="b" type="node" address="03" split="1" fee="true"/>
</podcast:valueTimeSplit></podcast:value></item>)");

  ASSERT_EQ(feed.items.size(), 1U);
  const ItemTags& tags = feed.items[0].tags;
  ASSERT_EQ(tags.transcripts.size(), 1U);
  EXPECT_EQ(tags.transcripts[0].url, "https://example.com/shows/1.vtt");
  EXPECT_EQ(tags.chapters_url, "https://example.com/shows/1.json");
  EXPECT_EQ(tags.duration_s, 3723);
  EXPECT_EQ(tags.season, "2");
  EXPECT_EQ(tags.episode, "7");
  ASSERT_EQ(tags.alternates.size(), 1U);
  EXPECT_EQ(tags.alternates[0].sources,
            (std::vector<std::string>{"https://example.com/shows/1.opus", "ipfs://Qm"}));
  EXPECT_EQ(tags.alternates[0].bitrate, 96000U);
  EXPECT_TRUE(tags.alternates[0].is_default);
  EXPECT_EQ(tags.alternates[0].integrity, "sri sha384-x");
  ASSERT_EQ(tags.values.size(), 1U);
  const Value& value = tags.values[0];
  ASSERT_EQ(value.recipients.size(), 1U);
  EXPECT_EQ(value.recipients[0].split, 99);
  ASSERT_EQ(value.time_splits.size(), 2U);
  EXPECT_EQ(value.time_splits[0].start_ms, 60'000);
  EXPECT_EQ(value.time_splits[0].duration_ms, 237'500);
  EXPECT_EQ(value.time_splits[0].remote_start_ms, 1500);
  EXPECT_EQ(value.time_splits[0].remote_percentage, 95);
  EXPECT_EQ(value.time_splits[0].item_guid, "i");
  ASSERT_EQ(value.time_splits[1].recipients.size(), 1U);
  EXPECT_TRUE(value.time_splits[1].recipients[0].is_fee);
}

TEST(PodcastTags, KnowTheNamespaceByItsOldNameAndByItsUsualPrefix) {
  constexpr const char* kOld =
      "<rss xmlns:p='https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/1.0.md'><channel>"
      "<p:guid>g</p:guid></channel></rss>";
  constexpr const char* kUndeclared = "<rss><channel><podcast:guid>g</podcast:guid></channel></rss>";
  constexpr const char* kForeign =
      "<rss xmlns:podcast='https://example.com/mine'><channel><podcast:guid>g</podcast:guid></channel></rss>";
  const auto guid = [](const char* text) {
    return parse_feed(as_bytes(text), *Url::parse("https://example.com/"), {}).value().tags.guid;
  };
  EXPECT_EQ(guid(kOld), "g");
  EXPECT_EQ(guid(kUndeclared), "g");
  EXPECT_EQ(guid(kForeign), "");
}

TEST(PodcastTags, TellStreamsFromEpisodes) {
  const Feed feed =
      read(R"(<podcast:liveItem status="LIVE" start="2021-09-26T07:30:00.000-0600" end="2021-09-26T09:30:00Z">
<title>Live</title><guid>live-1</guid><enclosure url="https://example.com/stream" type="audio/mpeg"/>
<podcast:person>Ada</podcast:person></podcast:liveItem><item><guid>1</guid><enclosure url="1.mp3"/></item>)");

  ASSERT_EQ(feed.live_items.size(), 1U);
  EXPECT_EQ(feed.live_items[0].status, "live");
  EXPECT_EQ(to_rfc3339(feed.live_items[0].starts.value()), "2021-09-26T13:30:00.000Z");
  EXPECT_EQ(feed.live_items[0].item.guid, "live-1");
  EXPECT_EQ(feed.live_items[0].item.enclosure.url, "https://example.com/stream");
  EXPECT_EQ(feed.live_items[0].item.tags.persons.size(), 1U);
  ASSERT_EQ(feed.items.size(), 1U);
  EXPECT_EQ(feed.items[0].guid, "1");
  EXPECT_TRUE(feed.tags.persons.empty());
}

TEST(PodcastTags, SurviveWhatIsLeftOpen) {
  const Feed feed =
      read(R"(<podcast:person>Ada<item><guid>1</guid><enclosure url="1.mp3"/><podcast:value type="x">
<podcast:valueRecipient split="5"/><item><guid>2</guid><enclosure url="2.mp3"/><podcast:valueRecipient split="7"/>
<podcast:alternateEnclosure type="a"></item><item><guid>3</guid><enclosure url="3.mp3"/><podcast:source uri="x"/></item>)");

  ASSERT_EQ(feed.items.size(), 3U);
  ASSERT_EQ(feed.items[0].tags.values.size(), 1U);
  EXPECT_EQ(feed.items[0].tags.values[0].recipients.size(), 1U);
  EXPECT_TRUE(feed.items[1].tags.values.empty());
  EXPECT_TRUE(feed.items[1].tags.alternates.at(0).sources.empty());
  EXPECT_TRUE(feed.items[2].tags.alternates.empty());
}

TEST(PodcastTags, AnItemOrAValueInsideAnOpenSplitHasNoneOpen) {
  const Feed feed = read(R"(<podcast:value type="a"><podcast:valueTimeSplit startTime="1" duration="2">
<podcast:value type="b"><podcast:valueRecipient name="n" split="1"/></podcast:value>
<item><podcast:value type="c"/><podcast:valueRecipient name="m" split="1"/><podcast:source uri="s"/>
<enclosure url="1.mp3"/></item></podcast:valueTimeSplit></podcast:value>)");

  ASSERT_EQ(feed.tags.values.size(), 2U);
  EXPECT_EQ(feed.tags.values[1].recipients.size(), 1U);
  EXPECT_TRUE(feed.tags.values[0].time_splits.at(0).recipients.empty());
}

TEST(PodcastTags, AreShownAsJson) {
  const Feed feed = read(R"(<podcast:block id="google">no</podcast:block><item><guid>1</guid>
<enclosure url="1.mp3" length="5"/><podcast:person role="guest">B</podcast:person></item>)");

  EXPECT_EQ(to_line(to_json(feed.tags)), R"({"block":[{"id":"google","blocked":false}]})");
  EXPECT_EQ(
      to_line(to_json(feed.items.at(0))),
      R"({"guid":"1","title":"","published":null,"enclosure":"https://example.com/shows/1.mp3","length":5,)"
      R"("person":[{"name":"B","role":"guest"}]})");
}

TEST(OptOut, AWordAboutUsCountsBeforeOneAboutAll) {
  const auto opted_out = [](std::string_view tags) { return opt_out_of(read(tags).tags).has_value(); };
  EXPECT_FALSE(opted_out(""));
  EXPECT_TRUE(opted_out("<podcast:block>yes</podcast:block>"));
  EXPECT_FALSE(opted_out("<podcast:block>no</podcast:block>"));
  EXPECT_FALSE(opted_out("<podcast:block id='google'>yes</podcast:block>"));
  EXPECT_TRUE(opted_out("<podcast:block id='Earmark'>yes</podcast:block>"));
  EXPECT_FALSE(opted_out("<podcast:block>yes</podcast:block><podcast:block id='earmark'>no</podcast:block>"));
  EXPECT_TRUE(opted_out("<podcast:block>no</podcast:block><podcast:block id='earmark'>yes</podcast:block>"));
  EXPECT_FALSE(opted_out("<item><podcast:block>yes</podcast:block><enclosure url='x'/></item>"));
}

}  // namespace
}  // namespace earmark::crawler
