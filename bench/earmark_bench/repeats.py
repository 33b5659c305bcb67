"""How much of a track occurs again elsewhere in the same track: there, an offset has more than one right answer."""

import numpy as np
from scipy import signal

RATE = 8000
HOP = 0.128  # s between spectra
PATCH = 16  # spectra in a patch: 2 s
APART = 5.0  # s: nearer is not a repeat
ALIKE = 0.9  # correlation of two patches that counts as the same


def _patches(samples):
    """Unit vectors of 2 s log-spectra every 0.256 s."""
    n = int(HOP * RATE)
    _, _, spectrum = signal.stft(samples, RATE, nperseg=2 * n, noverlap=n, boundary=None)
    power = np.square(np.abs(spectrum))
    edges = np.unique(np.geomspace(12, power.shape[0] - 1, 49).astype(int))
    bands = np.log(np.add.reduceat(power, edges, axis=0)[:-1] + 1e-7).T
    bands = bands - signal.lfilter(np.ones(8) / 8, 1, bands, axis=1)
    starts = range(0, len(bands) - PATCH, 2)
    out = np.array([(bands[s : s + PATCH] - bands[s : s + PATCH].mean(axis=0)).ravel() for s in starts])
    if len(out) == 0:
        return np.zeros((0, 1), np.float32)
    return (out / (np.linalg.norm(out, axis=1, keepdims=True) + 1e-9)).astype(np.float32)


def of_samples(samples):
    """Share of the 2 s windows (8 kHz) that have a twin more than 5 s away."""
    vectors = _patches(samples)
    if len(vectors) == 0:
        return 0.0
    apart = int(APART / (2 * HOP))
    again = 0
    for begin in range(0, len(vectors), 256):
        alike = vectors[begin : begin + 256] @ vectors.T
        rows = np.arange(begin, begin + len(alike))[:, None]
        alike[np.abs(rows - np.arange(len(vectors))[None, :]) <= apart] = -1.0
        again += int(np.sum(alike.max(axis=1) > ALIKE))
    return again / len(vectors)
