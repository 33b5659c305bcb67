"""The HTTP API under load, on loopback: wrk posts the fingerprint of ten seconds, and reads, for a bounded time.

References are the benchmark corpus (some 13 h) where it is in the cache, else the demonstration's recordings; the bars are
for 15 h only. Overload is ten times as many connections as the service has workers for: then it may say 503 and 429, and
nothing else, and its memory stays as it was.
"""

import contextlib
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import threading
import time
import urllib.request

from earmark_bench import corpus

SECONDS = 10
CONNECTIONS = (1, 16, 64)
OVERLOAD_CONNECTIONS = 1280  # ten times what is worked on and what waits (serve --workers 16: 16 and 8 × 16)
BAR_HOURS = 12  # the bars are meant for some 15 h of references
FINGERPRINTS_PER_S, AUDIO_PER_S, P99_MS = 100, 20, 250
AT_ONCE_S, MOST_RECOVERY_S = 0.1, 120
MOST_GROWTH = 1.25  # of resident memory from the first second of overload to the last
CLIP_SECONDS = 10
CLIP_START = 5

LUA_POST = """
wrk.method = "POST"
wrk.headers["Content-Type"] = "{type}"
wrk.headers["Authorization"] = "Bearer {key}"
local file = io.open("{file}", "rb")
wrk.body = file:read("*a")
file:close()
"""
LUA_DONE = """
local threads = {}
setup = function(thread) table.insert(threads, thread) end
init = function() busy = 0; wrong = 0 end
response = function(status)
  if status == 503 or status == 429 then busy = busy + 1 elseif status ~= 200 then wrong = wrong + 1 end
end
done = function(summary, latency, requests)
  local busy, wrong = 0, 0
  for _, thread in ipairs(threads) do
    busy = busy + thread:get("busy")
    wrong = wrong + thread:get("wrong")
  end
  io.write(string.format("STATUS %d %d\\n", busy, wrong))
  io.write(string.format("RESULT %d %d %d %d %d %d %d\\n", summary.requests, summary.duration, summary.errors.status,
    summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout,
    latency:percentile(50), latency:percentile(95), latency:percentile(99)))
end
"""


def _earmark(binary, store, *arguments):
    done = subprocess.run([str(binary), *map(str, arguments), "--store", str(store), "--json"], capture_output=True, text=True,
                          check=True, stdin=subprocess.DEVNULL)
    return [json.loads(line) for line in done.stdout.splitlines()]


def _wrk(url, script, connections):
    """SECONDS of load: requests a second, shares of busy and of wrong answers, p50, p95, p99 in ms."""
    done = subprocess.run(["wrk", "-t1", f"-c{connections}", f"-d{SECONDS}s", "--timeout", "30s", "-s", str(script), url],
                          capture_output=True, text=True, check=True)
    requests, duration_us, _, failed, p50, p95, p99 = (
        int(text) for text in re.search(r"RESULT (.*)", done.stdout).group(1).split())
    busy, wrong = (int(text) for text in re.search(r"STATUS (.*)", done.stdout).group(1).split())
    every = max(requests, 1)
    return {"rate": requests / (duration_us / 1e6), "answered": (requests - busy - wrong) / (duration_us / 1e6),
            "busy": busy / every, "wrong": (wrong + failed) / every, "p50": p50 / 1000, "p95": p95 / 1000, "p99": p99 / 1000}


def _load(result, name, url, script, hours=0, bar=None, p99_bar=None):
    """Figures at each number of connections; the best rate, and p99 at the least load that reaches the bar, are judged."""
    judged = bar if hours >= BAR_HOURS else None
    measured = []
    for connections in CONNECTIONS:
        load = _wrk(url, script, connections)
        note = f"measured, wrk on the same machine, {connections} connections, {SECONDS} s"
        result.figure(f"{name}_per_s_c{connections}", load["answered"], "1/s", n=connections, note=note)
        for quantile in ("p50", "p95", "p99"):
            result.figure(f"{name}_{quantile}_ms_c{connections}", load[quantile], "ms", n=connections, note=note)
        result.figure(f"{name}_errors_c{connections}", load["wrong"] + load["busy"], "share", bar=0.0, n=connections, note=note,
                      at_most=True)
        measured.append(load)
    if bar is None:
        return
    note = f"measured, {hours:.1f} h of references; bar for some 15 h"
    result.figure(f"{name}_per_s", max(load["answered"] for load in measured), "1/s", bar=judged, note=note)
    if p99_bar is not None:
        enough = [load for load in measured if load["answered"] >= bar] or measured[-1:]
        result.figure(f"{name}_p99_ms", min(load["p99"] for load in enough), "ms", bar=p99_bar if judged else None, note=note,
                      at_most=True)


