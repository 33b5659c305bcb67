"""The `smoke` benchmark: a small part of `engine` that ./test runs. Its bars are in smoke_thresholds.json."""

import json
import pathlib

from earmark_bench import corpus, engine, material

CELLS = {"MP3 24k 5 s", "Opus 16k 5 s", "telephone band 10 s", "noise+room 10 dB 5 s", "bed -5 dB 5 s",
         "bed -10 dB 10 s", "bed -15 dB 20 s", "speed +2 %", "speed -2 %", "tempo +5 %",
         "unregistered music 10 s", "unregistered bed -10 dB 20 s", "speech 30 s", "reversed reference 10 s"}
PER_CELL = 5
SETS = ("K1", "K2", "K3", "K4", "K6")
THRESHOLDS = pathlib.Path(__file__).resolve().parent.parent / "smoke_thresholds.json"


def prepare(data, folder, note):
    """The small corpus."""
    corpus.fetch(folder, corpus.SMOKE_PACKAGES, note)
    return material.Material(data, folder, corpus.SMOKE_PACKAGES, PER_CELL, CELLS)


def run(report, binary, source, scratch):
    """Found over all positive queries, right offsets, and false matches, against the thresholds."""
    bars = json.loads(THRESHOLDS.read_text(encoding="utf-8"))
    earmark = engine.Earmark(binary, pathlib.Path(scratch) / "store")
    engine.register_all(report, earmark, source)
    totals = engine.Totals()
    for name in SETS:
        rows, answers = engine.run_set(report, earmark, source, name)
        if name == "K6":
            engine.negatives(report, rows, answers)
        else:
            engine.positives(report, rows, answers, totals,
                             asked=lambda cell: (None, None))  # five queries carry no bar of their own
    report.figure("found all", totals.found_percent(), "%", bars["found_percent"], n=totals.n)
    report.figure("offset within 1 s all", totals.offset_percent(), "%", bars["offset_percent"], n=totals.offsets)
