"""Audio in numpy: decode, encode, levels, mixing, rooms and noise.

Signals are mono float32 arrays, one dimension, with a nominal range of [-1, 1]; the rate is always said. Decoding,
encoding and levels are earmark_corpus's; here is what query sets need beyond that.
"""

import subprocess

import numpy as np
from scipy import signal

from earmark_corpus import media, mix
from earmark_corpus.packages import CorpusError as AudioError

MIX_RATE = 32000  # Hz; everything is mixed at this rate before the last encoding
GUARD = 0.9  # peak a mix is scaled down to when it would clip


def _sox(arguments, data=None):
    done = subprocess.run(["sox", "-V1", "-D", *arguments], input=data, capture_output=True, check=False)
    if done.returncode != 0:
        raise AudioError(f"sox failed: {done.stderr.decode('utf-8', 'replace').strip()[-200:]}")
    return np.frombuffer(done.stdout, dtype="<f4").copy()


def decode(path, rate=MIX_RATE):
    """The audio of a file as mono float32 at `rate`. FFmpeg first; SoX (libvorbis) for what it refuses."""
    try:
        samples = media.read(path, rate)[:, 0]
        if len(samples):
            return samples
    except AudioError:
        pass
    return _sox([str(path), "-t", "f32", "-c", "1", "-r", str(rate), "-"])


# How each encoding is made: file name ending and FFmpeg's output options.
ENCODINGS = {
    "mp3_16k": (".mp3", ["-ar", "16000", "-c:a", "libmp3lame", "-b:a", "16k"]),
    "mp3_24k": (".mp3", ["-ar", "22050", "-c:a", "libmp3lame", "-b:a", "24k"]),
    "mp3_64k": (".mp3", ["-ar", "32000", "-c:a", "libmp3lame", "-b:a", "64k"]),
    "mp3_128k": (".mp3", ["-ar", "32000", "-c:a", "libmp3lame", "-b:a", "128k"]),
    "opus_16k": (".opus", ["-ar", "48000", "-c:a", "libopus", "-b:a", "16k"]),
    "opus_24k": (".opus", ["-ar", "48000", "-c:a", "libopus", "-b:a", "24k"]),
    "aac_48k": (".m4a", ["-ar", "32000", "-c:a", "aac", "-b:a", "48k"]),
    "aac_64k": (".m4a", ["-ar", "32000", "-c:a", "aac", "-b:a", "64k"]),
    "vorbis_q1": (".ogg", ["-ar", "32000", "-c:a", "libvorbis", "-q:a", "-1"]),
    "gsm": (".gsm", ["-ar", "8000", "-c:a", "libgsm", "-b:a", "13k"]),
    "gsm_wav": (".wav", ["-ar", "8000", "-c:a", "libgsm_ms", "-b:a", "13k"]),
    "wav": (".wav", ["-c:a", "pcm_s16le"]),
}


def encode(path, samples, encoding, rate=MIX_RATE):
    """Writes `samples` to `path` + the encoding's ending; returns the path written."""
    ending, options = ENCODINGS[encoding]
    out = f"{path}{ending}"
    media.write(np.asarray(samples)[:, None], rate, out, options)
    return out


def sox(samples, rate, *effects):
    """The signal after SoX effects, for example sox(x, rate, "tempo", "-m", "1.05")."""
    fmt = ["-t", "f32", "-c", "1", "-r", str(rate)]
    return _sox([*fmt, "-", *fmt, "-", *effects], np.asarray(samples, dtype="<f4").tobytes())


