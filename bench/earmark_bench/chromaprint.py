"""Chromaprint fingerprints compared exactly, at every offset. Pure: numpy only, nothing is run here.

A fingerprint is a row of 32-bit words, one every HOP_SECONDS. Bits as +1 and -1, the number of bits that agree at an
offset is a correlation, and correlations come from products of spectra, block by block over all references.
"""

import numpy as np

HOP_SECONDS = 1365 / 11025  # Chromaprint's frame of 4096 samples at 11,025 Hz, two thirds overlapped
MOST_BITS = 10.0  # of 32 that may differ in the mean: the threshold of Chromaprint's own matcher (fingerprint_matcher.h)


def _signs(words):
    """[n] words -> [32, n] of +1 and -1."""
    bits = (np.asarray(words, dtype=np.uint32)[None, :] >> np.arange(32, dtype=np.uint32)[:, None]) & 1
    return bits.astype(np.float32) * 2 - 1


class Comparer:
    """Compares queries with a list of reference fingerprints."""

    def __init__(self, references):
        self._starts = np.concatenate([[0], np.cumsum([len(words) for words in references])]).astype(int)
        joined = np.concatenate([np.asarray(words, dtype=np.uint32) for words in references])
        self._signs = _signs(joined)
        self._spectra = {}  # size of a transform -> spectra of its blocks

    def _blocks(self, size):
        if size not in self._spectra:
            step = size // 2
            count = -(-self._signs.shape[1] // step)
            padded = np.zeros((32, count * step + step), np.float32)
            padded[:, : self._signs.shape[1]] = self._signs
            spectra = np.empty((32, count, size // 2 + 1), np.complex64)
            for block in range(count):
                spectra[:, block] = np.fft.rfft(padded[:, block * step : block * step + size], axis=1)
            self._spectra = {size: spectra}  # one size at a time: they are large
        return self._spectra[size]

    def best(self, query):
        """(reference, offset in words, bits that differ in the mean) of the best place; None where none fits.

        The query lies wholly within a reference; ties go to the first.
        """
        count = len(query)
        if count == 0:
            return None
        size = max(1024, 1 << int(np.ceil(np.log2(2 * count))))
        spectra = self._blocks(size)
        own = np.conj(np.fft.rfft(_signs(query), size, axis=1)).astype(np.complex64)
        agreement = np.fft.irfft(np.einsum("bkf,bf->kf", spectra, own), size, axis=1)[:, : size // 2].ravel()
        allowed = np.zeros(len(agreement), bool)
        for begin, end in zip(self._starts[:-1], self._starts[1:]):
            if end - begin >= count:
                allowed[begin : end - count + 1] = True
        if not allowed.any():
            return None
        agreement[~allowed] = -np.inf
        place = int(np.argmax(agreement))
        reference = int(np.searchsorted(self._starts, place, side="right")) - 1
        differ = (32 * count - float(agreement[place])) / 2 / count
        return reference, place - int(self._starts[reference]), differ


def match(comparer, query, tracks):
    """The query's match as the benchmark scores it: a list with one match, or an empty one."""
    best = comparer.best(query)
    if best is None or best[2] > MOST_BITS:
        return []
    reference, offset, differ = best
    start = round(offset * HOP_SECONDS * 1000)
    length = round(len(query) * HOP_SECONDS * 1000)
    return [{"track": tracks[reference], "query_start_ms": 0, "query_end_ms": length, "reference_start_ms": start,
             "reference_end_ms": start + length, "score": 32 - differ}]
