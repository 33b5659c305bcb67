"""A podcast feed (RSS 2.0 with the iTunes namespace) of a data folder's episodes."""
from xml.sax.saxutils import escape, quoteattr


def rss(truth, folder, base_url, episodes=None):
    """The feed as UTF-8 bytes; `truth` and `folder` as of demo_data, enclosures below `base_url` (no slash at its end).

    `episodes` selects entries of truth["episodes"]; all by default.
    """
    show = truth["show"]
    items = [_item(episode, folder, base_url) for episode in (truth["episodes"] if episodes is None else episodes)]
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd">
<channel>
<title>{escape(show["title"])}</title>
<link>{escape(base_url)}/</link>
<description>{escape(show["description"])}</description>
<language>en</language>
<itunes:author>{escape(show["author"])}</itunes:author>
{"".join(items)}</channel>
</rss>
""".encode()


def _item(episode, folder, base_url):
    seconds = episode["duration_ms"] // 1000
    size = (folder / episode["file"]).stat().st_size
    return f"""<item>
<title>{escape(episode["title"])}</title>
<guid isPermaLink="false">{escape(episode["guid"])}</guid>
<pubDate>{escape(episode["published"])}</pubDate>
<enclosure url={quoteattr(f"{base_url}/{episode['file']}")} length="{size}" type="audio/mpeg"/>
<itunes:duration>{seconds // 60}:{seconds % 60:02d}</itunes:duration>
</item>
"""
