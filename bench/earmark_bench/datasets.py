"""Published data sets, for whoever has them: folders below EARMARK_DATASETS. Layouts: docs/benchmarks.md.

Each loader gives {"references": [path], "rows": [manifest row as a dictionary]}, where a row's "file" is a path below
the data set's folder and its "track" the path of a reference, "-" where nothing is to be found.
"""

import csv
import os
import pathlib
import re

SUFFIXES = {".wav", ".mp3", ".flac", ".ogg"}


def _row(file, cell, track, query=0.0, seconds=0.0, reference=0.0, speed=1.0):
    return {"file": file, "cell": cell, "track": track, "query_start_ms": round(1000 * query),
            "reference_start_ms": round(1000 * reference), "duration_ms": round(1000 * seconds), "speed": speed,
            "repeats": 1.0}  # 1: offsets are not scored


def _audio(folder):
    return sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES)


def baf(folder):
    """BAF (Cortès et al., ISMIR 2022): annotations.csv, queries/, references/. Annotations on which all three agree."""
    references = {path.stem: path for path in _audio(folder / "references")}
    queries = {path.stem: path for path in _audio(folder / "queries")}
    rows, seen = [], set()
    with open(folder / "annotations.csv", newline="", encoding="utf-8") as table:
        for line in csv.DictReader(table):
            query = queries.get(pathlib.Path(line["query"]).stem)
            reference = references.get(pathlib.Path(line["reference"]).stem)
            if line["x_tag"] != "unanimity" or query is None or reference is None:
                continue
            begin, end = float(line["query_start"]), float(line["query_end"])
            rows.append(_row(str(query.relative_to(folder)), "podcast", str(reference.relative_to(folder)), begin,
                             end - begin))
            seen.add(query)
    rows += [_row(str(path.relative_to(folder)), "none", "-", 0.0, 60.0) for path in queries.values()
             if path not in seen]
    return {"references": [str(path.relative_to(folder)) for path in references.values()], "rows": rows}


def nafp(folder):
    """Neural audio fingerprint's test set (Chang et al., ICASSP 2021): db/ and query/ hold files of the same names; in
    query/ noise and rooms are added. Dummies below dummy/ are registered too."""
    names = {path.name: path for path in _audio(folder / "db")}
    rows = [_row(str(path.relative_to(folder)), "whole query", str(names[path.name].relative_to(folder)), 0.0, 30.0)
            for path in _audio(folder / "query") if path.name in names]
    references = [*names.values(), *(_audio(folder / "dummy") if (folder / "dummy").exists() else [])]
    return {"references": [str(path.relative_to(folder)) for path in references], "rows": rows}


PANAKO_QUERY = re.compile(r"^(?P<reference>.+)_(?P<begin>\d+)s-(?P<end>\d+)s")


def panako(folder):
    """What Panako's create_queries.rb makes: references/ID.ext, and queries/MODIFICATION/ID_43s-63s….ext."""
    references = {path.stem: path for path in _audio(folder / "references")}
    rows = []
    for path in _audio(folder / "queries"):
        found = PANAKO_QUERY.match(path.name)
        if found is None:
            continue
        begin, end = int(found["begin"]), int(found["end"])
        reference = references.get(found["reference"])
        track = "-" if reference is None else str(reference.relative_to(folder))
        cell = str(path.parent.relative_to(folder / "queries"))
        rows.append(_row(str(path.relative_to(folder)), cell, track, 0.0, end - begin, begin))
    return {"references": [str(path.relative_to(folder)) for path in references.values()], "rows": rows}


LOADERS = {"baf": baf, "nafp": nafp, "panako": panako}


def present():
    """(name, folder or None, loader) of every data set that is known."""
    root = os.environ.get("EARMARK_DATASETS")
    for name, loader in LOADERS.items():
        folder = pathlib.Path(root) / name if root else None
        yield name, folder if folder is not None and folder.is_dir() else None, loader
