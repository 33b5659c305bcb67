"""Crawling a feed on loopback: claims, re-runs, refusals, broken things, and kills."""
import random
import shutil

import demo_compare
from earmark_corpus import feed, server

from harness import TIME_CODE_MS, case, check, group_is_gone, kill_after

FEED = "/feed.xml"


def enclosures(podcast):
    """The paths below /episodes/ that were asked for and answered with a body."""
    return [path for method, path, status in podcast.requests
            if method == "GET" and path.startswith("/episodes/") and status in (200, 206)]


def publish(podcast, context, names=None):
    """Puts the feed on the server, with all episodes or those of the given indices."""
    truth = context.truth
    chosen = None if names is None else [truth["episodes"][i] for i in names]
    podcast.pages[FEED] = feed.rss(truth, context.data, podcast.url, chosen)


def claim_keys(claims):
    return sorted((claim["guid"], claim["recording_id"], claim["query_start_ms"], claim["query_end_ms"],
                   claim["reference_start_ms"], claim["reference_end_ms"]) for claim in claims)


@case
def claims_are_what_was_planted(context):
    """The demonstration feed: one line an episode, and exactly the planted uses become claims, time codes right."""
    earmark, recordings = context.catalogue_copy()
    with server.serving(context.data) as podcast:
        publish(podcast, context)
        earmark.run("crawl", "add", podcast.url + FEED)
        lines = earmark.run("crawl", "run", "--once", "--allow-private").lines
        feed_url = podcast.url + FEED

    claims = earmark.claims()

    check(sorted(line["guid"] for line in lines) == sorted(item["guid"] for item in context.truth["episodes"]), lines)
    for line in lines:
        check({"feed", "guid", "title", "enclosure", "status", "reason", "matches", "claims"} <= set(line), line)
        check(line["status"] == "scanned" and line["feed"] == feed_url, line)
    comparison = demo_compare.compare(context.truth, claims, recordings)
    check(comparison.perfect, "missed:", [item.use for item in comparison.missed], "false:", comparison.false_claims)
    for result in comparison.uses:
        check(max(abs(result.start_error_ms), abs(result.end_error_ms)) <= TIME_CODE_MS, result)
    fields = {"claim_id", "status", "recording_id", "source", "feed", "guid", "query_start_ms", "query_end_ms",
              "reference_start_ms", "reference_end_ms", "probability", "action", "rule_id", "created_at", "deadline_at",
              "evidence"}
    check(all(fields <= set(claim) for claim in claims), claims[0])
    check(len({claim["claim_id"] for claim in claims}) == len(claims), "claim ids are not distinct")
    one = claims[0]
    of_recording = earmark.claims("--recording", one["recording_id"])
    check(of_recording and all(item["recording_id"] == one["recording_id"] for item in of_recording), of_recording)
    check(claim_keys(earmark.claims("--feed", feed_url)) == claim_keys(claims), "--feed")
    check(earmark.claims("--feed", feed_url + "x") == [], "--feed of another")
    check(all(item["status"] == one["status"] for item in earmark.claims("--status", one["status"])), "--status")


@case
def a_second_run_scans_only_what_is_new(context):
    """Unchanged episodes are not downloaded again and claim nothing twice; a new episode is scanned."""
    earmark, _ = context.catalogue_copy()
    with server.serving(context.data) as podcast:
        publish(podcast, context, [0, 1])
        earmark.run("crawl", "add", podcast.url + FEED)
        earmark.run("crawl", "run", "--once", "--allow-private")
        claims, asked = claim_keys(earmark.claims()), len(enclosures(podcast))
        again = earmark.run("crawl", "run", "--once", "--allow-private").lines
        check(all(line["status"] == "unchanged" for line in again), again)
        check(len(enclosures(podcast)) == asked, enclosures(podcast))
        check(claim_keys(earmark.claims()) == claims, "claims changed")
        publish(podcast, context)

        third = earmark.run("crawl", "run", "--once", "--allow-private").lines

        scanned = [line["guid"] for line in third if line["status"] == "scanned"]
        check(scanned == [context.truth["episodes"][2]["guid"]], third)
        check(set(enclosures(podcast)[asked:]) == {"/" + context.truth["episodes"][2]["file"]}, podcast.requests)


