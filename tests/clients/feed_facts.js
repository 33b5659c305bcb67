// node feed_facts.js FILE…: what podcast-partytime (the parser of Podcast Index) and feedsmith read in feeds, in the names of
// `earmark crawl preview --json`. Prints one JSON object a file: {partytime, feedsmith}. What a parser does not read is absent.
const fs = require('fs');
const partytime = require('podcast-partytime');
const feedsmith = require('feedsmith');

const people = list => (list || []).map(person => person.name || person.display);

function byPartytime(xml) {
  const feed = partytime.parseFeed(xml);
  if (!feed) return null;
  return {
    title: feed.title,
    podcast_guid: feed.guid,
    locked: feed.locked,
    license: feed.license && feed.license.identifier,
    items: feed.items.map(item => ({
      guid: item.guid,
      title: item.title,
      enclosure: item.enclosure.url,
      published: item.pubDate && item.pubDate.getTime(),
      transcripts: (item.podcastTranscripts || []).map(transcript => transcript.url),
      person: people(item.podcastPeople),
    })),
  };
}

function byFeedsmith(xml) {
  const {feed} = feedsmith.parseFeed(xml);
  const podcast = feed.podcast || {};
  return {
    title: feed.title,
    podcast_guid: podcast.guid,
    medium: podcast.medium,
    locked: podcast.locked && podcast.locked.value,
    license: podcast.license && podcast.license.display,
    blocks: (podcast.blocks || []).map(block => [block.id || null, block.value]),
    items: feed.items.filter(item => item.enclosures && item.enclosures.length).map(item => ({
      guid: item.guid && item.guid.value,
      title: item.title,
      enclosure: item.enclosures[0].url,
      transcripts: ((item.podcast || {}).transcripts || []).map(transcript => transcript.url),
      person: people((item.podcast || {}).persons),
      season: (((item.podcast || {}).season) || {}).number,
    })),
  };
}

for (const file of process.argv.slice(2)) {
  const xml = fs.readFileSync(file, 'utf8');
  console.log(JSON.stringify({partytime: byPartytime(xml), feedsmith: byFeedsmith(xml)}));
}
