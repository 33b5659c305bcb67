"""The `crawl` benchmark: what a pick from the queue costs as feeds grow, how fast a feed on loopback becomes claims, and
live streams (live.py)."""

import json
import pathlib
import shutil
import subprocess
import time

from earmark_bench import live, tools
from earmark_corpus import feed, server

FEEDS = (100, 1000, 10_000)
COPIES = 4  # of the demonstration's episodes, each under a name of its own


def _earmark(binary, store, *arguments):
    done = subprocess.run([str(binary), *map(str, arguments), "--store", str(store), "--json"], capture_output=True,
                          text=True, check=True, stdin=subprocess.DEVNULL)
    return [json.loads(line) for line in done.stdout.splitlines()]


def _queue(result, scratch):
    p50 = {}
    for text in tools.lines_of([tools.program("crawl_queue"), scratch, *FEEDS]):
        line = json.loads(text)
        note = f"measured; lease and put_back, each a durable transaction, {line['tasks']} tasks waiting"
        p50[line["feeds"]] = line["p50_us"]
        result.figure(f"queue_pick_p50_us_{line['feeds']}_feeds", line["p50_us"], "µs", n=line["picks"], note=note)
        result.figure(f"queue_pick_p99_us_{line['feeds']}_feeds", line["p99_us"], "µs", n=line["picks"], note=note)
    result.figure("queue_pick_growth", p50[FEEDS[-1]] / p50[FEEDS[0]], "×", bar=2.0, at_most=True, n=len(FEEDS),
                  note=f"p50 with {FEEDS[-1]} feeds over p50 with {FEEDS[0]}")


def _throughput(result, binary, data, scratch):
    truth = json.loads((data / "truth.json").read_text(encoding="utf-8"))
    site, store = scratch / "site", scratch / "store"
    (site / "episodes").mkdir(parents=True)
    _earmark(binary, store, "register", *[data / item["file"] for item in truth["recordings"] if item["registered"]])
    episodes = []
    for copy in range(COPIES):
        for item in truth["episodes"]:
            name = f"episodes/{copy}-{pathlib.Path(item['file']).name}"
            shutil.copy(data / item["file"], site / name)
            episodes.append({**item, "guid": f"{item['guid']}-{copy}", "file": name})
    with server.serving(site) as podcast:
        podcast.pages["/feed.xml"] = feed.rss(truth, site, podcast.url, episodes)
        _earmark(binary, store, "crawl", "add", podcast.url + "/feed.xml")
        begin = time.monotonic()
        lines = _earmark(binary, store, "crawl", "run", "--once", "--allow-private")
        seconds = time.monotonic() - begin
        requests = [path for method, path, _ in podcast.requests if path.startswith("/episodes/")]
    scanned = sum(line["status"] == "scanned" for line in lines)
    status = _earmark(binary, store, "crawl", "status")[0]
    audio = status["archive"]["duration_ms"] / 1000
    result.figure("crawl_realtime", audio / seconds, "× RT", bar=150, n=scanned,
                  note=f"measured; {audio / 3600:.2f} h from feed to claims on loopback, with evidence clips")
    result.figure("crawl_downloads_per_episode", len(requests) / len(episodes), "requests", bar=1.0, at_most=True,
                  n=len(episodes), note="measured, by the origin's own log")
    result.figure("archive_bytes_per_hour", status["archive"]["bytes"] / (audio / 3600), "B", n=scanned, note="measured")


def run(result, binary, data, scratch, minutes):
    """`data`: scripts/demo_data.py; `minutes`: length of the soak."""
    scratch = pathlib.Path(scratch)
    _queue(result, scratch)
    _throughput(result, binary, data, scratch)
    live.run(result, binary, data, scratch, minutes)
