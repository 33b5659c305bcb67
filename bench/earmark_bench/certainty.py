"""What the engine says below its threshold: the probabilities it reports against what is true, and what other
thresholds would give. The queries are matched once more, from their fingerprints, without a threshold."""

import pathlib

from earmark_bench import bars, calibration, score
from earmark_bench.program import answers_of

THRESHOLDS = [0.0, 0.02, 0.05] + [i / 20 for i in range(2, 19)] + [0.92, 0.94, 0.96, 0.98, 0.99, 0.995, 0.999, 1.0]


def fingerprints(earmark, done, scratch):
    """Writes the fingerprints of all query files; {set: {file name: fingerprint file}}. Unreadable files are left out."""
    out = {}
    for name, rows in done.rows.items():
        place = done.source.data / name
        files = sorted({row["file"] for row in rows})
        made = earmark.fingerprint([place / file for file in files], pathlib.Path(scratch) / "prints" / name)
        out[name] = {pathlib.Path(source).name: path for source, path in made.items()}
    return out


def _unbounded(earmark, prints):
    """{file: matches} without a threshold."""
    file_of = {str(path): file for file, path in prints.items()}
    lines, _ = earmark.match(sorted(file_of), "--min-probability", "0")
    return answers_of(lines, earmark.track_of_id, name_of=file_of.__getitem__)[0]


def _first_answers(report, rows, answers):
    for cell, counts in score.strongest_right(rows, answers).items():
        report.figure(f"first {cell}", 100 * score.ratio(counts["right"], counts["n"]), "%", bars.FIRST.get(cell),
                      n=counts["n"], note="measured; the surest answer is right, no threshold")


def _false(done, answers):
    """(probabilities of the matches in files without a recording, hours of these files)."""
    rows = [(name, row) for name, all_rows in done.rows.items() for row in all_rows if row["track"] == "-"]
    hours = sum(row["duration_ms"] for _, row in rows) / 3.6e6
    return [m["probability"] for name, row in rows for m in answers[name].get(row["file"], [])], hours


def measure(report, earmark, done, prints):
    """Figures, and done.unbounded, done.reliability and done.curve for the plots."""
    done.unbounded = {name: _unbounded(earmark, files) for name, files in prints.items()}
    if "K5" in done.rows:
        _first_answers(report, done.rows["K5"], done.unbounded["K5"])
    pairs = [pair for name in done.rows for pair in calibration.claims(done.rows[name], done.unbounded[name])]
    done.reliability = calibration.reliability(pairs)
    report.figure("expected calibration error", calibration.expected_error(done.reliability), "", n=len(pairs),
                  note="measured; all claims of this run without a threshold, ten bins")
    positive = [(row, done.unbounded[name].get(row["file"], [])) for name, row in done.planted()]
    false, hours = _false(done, done.unbounded)
    done.curve = calibration.threshold_curve(positive, false, hours, THRESHOLDS)
    if false:
        report.figure("surest false match", max(false), "", n=len(false),
                      note=f"measured; of the {len(false)} below every threshold in {hours:.1f} h without a recording")
