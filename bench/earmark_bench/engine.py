"""The `engine` benchmark: K1 to K7 and speed against the release binary, through its command line only."""

import json
import os
import pathlib
import resource
import shutil
import subprocess
import time

import numpy as np

from earmark_bench import audio, material, queries, score

# Cell -> (bar at this stage, goal). Bars are what the project promises now; goals are the field's (docs/benchmarks.md).
# Percentages found at the default threshold.
BARS = {"MP3 24k 5 s": (95, 97), "bed -10 dB 10 s": (92, 97), "bed -5 dB 5 s": (92, 95), "speed +2 %": (85, 98),
        "speed -2 %": (85, 98)}
GOALS = {"Opus 16k 5 s": 97, "AAC 48k 3 s": 93, "GSM 10 s": 97, "telephone band 10 s": 97,
         "noise+room 0 dB 5 s": 82, "noise+room 5 dB 5 s": 90, "noise+room 10 dB 5 s": 95,
         "bed -10 dB 5 s": 88, "bed -15 dB 5 s": 72, "bed -20 dB 5 s": 60, "bed -5 dB 10 s": 97,
         "bed -15 dB 10 s": 92, "bed -20 dB 10 s": 85, "bed -5 dB 20 s": 98, "bed -10 dB 20 s": 98,
         "bed -15 dB 20 s": 95, "bed -20 dB 20 s": 88, "speed +4 %": 95, "speed -4 %": 95, "speed +8 %": 88,
         "speed -8 %": 88, "tempo +5 %": 98, "tempo -5 %": 98, "tempo +10 %": 95, "tempo -10 %": 95,
         "pitch +1 semitones": 88, "pitch -1 semitones": 88, "pitch +2 semitones": 80, "pitch -2 semitones": 80}
MIN_REALTIME = 200  # × real time, match of an hour of MP3, decode included, two cores
MAX_BYTES_PER_HOUR = 2_000_000
POSITIVE = ("K1", "K2", "K3", "K4", "K5")


class EngineError(RuntimeError):
    """The binary is absent or answered something that is not its contract."""


class Earmark:
    """One store, driven through the command line."""

    def __init__(self, binary, store):
        self.binary, self.store = pathlib.Path(binary), pathlib.Path(store)
        self.track_of_id = {}  # recording id -> track that was registered under it first
        self.same_as = {}  # track -> the track that its recording id stands for
        if not self.binary.exists():
            raise EngineError(f"{self.binary} is not there: build the release preset first (./run build)")

    def call(self, command, *arguments, allowed=(0,)):
        """The JSON lines a command answers, and its wall seconds."""
        line = [str(self.binary), command, "--store", str(self.store), "--json", *map(str, arguments)]
        begin = time.monotonic()
        done = subprocess.run(line, capture_output=True, text=True, check=False)
        seconds = time.monotonic() - begin
        if done.returncode not in allowed:
            raise EngineError(f"{command} exited {done.returncode}: {done.stderr.strip()[-500:]}")
        return [json.loads(text) for text in done.stdout.splitlines() if text.strip()], seconds

    def register(self, folder, tracks):
        """Registers tracks (paths below folder) and learns their ids; the program's lines, and seconds."""
        names = {os.path.realpath(folder / track): track for track in tracks}
        lines, seconds = self.call("register", *(folder / track for track in tracks), allowed=(0, 4))
        for line in lines:
            line["track"] = names[os.path.realpath(line["source"])]
            if line["recording_id"]:
                self.same_as[line["track"]] = self.track_of_id.setdefault(line["recording_id"], line["track"])
        return lines, seconds

    def match(self, paths):
        return self.call("match", *paths, allowed=(0, 3, 4))

    def stats(self):
        return self.call("stats")[0][0]


def answers_of(lines, track_of_id):
    """Lines of match -> ({file name: matches, each with its "track"}, {file name: error})."""
    answers, errors = {}, {}
    for line in lines:
        name = pathlib.Path(line["query"]).name
        if line["error"]:
            errors[name] = line["error"]
        answers[name] = [dict(match, track=track_of_id[match["recording_id"]]) for match in line["matches"]]
    return answers, errors


def register_all(report, earmark, source, most_bytes_per_hour=None):
    """Registers ref and train tracks; prints speed and size. Returns nothing the program would not tell."""
    paths = [t["path"] for t in source.of_role("ref") + source.of_role("train")]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    lines, seconds = earmark.register(source.folder, paths)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    bad = [line for line in lines if line["status"] != "registered"]
    hours = sum(line.get("duration_ms") or 0 for line in lines) / 3.6e6
    stats = earmark.stats()
    report.figure("recordings registered", stats["recordings"], "", n=len(paths),
                  note=f"measured; {hours:.1f} h" + "".join(
                      f"; {line['track']}: {line['status']} {line['error'] or ''}" for line in bad[:8]))
    report.figure("register speed", hours * 3600 / seconds, "× RT", n=len(paths), note="measured, decode included")
    report.figure("register CPU per second of audio", 1000 * cpu / (hours * 3600), "ms", n=len(paths),
                  note="measured, all processes")
    report.figure("index bytes per hour", stats["index_bytes_per_hour"], "B", most_bytes_per_hour, n=len(paths),
                  at_most=True)
    report.figure("store bytes per hour", stats["store_bytes"] / hours, "B", n=len(paths))


