"""What is asked of each cell: found at the default threshold in per cent, (bar, goal). docs/benchmarks.md."""

FOUND = {
    "MP3 24k 5 s": (97, 99), "Opus 16k 5 s": (97, 99), "AAC 48k 3 s": (93, 98), "GSM 10 s": (97, 99),
    "telephone band 10 s": (97, 99),
    "noise+room 0 dB 5 s": (82, 93), "noise+room 5 dB 5 s": (90, 97), "noise+room 10 dB 5 s": (95, 99),
    "bed -5 dB 5 s": (95, 100), "bed -10 dB 5 s": (88, 97), "bed -15 dB 5 s": (72, 88), "bed -20 dB 5 s": (60, None),
    "bed -5 dB 10 s": (97, 100), "bed -10 dB 10 s": (97, 100), "bed -15 dB 10 s": (92, 98),
    "bed -20 dB 10 s": (85, None),
    "bed -5 dB 20 s": (98, 100), "bed -10 dB 20 s": (98, 100), "bed -15 dB 20 s": (95, 99),
    "bed -20 dB 20 s": (88, None),
    "speed +2 %": (98, 100), "speed -2 %": (98, 100), "speed +4 %": (95, 99), "speed -4 %": (95, 99),
    "speed +8 %": (88, 97), "speed -8 %": (88, 97),
    "tempo +5 %": (98, 100), "tempo -5 %": (98, 100), "tempo +10 %": (95, 99), "tempo -10 %": (95, 99),
    "pitch +1 semitones": (88, 97), "pitch -1 semitones": (88, 97),
    "pitch +2 semitones": (80, 93), "pitch -2 semitones": (80, 93),
    **{f"speech {kind} 10 s": (97, None) for kind in ("MP3 24k", "MP3 64k", "noise 10 dB", "speed +4 %",
                                                     "speed -4 %", "tempo +10 %", "tempo -10 %")},
}
# K5: the strongest answer without a threshold is right, in per cent.
FIRST = {f"short {seconds} s {snr} dB": bar
         for seconds, row in ((1, (65, 82, 92)), (2, (88, 96, 98)), (3, (90, 98, 99)))
         for snr, bar in zip((0, 5, 10), row)}
PODCAST_PRECISION = (0.99, 0.995)
PODCAST_F1 = (0.90, 0.96)
MIN_REALTIME = 200  # × real time, match of an hour of MP3, decode included, two cores
MAX_BYTES_PER_HOUR = 2_000_000


def found(cell):
    """(bar, goal) of a cell, each None where nothing is asked."""
    return FOUND.get(cell, (None, None))