@case
def private_addresses_are_refused(context):
    """Without --allow-private nothing on loopback is even connected to; by name, by number, and behind a redirect."""
    earmark, _ = context.catalogue_copy()
    with server.serving(context.data) as podcast:
        publish(podcast, context)
        port = podcast.server_address[1]
        for url in (f"{podcast.url}{FEED}", f"http://localhost:{port}{FEED}", f"http://2130706433:{port}{FEED}",
                    f"http://[::ffff:127.0.0.1]:{port}{FEED}"):
            earmark.run("crawl", "add", url, exit=None)

        done = earmark.run("crawl", "run", "--once", exit=None)

        check(podcast.requests == [], podcast.requests)
        check(done.exit in (1, 4), done)
        check(all(line["status"] == "refused" and line["reason"] for line in done.lines), done.out)
        check(earmark.claims() == [], earmark.claims())


@case
def broken_episodes_stop_nothing(context):
    """A missing enclosure, a text called .mp3 and a feed that is none: each is named, the good episode is scanned."""
    earmark, _ = context.catalogue_copy()
    truth = context.truth
    site = context.work / "site"
    shutil.copytree(context.data / "episodes", site / "episodes")
    with server.serving(site) as podcast:
        publish(podcast, context)
        podcast.pages["/none.xml"] = b"<html><body>This is no feed.</body></html>"
        (site / truth["episodes"][0]["file"]).unlink()
        (site / truth["episodes"][1]["file"]).write_text("no audio\n" * 1000, encoding="utf-8")
        earmark.run("crawl", "add", podcast.url + FEED, podcast.url + "/none.xml", podcast.url + "/missing.xml")

        done = earmark.run("crawl", "run", "--once", "--allow-private", exit=4)

    states = {line["guid"]: line for line in done.lines if line.get("guid")}
    for episode, status in zip(truth["episodes"], ("error", "error", "scanned")):
        check(states[episode["guid"]]["status"] == status, states[episode["guid"]])
        check(status == "scanned" or states[episode["guid"]]["reason"], states[episode["guid"]])
    check({claim["guid"] for claim in earmark.claims()} == {truth["episodes"][2]["guid"]}, earmark.claims())


@case
def a_kill_loses_no_episode_and_claims_none_twice(context):
    """kill -9 at instants drawn from a seed, then to the end: the same claims as of a crawl that nothing disturbed."""
    earmark, _ = context.catalogue_copy()
    undisturbed, _ = context.catalogue_copy("undisturbed")
    generator = random.Random(20250602)
    with server.serving(context.data) as podcast:
        publish(podcast, context)
        for program in (undisturbed, earmark):
            program.run("crawl", "add", podcast.url + FEED)
        undisturbed.run("crawl", "run", "--once", "--allow-private")
        scanned = []
        for limits in [{"acknowledged": 1}] + [{"seconds": generator.uniform(0.1, 5)} for _ in range(4)]:
            process = earmark.start("crawl", "run", "--once", "--allow-private")
            lines = kill_after(process, **limits)
            scanned += [line["guid"] for line in lines if line["status"] == "scanned"]
            check(group_is_gone(process), "a process was left behind")
            check(len(scanned) == len(set(scanned)), f"an acknowledged episode was scanned again: {scanned}")

        last = earmark.run("crawl", "run", "--once", "--allow-private").lines

    for line in last:
        check(line["status"] == ("unchanged" if line["guid"] in scanned else line["status"]), line)
        check(line["status"] in ("scanned", "unchanged"), line)
    check(claim_keys(earmark.claims()) == claim_keys(undisturbed.claims()), earmark.claims(), undisturbed.claims())
    check(earmark.stats()["episodes"] == len(context.truth["episodes"]), earmark.stats())
