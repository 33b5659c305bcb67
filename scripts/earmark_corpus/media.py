"""Audio files to numpy and back, through ffmpeg and ffprobe."""
import json
import subprocess

import numpy

from .packages import CorpusError

RAW_G722 = ["-f", "g722"]


def _input_options(path):
    return RAW_G722 if str(path).endswith(".g722") else []


def probe(path):
    """{"codec", "rate" (Hz), "channels", "seconds"} of the first audio stream. Raises CorpusError."""
    done = subprocess.run(
        ["ffprobe", "-v", "error", *_input_options(path), "-select_streams", "a:0", "-of", "json", "-show_entries",
         "stream=codec_name,sample_rate,channels:format=duration", "-i", str(path)],
        stdin=subprocess.DEVNULL, capture_output=True, check=False)
    try:
        answer = json.loads(done.stdout)
        stream = answer["streams"][0]
        return {"codec": stream["codec_name"], "rate": int(stream["sample_rate"]),
                "channels": int(stream["channels"]), "seconds": float(answer["format"]["duration"])}
    except (ValueError, LookupError):
        raise CorpusError(f"cannot probe {path}: {done.stderr.decode(errors='replace').strip()}") from None


def read(path, rate, channels=1, filters=None):
    """Decodes a whole file: float32 [samples, channels] at `rate` Hz. `filters` is an ffmpeg audio filter chain.

    Raises CorpusError. Cost: the whole file in memory (10 MB a minute at 44.1 kHz mono).
    """
    chain = ["-af", filters] if filters else []
    return _decoded([*_input_options(path), "-i", str(path), "-map", "0:a:0", *chain], None, rate, channels, path)


def decode_bytes(data, input_options, rate, channels=1):
    """As read(), from memory."""
    return _decoded([*input_options, "-i", "-"], data, rate, channels, "bytes")


def resample(samples, rate, new_rate):
    """`samples` at `new_rate` Hz."""
    channels = samples.shape[1]
    raw = ["-f", "f32le", "-ac", str(channels), "-ar", str(rate), "-i", "-"]
    return _decoded(raw, samples.astype("<f4").tobytes(), new_rate, channels, "samples")


def _decoded(input_arguments, data, rate, channels, name):
    command = ["ffmpeg", "-v", "error", *input_arguments, "-ac", str(channels), "-ar", str(rate), "-f", "f32le", "-"]
    source = {"stdin": subprocess.DEVNULL} if data is None else {"input": data}
    done = subprocess.run(command, capture_output=True, check=False, **source)
    if done.returncode != 0:
        raise CorpusError(f"cannot decode {name}: {done.stderr.decode(errors='replace').strip()[-300:]}")
    return numpy.frombuffer(done.stdout, dtype="<f4").reshape(-1, channels).copy()


def change_speed(samples, rate, speed):
    """Plays `samples` `speed` times as fast by resampling, pitch and all, as a turntable or a clock fault does."""
    channels = samples.shape[1]
    raw = ["-f", "f32le", "-ac", str(channels), "-ar", str(rate), "-i", "-"]
    chain = ["-af", f"asetrate={round(rate * speed)},aresample={rate}:resampler=soxr"]
    return _decoded([*raw, *chain], samples.astype("<f4").tobytes(), rate, channels, "samples")


def write(samples, rate, path, options, tags=None):
    """Encodes to `path` with ffmpeg's output `options`; the same input gives the same bytes. Raises CorpusError."""
    command = ["ffmpeg", "-v", "error", "-y", "-f", "f32le", "-ac", str(samples.shape[1]), "-ar", str(rate), "-i", "-",
               "-map_metadata", "-1", "-fflags", "+bitexact", "-flags:a", "+bitexact"]
    for name, value in (tags or {}).items():
        command += ["-metadata", f"{name}={value}"]
    done = subprocess.run([*command, *options, str(path)], input=samples.astype("<f4").tobytes(), capture_output=True,
                          check=False)
    if done.returncode != 0:
        raise CorpusError(f"cannot encode {path}: {done.stderr.decode(errors='replace').strip()[-300:]}")


def silence(length, channels):
    """float32 zeros [length, channels]."""
    return numpy.zeros((length, channels), dtype=numpy.float32)