def run_set(report, earmark, source, name):
    """Matches all queries of a set in one call; returns (rows, answers)."""
    place = source.data / name
    rows = score.read_rows(place / "queries.tsv")
    for row in rows:
        row["track"] = earmark.same_as.get(row["track"], row["track"])
    files = sorted({row["file"] for row in rows})
    lines, seconds = earmark.match([place / f for f in files])
    answers, errors = answers_of(lines, earmark.track_of_id)
    missing = [f for f in files if f not in answers]
    if missing:
        raise EngineError(f"match gave no line for {len(missing)} of {len(files)} files, first {missing[0]}")
    report.figure(f"{name} match time per file", 1000 * seconds / len(files), "ms", n=len(files))
    if errors:
        first = next(iter(errors.items()))
        report.figure(f"{name} files refused", len(errors), "files", 0, n=len(files), at_most=True,
                      note=f"measured; {first[0]}: {first[1]}")
    return rows, answers


class Totals:
    """Sums over the cells of positive sets."""

    def __init__(self):
        self.n = self.found = self.offsets = self.offsets_right = 0

    def add(self, counts):
        for key in ("n", "found", "offsets", "offsets_right"):
            setattr(self, key, getattr(self, key) + counts[key])

    def found_percent(self):
        return 100 * score.ratio(self.found, self.n)

    def offset_percent(self):
        return 100 * score.ratio(self.offsets_right, self.offsets)


def positives(report, rows, answers, totals, bars=BARS):
    """Found and offset figures of a set whose rows each plant one recording; adds them to the totals."""
    for cell, counts in score.cells(rows, answers).items():
        bar, goal = bars.get(cell, (None, GOALS.get(cell)))
        share = 100 * score.ratio(counts["found"], counts["n"])
        wrong = counts["answered"] - counts["found"]
        report.figure(f"found {cell}", share, "%", bar, goal, counts["n"],
                      note="measured" + (f"; {wrong} named another recording first" if wrong else ""))
        if counts["offsets"]:
            report.figure(f"offset within 1 s {cell}", 100 * score.ratio(counts["offsets_right"], counts["offsets"]),
                          "%", n=counts["offsets"], note="measured on tracks that repeat little")
        totals.add(counts)


def negatives(report, rows, answers):
    for cell, counts in score.false_matches(rows, answers).items():
        note = f"measured over {counts['hours']:.2f} h" + "".join(f"; {f}" for f in counts["files"][:6])
        report.figure(f"false {cell}", counts["false"], "files", 0, 0, counts["n"], note, at_most=True)


def podcasts(report, rows, answers):
    result = score.podcast(rows, answers)
    precision = score.ratio(result["hit"], result["reported"])
    recall = score.ratio(result["hit"], result["planted"])
    n = result["planted"]
    report.figure("K7 seconds precision", precision, "", goal=0.99, n=result["reported"])
    report.figure("K7 seconds recall", recall, "", n=n)
    both = precision + recall
    report.figure("K7 seconds F1", 2 * precision * recall / both if both else 0.0, "", goal=0.90, n=n)
    report.figure("K7 uses found", result["uses_found"], "uses", n=result["uses"])
    errors = result["boundary_errors_ms"]
    report.figure("K7 boundary error median", score.quantile(errors, 0.5), "ms", n=len(errors))
    report.figure("K7 boundary error p95", score.quantile(errors, 0.95), "ms", n=len(errors))


def hour_file(source):
    """A 60-minute MP3 (128 kbit/s, stereo as published): talk with registered music under and between; made once."""
    path = source.data / "hour"
    target = path.with_suffix(".mp3")
    if target.exists():
        return target
    generator = material.rng("hour")
    pieces, length = [], 0
    while length < 3600 * material.RATE:
        speech = source.speech(generator, 40 * material.RATE)
        tracks = source.of_role("ref")
        track = tracks[generator.integers(len(tracks))]["path"]
        start = source.place(generator, track, 20)
        bed = source.cut(track, start, 20 * material.RATE) if start is not None else np.zeros(0, np.float32)
        if len(bed):
            speech[: len(bed)] = audio.under_speech(bed, speech[: len(bed)], -12.0)
        pieces.append(speech)
        length += len(speech)
    samples = np.concatenate(pieces)[: 3600 * material.RATE]
    written = pathlib.Path(audio.encode(str(path) + ".part", samples, "mp3_128k"))
    written.replace(target)
    return target


def throughput(report, earmark, source):
    """Best of three matches of one hour of MP3."""
    path = hour_file(source)
    runs, cpu = [], []
    for _ in range(3):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        _, seconds = earmark.match([path])
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        runs.append(seconds)
        cpu.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    report.figure("match of a 60-minute MP3", 3600 / min(runs), "× RT", MIN_REALTIME, n=3,
                  note=f"measured, best of 3, decode and start included, {os.cpu_count()} cores,"
                       f" median {3600 / sorted(runs)[1]:.0f} × RT, CPU {min(cpu):.1f} s")
    report.figure("peak memory of a child", after.ru_maxrss / 1024, "MiB", n=1, note="measured, largest child so far")


def run(report, binary, source, sets, scratch):
    """The whole benchmark; `sets` names the query sets that are there."""
    store = pathlib.Path(scratch) / "store"
    shutil.rmtree(store, ignore_errors=True)
    earmark = Earmark(binary, store)
    register_all(report, earmark, source, MAX_BYTES_PER_HOUR)
    totals = Totals()
    for name in sets:
        if not (source.data / name / "queries.tsv").exists():
            report.skipped(f"{name}", f"no query set at {source.data / name}")
            continue
        rows, answers = run_set(report, earmark, source, name)
        if name in POSITIVE:
            positives(report, rows, answers, Totals() if name == "K5" else totals)
        else:
            (negatives if name == "K6" else podcasts)(report, rows, answers)
    if totals.n:
        report.figure("found all of K1-K4", totals.found_percent(), "%", n=totals.n)
        report.figure("offset within 1 s all of K1-K4", totals.offset_percent(), "%", n=totals.offsets,
                      note="measured on tracks that repeat little")
    throughput(report, earmark, source)
