"""The plots of the `engine` benchmark, drawn from its figures and from what a run keeps."""

from earmark_bench import bars, svg

LEVELS, LENGTHS = (-5, -10, -15, -20), (5, 10, 20)
SPEEDS = (-8, -4, -2, 2, 4, 8)


def _values(report, prefix):
    """{cell: value} of the figures whose metric is `prefix` and a cell."""
    return {f["metric"].removeprefix(prefix): f["value"] for f in report.figures
            if f["metric"].startswith(prefix) and f["value"] is not None}


def _levels(found):
    frame = svg.Frame("Music under speech: found against level", svg.linear("music against speech, dB", -20, -5, 5),
                      svg.linear("found, %", 0, 100, 20))
    for n, seconds in enumerate(LENGTHS):
        cell = "bed {} dB " + f"{seconds} s"
        points = [(level, found[cell.format(level)]) for level in LEVELS if cell.format(level) in found]
        if points:
            frame.curve(points, f"{seconds} s", svg.COLOURS[n])
            asked = [(level, bars.found(cell.format(level))[0]) for level in LEVELS]
            frame.curve([point for point in asked if point[1] is not None], f"bar, {seconds} s", svg.COLOURS[n], "4 3",
                        dots=False)
    return frame.document()


def _altered(found):
    frame = svg.Frame("Altered playback, 10 s: found against alteration",
                      svg.linear("alteration, % (pitch: of frequency)", -15, 15, 5), svg.linear("found, %", 0, 100, 20))
    series = {"speed": [(p, f"speed {p:+d} %") for p in SPEEDS], "tempo": [(p, f"tempo {p:+d} %") for p in (-10, -5, 5, 10)],
              "pitch": [(100 * (2 ** (s / 12) - 1), f"pitch {s:+d} semitones") for s in (-2, -1, 1, 2)]}
    for n, (name, cells) in enumerate(series.items()):
        points = [(x, found[cell]) for x, cell in cells if cell in found]
        if points:
            frame.curve(points, name, svg.COLOURS[n])
            frame.marks([(x, bars.found(cell)[0]) for x, cell in cells], f"bar, {name}", svg.COLOURS[n])
    return frame.document()


def _short(first, found):
    frame = svg.Frame("Short queries in noise and room: right against length", svg.logarithmic("length, s", 1, 16, 2),
                      svg.linear("%", 0, 100, 20))
    for n, snr in enumerate((0, 5, 10)):
        for values, name, dash in ((first, "surest answer", None), (found, "at the threshold", "4 3")):
            points = [(s, values[f"short {s} s {snr} dB"]) for s in (1, 2, 3, 5, 10) if f"short {s} s {snr} dB" in values]
            if points:
                frame.curve(points, f"{snr} dB, {name}", svg.COLOURS[n], dash)
    return frame.document()


def _thresholds(curve, hours):
    """Misses and false matches against the threshold, two areas above each other as one picture."""
    frame = svg.Frame("What another threshold would give", svg.linear("threshold (reported probability)", 0, 1, 0.1),
                      svg.logarithmic("share of queries; false matches an hour", 0.001, 10))
    frame.curve([(p["threshold"], p["missed"]) for p in curve], "missed", svg.COLOURS[0])
    frame.curve([(p["threshold"], p["wrong"]) for p in curve], "wrong first", svg.COLOURS[1])
    if hours:
        frame.curve([(p["threshold"], p["false"]) for p in curve], "false an hour", svg.COLOURS[3])
    frame.curve([(0.9, 0.001), (0.9, 10)], "default", svg.COLOURS[6], "2 3", dots=False)
    frame.parts.append(svg.text(frame.right + 10, frame.bottom - 8, "at the floor: none"))
    if hours:
        frame.parts.append(svg.text(frame.right + 10, frame.bottom + 8, f"(false: in {hours:.1f} h)"))
    return frame.document()


def _trade(curve):
    frame = svg.Frame("Detection error trade-off", svg.logarithmic("false matches an hour of audio", 0.01, 10),
                      svg.logarithmic("missed, share of queries", 0.001, 1))
    frame.curve([(p["false"], p["missed"]) for p in curve], "thresholds 0 to 1", svg.COLOURS[0])
    for point in curve:
        if point["threshold"] in (0.5, 0.9):
            frame.parts.append(svg.text(frame.x(point["false"]) + 7, frame.y(point["missed"]) - 6,
                                        f"{point['threshold']}"))
    frame.parts.append(svg.text(frame.left, frame.height - 2, "left edge: none seen"))
    return frame.document()


def _reliability(binned, error):
    frame = svg.Frame(f"Reported probability against truth (expected error {error:.3f})",
                      svg.linear("reported probability", 0, 1, 0.1), svg.linear("share that is true", 0, 1, 0.1))
    frame.curve([(0, 0), (1, 1)], "perfect", svg.COLOURS[6], "2 3", dots=False)
    frame.curve([(part["stated"], part["true"]) for part in binned], "claims, in tenths", svg.COLOURS[0])
    for part in binned:
        at, anchor = (6, "start") if part["stated"] < 0.9 else (-6, "end")
        frame.parts.append(svg.text(frame.x(part["stated"]) + at, frame.y(part["true"]) + 14, f"n {part['n']}", anchor, 9))
    return frame.document()


def _stages(stages):
    """Candidate recall at 10 of each channel, proof and search, one group a cell."""
    names = ["landmarks@10", "embeddings@10", "altered@10", "any@10", "proven", "found"]
    values = {cell: {name: 100 * shares[name] for name in names} for cell, shares in stages.items()}
    return svg.grouped_bars("Which stage loses: recall by cell", list(values), names, values)


def _peers(found, others):
    cells = [cell for cell in bars.FOUND if cell in found]
    values = {cell: {"earmark": found[cell], **{name: peer.get(cell) for name, peer in others.items()}} for cell in cells}
    return svg.grouped_bars("Found at own default settings, same files", cells, ["earmark", *others], values)


def engine(report, done, others):
    """Adds the plots for which there are figures."""
    found, first = _values(report, "found "), _values(report, "first ")
    error = next((f["value"] for f in report.figures if f["metric"] == "expected calibration error"), None)
    if any(cell.startswith("bed") for cell in found):
        report.plot("levels", "found against music-to-speech level", _levels(found))
    if any(cell.startswith(("speed", "tempo", "pitch")) for cell in found):
        report.plot("altered", "found against speed, tempo and pitch", _altered(found))
    if first:
        report.plot("short", "short queries", _short(first, found))
    if done.curve:
        report.plot("thresholds", "misses and false matches against the threshold", _thresholds(done.curve, done.null_hours))
    if done.curve and done.null_hours:
        report.plot("det", "detection error trade-off", _trade(done.curve))
    if done.reliability and error is not None:
        report.plot("reliability", "reported probability against truth", _reliability(done.reliability, error))
    if done.stages:
        report.plot("stages", "recall of each stage", _stages(done.stages))
    if others and found:
        report.plot("peers", "peers on the same files", _peers(found, others))
