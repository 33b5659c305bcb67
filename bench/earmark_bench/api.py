"""The HTTP API under load, on loopback: wrk posts the fingerprint of ten seconds, and reads, for a bounded time."""

import json
import os
import pathlib
import re
import shutil
import signal
import subprocess

SECONDS = 10
CONNECTIONS = (1, 16, 64)
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
done = function(summary, latency, requests)
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
    """(requests a second, share of errors, p50, p95, p99 in ms) of SECONDS of load."""
    done = subprocess.run(["wrk", "-t1", f"-c{connections}", f"-d{SECONDS}s", "--timeout", "30s", "-s", str(script), url],
                          capture_output=True, text=True, check=True)
    numbers = [int(text) for text in re.search(r"RESULT (.*)", done.stdout).group(1).split()]
    requests, duration_us, refused, failed, p50, p95, p99 = numbers
    return requests / (duration_us / 1e6), (refused + failed) / max(requests, 1), p50 / 1000, p95 / 1000, p99 / 1000


def _load(result, name, url, script):
    for connections in CONNECTIONS:
        rate, errors, p50, p95, p99 = _wrk(url, script, connections)
        note = f"measured, wrk on the same machine, {connections} connections, {SECONDS} s"
        result.figure(f"{name}_per_s_c{connections}", rate, "1/s", n=connections, note=note)
        result.figure(f"{name}_p50_ms_c{connections}", p50, "ms", n=connections, note=note)
        result.figure(f"{name}_p95_ms_c{connections}", p95, "ms", n=connections, note=note)
        result.figure(f"{name}_p99_ms_c{connections}", p99, "ms", n=connections, note=note)
        result.figure(f"{name}_errors_c{connections}", errors, "share", bar=0.0, n=connections, note=note, at_most=True)


def run(result, binary, data, scratch):
    """Registers the demonstration's recordings, serves them, and loads the service. `data`: scripts/demo_data.py."""
    if not shutil.which("wrk"):
        result.skipped("data", "wrk is not installed (scripts/setup bench)")
        return
    scratch = pathlib.Path(scratch)
    store, clip = scratch / "store", scratch / "clip.mp3"
    truth = json.loads((data / "truth.json").read_text(encoding="utf-8"))
    files = [data / item["file"] for item in truth["recordings"] if item["registered"]]
    _earmark(binary, store, "register", *files)
    longest = max((item for item in truth["recordings"] if item["registered"]), key=lambda item: item["duration_ms"])
    subprocess.run(["ffmpeg", "-v", "error", "-ss", str(CLIP_START), "-t", str(CLIP_SECONDS), "-i", data / longest["file"],
                    "-b:a", "64k", clip], check=True, stdin=subprocess.DEVNULL)
    _earmark(binary, store, "fingerprint", clip, "-o", scratch)
    key = _earmark(binary, store, "keys", "create", "--role", "platform")[0]["key"]
    service = subprocess.Popen([str(binary), "serve", "--listen", "127.0.0.1:0", "--rate", "0", "--no-access-log", "--json",
                                "--store", str(store)], stdout=subprocess.PIPE, text=True, stdin=subprocess.DEVNULL,
                               env={**os.environ, "OMP_NUM_THREADS": "1"})
    try:
        url = json.loads(service.stdout.readline())["url"]
        for name, file, kind in (("fingerprint", scratch / "clip.emfp", "application/vnd.earmark.fingerprint"),
                                 ("audio", clip, "audio/mpeg")):
            script = scratch / f"{name}.lua"
            script.write_text(LUA_POST.format(type=kind, key=key, file=file) + LUA_DONE, encoding="utf-8")
            _load(result, f"match_{name}", url + "/v1/match", script)
        script = scratch / "health.lua"
        script.write_text(LUA_DONE, encoding="utf-8")
        _load(result, "health", url + "/healthz", script)
    finally:
        service.send_signal(signal.SIGTERM)
        result.figure("exit_after_sigterm", service.wait(60), "code", bar=0, at_most=True)
