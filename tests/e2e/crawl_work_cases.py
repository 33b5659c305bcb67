"""The crawler at work: its operator's commands, many workers that are killed, what was registered later, real nginx."""
import contextlib
import json
import math
import os
import random
import shutil
import signal
import socket
import subprocess
import threading
import time
import wave
from array import array

from earmark_corpus import server

from harness import Skip, case, check, kill_after

RATE = 8000
FAST = ("--allow-private", "--delay-ms", "0", "--per-host", "16")


def melody(seed, seconds):
    """Samples of a tune that no other seed has: notes of three partials, seven a second."""
    generator, samples = random.Random(seed), []
    for _ in range(math.ceil(seconds * 7)):
        partials = [(generator.uniform(200, 3400) * 2 * math.pi / RATE, generator.uniform(0, 6.28)) for _ in range(3)]
        samples += [sum(math.sin(w * i + p) for w, p in partials) / 4 for i in range(RATE // 7)]
    return samples[:round(seconds * RATE)]


def write_wav(path, samples):
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(array("h", [round(30000 * max(-1, min(1, sample))) for sample in samples]).tobytes())


def item(name):
    return f"<item><title>Title {name}</title><guid>{name}</guid><enclosure url='/{name}.wav' type='audio/wav'/></item>"


def feed_of(names, more=""):
    return f"<rss><channel><title>Show</title>{more}{''.join(map(item, names))}</channel></rss>".encode()


def downloads(podcast):
    return [path for method, path, status in podcast.requests if path.endswith(".wav") and status in (200, 206)]


@case
def an_operator_sees_and_steers_the_crawl(context):
    """preview, add, run, status, pause, resume, export, and the log of what was refused."""
    earmark, site = context.new_store(), context.work / "site"
    site.mkdir()
    write_wav(site / "a.wav", melody(1, 5))
    with server.serving(site) as podcast:
        url = podcast.url + "/feed.xml"
        podcast.pages["/feed.xml"] = feed_of(["a"], "<podcast:guid>g-1</podcast:guid><podcast:person>Ada</podcast:person>")
        podcast.pages["/private.xml"] = feed_of(["a"], "<podcast:block>yes</podcast:block>")
        podcast.pages["/robots.txt"] = b"user-agent: earmark\ndisallow: /hidden\n"
        podcast.pages["/hidden.xml"] = feed_of(["a"])

        preview = earmark.run("crawl", "preview", url, "--allow-private").lines
        check(preview[0]["title"] == "Show" and preview[0]["crawlable"], preview)
        check(preview[0]["tags"]["podcast_guid"] == "g-1", preview)
        check(preview[1]["guid"] == "a" and preview[1]["enclosure"] == podcast.url + "/a.wav", preview)
        check(not earmark.run("crawl", "preview", podcast.url + "/private.xml", "--allow-private").lines[0]["crawlable"])
        check(downloads(podcast) == [], podcast.requests)

        earmark.run("crawl", "add", url, podcast.url + "/private.xml", podcast.url + "/hidden.xml")
        lines = earmark.run("crawl", "run", "--once", *FAST, exit=4).lines
        check([line["status"] for line in lines] == ["scanned", "refused", "refused"], lines)
        asked = [path for _, path, _ in podcast.requests]
        check("/hidden.xml" not in asked and asked.count("/robots.txt") == 1, asked)

        status = earmark.run("crawl", "status", "--feeds", "--events", 10).lines
        check(status[0]["feeds"]["active"] == 2 and status[0]["feeds"]["opted_out"] == 1, status[0])
        check(status[0]["archive"]["episodes"] == 1 and status[0]["queue"]["leased"] == 0, status[0])
        check(sorted(line["kind"] for line in status if line["type"] == "event") == ["opt_out", "robots_disallow"], status)
        check(status[1]["details"]["person"] == [{"name": "Ada"}], status[1])

        check(earmark.run("crawl", "pause", url).line["state"] == "paused")
        before = len(podcast.requests)
        check(all(line["feed"] != url for line in earmark.run("crawl", "run", "--once", *FAST, exit=4).lines))
        check(all(path != "/feed.xml" for _, path, _ in podcast.requests[before:]), podcast.requests[before:])
        check(earmark.run("crawl", "resume", url).line["state"] == "active")
        check(earmark.run("crawl", "pause", podcast.url + "/unknown.xml", exit=4).line["error"])

        earmark.run("crawl", "export", "-o", context.work / "out.opml")
        other = context.new_store("other")
        added = other.run("crawl", "add", context.work / "out.opml").lines
        check([line["feed"] for line in added] == [podcast.url + path for path in
                                                   ("/feed.xml", "/private.xml", "/hidden.xml")], added)


@case
def what_is_registered_later_is_found_in_the_past(context):
    """A recording that comes after the scan is claimed from the archive, without a second download."""
    earmark, site = context.new_store(), context.work / "site"
    site.mkdir()
    song = melody(7, 20)
    write_wav(context.work / "song.wav", song)
    write_wav(site / "used.wav", melody(1, 4) + song[4 * RATE:15 * RATE] + melody(2, 4))
    write_wav(site / "clean.wav", melody(3, 12))
    with server.serving(site) as podcast:
        podcast.pages["/feed.xml"] = feed_of(["used", "clean"])
        earmark.run("crawl", "add", podcast.url + "/feed.xml")
        earmark.run("crawl", "run", "--once", *FAST)
        check(earmark.claims() == [], earmark.claims())
        recording = earmark.run("register", context.work / "song.wav").line["recording_id"]

        found = earmark.run("crawl", "retro").lines

        check([(line["guid"], line["new_claims"]) for line in found] == [("used", 1)], found)
        claim, = earmark.claims()
        check(claim["recording_id"] == recording and abs(claim["query_start_ms"] - 4000) < 500, claim)
        check(abs(claim["reference_start_ms"] - 4000) < 500, claim)
        check("from the archive" in str(claim["evidence"]), claim)
        check(len(downloads(podcast)) == 2, podcast.requests)
        check(earmark.run("crawl", "retro").lines == [], "it is found once")
        lines = earmark.run("crawl", "run", "--once", *FAST).lines
        check([line["claims"] for line in lines] == [1, 0], lines)


@case
def killed_workers_lose_nothing_and_scan_nothing_twice(context):
    """Workers share a queue; one after another is killed with -9. Each episode is scanned once, in effect."""
    kills = int(os.environ.get("EARMARK_E2E_KILLS", "15"))
    count = int(os.environ.get("EARMARK_E2E_EPISODES", "60"))
    earmark, site, generator = context.new_store(), context.work / "site", random.Random(20251124)
    site.mkdir()
    song = melody(7, 20)
    write_wav(context.work / "song.wav", song)
    earmark.run("register", context.work / "song.wav")
    names = [f"e{number:03}" for number in range(count)]
    for number, name in enumerate(names):
        write_wav(site / f"{name}.wav", melody(1000 + number, 3) + song[4 * RATE:14 * RATE])
    acknowledged = []
    with server.serving(site) as podcast:
        half = len(names) // 2
        podcast.pages["/one.xml"], podcast.pages["/two.xml"] = feed_of(names[:half]), feed_of(names[half:])
        earmark.run("crawl", "add", podcast.url + "/one.xml", podcast.url + "/two.xml")
        with contextlib.ExitStack() as stack:
            def start():
                process = earmark.start("crawl", "run", *FAST, "--interval", 1)
                stack.callback(process.kill)
                return process
            steady, told = start(), []
            reader = threading.Thread(target=lambda: told.extend(map(json.loads, steady.stdout)))
            reader.start()
            for _ in range(kills):
                acknowledged += kill_after(start(), seconds=generator.uniform(0.05, 1.5))
            end = time.monotonic() + 200
            while earmark.run("crawl", "status").line["queue"]["episodes"] and time.monotonic() < end:
                time.sleep(0.2)
            steady.terminate()
            reader.join(timeout=60)
            check(steady.wait(timeout=60) == 128 + signal.SIGTERM, "not stopped as asked", steady.returncode,
                  [line for line in told if line["status"] != "scanned"])
            acknowledged += told
        last = earmark.run("crawl", "run", "--once", *FAST).lines
    check([line["status"] for line in last] == ["unchanged"] * count, [line for line in last if line["status"] != "unchanged"])
    scanned = [line["guid"] for line in acknowledged if line["status"] == "scanned"]
    check(len(scanned) == len(set(scanned)), "scanned twice: ", sorted(scanned))
    check({line["status"] for line in acknowledged} <= {"scanned"}, acknowledged)
    claims = earmark.claims()
    check(sorted(claim["guid"] for claim in claims) == names, f"{len(claims)} claims for {count} episodes")
    check(earmark.stats()["sightings"] == count, earmark.stats())
    print(f"{kills} kills, {count} episodes, {len(downloads(podcast))} downloads, {len(scanned)} acknowledged")


NGINX = """
{user} daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log; worker_processes 1;
events {{ worker_connections 64; }}
http {{
  access_log {folder}/access.log; client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2;
  fastcgi_temp_path {folder}/t3; uwsgi_temp_path {folder}/t4; scgi_temp_path {folder}/t5;
  types {{ text/xml xml; audio/wav wav; text/plain txt; }}
  gzip on; gzip_types text/xml; gzip_min_length 1;
  limit_req_zone $binary_remote_addr zone=slow:1m rate=30r/m;
  limit_req_status 429;
  server {{
    listen 127.0.0.1:{port}; root {folder}/site;
    location = /old.xml {{ return 301 /feed.xml; }}
    location = /limited.xml {{ limit_req zone=slow; try_files /feed.xml =404; }}
    location = /gone.xml {{ return 410; }}
  }}
}}
"""


@contextlib.contextmanager
def nginx(folder):
    """nginx on loopback for folder/site; its URL."""
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if program is None:
        raise Skip("nginx is not installed (scripts/setup test)")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    (folder / "nginx.conf").write_text(NGINX.format(
        folder=folder, port=port, user="user root;" if os.geteuid() == 0 else ""))
    (folder / "error.log").touch()
    process = subprocess.Popen([program, "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e",
                                str(folder / "error.log")])
    try:
        end = time.monotonic() + 20
        while time.monotonic() < end:
            check(process.poll() is None, "nginx ended", (folder / "error.log").read_text(errors="replace"))
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                break
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=20)


@case
def nginx_is_treated_well(context):
    """Against a real nginx: gzip, 304 by both validators, 301 learned, 410, 429, ranges; judged by its access log."""
    earmark, folder = context.new_store(), context.work / "nginx"
    site = folder / "site"
    site.mkdir(parents=True)
    folder.chmod(0o755)
    write_wav(site / "a.wav", melody(1, 5))
    (site / "feed.xml").write_bytes(feed_of(["a"]))
    with nginx(folder) as url:
        log = lambda: [line.split('"')[1:3] for line in (folder / "access.log").read_text().splitlines()]
        paths = ("/feed.xml", "/old.xml", "/gone.xml", "/limited.xml")
        earmark.run("crawl", "add", *[url + path for path in paths])
        first = earmark.run("crawl", "run", "--once", *FAST, exit=4).lines
        check([line["status"] for line in first] == ["scanned", "scanned", "error", "scanned"], first)
        check([request for request, _ in log()].count("GET /robots.txt HTTP/1.1") == 1, log())

        second = earmark.run("crawl", "run", "--once", *FAST, exit=None).lines
        earmark.run("crawl", "run", "--once", *FAST, exit=None)

        statuses = {}
        for request, answer in log():
            statuses.setdefault(request.split()[1], []).append(answer.split()[0])
        check(statuses["/feed.xml"].count("304") >= 2, statuses)
        check(statuses["/old.xml"] == ["301", "301"], "the move is believed the second time", statuses)
        check(statuses["/gone.xml"] == ["410"], statuses)
        check(len(statuses["/a.wav"]) == 3, "each feed's episode once", statuses)
        check(statuses["/limited.xml"].count("429") == 1, "a host that says 429 is left alone", statuses)
        check(second, second)
        kinds = earmark.run("crawl", "status").line["events"]
        check(kinds.get("held") == 1 and kinds.get("gone") == 1, kinds)
