"""Live streams: how many a processor can listen to, and whether hours of streams and feeds leave memory flat."""

import json
import os
import pathlib
import shutil
import signal
import statistics
import subprocess
import time

from earmark_bench import radio

BIT_RATE = 96_000
STREAMS, STREAM_SECONDS, STREAM_WARM_UP = 32, 120, 30
SOAK_STREAMS, SOAK_FEEDS = 8, 2000
SAMPLE_SECONDS = 5
NEW_EPISODE_SECONDS = 20  # one of the feeds has one so often
LONG_MINUTES = 60  # from which on a slope is more than noise


def _programme(data, scratch):
    """The demonstration's episodes, one after the other, as MP3 of one bit rate."""
    truth = json.loads((data / "truth.json").read_text(encoding="utf-8"))
    files = [data / item["file"] for item in truth["episodes"]]
    inputs = [word for file in files for word in ("-i", str(file))]
    joined = "".join(f"[{i}:a]" for i in range(len(files))) + f"concat=n={len(files)}:v=0:a=1"
    target = pathlib.Path(scratch) / "programme.mp3"
    subprocess.run([shutil.which("ffmpeg"), "-v", "error", *inputs, "-filter_complex", joined, "-ar", "44100", "-c:a",
                    "libmp3lame", "-b:a", str(BIT_RATE), "-write_xing", "0", "-id3v2_version", "0", str(target)], check=True)
    return target.read_bytes()


class _Program:
    """`earmark …` in the background, in a process group of its own; `lines` are counted by event or status."""

    def __init__(self, binary, store, *arguments, log):
        self.log = pathlib.Path(log)
        with self.log.open("w", encoding="utf-8") as out:
            self.process = subprocess.Popen([str(binary), *map(str, arguments), "--store", str(store), "--json"], stdout=out,
                                            stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, start_new_session=True)

    def usage(self):
        if self.process.poll() is not None:
            raise RuntimeError(f"{self.process.args} ended with {self.process.returncode}")
        return radio.usage(self.process.pid)

    def said(self):
        return [json.loads(line) for line in self.log.read_text(encoding="utf-8").splitlines()]

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def _run(binary, store, *arguments):
    subprocess.run([str(binary), *map(str, arguments), "--store", str(store), "--json"], check=True, capture_output=True,
                   stdin=subprocess.DEVNULL)


def _register(binary, store, data):
    truth = json.loads((data / "truth.json").read_text(encoding="utf-8"))
    _run(binary, store, "register", *[data / item["file"] for item in truth["recordings"] if item["registered"]])


def _heard_seconds(binary, store):
    done = subprocess.run([str(binary), "live", "list", "--store", str(store), "--json"], check=True, capture_output=True,
                          text=True, stdin=subprocess.DEVNULL)
    return sum(json.loads(line)["heard_ms"] for line in done.stdout.splitlines()) / 1000


