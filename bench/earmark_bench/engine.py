"""The `engine` benchmark: every query set and speed against the release binary, through its command line only."""

import os
import pathlib
import shutil

import numpy as np

from earmark_bench import audio, bars, calibration, certainty, material, peers, plots, score, speech, stages
from earmark_bench.program import Earmark, EngineError, answers_of, children_cpu

POSITIVE = ("K1", "K2", "K3", "K4", "K5", "K9")


def register_all(report, earmark, source, most_bytes_per_hour=None):
    """Registers ref and train tracks; prints speed and size. Returns nothing the program would not tell."""
    paths = [t["path"] for t in source.of_role("ref") + source.of_role("train")]
    before = children_cpu()
    lines, seconds = earmark.register(source.folder, paths)
    cpu = children_cpu() - before
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


def run_set(report, earmark, source, name, limit=None):
    """Matches all queries of a set in one call; returns (rows, answers). limit: so many files of each cell only."""
    place = source.data / name
    rows = score.first_files(score.read_rows(place / "queries.tsv"), limit)
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


def positives(report, rows, answers, totals, asked=bars.found):
    """Found and offset figures of a set whose rows each plant one recording; adds them to the totals."""
    for cell, counts in score.cells(rows, answers).items():
        bar, goal = asked(cell)
        share = 100 * score.ratio(counts["found"], counts["n"])
        wrong = counts["answered"] - counts["found"]
        report.figure(f"found {cell}", share, "%", bar, goal, counts["n"],
                      note="measured" + (f"; {wrong} named another recording first" if wrong else ""))
        if counts["offsets"]:
            report.figure(f"offset within 1 s {cell}", 100 * score.ratio(counts["offsets_right"], counts["offsets"]),
                          "%", n=counts["offsets"], note="measured on tracks that repeat little")
        totals.add(counts)


def negatives(report, rows, answers):
    """False matches of each cell; (matches, hours) over all of them."""
    matches, hours = 0, 0.0
    for cell, counts in score.false_matches(rows, answers).items():
        bound = calibration.poisson_upper(counts["matches"]) / counts["hours"]
        note = (f"measured over {counts['hours']:.2f} h; {counts['matches']} matches: at most {bound:.2g} an hour"
                " (exact Poisson, 95 %)" + "".join(f"; {f}" for f in counts["files"][:6]))
        report.figure(f"false {cell}", counts["false"], "files", 0, 0, counts["n"], note, at_most=True)
        matches, hours = matches + counts["matches"], hours + counts["hours"]
    return matches, hours


def podcasts(report, rows, answers, prefix="K7", asked=True):
    """Seconds, uses and boundaries of a set of podcasts; asked: against the bars of K7."""
    nothing = (None, None)
    result = score.podcast(rows, answers)
    precision = score.ratio(result["hit"], result["reported"])
    recall = score.ratio(result["hit"], result["planted"])
    n = result["planted"]
    report.figure(f"{prefix} seconds precision", precision, "", *(bars.PODCAST_PRECISION if asked else nothing),
                  n=result["reported"])
    report.figure(f"{prefix} seconds recall", recall, "", n=n)
    both = precision + recall
    report.figure(f"{prefix} seconds F1", 2 * precision * recall / both if both else 0.0, "",
                  *(bars.PODCAST_F1 if asked else nothing), n=n)
    report.figure(f"{prefix} uses found", result["uses_found"], "uses", n=result["uses"])
    errors = result["boundary_errors_ms"]
    report.figure(f"{prefix} boundary error median", score.quantile(errors, 0.5), "ms", n=len(errors))
    report.figure(f"{prefix} boundary error p95", score.quantile(errors, 0.95), "ms", n=len(errors))


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
        before = children_cpu()
        _, seconds = earmark.match([path])
        runs.append(seconds)
        cpu.append(children_cpu() - before)
    report.figure("match of a 60-minute MP3", 3600 / min(runs), "× RT", bars.MIN_REALTIME, n=3,
                  note=f"measured, best of 3, decode and start included, {os.cpu_count()} cores,"
                       f" median {3600 / sorted(runs)[1]:.0f} × RT, CPU {min(cpu):.1f} s")
    report.figure("peak memory of that match", earmark.match_memory(path) / 1024, "MiB", n=1,
                  note="measured, without the decoder child")


