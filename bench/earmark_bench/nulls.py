"""K6 by the hour: long files in which nothing is to be found, to bound the rate of false matches per scanned hour.

Files of five minutes: unregistered music whole, references played backwards, speech of voices that are in no
reference, speech over unregistered music, noise, and melodies of tones.
"""

import numpy as np

from earmark_bench import audio, manifest, material
from earmark_bench.material import RATE

SECONDS = 300
# Cell -> files of five minutes.
CELLS = {"null unregistered music": 26, "null reversed references": 42, "null other speech": 36,
         "null speech over unregistered music": 48, "null noise": 12, "null tones": 12}
BED_DB = (-6.0, -12.0, -18.0)
SCALE = np.array([0, 2, 4, 5, 7, 9, 11, 12])  # semitones of a major scale


def prepare(source):
    source.prepare("ref")
    source.prepare("out")
    source.prepare_voices("voice")
    source.prepare_voices("voice-train")


def plan(source):
    return [{"source": source, "cell": cell, "index": i, "name": f"{c}_{i:03d}"}
            for c, (cell, count) in enumerate(CELLS.items()) for i in range(count)]


def _run_of(parts, index):
    """Five minutes from position `index` × 5 min of all parts (functions that give samples, and lengths) in a row,
    beginning anew where they end."""
    lengths = np.array([length for _, length in parts])
    begin = (index * SECONDS * RATE) % int(lengths.sum())
    i = int(np.searchsorted(np.cumsum(lengths), begin, side="right"))
    skip = begin - int(lengths[:i].sum())
    out, have = [], 0
    while have < SECONDS * RATE:
        piece = parts[i % len(parts)][0]()[skip:]
        out.append(piece[: SECONDS * RATE - have])
        have += len(out[-1])
        skip, i = 0, i + 1
    return np.concatenate(out)


def _music(source, role, index, backwards=False):
    tracks = source.of_role(role)
    order = material.rng("K6H", role).permutation(len(tracks))
    step = -1 if backwards else 1

    def part(path):
        stored = source.pcm(path)
        return lambda: material.floats(stored, 0, len(stored))[::step], len(stored)

    return _run_of([part(tracks[i]["path"]) for i in order], index)


def _speech(source, role, index):
    def part(path):
        stored = np.load(path, mmap_mode="r")
        return lambda: material.floats(stored, 0, len(stored)), len(stored)

    return _run_of([part(path) for path in source.voice_files(role)], index)


def _noise(generator, index, source):
    count = SECONDS * RATE
    kind = index % 4
    if kind == 0:
        samples = generator.standard_normal(count)
    elif kind == 1:
        samples = audio.pink_noise(generator, count)
    elif kind == 2:
        samples = source.babble(generator, count)
    else:  # bursts: noise through a wandering gate, as of waves or machines
        gate = np.repeat(generator.uniform(0, 1, SECONDS * 4 + 1), RATE // 4)[:count]
        samples = audio.pink_noise(generator, count) * gate
    return 0.1 * samples / (np.std(samples) + 1e-9)


def _tones(generator):
    """Random melodies in two voices with decaying notes and three harmonics: like music, and nobody's."""
    out = np.zeros(SECONDS * RATE, np.float32)
    for base, least, most in ((110.0, 0.4, 1.2), (440.0, 0.15, 0.6)):
        at = 0
        while at < len(out):
            count = min(int(generator.uniform(least, most) * RATE), len(out) - at)
            t = np.arange(count) / RATE
            pitch = base * 2 ** ((generator.choice(SCALE) + 12 * generator.integers(0, 2)) / 12)
            note = sum(np.sin(2 * np.pi * h * pitch * t) / h for h in (1, 2, 3)) * np.exp(-3 * t)
            out[at : at + count] += note.astype(np.float32)
            at += count
    return 0.1 * out


def make(job):
    """Writes one file; its row of the manifest."""
    source, cell, index = job["source"], job["cell"], job["index"]
    generator = material.rng("K6H", cell, index)
    if cell == "null unregistered music":
        samples = _music(source, "out", index)
    elif cell == "null reversed references":
        samples = _music(source, "ref", index, backwards=True)
    elif cell == "null other speech":
        samples = _speech(source, "voice-train", index)
    elif cell == "null speech over unregistered music":
        role = ("voice", "voice-train")[index % 2]
        samples = audio.under_speech(_music(source, "out", index), _speech(source, role, index // 2),
                                     BED_DB[index % len(BED_DB)])
    elif cell == "null noise":
        samples = _noise(generator, index, source)
    else:
        samples = _tones(generator)
    written = audio.encode(str(source.data / "K6H" / job["name"]), audio.guard(samples), "mp3_64k")
    return [manifest.row(written, cell, seconds=SECONDS)]