def _streams(result, binary, data, programme, scratch):
    store = scratch / "streams"
    _register(binary, store, data)
    with radio.Radio(programme, BIT_RATE // 8).serving() as stations:
        _run(binary, store, "live", "add", *[f"{stations.url}/live/{i}" for i in range(STREAMS)])
        program = _Program(binary, store, "live", "run", "--allow-private", log=scratch / "streams.log")
        try:
            time.sleep(STREAM_WARM_UP)
            before, heard_before, begun = program.usage(), _heard_seconds(binary, store), time.monotonic()
            time.sleep(STREAM_SECONDS)
            after, heard, seconds = program.usage(), _heard_seconds(binary, store) - heard_before, time.monotonic() - begun
        finally:
            program.stop()
    lost = [event for event in program.said() if event["event"] == "lost"]
    if lost:
        return result.skipped("live_streams_per_core", f"{len(lost)} connections were lost: {lost[0]['reason']}")
    used = after["cpu_s"] - before["cpu_s"]
    note = (f"extrapolated: {heard:.0f} s of {STREAMS} streams of {BIT_RATE // 1000} kbit/s cost {used:.1f} s of a processor, of all"
            " processes of the program")
    result.figure("live_streams_per_core", heard / used, "streams", n=STREAMS, note=note)
    result.figure("live_streams_kept_up", heard / (STREAMS * seconds), "of real time", n=STREAMS,
                  note=f"measured over {seconds:.0f} s; the store hears of it every 10 s")
    result.figure("live_memory_per_stream", after["bytes"] / STREAMS / 1e6, "MB", n=STREAMS,
                  note="measured; resident and not shared, of the program and its decoders")
    uses = sum(event["event"] == "playing" for event in program.said())
    result.figure("live_uses_heard", uses, "uses", n=STREAMS, note=f"measured; in {STREAM_WARM_UP + STREAM_SECONDS} s")
    return None


def _feed(number, url, begun):
    """A feed whose episodes grow in number: one more for one of the feeds every NEW_EPISODE_SECONDS."""
    def page():
        rounds = int((time.monotonic() - begun) / NEW_EPISODE_SECONDS)
        items = "".join(f"<item><guid>{number}-{i}</guid><title>{i}</title><enclosure url='{url}/e/{number}-{i}.mp3'/></item>"
                        for i in range(rounds + 1) if i % SOAK_FEEDS == number)
        return f"<rss><channel><title>Feed {number}</title>{items}</channel></rss>".encode()
    return page


def _slope(samples):
    """MB an hour, by least squares over (seconds, bytes)."""
    times, sizes = zip(*samples)
    middle, mean = statistics.fmean(times), statistics.fmean(sizes)
    spread = sum((t - middle) ** 2 for t in times)
    return sum((t - middle) * (s - mean) for t, s in samples) / spread * 3600 / 1e6


def _soak(result, binary, data, programme, scratch, minutes):
    store, begun = scratch / "soak", time.monotonic()
    _register(binary, store, data)
    stations = radio.Radio(programme, BIT_RATE // 8)
    with stations.serving():
        episode = programme[:30 * BIT_RATE // 8]
        feeds = [f"/feed/{i}.xml" for i in range(SOAK_FEEDS)]
        for i, path in enumerate(feeds):
            stations.pages[path] = _feed(i, stations.url, begun)
        for i in range(int(minutes * 60 / NEW_EPISODE_SECONDS) + 2):
            stations.pages[f"/e/{i % SOAK_FEEDS}-{i}.mp3"] = episode
        _run(binary, store, "live", "add", *[f"{stations.url}/live/{i}" for i in range(SOAK_STREAMS)])
        _run(binary, store, "crawl", "add", *[stations.url + path for path in feeds])
        programs = {
            "live": _Program(binary, store, "live", "run", "--allow-private", log=scratch / "soak-live.log"),
            "crawl": _Program(binary, store, "crawl", "run", "--allow-private", "--interval", 10, "--delay-ms", 0,
                              "--per-host", 16, "--keep-days", 30, log=scratch / "soak-crawl.log")}
        samples = {name: [] for name in programs}
        start = time.monotonic()
        try:
            while time.monotonic() - start < minutes * 60:
                time.sleep(SAMPLE_SECONDS)
                for name, program in programs.items():
                    samples[name].append((time.monotonic() - start, program.usage()))
        finally:
            for program in programs.values():
                program.stop()
        requests = stations.requests
    lost = sum(event["event"] == "lost" for event in programs["live"].said())
    for name, taken in samples.items():
        settled = taken[len(taken) // 3:]  # the first third is warm-up
        slope = _slope([(at, use["bytes"]) for at, use in settled])
        bar = 1.0 if minutes >= LONG_MINUTES else None
        result.figure(f"soak_{name}_memory_slope", slope, "MB/h", bar=bar, at_most=True, n=len(settled),
                      note=f"measured over {minutes:g} min, the first third left out"
                           + ("" if bar else "; too short for more than a hint"))
        result.figure(f"soak_{name}_memory", settled[-1][1]["bytes"] / 1e6, "MB", n=len(taken), note="measured, at the end")
        result.figure(f"soak_{name}_descriptors", settled[-1][1]["descriptors"], "descriptors", n=len(taken),
                      note=f"measured, at the end; {settled[0][1]['descriptors']} after the warm-up,"
                           f" {max(use['descriptors'] for _, use in taken)} at most")
    scanned = sum(line["status"] == "scanned" for line in programs["crawl"].said())
    result.figure("soak_requests", requests, "requests", n=SOAK_FEEDS,
                  note=f"measured; {scanned} episodes scanned, {lost} connections to streams lost")


def run(result, binary, data, scratch, minutes):
    """`minutes`: length of the soak; 0: none."""
    scratch = pathlib.Path(scratch)
    programme = _programme(data, scratch)
    _streams(result, binary, data, programme, scratch)
    if minutes > 0:
        _soak(result, binary, data, programme, scratch, minutes)
    else:
        result.skipped("soak", "bench/run crawl --minutes 120")
