"""K9: spoken programmes as references, and what happens to them: re-encoding, noise, speed, re-uploads.

The programmes lie in K9/programmes and are registered beside the music. Negatives are other passages of the same
voices (voices.py).
"""

import pathlib

import numpy as np

from earmark_bench import audio, manifest, material, voices
from earmark_bench.material import RATE

LENGTHS = (5, 10, 20)  # s
PER_CELL = 30
OTHER_PASSAGES = 120  # of 30 s
REUPLOADS = ("flite-slt", "espeak-de", "asterisk-core-sounds-es-wav", "festival-kal")
PARTIAL = "part."  # before the name of a file that is being written
REUPLOAD_CELL = "speech re-upload"
CUTS = 4  # stretches of 15 to 60 s taken out of a re-upload; an ad stands in the place of each but the first
AD_BED_DB = -15.0
# Kind -> how a query is made of its excerpt; speed is the query's over the programme's.
KINDS = {"MP3 24k": {"encoding": "mp3_24k"}, "MP3 64k": {"encoding": "mp3_64k"}, "noise 10 dB": {"snr": 10.0},
         "speed +4 %": {"effect": ["speed", "1.04"], "speed": 1.04},
         "speed -4 %": {"effect": ["speed", "0.96"], "speed": 0.96},
         "tempo +10 %": {"effect": ["tempo", "-s", "1.10"], "speed": 1.10},
         "tempo -10 %": {"effect": ["tempo", "-s", "0.90"], "speed": 0.90}}


def track_of(name):
    """How a programme is called in the manifest: its path below the set's folder."""
    return f"programmes/{name}.mp3"


def programmes(source):
    """The programmes that are there, as paths below the set's folder."""
    folder = source.data / "K9"
    return sorted(str(path.relative_to(folder)) for path in (folder / "programmes").glob("*.mp3")
                  if not path.name.startswith(PARTIAL))


def prepare(source):
    """The material, and the programmes as files; raises CorpusError."""
    source.prepare("out")
    source.prepare_voices("voice")
    source.prepare_voices("voice-train")
    voices.prepare(source)
    folder = source.data / "K9" / "programmes"
    folder.mkdir(parents=True, exist_ok=True)
    material.run_parallel(_publish, [(source, name, folder) for name in voices.names(source)])


def _publish(job):
    source, name, folder = job
    target = folder / f"{name}.mp3"
    if not target.exists():
        stored = voices.samples(source, "spoken", name)
        samples = audio.guard(material.floats(stored, 0, len(stored)))
        pathlib.Path(audio.encode(str(folder / f"{PARTIAL}{name}"), samples, "mp3_128k")).replace(target)


def plan(source):
    known = voices.names(source)
    jobs = []
    for c, (kind, seconds) in enumerate((k, s) for s in LENGTHS for k in KINDS):
        for i in range(PER_CELL):
            jobs.append({"source": source, "cell": f"speech {kind} {seconds} s", "index": i, "name": f"{c:02d}_{i:03d}",
                         "voice": known[(i + c) % len(known)], "seconds": seconds, **KINDS[kind]})
    rest = voices.names(source, "spoken-rest")
    jobs += [{"source": source, "cell": "speech other passage 30 s", "index": i, "name": f"other_{i:03d}",
              "voice": rest[i % len(rest)], "seconds": 30} for i in range(OTHER_PASSAGES)]
    jobs += [{"source": source, "cell": REUPLOAD_CELL, "index": i, "name": f"reupload_{i}", "voice": name}
             for i, name in enumerate(REUPLOADS) if name in known]
    return jobs


def make(job):
    """Writes one query; its rows of the manifest."""
    if job["cell"] == REUPLOAD_CELL:
        return _reupload(job)
    if job["cell"].startswith("speech other"):
        return _other_passage(job)
    return _query(job)


def _place(stored, generator, seconds):
    start = material.place_in(stored, generator, seconds)
    if start is None:
        raise RuntimeError(f"no {seconds} s of speech without a silent second")
    return start


def _target(job):
    return str(job["source"].data / "K9" / job["name"])


def _query(job):
    stored = voices.samples(job["source"], "spoken", job["voice"])
    generator = material.rng("K9", job["cell"], job["index"])
    speed = job.get("speed", 1.0)
    start = _place(stored, generator, job["seconds"] * speed)
    samples = material.floats(stored, start, int(job["seconds"] * speed * RATE))
    if "effect" in job:
        samples = audio.sox(samples, RATE, *job["effect"])
    if "snr" in job:
        noise = (job["source"].babble(generator, len(samples)) if job["index"] % 2
                 else audio.pink_noise(generator, len(samples)))
        samples = audio.add_noise(samples, noise, job["snr"])
    written = audio.encode(_target(job), audio.guard(samples), job.get("encoding", "mp3_64k"))
    return [manifest.row(written, job["cell"], track_of(job["voice"]), 0.0, start / RATE, len(samples) / RATE, speed)]


def _other_passage(job):
    stored = voices.samples(job["source"], "spoken-rest", job["voice"])
    generator = material.rng("K9", job["cell"], job["index"])
    samples = material.floats(stored, _place(stored, generator, job["seconds"]), job["seconds"] * RATE)
    written = audio.encode(_target(job), audio.guard(samples), ("mp3_24k", "mp3_64k")[job["index"] % 2])
    return [manifest.row(written, job["cell"], seconds=job["seconds"])]


def kept_stretches(length, cuts):
    """What is left of [0, length) when the stretches (start, end) of `cuts` are taken out: [(start, end), …]."""
    out, at = [], 0
    for start, end in sorted(cuts):
        if start > at:
            out.append((at, start))
        at = max(at, end)
    return out + ([(at, length)] if at < length else [])


def _cuts(length, generator):
    """One cut in each of CUTS equal parts of the programme, away from their borders."""
    part = length // CUTS
    out = []
    for i in range(CUTS):
        size = int(generator.uniform(15, 60) * RATE)
        start = i * part + int(generator.uniform(0.1, 0.9) * max(1, part - size))
        out.append((start, min(start + size, length)))
    return out


def _ad(source, generator):
    count = int(generator.uniform(15, 35) * RATE)
    speech = audio.gain_to(source.speech(generator, count, "voice-train"), RATE, 0.01)
    tracks = source.of_role("out")
    start = None
    while start is None:
        path = tracks[generator.integers(len(tracks))]["path"]
        start = source.place(generator, path, count / RATE)
    return audio.under_speech(source.cut(path, start, count), speech, AD_BED_DB)


def _reupload(job):
    source = job["source"]
    stored = voices.samples(source, "spoken", job["voice"])
    generator = material.rng("K9", job["cell"], job["index"])
    pieces, truth, at = [], [], 0
    for i, (start, end) in enumerate(kept_stretches(len(stored), _cuts(len(stored), generator))):
        if i > 1:
            pieces.append(_ad(source, generator))
            at += len(pieces[-1])
        pieces.append(material.floats(stored, start, end - start))
        truth.append((at / RATE, start / RATE, (end - start) / RATE))
        at += end - start
    written = audio.encode(_target(job), audio.guard(np.concatenate(pieces)), "mp3_64k")
    return [manifest.row(written, job["cell"], track_of(job["voice"]), *use) for use in truth]