def _resident_bytes(pid):
    return int(pathlib.Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")


def _recovery_s(base):
    """Until the service answers a probe at once again: what waited in its queue is worked off first."""
    begin = time.monotonic()
    while time.monotonic() - begin < MOST_RECOVERY_S:
        asked = time.monotonic()
        with contextlib.suppress(OSError), urllib.request.urlopen(base + "/healthz", timeout=30) as answer:
            if answer.status == 200 and time.monotonic() - asked < AT_ONCE_S:
                return time.monotonic() - begin
        time.sleep(0.05)
    return float("inf")


def _overload(result, name, base, script, pid):
    """Many more connections than can be served: what is answered then, and what becomes of memory."""
    sizes, over = [], threading.Event()

    def watch():
        while not over.wait(0.5):
            sizes.append(_resident_bytes(pid))

    watcher = threading.Thread(target=watch)
    watcher.start()
    load = _wrk(base + "/v1/match", script, OVERLOAD_CONNECTIONS)
    over.set()
    watcher.join()
    recovery = _recovery_s(base)
    note = f"measured, {OVERLOAD_CONNECTIONS} connections, {SECONDS} s"
    first = sum(sizes[1:4]) / len(sizes[1:4])
    result.figure(f"{name}_overload_wrong", load["wrong"], "share", bar=0.0, note=note + "; neither 200 nor 503 nor 429",
                  at_most=True)
    result.figure(f"{name}_overload_busy", load["busy"], "share", note=note + "; 503 or 429")
    result.figure(f"{name}_overload_answered_per_s", load["answered"], "1/s", note=note)
    result.figure(f"{name}_overload_memory", max(sizes[4:] or sizes) / first, "×", bar=MOST_GROWTH, n=len(sizes),
                  note=note + f"; {first / 1e6:.0f} MB at first", at_most=True)
    result.figure(f"{name}_overload_recovery_s", recovery, "s", note="measured, until a probe is answered within 100 ms again")


def _references(demo):
    """Files to register: the corpus where the cache has all of it, else the demonstration's."""
    folder = corpus.default_folder()
    if any(folder.glob("tracks.*.tsv")):  # probed, so it was fetched
        files = [folder / track["path"] for track in corpus.tracks(folder) if track["role"] in ("ref", "train")]
        if files and all(file.exists() for file in files):
            return files
    truth = json.loads((demo / "truth.json").read_text(encoding="utf-8"))
    return [demo / item["file"] for item in truth["recordings"] if item["registered"]]


def run(result, binary, data, scratch):
    """Registers the references, serves them, and loads the service. `data`: scripts/demo_data.py."""
    if not shutil.which("wrk"):
        result.skipped("data", "wrk is not installed (scripts/setup bench)")
        return
    scratch = pathlib.Path(scratch)
    store, clip = scratch / "store", scratch / "clip.mp3"
    lines = _earmark(binary, store, "register", *_references(data), "--quiet")
    registered = [line for line in lines if line["status"] == "registered"]
    hours = sum(line["duration_ms"] for line in registered) / 3.6e6
    result.figure("references", hours, "h", n=len(registered))
    longest = max(registered, key=lambda line: line["duration_ms"])
    subprocess.run(["ffmpeg", "-v", "error", "-ss", str(CLIP_START), "-t", str(CLIP_SECONDS), "-i", longest["source"], "-b:a", "64k",
                    clip], check=True, stdin=subprocess.DEVNULL)
    _earmark(binary, store, "fingerprint", clip, "-o", scratch)
    key = _earmark(binary, store, "keys", "create", "--role", "platform")[0]["key"]
    service = subprocess.Popen([str(binary), "serve", "--listen", "127.0.0.1:0", "--rate", "0", "--no-access-log", "--json",
                                "--store", str(store)], stdout=subprocess.PIPE, text=True, stdin=subprocess.DEVNULL,
                               env={**os.environ, "OMP_NUM_THREADS": "1"})
    try:
        url = json.loads(service.stdout.readline())["url"]
        for name, file, kind, bar, p99 in (
                ("fingerprint", scratch / "clip.emfp", "application/vnd.earmark.fingerprint", FINGERPRINTS_PER_S, P99_MS),
                ("audio", clip, "audio/mpeg", AUDIO_PER_S, None)):
            script = scratch / f"{name}.lua"
            script.write_text(LUA_POST.format(type=kind, key=key, file=file) + LUA_DONE, encoding="utf-8")
            _load(result, f"match_{name}", url + "/v1/match", script, hours, bar, p99)
            _overload(result, f"match_{name}", url, script, service.pid)
        script = scratch / "health.lua"
        script.write_text(LUA_DONE, encoding="utf-8")
        _load(result, "health", url + "/healthz", script)
    finally:
        service.send_signal(signal.SIGTERM)
        result.figure("exit_after_sigterm", service.wait(60), "code", bar=0, at_most=True)
