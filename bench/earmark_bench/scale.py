"""The `scale` benchmark (K8): the index from an hour to ten thousand, by doubling.

Real recordings first, then simulated ones (bench/simulator.h), added through the engine's public interface by
bench/scale_index; each figure says which. Queries are real and their recordings are among the real ones: what a
larger catalogue hides or makes up shows in "found" and "wrong".
"""

import json
import pathlib

from earmark_bench import engine, score, svg, tools
from earmark_bench.program import Earmark, EngineError

MOST_HOURS = 10_000
SETS = ("K1", "K3")
SECONDS = 10  # of a query
# Key of a line of scale_index -> (metric, unit, factor).
FIGURES = {"ingest_hours_per_s": ("ingest speed", "h/s", 1), "scan_realtime": ("scan of an hour", "× RT", 1),
           "query_p50_ms": ("10 s query p50", "ms", 1), "query_p99_ms": ("10 s query p99", "ms", 1),
           "rss_bytes": ("resident memory", "MiB", 1 / 2**20), "bytes_per_hour": ("index bytes per hour", "B", 1),
           "file_bytes": ("index file", "MiB", 1 / 2**20), "add_p50_ms": ("add one recording p50", "ms", 1),
           "add_max_ms": ("add one recording, slowest", "ms", 1), "forget_p50_ms": ("forget one recording p50", "ms", 1),
           "forget_max_ms": ("forget one recording, slowest", "ms", 1), "save_s": ("save", "s", 1),
           "load_s": ("load", "s", 1)}


def sizes(most):
    """1, 2, 4, … hours below `most`, and `most`."""
    out, hours = [], 1
    while hours < most:
        out.append(hours)
        hours *= 2
    return [*out, most]


def _inputs(earmark, source, scratch):
    """Paths of the tool's four inputs."""
    paths = {str(source.folder / t["path"]): t["path"] for t in source.of_role("ref") + source.of_role("train")}
    made = earmark.fingerprint(list(paths), scratch / "references")
    references = [(paths[path], print) for path, print in made.items()]
    number = {track: i for i, (track, _) in enumerate(references)}
    rows = [(name, row) for name in SETS for row in score.read_rows(source.data / name / "queries.tsv")
            if abs(row["duration_ms"] - 1000 * SECONDS) < 200 and row["track"] in number]
    files = {str(source.data / name / row["file"]): number[row["track"]] for name, row in rows}
    queries = earmark.fingerprint(list(files), scratch / "queries")
    scan = earmark.fingerprint([engine.hour_file(source)], scratch / "scan")
    (scratch / "references.tsv").write_text("".join(f"{print}\n" for _, print in references), encoding="utf-8")
    (scratch / "queries.tsv").write_text("".join(f"{print}\t{files[path]}\n" for path, print in queries.items()),
                                         encoding="utf-8")
    return [scratch / "references.tsv", scratch / "queries.tsv", next(iter(scan.values())), scratch]


def figures(report, line):
    """The figures of one line of scale_index."""
    size = f"{line['hours']:g} h"
    if "skipped" in line:
        report.skipped(f"catalogue of {size}", line["skipped"])
        return
    kind = "simulated beyond the real recordings" if line["simulated"] else "measured on real recordings"
    note = f"{kind}; {line['recordings']} recordings, {line['measured_hours']:.1f} h"
    for key, (metric, unit, factor) in FIGURES.items():
        if line.get(key) is not None:
            report.figure(f"{metric} at {size}", line[key] * factor, unit, n=line["recordings"], note=note)
    if line["registered_queries"]:
        report.figure(f"found at {size}", 100 * line["found"] / line["registered_queries"], "%",
                      n=line["registered_queries"], note=f"{note}; queries whose recording is in it")
    report.figure(f"wrong first at {size}", line["wrong"], "queries", n=line["queries"], note=note)


def _plot(lines, title, label, series):
    """A log-log plot of keys of the lines: series is [(key, name, factor)]."""
    values = [line[key] * factor for key, _, factor in series for line in lines if line.get(key)]
    if not values:
        return None
    most = max(line["measured_hours"] for line in lines)
    frame = svg.Frame(title, svg.logarithmic("catalogue, h", 1, max(10.0, most)),
                      svg.logarithmic(label, min(values), max(values)))
    for n, (key, name, factor) in enumerate(series):
        points = [(line["measured_hours"], line[key] * factor) for line in lines if line.get(key)]
        if points:
            frame.curve(points, name, svg.COLOURS[n])
    real = max((line["measured_hours"] for line in lines if not line["simulated"]), default=None)
    if real is not None:
        x = frame.x(real)
        frame.parts += [svg.line(x, frame.top, x, frame.bottom, svg.COLOURS[6], 1, "3 3"),
                        svg.text(x + 4, frame.top + 12, "simulated →")]
    return frame.document()


def plots(report, lines):
    pictures = {"time": ("Time against catalogue size", "ms", [("query_p50_ms", "10 s query p50", 1),
                                                               ("query_p99_ms", "10 s query p99", 1),
                                                               ("add_p50_ms", "add one", 1),
                                                               ("forget_p50_ms", "forget one", 1)]),
                "bytes": ("Bytes against catalogue size", "bytes", [("rss_bytes", "resident", 1),
                                                                    ("file_bytes", "file", 1),
                                                                    ("bytes_per_hour", "per hour", 1)]),
                "speed": ("Speed against catalogue size", "× RT", [("scan_realtime", "scan an hour", 1),
                                                                   ("ingest_hours_per_s", "ingest", 3600)])}
    for name, (title, label, series) in pictures.items():
        picture = _plot(lines, title, label, series)
        if picture is not None:
            report.plot(name, title.lower(), picture)


def run(report, binary, source, scratch, most=MOST_HOURS):
    """Every size up to `most` hours, or to where memory ends."""
    scratch = pathlib.Path(scratch)
    earmark = Earmark(binary, scratch / "store")
    program = tools.program("scale_index")
    lines = []
    try:
        for text in tools.lines_of([program, *_inputs(earmark, source, scratch), *sizes(most)]):
            line = json.loads(text)
            if "coincidence" in line:
                report.figure("simulated hashes coincide with real ones", line["coincidence"], "× real",
                              note="measured; 1: posting lists grow as with real recordings")
                continue
            figures(report, line)
            if "skipped" not in line:
                lines.append(line)
    except EngineError as error:
        report.skipped("larger catalogues", str(error))
    if lines:
        plots(report, lines)
