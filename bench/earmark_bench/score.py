"""Scores match answers against planted truth. Pure functions over plain data; nothing is run here."""

import collections
import math

from earmark_bench import corpus

OFFSET_TOLERANCE_MS = 1000
REPEATS_LITTLE = 0.10  # share of repeated windows up to which an offset is scored


def read_rows(path):
    """The rows of a manifest as dictionaries, numbers as numbers."""
    lines = path.read_text(encoding="utf-8").splitlines()
    names = lines[0].split("\t")
    out = []
    for line in lines[1:]:
        row = dict(zip(names, line.split("\t")))
        for key in ("query_start_ms", "reference_start_ms", "duration_ms"):
            row[key] = int(row[key])
        for key in ("speed", "repeats"):
            row[key] = float(row[key])
        out.append(row)
    return out


def first_files(rows, limit):
    """The rows of the first `limit` files of each cell; all of them without a limit."""
    if limit is None:
        return rows
    kept = {}
    for row in rows:
        files = kept.setdefault(row["cell"], [])
        if row["file"] not in files and len(files) < limit:
            files.append(row["file"])
    return [row for row in rows if row["file"] in kept[row["cell"]]]


def expected_reference_ms(row, query_ms):
    """Where the reference must be when the query is at query_ms."""
    return row["reference_start_ms"] + (query_ms - row["query_start_ms"]) * row["speed"]


def first_is_right(row, matches):
    """Found: the first reported match names the right recording. matches: [{"track", …}] in reported order."""
    return bool(matches) and corpus.same_recording(matches[0]["track"], row["track"])


def offset_is_right(row, match):
    """True when the match's reference time is within 1 s of the planted one."""
    expected = expected_reference_ms(row, match["query_start_ms"])
    return abs(match["reference_start_ms"] - expected) <= OFFSET_TOLERANCE_MS


def cells(rows, answers):
    """Positive sets: cell -> {"n", "found", "answered", "offsets", "offsets_right"}, in the order of the manifest.

    answers: file name -> matches. "answered" counts queries with any match; a wrong first match is worse than none.
    """
    out = collections.OrderedDict()
    for row in rows:
        cell = out.setdefault(row["cell"], {"n": 0, "found": 0, "answered": 0, "offsets": 0, "offsets_right": 0})
        matches = answers.get(row["file"], [])
        cell["n"] += 1
        cell["answered"] += bool(matches)
        if not first_is_right(row, matches):
            continue
        cell["found"] += 1
        if row["repeats"] <= REPEATS_LITTLE:
            cell["offsets"] += 1
            cell["offsets_right"] += offset_is_right(row, matches[0])
    return out


def strongest(matches):
    """The match that is surest, then strongest; None where there is none."""
    return max(matches, key=lambda m: (m.get("probability", 0.0), m.get("score", 0.0)), default=None)


def strongest_right(rows, answers):
    """Positive sets, answers without a threshold: cell -> {"n", "right"}, where right is that the surest of all
    matches names the right recording."""
    out = collections.OrderedDict()
    for row in rows:
        cell = out.setdefault(row["cell"], {"n": 0, "right": 0})
        cell["n"] += 1
        best = strongest(answers.get(row["file"], []))
        cell["right"] += best is not None and first_is_right(row, [best])
    return out


def false_matches(rows, answers):
    """Negative sets: cell -> {"n", "false", "matches", "hours", "files"}; every reported match is false. "false"
    counts files with any, "matches" all of them."""
    out = collections.OrderedDict()
    for row in rows:
        cell = out.setdefault(row["cell"], {"n": 0, "false": 0, "matches": 0, "hours": 0.0, "files": []})
        cell["n"] += 1
        cell["hours"] += row["duration_ms"] / 3.6e6
        cell["matches"] += len(answers.get(row["file"], []))
        if answers.get(row["file"]):
            cell["false"] += 1
            cell["files"].append(row["file"])
    return out


def _seconds(start_ms, end_ms):
    """Whole seconds whose middle lies within the stretch."""
    return range(math.ceil(start_ms / 1000 - 0.5), math.ceil(end_ms / 1000 - 0.5))


def podcast(rows, answers):
    """Seconds of each recording: true positives, reported and planted seconds, and boundary errors in ms.

    A second counts once for each recording that is in it. Twins of a planted recording count as that recording.
    """
    truth, reported, errors, found = set(), set(), [], 0
    for row in rows:
        end = row["query_start_ms"] + row["duration_ms"]
        truth |= {(row["file"], row["track"], s) for s in _seconds(row["query_start_ms"], end)}
    for file, matches in answers.items():
        planted = [row for row in rows if row["file"] == file]
        for match in matches:
            track = _planted_name(match, planted)
            reported |= {(file, track, s) for s in _seconds(match["query_start_ms"], match["query_end_ms"])}
    for row in rows:
        boundaries = _boundary_errors(row, answers.get(row["file"], []))
        found += boundaries is not None
        errors += boundaries or []
    hit = len(truth & reported)
    return {"hit": hit, "planted": len(truth), "reported": len(reported), "uses": len(rows), "uses_found": found,
            "boundary_errors_ms": sorted(errors)}


def _planted_name(match, planted):
    """The planted twin of a matched recording that overlaps the match, or the recording's own name."""
    for row in planted:
        end = row["query_start_ms"] + row["duration_ms"]
        if (corpus.same_recording(match["track"], row["track"]) and match["query_start_ms"] < end
                and match["query_end_ms"] > row["query_start_ms"]):
            return row["track"]
    return match["track"]


def _is_about(match, begin, end):
    """Does the match lie over the stretch, by half of the one or of the other? A touch at the border is another use's."""
    overlap = min(match["query_end_ms"], end) - max(match["query_start_ms"], begin)
    return overlap > 0 and 2 * overlap >= min(end - begin, match["query_end_ms"] - match["query_start_ms"])


def _boundary_errors(row, matches):
    """[start error, end error] in ms of the matches over a planted use; None when it was not found."""
    begin, end = row["query_start_ms"], row["query_start_ms"] + row["duration_ms"]
    over = [m for m in matches if corpus.same_recording(m["track"], row["track"]) and _is_about(m, begin, end)]
    if not over:
        return None
    return [abs(min(m["query_start_ms"] for m in over) - begin), abs(max(m["query_end_ms"] for m in over) - end)]


def quantile(ordered, share):
    """Nearest-rank quantile of an ordered list; NaN when it is empty."""
    if not ordered:
        return math.nan
    return ordered[min(len(ordered) - 1, max(0, math.ceil(share * len(ordered)) - 1))]


def ratio(part, whole):
    return part / whole if whole else math.nan