class Run:
    """What has been asked and answered so far: name of set -> rows, and -> answers at the default threshold.

    same_as: track -> the track that stands for its recording.
    """

    def __init__(self, source, sets, same_as):
        self.source, self.sets, self.same_as = source, sets, same_as
        self.rows, self.answers, self.null_hours = {}, {}, 0.0
        self.unbounded, self.reliability, self.curve, self.stages = {}, [], [], {}

    def present(self, report):
        """The named sets that are there; says of the others that they are skipped."""
        for name in self.sets:
            if (self.source.data / name / "queries.tsv").exists():
                yield name
            else:
                report.skipped(name, f"no query set at {self.source.data / name}")

    def planted(self, names=POSITIVE):
        """(set, row) of the queries with one planted recording."""
        for name in names:
            for row in self.rows.get(name, []):
                if row["track"] != "-" and row["cell"] != speech.REUPLOAD_CELL:
                    yield name, row


def _score(report, run, name, totals):
    """The figures of one set; (false matches, hours) of what holds nothing."""
    rows, answers = run.rows[name], run.answers[name]
    if name == "K7":
        podcasts(report, rows, answers)
        return 0, 0.0
    if name in ("K6", "K6H"):
        return negatives(report, rows, answers)
    uploads = [row for row in rows if row["cell"] == speech.REUPLOAD_CELL]
    planted = [row for row in rows if row["track"] != "-" and row["cell"] != speech.REUPLOAD_CELL]
    positives(report, planted, answers, totals if name in ("K1", "K2", "K3", "K4") else Totals())
    if uploads:
        files = {row["file"] for row in uploads}
        podcasts(report, uploads, {f: answers[f] for f in files}, prefix="K9 re-upload")
    return negatives(report, [row for row in rows if row["track"] == "-"], answers)


def run(report, binary, source, sets, scratch, limit=None):
    """The whole benchmark; `sets` names the query sets; limit: see run_set."""
    scratch = pathlib.Path(scratch)
    store = scratch / "store"
    shutil.rmtree(store, ignore_errors=True)
    earmark = Earmark(binary, store)
    register_all(report, earmark, source, bars.MAX_BYTES_PER_HOUR)
    if "K9" in sets and speech.programmes(source):
        lines, _ = earmark.register(source.data / "K9", speech.programmes(source))
        spoken = sum(line.get("duration_ms") or 0 for line in lines) / 3.6e6
        report.figure("spoken programmes registered", sum(line["status"] == "registered" for line in lines), "",
                      n=len(lines), note=f"measured; {spoken:.1f} h")
    done, totals, false_matches = Run(source, sets, earmark.same_as), Totals(), 0
    for name in done.present(report):
        done.rows[name], done.answers[name] = run_set(report, earmark, source, name, limit)
        matches, hours = _score(report, done, name, totals)
        false_matches, done.null_hours = false_matches + matches, done.null_hours + hours
    if totals.n:
        report.figure("found all of K1-K4", totals.found_percent(), "%", n=totals.n)
        report.figure("offset within 1 s all of K1-K4", totals.offset_percent(), "%", n=totals.offsets,
                      note="measured on tracks that repeat little")
    if done.null_hours:
        report.figure("false matches an hour, upper bound", calibration.poisson_upper(false_matches) / done.null_hours,
                      "1/h", n=false_matches,
                      note=f"exact Poisson, 95 %: {false_matches} matches in {done.null_hours:.1f} h")
    throughput(report, earmark, source)
    prints = certainty.fingerprints(earmark, done, scratch)
    certainty.measure(report, earmark, done, prints)
    stages.measure(report, earmark, done, prints, scratch)
    others = peers.measure(report, done, scratch)
    plots.engine(report, done, others)
