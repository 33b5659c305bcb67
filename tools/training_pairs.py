"""Makes the audio the embeddings are trained on: clean excerpts and distorted versions, aligned to the sample.

    /usr/bin/python3 tools/training_pairs.py OUT [CORPUS]

Material: the packages with the roles train and voice-train in bench/packages.txt; nothing of the benchmark's queries.
Writes OUT/*.wav (mono, 8 kHz, 16 bit) and OUT/pairs.tsv, a line a pair without a header: clean, distorted, kind
(paths as OUT was given), which is what train_embedding reads. The files of a pair have the same length; codec delays
are measured by cross-correlation and removed. Seeds are fixed: the same packages give the same audio with the same
FFmpeg.
"""

import pathlib
import sys
import tempfile

import numpy as np
from scipy import signal

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "bench"), str(ROOT / "scripts")]

from earmark_bench import audio, corpus, material  # noqa: E402

RATE = audio.MIX_RATE
OUT_RATE = 8000
SECONDS = 100.0
FILTER_TAPS = 2049
NOISE_BLOCK = 1 << 18  # samples
CODECS = ("mp3_16k", "mp3_24k", "opus_16k", "aac_48k", "gsm", "vorbis_q1")


def through_codec(samples, encoding):
    """Encoded and decoded again, aligned with the input by cross-correlation."""
    with tempfile.TemporaryDirectory() as scratch:
        back = audio.decode(audio.encode(f"{scratch}/x", audio.guard(samples), encoding), RATE)
    span = min(len(samples), len(back), 20 * RATE)
    lag = audio.best_lag(samples[:span], back[:span], RATE // 5)
    return audio.shift(back, lag, len(samples))


def equalised(samples, generator):
    """Zero-phase random equaliser: smooth gains within ±12 dB, at times with the low or high end cut off."""
    f = np.linspace(0.0, RATE / 2, 1025)
    knots = np.geomspace(60, 5000, 8)
    gain_db = np.interp(np.log(f + 1.0), np.log(knots), generator.uniform(-12, 12, len(knots)))
    low, high = generator.choice([20, 150, 300]), generator.choice([2800, 3400, 16000])
    gain_db -= 10 * np.log10(1 + (low / (f + 1.0)) ** 8) + 10 * np.log10(1 + (f / high) ** 8)
    gain = 10 ** (gain_db / 20)
    gain[-1] = 0.0  # nothing at half the rate
    taps = signal.firwin2(FILTER_TAPS, f, gain, fs=RATE)
    half = FILTER_TAPS // 2
    return signal.oaconvolve(samples, taps)[half : half + len(samples)].astype(np.float32)


def noise_like(source, generator, count):
    """Pink noise, white noise, or several training voices at once."""
    kind = generator.integers(3)
    if kind == 0:
        blocks = [audio.pink_noise(generator, NOISE_BLOCK) for _ in range(count // NOISE_BLOCK + 1)]
        return np.concatenate(blocks)[:count]
    if kind == 1:
        return generator.standard_normal(count).astype(np.float32)
    return source.babble(generator, count, "voice-train")


def noisy(source, samples, generator, low, high):
    noise = noise_like(source, generator, len(samples))
    return audio.add_noise(samples, noise, generator.uniform(low, high))


def spoken_over(source, samples, generator):
    """The music 0 to 10 dB under a training voice."""
    speech = source.speech(generator, len(samples), "voice-train")
    return audio.under_speech(samples, speech, generator.uniform(-10.0, 0.0))


def versions(source, samples, generator):
    """(kind, distorted) for one clean excerpt at 32 kHz; all as long as it."""
    yield "codec", through_codec(samples, generator.choice(CODECS))
    yield "eq", equalised(samples, generator)
    yield "room", audio.in_room(equalised(samples, generator), generator)
    yield "noise", noisy(source, audio.in_room(samples, generator), generator, 0.0, 15.0)
    yield "speech", through_codec(spoken_over(source, samples, generator), "mp3_64k")
    worst = noisy(source, audio.in_room(equalised(samples, generator), generator), generator, 0.0, 10.0)
    yield "noise+codec", through_codec(worst, generator.choice(("mp3_24k", "opus_24k", "mp3_64k")))


def write(path, samples):
    audio.encode(str(path.with_suffix("")), audio.guard(audio.resample(samples, RATE, OUT_RATE)), "wav", OUT_RATE)


def make_track(job):
    source, out, relative, index = job
    generator = material.rng("training", relative)
    count = min(len(source.pcm(relative)), int(SECONDS * RATE))
    start = int(generator.integers(0, len(source.pcm(relative)) - count + 1))
    clean = source.cut(relative, start, count)
    write(out / f"{index:03d}_clean.wav", clean)
    rows = []
    for kind, distorted in versions(source, clean, generator):
        name = f"{index:03d}_{kind.replace('+', '_')}.wav"
        write(out / name, distorted)
        rows.append((out / f"{index:03d}_clean.wav", out / name, kind))
    return rows


def main():
    out = pathlib.Path(sys.argv[1])
    folder = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else corpus.default_folder()
    out.mkdir(parents=True, exist_ok=True)
    corpus.fetch(folder, note=lambda text: print(text, file=sys.stderr))
    source = material.Material(out.parent, folder)
    source.prepare("train")
    source.prepare_voices("voice-train")
    jobs = [(source, out, t["path"], i) for i, t in enumerate(source.of_role("train"))]
    rows = [row for made in material.run_parallel(make_track, jobs) for row in made]
    lines = "".join(f"{clean}\t{distorted}\t{kind}\n" for clean, distorted, kind in rows)
    (out / "pairs.tsv").write_text(lines, encoding="utf-8")


if __name__ == "__main__":
    main()
