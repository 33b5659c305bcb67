#!/usr/bin/python3
"""The main job, on the demonstration data: register a catalogue, crawl a podcast, say who used what, where.

    demo.py --earmark BINARY --store FOLDER

Makes a fresh store in FOLDER (which must be absent, empty, or a store of this script), registers the catalogue, serves
the podcast feed on loopback, crawls it, prints the claims with time codes on both sides, and compares them with what
was planted. Exit codes: 0 every planted use was found and nothing else was claimed; 1 not so, or the job failed.
"""
import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys
import time

import demo_data
from demo_compare import compare, for_review
from earmark_corpus import feed, packages, server

MARKER = ".made-by-demo"


class JobError(Exception):
    """The job cannot go on; one line says why."""


class Earmark:
    """The program, on one store. Lines of JSON in, as a person would run it."""

    def __init__(self, binary, store):
        self.binary = binary
        self.environment = dict(os.environ, EARMARK_STORE=str(store))
        self.options = ["--json"] if sys.stderr.isatty() else ["--json", "--quiet"]  # bars are for terminals

    def lines(self, *arguments, accept=(0,), on_line=lambda line: None):
        """Runs `earmark ARGUMENTS --json`; the objects it printed. Its progress and logs go to our stderr."""
        process = subprocess.Popen([self.binary, *arguments, *self.options], env=self.environment, text=True,
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, encoding="utf-8")
        found = []
        for text in process.stdout:
            found.append(json.loads(text))
            on_line(found[-1])
        if process.wait() not in accept:
            raise JobError(f"earmark {' '.join(arguments)} ended with exit code {process.returncode}")
        return found


def say(text=""):
    print(text, flush=True)


def fresh_store(store):
    """An empty folder at `store`; refuses to delete what this script did not make."""
    if store.exists():
        if any(store.iterdir()) and not (store.parent / MARKER).exists():
            raise JobError(f"{store} exists and is not a demonstration store: remove it or name another folder")
        shutil.rmtree(store)
    store.mkdir(parents=True)
    (store.parent / MARKER).touch()


def register(earmark, data, truth):
    """Registers the catalogue, owner by owner; truth.json file -> recording_id of every recording it holds."""
    registered = [recording for recording in truth["recordings"] if recording["registered"]]
    minutes = sum(recording["duration_ms"] for recording in registered) / 60000
    say(f"Registering {len(registered)} recordings, {minutes:.0f} minutes of music")
    recording_of, begin = {}, time.monotonic()
    for owner in dict.fromkeys(recording["owner"] for recording in registered):
        own = [recording for recording in registered if recording["owner"] == owner]
        folder = (data / own[0]["file"]).parent
        lines = earmark.lines("register", str(folder), "--owner", owner, "--policy", own[0]["policy"])
        states = [line["status"] for line in lines]
        say(f"  {owner:<24} {len(lines):2} files: " +
            ", ".join(f"{states.count(state)} {state}" for state in dict.fromkeys(states)))
        for line in lines:
            if line["status"] in ("registered", "duplicate"):
                recording_of[str(pathlib.Path(line["source"]).relative_to(data))] = line["recording_id"]
            else:
                say(f"    {pathlib.Path(line['source']).name}: {line['error'] or line.get('reason')}")
    seconds = time.monotonic() - begin
    say(f"  in {seconds:.1f} s: {minutes * 60 / seconds:.0f} times as fast as listening")
    return recording_of


def crawl(earmark, data, truth):
    """Serves the feed on loopback and crawls it once; the claims."""
    minutes = sum(episode["duration_ms"] for episode in truth["episodes"]) / 60000
    say(f"\nCrawling “{truth['show']['title']}”: {len(truth['episodes'])} episodes, {minutes:.0f} minutes, over HTTP")
    begin = time.monotonic()
    with server.serving(data) as podcast:
        podcast.pages["/feed.xml"] = feed.rss(truth, data, podcast.url)
        earmark.lines("crawl", "add", f"{podcast.url}/feed.xml")
        for line in earmark.lines("crawl", "run", "--once", "--allow-private"):
            say(f"  {line['status']:<9} {line['title']}" + (f" ({line['reason']})" if line.get("reason") else ""))
    say(f"  in {time.monotonic() - begin:.1f} s")
    return earmark.lines("claims", "list")


