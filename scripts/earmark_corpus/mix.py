"""Levels, gains, fades and layering. Every function takes and returns float32 [samples, channels]."""
import numpy

FRAME_SECONDS = 0.02
ACTIVE_RANGE_DB = 40.0


def active_level(samples, rate):
    """RMS over the frames (20 ms) whose power is within 40 dB of the loudest frame; 0 for silence.

    So pauses do not make speech count as quieter than it sounds.
    """
    frame = max(1, int(rate * FRAME_SECONDS))
    count = len(samples) // frame
    if count == 0:
        return 0.0
    mono = samples[: count * frame].mean(axis=1, dtype=numpy.float64)
    power = (mono.reshape(count, frame) ** 2).mean(axis=1)
    active = power[power >= power.max() * 10 ** (-ACTIVE_RANGE_DB / 10)]
    return float(numpy.sqrt(active.mean()))


def at_level(samples, rate, level):
    """`samples` with a gain that makes their active level `level` (RMS, linear); silence stays silence."""
    current = active_level(samples, rate)
    return samples if current == 0 else (samples * (level / current)).astype(numpy.float32)


def decibels(value):
    """A level difference in dB as a linear gain."""
    return 10.0 ** (value / 20.0)


def faded(samples, rate, fade_in, fade_out):
    """Linear fades of the given seconds at the ends."""
    result = samples.copy()
    head, tail = min(len(result), int(rate * fade_in)), min(len(result), int(rate * fade_out))
    if head:
        result[:head] *= numpy.linspace(0, 1, head, dtype=numpy.float32)[:, None]
    if tail:
        result[len(result) - tail:] *= numpy.linspace(1, 0, tail, dtype=numpy.float32)[:, None]
    return result


def lay(target, samples, start):
    """Adds `samples` to `target` in place from sample `start`. Raises ValueError where they do not fit."""
    if start < 0 or start + len(samples) > len(target):
        raise ValueError(f"{len(samples)} samples at {start} do not fit into {len(target)}")
    target[start:start + len(samples)] += samples


def limited(samples, peak=0.89):
    """`samples`, scaled down as a whole where they would exceed `peak`."""
    highest = float(numpy.abs(samples).max(initial=0.0))
    return samples if highest <= peak else (samples * (peak / highest)).astype(numpy.float32)


def repetition(track, start, length, apart):
    """How much the excerpt track[start:start + length] resembles the rest of its own track, at its best.

    Returns (offset, correlation): the start of the most similar other stretch, at least `apart` samples away, and the
    absolute normalised cross-correlation there (1: the same samples again, as in a loop). `track` is mono [samples].
    """
    excerpt = track[start:start + length].astype(numpy.float64)
    offsets = len(track) - length + 1
    size = 1 << int(len(track) + length).bit_length()
    product = numpy.fft.irfft(numpy.fft.rfft(track, size) * numpy.conj(numpy.fft.rfft(excerpt, size)), size)[:offsets]
    energy = numpy.concatenate(([0.0], numpy.cumsum(track.astype(numpy.float64) ** 2)))
    norm = numpy.sqrt((energy[length:length + offsets] - energy[:offsets]) * (excerpt ** 2).sum())
    likeness = numpy.abs(product) / numpy.maximum(norm, 1e-6 * max(float(norm.max(initial=0.0)), 1e-30))
    likeness[max(0, start - apart):start + apart] = 0
    best = int(likeness.argmax())
    return best, float(likeness[best])
