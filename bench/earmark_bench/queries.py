"""The query sets, made with fixed seeds from the corpus. Protocol: docs/benchmarks.md.

A set is a folder with its audio files and queries.tsv (manifest.py).
"""

import numpy as np

from earmark_bench import audio, manifest, material, nulls, podcasts, speech
from earmark_bench.material import RATE
from earmark_corpus import packages

GENERATION = 1  # raise when the same corpus shall give other queries
PER_CELL = 40
PER_SHORT_CELL = 30

K1 = [("MP3 24k 5 s", 5, "mp3_24k"), ("Opus 16k 5 s", 5, "opus_16k"), ("AAC 48k 3 s", 3, "aac_48k"),
      ("GSM 10 s", 10, "gsm"), ("telephone band 10 s", 10, "telephone")]
K4 = ([(f"speed {p:+d} %", ["speed", f"{1 + p / 100:.2f}"], 1 + p / 100) for p in (2, -2, 4, -4, 8, -8)]
      + [(f"tempo {p:+d} %", ["tempo", "-m", f"{1 + p / 100:.2f}"], 1 + p / 100) for p in (5, -5, 10, -10)]
      + [(f"pitch {s:+d} semitones", ["pitch", f"{100 * s}"], 1.0) for s in (1, -1, 2, -2)])
NEGATIVES = [("unregistered music 10 s", 200), ("unregistered bed -10 dB 20 s", 120), ("speech 30 s", 120),
             ("reversed reference 10 s", 120), ("noise 10 s", 20), ("tones 10 s", 20), ("silence 10 s", 4)]


def _choose(source, role, seconds, count, *name):
    """`count` (track, start sample) of a role: as many different tracks as there are, in random order."""
    tracks = source.of_role(role)
    out, turn = [], 0
    while len(out) < count:
        order = material.rng(*name, "order", turn).permutation(len(tracks))
        for i in order:
            path = tracks[i]["path"]
            start = source.place(material.rng(*name, path, turn), path, seconds)
            if start is not None:
                out.append((path, start))
            if len(out) == count:
                break
        turn += 1
        if turn > 50:
            raise RuntimeError(f"not enough tracks of {seconds} s for {name}")
    return out


def _plan(source, set_name, cells):
    """Jobs for a set: cells are (cell, seconds of source audio, count, parameters)."""
    jobs = []
    again = source.repeat_shares()
    for c, (cell, seconds, count, parameters) in enumerate(cells):
        if source.cells is not None and cell not in source.cells:
            continue
        count = min(count, source.per_cell or count)
        for i, (path, start) in enumerate(_choose(source, "ref", seconds, count, set_name, cell)):
            jobs.append({"set": set_name, "cell": cell, "index": i, "name": f"{c:02d}_{i:03d}", "track": path,
                         "start": start, "seconds": seconds, "repeats": again[path],
                         "source": source, **parameters})
    return jobs


def _positive(job, written, seconds, speed=1.0):
    return [manifest.row(written, job["cell"], job["track"], 0.0, job["start"] / RATE, seconds, speed,
                 job["repeats"])]


def _excerpt(job):
    source = job["source"]
    return source, source.cut(job["track"], job["start"], int(job["seconds"] * RATE))


def _target(job):
    return str(job["source"].data / job["set"] / job["name"])


def make_codec(job):
    _, music = _excerpt(job)
    kind = job["encoding"]
    if kind == "telephone":
        music, kind = audio.band_pass(music, 300.0, 3400.0), "mp3_64k"
    elif kind == "gsm" and job["index"] % 2:
        kind = "gsm_wav"
    written = audio.encode(_target(job), audio.guard(music), kind)
    return _positive(job, written, job["seconds"])


def _noisy(source, job, music):
    generator = material.rng(job["set"], job["cell"], job["index"], "noise")
    music = audio.in_room(music, generator)
    count = len(music)
    noise = source.babble(generator, count) if job["index"] % 2 else audio.pink_noise(generator, count)
    return audio.add_noise(music, noise, job["snr"])


def make_noise(job):
    source, music = _excerpt(job)
    written = audio.encode(_target(job), _noisy(source, job, music), "mp3_64k")
    return _positive(job, written, job["seconds"])


def make_bed(job):
    source, music = _excerpt(job)
    speech = source.speech(material.rng(job["set"], job["cell"], job["index"], "speech"), len(music))
    written = audio.encode(_target(job), audio.under_speech(music, speech, job["level"]), "mp3_64k")
    return _positive(job, written, job["seconds"])


