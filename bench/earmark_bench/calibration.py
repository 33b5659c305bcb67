"""How sure is sure: rates of rare events with their bounds, and reported probabilities against what came true.

Pure functions over plain data; nothing is run here.
"""

import math

from earmark_bench import score


def _poisson_at_most(count, mean):
    """P(X <= count) of a Poisson variable with the stated mean."""
    return math.fsum(math.exp(k * math.log(mean) - mean - math.lgamma(k + 1)) for k in range(count + 1)) \
        if mean > 0 else 1.0


def poisson_upper(count, confidence=0.95):
    """The exact upper bound of a Poisson mean of which `count` events were seen: the largest mean under which so few
    or fewer have a chance of 1 - confidence (Garwood 1936, one side). 0 events: 2.996 at 95 %."""
    low, high = float(count), count + 10.0
    while _poisson_at_most(count, high) > 1 - confidence:
        high *= 2
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if _poisson_at_most(count, middle) > 1 - confidence else (low, middle)
    return high


def claims(rows, answers):
    """Every match of the files as (probability, came true). True: the recording is planted there and overlaps."""
    planted = {}
    for row in rows:
        planted.setdefault(row["file"], []).append(row)
    return [(match["probability"], any(_is_planted(match, row) for row in planted[file]))
            for file, matches in answers.items() if file in planted for match in matches]


def _is_planted(match, row):
    end = row["query_start_ms"] + row["duration_ms"]
    return (row["track"] != "-" and score.first_is_right(row, [match]) and match["query_start_ms"] < end
            and match["query_end_ms"] > row["query_start_ms"])


def reliability(pairs, bins=10):
    """(probability, came true) -> bins of equal width that hold any: [{"low", "high", "n", "stated", "true"}], where
    stated is the mean probability and true the share that came true."""
    held = [[] for _ in range(bins)]
    for probability, came_true in pairs:
        held[min(bins - 1, int(probability * bins))].append((probability, came_true))
    return [{"low": i / bins, "high": (i + 1) / bins, "n": len(part),
             "stated": math.fsum(p for p, _ in part) / len(part), "true": sum(t for _, t in part) / len(part)}
            for i, part in enumerate(held) if part]


def expected_error(binned):
    """Expected calibration error: |stated - true| in the mean over all claims. NaN without claims."""
    count = sum(part["n"] for part in binned)
    return math.fsum(part["n"] * abs(part["stated"] - part["true"]) for part in binned) / count if count else math.nan


def threshold_curve(positive, negative, hours, thresholds):
    """What another threshold would give: [{"threshold", "missed", "wrong", "false"}].

    positive: (row, matches) of queries with one planted recording; negative: probabilities of the matches in `hours`
    of audio without one. missed and wrong are shares of the queries: no answer or a wrong one first, and a wrong one
    first; false is matches per hour.
    """
    out = []
    for threshold in thresholds:
        right = wrong = 0
        for row, matches in positive:
            kept = [m for m in matches if m["probability"] >= threshold]
            is_right = score.first_is_right(row, kept)
            right += is_right
            wrong += bool(kept) and not is_right
        count = len(positive)
        out.append({"threshold": threshold, "missed": 1 - score.ratio(right, count), "wrong": score.ratio(wrong, count),
                    "false": score.ratio(sum(p >= threshold for p in negative), hours)})
    return out
