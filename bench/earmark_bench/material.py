"""Decoded material the queries are cut from: tracks and speech as 16-bit files at 32 kHz, read by memory map."""

import concurrent.futures
import hashlib
import multiprocessing
import os
import pathlib

import numpy as np

from earmark_bench import audio, corpus, repeats

RATE = audio.MIX_RATE
WORKERS = 2
SILENT_DB = -50.0  # mean square of a second below this is silence


def rng(*name):
    """A generator of random numbers fixed by its name."""
    digest = hashlib.sha256("/".join(str(part) for part in name).encode()).digest()
    return np.random.default_rng(int.from_bytes(digest[:8], "little"))


def run_parallel(function, jobs):
    """function(job) for each job on two gentle processes; results in order."""
    with multiprocessing.Pool(WORKERS, initializer=os.nice, initargs=(5,)) as pool:
        return pool.map(function, jobs, chunksize=4 if len(jobs) >= 16 * WORKERS else 1)


def _pcm_path(data, relative):
    return data / "pcm" / (hashlib.sha256(relative.encode()).hexdigest()[:20] + ".npy")


def _store(args):
    source, target = args
    if target.exists():
        return
    samples = audio.decode(source, RATE)
    np.save(target.with_suffix(".part.npy"), np.clip(samples * 32767, -32768, 32767).astype(np.int16))
    target.with_suffix(".part.npy").replace(target)


def _spoken(path):
    try:
        return audio.decode(path, RATE)
    except audio.AudioError:
        return np.zeros(0, np.float32)  # a prompt more or less does not matter


def join_prompts(files, *name):
    """The prompts one after the other with pauses of 0.15 to 0.5 s drawn from `name`, all at the same active level."""
    gap = rng("voice", *name)
    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        decoded = list(pool.map(_spoken, files))
    pieces = []
    for spoken in decoded:
        spoken = _trim(spoken)
        if len(spoken) < RATE // 2:
            continue
        spoken = audio.gain_to(spoken, RATE, 0.01)
        pieces += [spoken, np.zeros(int(RATE * gap.uniform(0.15, 0.5)), np.float32)]
    return np.concatenate(pieces)


def _store_voice(args):
    files, target = args
    if target.exists():
        return
    samples = join_prompts(files, target.name)
    np.save(target.with_suffix(".part.npy"), np.clip(samples * 32767, -32768, 32767).astype(np.int16))
    target.with_suffix(".part.npy").replace(target)


def _repeat_share(source):
    samples = np.load(source, mmap_mode="r").astype(np.float32) / 32768.0
    return repeats.of_samples(audio.resample(samples, RATE, repeats.RATE))


def _trim(samples):
    """Without the silence at both ends."""
    if len(samples) == 0:
        return samples
    power = audio.frame_power(samples, RATE, 0.05)
    loud = np.flatnonzero(power > power.max() * 1e-4)
    if len(loud) == 0 or power.max() <= 0:
        return samples[:0]
    step = int(RATE * 0.05)
    return samples[loud[0] * step : (loud[-1] + 1) * step]


def floats(samples, start, count):
    """A stretch of stored samples as float32 of the nominal range."""
    return np.array(samples[start : start + count], dtype=np.float32) / 32768.0


def place_in(samples, generator, seconds):
    """A random start in stored samples where no second is silent for `seconds`; None when there is no such place."""
    count = int(seconds * RATE)
    if len(samples) < count + RATE:
        return None
    for _ in range(40):
        start = int(generator.integers(0, len(samples) - count))
        if np.all(audio.frame_power(floats(samples, start, count), RATE, 1.0) > 10 ** (SILENT_DB / 10)):
            return start
    return None


class Material:
    """The corpus, split and decoded. `data` is where decoded audio and query sets live, `folder` the packages.

    per_cell, when given, is how many queries a cell has at most; cells, when given, the only ones that are made.
    """

    def __init__(self, data, folder, listing=corpus.PACKAGES, per_cell=None, cells=None):
        self.data = pathlib.Path(data)
        self.folder = pathlib.Path(folder)
        self.listing, self.per_cell, self.cells = listing, per_cell, cells
        self.tracks = corpus.tracks(self.folder, listing)
        (self.data / "pcm").mkdir(parents=True, exist_ok=True)

    def of_role(self, role):
        return [t for t in self.tracks if t["role"] == role]

    def prepare(self, role):
        """Decodes all tracks of a role."""
        jobs = [(self.folder / t["path"], _pcm_path(self.data, t["path"])) for t in self.of_role(role)]
        run_parallel(_store, jobs)

    def prepare_voices(self, role):
        """Joins the prompts of each speech package into one long file."""
        jobs = []
        for package, files in corpus.voices(self.folder, role, self.listing).items():
            order = rng("voice order", package).permutation(len(files))
            jobs.append(([files[i] for i in order], self.data / "pcm" / f"{role}.{package}.npy"))
        run_parallel(_store_voice, jobs)

    def repeat_shares(self):
        """Track path -> share of its windows that occur again in it, for the ref tracks; computed once."""
        listing = self.data / "repeats.tsv"
        if not listing.exists():
            names = [t["path"] for t in self.of_role("ref")]
            shares = run_parallel(_repeat_share, [_pcm_path(self.data, name) for name in names])
            text = "".join(f"{name}\t{share:.4f}\n" for name, share in zip(names, shares))
            listing.with_suffix(".part").write_text(text, encoding="utf-8")
            listing.with_suffix(".part").replace(listing)
        rows = (line.split("\t") for line in listing.read_text(encoding="utf-8").splitlines())
        return {name: float(share) for name, share in rows}

    def pcm(self, relative):
        """A track as a memory-mapped int16 array at 32 kHz."""
        return np.load(_pcm_path(self.data, relative), mmap_mode="r")

    def voice_files(self, role):
        return sorted((self.data / "pcm").glob(f"{role}.*.npy"))

    def cut(self, relative, start, count):
        """count samples of a track from sample `start` on, as float32."""
        return floats(self.pcm(relative), start, count)

    def speech(self, generator, count, role="voice"):
        """A random stretch of speech: of one speaker package, of the stated length."""
        files = self.voice_files(role)
        chosen = np.load(files[generator.integers(len(files))], mmap_mode="r")
        start = int(generator.integers(0, len(chosen) - count))
        return floats(chosen, start, count)

    def babble(self, generator, count, role="voice", speakers=5):
        """Several voices at once."""
        return sum(audio.gain_to(self.speech(generator, count, role), RATE, 0.01) for _ in range(speakers))

    def place(self, generator, relative, seconds):
        """A random start sample where the track is not silent for `seconds`; None when there is no such place."""
        return place_in(self.pcm(relative), generator, seconds)