def make_altered(job):
    _, music = _excerpt(job)
    out = audio.guard(audio.sox(music, RATE, *job["effect"]))
    written = audio.encode(_target(job), out, "mp3_64k")
    return _positive(job, written, len(out) / RATE, job["speed"])


def make_negative(job):
    source = job["source"]
    generator = material.rng(job["set"], job["cell"], job["index"], "negative")
    count = int(job["seconds"] * RATE)
    kind = job["cell"].split()[0]
    if job.get("track"):
        samples = source.cut(job["track"], job["start"], count)
    if kind == "speech":
        samples = source.speech(generator, count)
    elif kind == "unregistered" and "bed" in job["cell"]:
        samples = audio.under_speech(samples, source.speech(generator, count), -10.0)
    elif kind == "reversed":
        samples = samples[::-1].copy()
    elif kind == "noise":
        samples = 0.1 * (audio.pink_noise(generator, count) if job["index"] % 2
                         else generator.standard_normal(count))
    elif kind == "tones":
        t = np.arange(count) / RATE
        samples = 0.1 * sum(np.sin(2 * np.pi * f * t) for f in generator.uniform(80, 3500, 1 + job["index"] % 6))
    elif kind == "silence":
        samples = np.zeros(count)
    written = audio.encode(_target(job), audio.guard(samples), "mp3_64k")
    return [manifest.row(written, job["cell"], seconds=job["seconds"])]


def plan_k1(source):
    return _plan(source, "K1", [(c, s, PER_CELL, {"encoding": e}) for c, s, e in K1])


def plan_k2(source):
    return _plan(source, "K2", [(f"noise+room {snr} dB 5 s", 5, PER_CELL, {"snr": snr}) for snr in (0, 5, 10)])


def plan_k3(source):
    return _plan(source, "K3", [(f"bed {level} dB {s} s", s, PER_CELL, {"level": level})
                                for s in (5, 10, 20) for level in (-5, -10, -15, -20)])


def plan_k4(source):
    return _plan(source, "K4", [(cell, 10 * speed, PER_CELL, {"effect": effect, "speed": speed})
                                for cell, effect, speed in K4])


def plan_k5(source):
    return _plan(source, "K5", [(f"short {s} s {snr} dB", s, PER_SHORT_CELL, {"snr": snr})
                                for s in (1, 2, 3, 5, 10) for snr in (0, 5, 10)])


def plan_k6(source):
    jobs = []
    for c, (cell, count) in enumerate(NEGATIVES):
        if source.cells is not None and cell not in source.cells:
            continue
        count = min(count, source.per_cell or count)
        seconds = int(cell.split()[-2])
        role = {"unregistered": "out", "reversed": "ref"}.get(cell.split()[0])
        places = _choose(source, role, seconds, count, "K6", cell) if role else [(None, 0)] * count
        for i, (path, start) in enumerate(places):
            jobs.append({"set": "K6", "cell": cell, "index": i, "name": f"{c:02d}_{i:03d}", "track": path,
                         "start": start, "seconds": seconds, "source": source})
    return jobs


def make_podcast(job):
    return [manifest.row(name, "podcast", path, query, reference, seconds)
            for name, path, query, reference, seconds in podcasts.make_episode(job)]


SETS = {"K1": (plan_k1, make_codec), "K2": (plan_k2, make_noise), "K3": (plan_k3, make_bed),
        "K4": (plan_k4, make_altered), "K5": (plan_k5, make_noise), "K6": (plan_k6, make_negative),
        "K7": (podcasts.plan, make_podcast), "K6H": (nulls.plan, nulls.make), "K9": (speech.plan, speech.make)}


def _prepare_music(source):
    source.prepare("ref")
    source.prepare("out")
    source.prepare_voices("voice")


PREPARE = {"K6H": nulls.prepare, "K9": speech.prepare}  # what a set is cut from; the others: _prepare_music


def make_set(source, name):
    """Materialises one set unless it is there; returns its folder. Two processes do not make the same set at once."""
    place = source.data / name
    if (place / "queries.tsv").exists():
        return place
    with packages.locked(place):
        if not (place / "queries.tsv").exists():
            PREPARE.get(name, _prepare_music)(source)
            plan, make = SETS[name]
            rows = [row for made in material.run_parallel(make, plan(source)) for row in made]
            manifest.write(place / "queries.tsv", rows)
    return place
