"""Long spoken passages, joined from a package's short prompts."""
import random

import numpy

from . import media, mix, packages

NOT_SPEECH = ("beep", "silence", "tone", "tt-", "monkeys", "ascending")
SHORTEST_SECONDS = 0.7
PROMPT_RATE = 16000


def prompts(package_folder):
    """The spoken files of a prompt package, sorted; beeps, tones and silences left out by name."""
    return [path for path in packages.audio_files(package_folder)
            if not any(word in str(path.relative_to(package_folder)).lower() for word in NOT_SPEECH)]


def passages(package_folder, rate, seed):
    """Every prompt once, in an order drawn from `seed`, as one mono float32 [samples, 1] at `rate` Hz.

    Prompts of under 0.7 s are left out; between two there is a pause of 0.15 to 0.6 s; all have the same active level.
    """
    order = prompts(package_folder)
    generator = random.Random(seed)
    generator.shuffle(order)
    parts = []
    for samples in _decode_all(order):
        if len(samples) < SHORTEST_SECONDS * PROMPT_RATE:
            continue
        parts.append(mix.at_level(mix.faded(samples, PROMPT_RATE, 0.005, 0.005), PROMPT_RATE, 0.1))
        parts.append(numpy.zeros((int(generator.uniform(0.15, 0.6) * PROMPT_RATE), 1), dtype=numpy.float32))
    return media.resample(numpy.concatenate(parts), PROMPT_RATE, rate)


def _decode_all(paths):
    """Each file at PROMPT_RATE. G.722 has no frames and no header, and a byte is two samples: hundreds of files are
    decoded as one, which saves a minute of process starts."""
    if not all(path.suffix == ".g722" for path in paths):
        return [media.read(path, PROMPT_RATE) for path in paths]
    joined = media.decode_bytes(b"".join(path.read_bytes() for path in paths), media.RAW_G722, PROMPT_RATE)
    ends = numpy.cumsum([2 * path.stat().st_size for path in paths])
    return numpy.split(joined, ends[:-1])
