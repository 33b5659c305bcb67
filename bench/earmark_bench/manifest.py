"""The manifest of a query set: queries.tsv, a header line, then a row for each planted use (a podcast plants many in
one file) or, where nothing is to be found, a row with track "-":
file, cell, track, query_start_ms, reference_start_ms, duration_ms, speed, repeats
duration_ms is measured in the query; the reference stretch is duration_ms * speed long. repeats: share of the
track's windows that occur again elsewhere in it.
"""

import pathlib

COLUMNS = ("file", "cell", "track", "query_start_ms", "reference_start_ms", "duration_ms", "speed", "repeats")


def row(path, cell, track="-", query=0.0, reference=0.0, seconds=0.0, speed=1.0, again=0.0):
    """A row, times given in seconds; of the path only the file's name is kept."""
    return (pathlib.Path(path).name, cell, track, round(query * 1000), round(reference * 1000), round(seconds * 1000),
            f"{speed:.4f}", f"{again:.2f}")


def write(path, rows, columns=COLUMNS):
    """A tab-separated file with a header, in place at once."""
    text = "\t".join(columns) + "\n" + "".join("\t".join(str(v) for v in row) + "\n" for row in rows)
    partial = path.with_suffix(".part")
    partial.write_text(text, encoding="utf-8")
    partial.replace(path)