def resample(samples, rate_in, rate_out):
    """Band-limited resampling by the rational ratio of two integer rates."""
    if rate_in == rate_out:
        return np.asarray(samples, dtype=np.float32)
    g = np.gcd(rate_in, rate_out)
    return signal.resample_poly(samples, rate_out // g, rate_in // g).astype(np.float32)


def frame_power(samples, rate, seconds=0.02):
    """Mean square of consecutive frames."""
    n = max(1, int(rate * seconds))
    count = len(samples) // n
    if count == 0:
        return np.array([float(np.mean(np.square(samples)))]) if len(samples) else np.zeros(1)
    return np.mean(np.square(samples[: count * n].astype(np.float64).reshape(count, n)), axis=1)


def active_power(samples, rate):
    """Square of the active level: of the frames of 20 ms that are within 40 dB of the loudest one."""
    return mix.active_level(np.asarray(samples)[:, None], rate) ** 2


def gain_to(samples, rate, power):
    """The signal scaled so that its active power is `power`."""
    own = active_power(samples, rate)
    return samples if own <= 0 else (samples * np.sqrt(power / own)).astype(np.float32)


def guard(samples):
    """Scaled down where it would clip, otherwise unchanged."""
    peak = float(np.max(np.abs(samples))) if len(samples) else 0.0
    return samples if peak <= GUARD else (samples * (GUARD / peak)).astype(np.float32)


def under_speech(music, speech, level_db, rate=MIX_RATE):
    """Music at `level_db` relative to the active level of the speech above it."""
    n = min(len(music), len(speech))
    bed = gain_to(music[:n], rate, active_power(speech[:n], rate) * 10 ** (level_db / 10))
    return guard(speech[:n] + bed)


def add_noise(samples, noise, snr_db, rate=MIX_RATE):
    """The signal with noise `snr_db` below it (active levels)."""
    level = active_power(samples, rate) * 10 ** (-snr_db / 10)
    return guard(samples + gain_to(noise[: len(samples)], rate, level))


def pink_noise(rng, count):
    """Noise with power proportional to 1/f, unit variance."""
    spectrum = np.fft.rfft(rng.standard_normal(count))
    f = np.arange(len(spectrum), dtype=np.float64)
    f[0] = 1.0
    out = np.fft.irfft(spectrum / np.sqrt(f), n=count)
    return (out / (np.std(out) + 1e-12)).astype(np.float32)


def room_response(rng, rate, rt60, direct_db):
    """Decaying-noise room response: direct sound at sample 0, direct-to-reverberant ratio `direct_db`."""
    n = int(rate * rt60)
    t = np.arange(n) / rate
    tail = rng.standard_normal(n) * 10 ** (-3.0 * t / rt60)
    tail[: int(0.002 * rate)] = 0.0
    tail *= np.sqrt(10 ** (-direct_db / 10) / np.sum(np.square(tail)))
    tail[0] = 1.0
    return tail.astype(np.float32)


def in_room(samples, rng, rate=MIX_RATE):
    """The signal in a random room: RT60 0.2 to 0.6 s, direct-to-reverberant ratio -6 to +3 dB."""
    response = room_response(rng, rate, rng.uniform(0.2, 0.6), rng.uniform(-6.0, 3.0))
    return signal.fftconvolve(samples, response)[: len(samples)].astype(np.float32)


def band_pass(samples, low, high, rate=MIX_RATE, order=6):
    """Butterworth band pass, causal."""
    sos = signal.butter(order, [low, high], btype="band", fs=rate, output="sos")
    return signal.sosfilt(sos, samples).astype(np.float32)


def fade(samples, rate, seconds=0.3):
    """Raised-cosine fade at both ends."""
    n = min(int(rate * seconds), len(samples) // 2)
    out = np.array(samples, dtype=np.float32)
    if n:
        ramp = (0.5 - 0.5 * np.cos(np.pi * np.arange(n) / n)).astype(np.float32)
        out[:n] *= ramp
        out[-n:] *= ramp[::-1]
    return out


def best_lag(reference, other, limit):
    """The lag in samples (|lag| <= limit) at which other[n + lag] fits reference[n] best."""
    n = 1 << int(np.ceil(np.log2(len(reference) + len(other))))
    cross = np.fft.irfft(np.fft.rfft(other, n) * np.conj(np.fft.rfft(reference, n)), n)
    lags = np.concatenate([np.arange(0, limit + 1), np.arange(-limit, 0)])
    return int(lags[np.argmax(cross[lags])])


def shift(samples, lag, count):
    """count samples of the signal from `lag` on, zeros where there are none."""
    out = np.zeros(count, dtype=np.float32)
    begin = max(0, lag)
    piece = samples[begin : begin + count - max(0, -lag)]
    out[max(0, -lag) : max(0, -lag) + len(piece)] = piece
    return out
