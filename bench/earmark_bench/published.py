"""The `published` benchmark: data sets of the literature, where somebody has them (datasets.py)."""

import pathlib

from earmark_bench import datasets, engine, score
from earmark_bench.program import Earmark, answers_of


def _figures(report, name, rows, answers):
    planted = [row for row in rows if row["track"] not in ("-",) and row["cell"] != "podcast"]
    for cell, counts in score.cells(planted, answers).items():
        report.figure(f"{name} found {cell}", 100 * score.ratio(counts["found"], counts["n"]), "%", n=counts["n"])
    uses = [row for row in rows if row["cell"] == "podcast"]
    if uses:
        engine.podcasts(report, uses, {row["file"]: answers[row["file"]] for row in uses}, prefix=name, asked=False)
    for cell, counts in score.false_matches([row for row in rows if row["track"] == "-"], answers).items():
        report.figure(f"{name} false {cell}", counts["false"], "files", n=counts["n"],
                      note=f"measured over {counts['hours']:.2f} h")


def run(report, binary, scratch):
    """Registers the references of each data set that is here in a store of its own, and matches its queries."""
    for name, folder, loader in datasets.present():
        if folder is None:
            report.skipped(name, f"no folder {name} below EARMARK_DATASETS")
            continue
        data = loader(folder)
        earmark = Earmark(binary, pathlib.Path(scratch) / name)
        earmark.register(folder, data["references"])
        for row in data["rows"]:
            row["track"] = earmark.same_as.get(row["track"], row["track"])
        files = sorted({row["file"] for row in data["rows"]})
        file_of = {str(folder / file): file for file in files}
        lines, seconds = earmark.match(list(file_of))
        answers, errors = answers_of(lines, earmark.track_of_id, name_of=file_of.__getitem__)
        _figures(report, name, data["rows"], answers)
        report.figure(f"{name} match time per file", 1000 * seconds / max(1, len(files)), "ms", n=len(files),
                      note=f"measured; {len(errors)} files refused")
