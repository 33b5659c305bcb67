"""What the crawler reads, compared with what parsers of others read in the same bytes (npm; tests/clients)."""
import json
import os
import pathlib
import random
import urllib.parse

from clients_cases import CLIENTS, node
from harness import Skip, case, check

SEED = 20261125
ROBOTS, PATHS = 120, 25


def shared_data():
    """The folder of the feed fixtures, which are not part of the repository."""
    named = os.environ.get("EARMARK_SHARED_DATA")
    places = [pathlib.Path(named)] if named else [parent / "shared" / "data" for parent in pathlib.Path(__file__).parents]
    for place in places:
        if (place / "podcast-namespace").is_dir():
            return place
    raise Skip("the feed fixtures are not here (EARMARK_SHARED_DATA)")


def some_path(generator, is_rule):
    """A path of few letters, so that rules meet; in a rule also wildcards."""
    letters = ["/", "/", "a", "b", "?", "="] + (["*"] if is_rule else [])
    text = "/" + "".join(generator.choice(letters) for _ in range(generator.randrange(7)))
    return text + ("$" if is_rule and generator.random() < 0.25 else "")


def some_robots(generator):
    """Groups for us, for all and for others, in any order, with rules, delays, comments and empty values."""
    lines = []
    for _ in range(generator.randrange(1, 4)):
        for _ in range(generator.randrange(1, 3)):
            agent = generator.choice(["*", "Earmark", "earmark", "OtherBot", "EarmarkNot"])
            lines.append(f"{generator.choice(['User-agent', 'user-agent', 'USER-AGENT'])}: {agent}")
        for _ in range(generator.randrange(6)):
            kind = generator.choice(["Allow", "Disallow", "disallow"])
            lines.append(f"{kind}:{generator.choice(['', ' '])}{some_path(generator, True)}{generator.choice(['', ' # why'])}")
        if generator.random() < 0.3:
            lines.append(f"Crawl-delay: {generator.randrange(1, 20)}")
        lines.append("")
    return generator.choice(["\n", "\r\n"]).join(lines)


@case
def robots_parser_judges_alike(context):
    """Thousands of verdicts on generated robots.txt files, and the delays they ask for, against robots-parser."""
    generator = random.Random(SEED)
    # robots-parser loses an empty query.
    cases = [{"robots": some_robots(generator), "paths": [some_path(generator, False).rstrip("?") for _ in range(PATHS)]}
             for _ in range(ROBOTS)]
    theirs = json.loads(node(CLIENTS / "robots_verdicts.js", stdin=json.dumps(cases)))
    earmark, file = context.new_store(), context.work / "robots.txt"
    forbidden = 0
    for case_, verdict in zip(cases, theirs, strict=True):
        file.write_text(case_["robots"], newline="")
        lines = earmark.run("crawl", "robots", file, *case_["paths"]).lines
        ours = [line["allowed"] for line in lines]
        check(ours == verdict["allowed"], case_, ours, verdict, lines)
        delay = lines[0]["crawl_delay_ms"]
        check((delay or 0) == 1000 * (verdict["delay"] or 0), case_, delay, verdict)
        forbidden += ours.count(False)
    check(forbidden > ROBOTS * PATHS // 20, "the cases must not all be allowed", forbidden)
    print(f"{ROBOTS * PATHS} verdicts, {forbidden} forbidden")


def absolute(url):
    """What we make of an address in a file that comes from nowhere."""
    return urllib.parse.urljoin("http://localhost/", url)


def differences(ours, feed, theirs):
    """What one of the parsers reads otherwise than we do; a fact that it does not give is not compared."""
    def compare(what, mine, other):
        if other is not None and other != [] and mine != other:
            yield f"{what}: {mine!r}, not {other!r}"

    tags = ours["tags"]
    yield from compare("title", ours["title"], theirs["title"])
    yield from compare("podcast:guid", tags.get("podcast_guid"), theirs.get("podcast_guid"))
    yield from compare("podcast:medium", tags.get("medium"), theirs.get("medium"))
    yield from compare("podcast:locked", tags.get("locked") in (True, "yes"), theirs.get("locked"))
    licences = [licence.get("name") or licence.get("id") for licence in tags.get("license", [])]
    yield from compare("podcast:license", licences[:1] and licences[0].lower(), (theirs.get("license") or "").lower() or None)
    blocks = [[block["id"], block["blocked"]] for block in tags.get("block", [])]
    yield from compare("podcast:block", blocks, theirs.get("blocks"))
    yield from compare("episodes", [item["guid"] for item in feed], [item["guid"] for item in theirs["items"]])
    for mine, other in zip(feed, theirs["items"]):
        name = mine["guid"]
        yield from compare(f"{name} title", mine["title"], other["title"])
        yield from compare(f"{name} enclosure", mine["enclosure"], absolute(other["enclosure"]))
        transcripts = [absolute(url) for url in other.get("transcripts", [])]
        yield from compare(f"{name} transcripts", [t["url"] for t in mine.get("transcripts", [])], transcripts)
        yield from compare(f"{name} persons", [p["name"] for p in mine.get("person", [])], other.get("person"))
        yield from compare(f"{name} season", mine.get("season"), str(other["season"]) if "season" in other else None)


@case
def partytime_and_feedsmith_read_the_same(context):
    """The namespace's own example and synthetic feeds: title, guid, episodes, enclosures, tags of Podcasting 2.0."""
    data = shared_data()
    files = [data / "podcast-namespace" / "example.xml", *sorted((data / "podcast-feeds-synthetic").glob("*.xml"))]
    earmark = context.new_store()
    facts = [json.loads(line) for line in node(CLIENTS / "feed_facts.js", *files).splitlines()]
    found, compared = [], 0
    for file, fact in zip(files, facts, strict=True):
        first, *rest = earmark.run("crawl", "preview", file, "--most", 10_000).lines
        items = [line for line in rest if line["type"] == "episode"]
        for parser, theirs in fact.items():
            if theirs is None:
                continue
            compared += len(theirs["items"])
            found += [f"{file.name}, {parser}: {text}" for text in differences(first, items, theirs)]
    check(not found, f"{len(found)} differences", *found[:20])
    check(compared > 2 * len(files), compared)
    print(f"{len(files)} feeds, {compared} episodes compared")
