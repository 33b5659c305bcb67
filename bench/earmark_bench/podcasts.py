"""K7: podcasts with planted uses and their truth.

An episode is speech throughout, with music as podcasts use it: intros at full level, beds under the voice, stings,
two recordings at once, and music that is not registered. Truth rows have the form of queries.tsv (queries.py).
"""

import numpy as np

from earmark_bench import audio, material
from earmark_bench.material import RATE

EPISODES = 3
SPEECH_POWER = 0.01  # active power of the voice, -20 dBFS
FULL_DB = 0.0  # music without a voice has the level of the voice


def _script(generator):
    """(kind, seconds, level in dB against speech) in random order, an intro first; about 15 minutes with the talk."""
    uses = [("solo", 8, FULL_DB), ("solo", 8, FULL_DB), ("sting", 4, FULL_DB), ("sting", 4, FULL_DB),
            ("sting", 4, FULL_DB), ("bed", 30, -18.0), ("mash", 20, FULL_DB), ("mash", 15, FULL_DB),
            ("strange", 15, FULL_DB), ("strange bed", 40, -12.0)]
    uses += [("bed", int(generator.integers(20, 61)), -12.0) for _ in range(6)]
    order = generator.permutation(len(uses) - 1) + 1
    return [uses[0]] + [uses[i] for i in order]


class _Episode:
    def __init__(self, source, generator):
        self.source, self.generator = source, generator
        self.pieces, self.truth, self.length, self.used = [], [], 0, set()

    def seconds(self):
        return self.length / RATE

    def add(self, samples):
        self.pieces.append(samples.astype(np.float32))
        self.length += len(samples)

    def talk(self, seconds):
        count = int(seconds * RATE)
        return audio.gain_to(self.source.speech(self.generator, count), RATE, SPEECH_POWER)

    def music(self, role, seconds, level, note=True):
        """A stretch of a track not used in this episode yet; registered ones are noted in the truth."""
        tracks = self.source.of_role(role)
        while True:
            path = tracks[self.generator.integers(len(tracks))]["path"]
            start = None if path in self.used else self.source.place(self.generator, path, seconds)
            if start is not None:
                break
        self.used.add(path)
        samples = self.source.cut(path, start, int(seconds * RATE))
        samples = audio.gain_to(samples, RATE, SPEECH_POWER * 10 ** (level / 10))
        if note:
            self.truth.append((path, self.seconds(), start / RATE, seconds))
        return audio.fade(samples, RATE, 0.25)

    def play(self, kind, seconds, level):
        role = "out" if kind.startswith("strange") else "ref"
        first = self.music(role, seconds, level, note=role == "ref")
        if kind.endswith("bed"):
            self.add(self.talk(seconds) + first)
        elif kind == "mash":
            self.add(first + self.music("ref", seconds, level))
        else:
            self.add(first)


def make_episode(job):
    """Writes one episode; returns its truth as (file, path, query_start_s, reference_start_s, seconds)."""
    source = job["source"]
    generator = material.rng("K7", job["index"])
    episode = _Episode(source, generator)
    for kind, seconds, level in _script(generator):
        episode.play(kind, seconds, level)
        episode.add(episode.talk(generator.uniform(15, 50)))
    samples = audio.guard(np.concatenate(episode.pieces))
    written = audio.encode(str(source.data / "K7" / f"episode_{job['index']}"), samples, "mp3_64k")
    return [(written.rsplit("/", 1)[-1], *use) for use in episode.truth]


def plan(source):
    return [{"index": i, "source": source} for i in range(EPISODES)]