def clock(milliseconds):
    minutes, rest = divmod(round(milliseconds / 100), 600)
    return f"{minutes}:{rest // 10:02d}.{rest % 10}"


def signed(milliseconds):
    return f"{milliseconds / 1000:+.2f} s"


def show_claims(truth, claims):
    say(f"\n{len(claims)} claims\n")
    for episode in truth["episodes"]:
        say(f"  {episode['title']}")
        own = sorted((claim for claim in claims if claim["guid"] == episode["guid"]),
                     key=lambda claim: claim["query_start_ms"])
        for claim in own:
            say(f"    {clock(claim['query_start_ms']):>7} – {clock(claim['query_end_ms']):<7} is "
                f"{clock(claim['reference_start_ms']):>7} – {clock(claim['reference_end_ms']):<7} of "
                f"{pathlib.Path(claim['source']).name:<28} p {claim['probability']:.4f}  "
                f"{claim['action'] or '-'}, {claim['status']}")
        if not own:
            say("    nothing")


def show_comparison(comparison):
    """What was planted, and how well it was found."""
    say("\nPlanted, and found\n")
    for result in comparison.uses:
        use = result.use
        what = f"{use['kind']} of {pathlib.Path(use['file']).name}, {use['level_db']} dB"
        head = f"    {clock(use['query_start_ms']):>7} – {clock(use['query_end_ms']):<7} {what:<46}"
        if result.found:
            parts = "" if len(result.claims) == 1 else f", in {len(result.claims)} parts"
            parts += ", for review" if all(for_review(claim) for claim in result.claims) else ""
            say(f"{head} found: start {signed(result.start_error_ms)}, end {signed(result.end_error_ms)}, "
                f"reference {signed(result.reference_error_ms)}{parts}")
        else:
            say(f"{head} MISSED")
    for _, use in comparison.unclaimed:
        say(f"    {clock(use['query_start_ms']):>7} – {clock(use['query_end_ms']):<7} "
            f"{pathlib.Path(use['file']).name + ', which nobody registered':<46} nothing to find")
    for claim in [*comparison.false_claims, *comparison.false_reviews]:
        verdict = "set aside for a person, without cause" if for_review(claim) else "CLAIMED WITHOUT CAUSE, OR TOO MUCH"
        say(f"    {clock(claim['query_start_ms']):>7} – {clock(claim['query_end_ms']):<7} "
            f"{pathlib.Path(claim['source']).name + ' in ' + claim['guid']:<46} {verdict}")
    found = [result for result in comparison.uses if result.found]
    false_claims = f"{len(comparison.false_claims)} false claim{'' if len(comparison.false_claims) == 1 else 's'}"
    reviews = len(comparison.false_reviews)
    aside = f"; {reviews} wrongly set aside for a person to look at" if reviews else ""
    say(f"\n{len(found)} of {len(comparison.uses)} planted uses found, {false_claims}{aside}.")


def main():
    parser = argparse.ArgumentParser(description="The main job, on the demonstration data.")
    parser.add_argument("--earmark", required=True, help="the program")
    parser.add_argument("--store", required=True, type=pathlib.Path, help="folder for a fresh store")
    arguments = parser.parse_args()
    try:
        data = demo_data.ensure(lambda line: say(f"demo data: {line}"))
        truth = demo_data.truth(data)
        store = arguments.store.resolve()
        fresh_store(store)
        earmark = Earmark(str(pathlib.Path(arguments.earmark).resolve()), store)
        recording_of = register(earmark, data, truth)
        claims = crawl(earmark, data, truth)
    except (JobError, packages.CorpusError, OSError) as error:
        print(f"demo: {error}", file=sys.stderr)
        return 1
    show_claims(truth, claims)
    comparison = compare(truth, claims, recording_of)
    show_comparison(comparison)
    return 0 if comparison.perfect else 1


if __name__ == "__main__":
    sys.exit(main())
