"""The `audience` benchmark: log lines counted a second, and forecasts against public series.

Everything goes through the command line of the release binary. Public series are read from EARMARK_SHARED_DATA (or
../shared/data beside the repository); a set that is absent is reported as skipped.
"""

import csv
import datetime
import json
import os
import pathlib
import random
import subprocess
import time

from earmark_bench.program import EngineError, children_cpu

ROOT = pathlib.Path(__file__).resolve().parents[2]
LINES = 2_000_000
SEED = 20261124
HORIZON_DAYS, PERIOD_DAYS, INITIAL_DAYS = 365, 180, 730  # of Prophet's own cross-validation
WINDOW = 0.1  # of its rows, by horizon
SHOWN_HORIZON = 37
AGENTS = ["Overcast/3.0 (+http://overcast.fm/; iOS podcast app)", "AntennaPod/2.5.2", "Lavf/59.27.100",
          "AppleCoreMedia/1.0.0.19G82 (iPhone; U; CPU OS 15_6_1 like Mac OS X; en_us)", "acast-tester/1.0",
          "Mozilla/5.0 (X11; Linux x86_64; rv:102.0) Gecko/20100101 Firefox/102.0", "Podcasts/1650.20 CFNetwork/1333.0.4 Darwin/21.5.0"]


def data_folder(name):
    """Where a public data set is, or None."""
    root = pathlib.Path(os.environ.get("EARMARK_SHARED_DATA", ROOT.parent / "shared" / "data"))
    return root / name if (root / name).exists() else None


def write_log(path, lines, seed=SEED):
    """A day of combined lines with ranges: 50 episodes, an address for every five requests, seven user agents."""
    source = random.Random(seed)
    base = datetime.datetime(2026, 11, 24, tzinfo=datetime.timezone.utc)
    people = [f"{source.randrange(1, 224)}.{source.randrange(256)}.{source.randrange(256)}.{source.randrange(256)}"
              for _ in range(max(1, lines // 5))]
    with open(path, "w", encoding="ascii") as out:
        for i in range(lines):
            stamp = (base + datetime.timedelta(seconds=i * 86400 // lines)).strftime("%d/%b/%Y:%H:%M:%S +0000")
            person = source.randrange(len(people))
            kind = source.random()
            first = source.randrange(20_000_000)
            answer = f"200 {30_000_000}" if kind < 0.3 else f"206 {source.randrange(1, 10_000_000)}"
            asked = "-" if kind < 0.3 else f"bytes={first}-"
            out.write(f'{people[person]} - - [{stamp}] "GET /show/episode-{source.randrange(50)}.mp3?s=1 HTTP/1.1"'
                      f' {answer} "-" "{AGENTS[person % len(AGENTS)]}" "{asked}"\n')


def _run(binary, *words):
    done = subprocess.run([str(binary), *map(str, words), "--json"], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise EngineError(f"{' '.join(map(str, words[:2]))} exited {done.returncode}: {done.stderr.strip()[-300:]}")
    return [json.loads(line) for line in done.stdout.splitlines()]


def counting(report, binary, scratch, lines=LINES):
    log = scratch / "access.log"
    write_log(log, lines)
    cpu, wall = children_cpu(), time.monotonic()
    answers = _run(binary, "audience", "import", log, "--store", scratch / "store", "--volume-limit", 0)
    cpu, wall = children_cpu() - cpu, time.monotonic() - wall
    note = (f"read, parsed, filtered, pseudonymised, sealed, stored and counted by three windows; {wall:.1f} s wall;"
            f" {answers[-1]['downloads']} downloads")
    report.figure("count_lines_per_s_core", lines / cpu, "lines/s", bar=1e6, n=lines, note=note)
    bytes_kept = (scratch / "store" / "earmark.db").stat().st_size
    report.figure("stored bytes a line", bytes_kept / lines, "B", n=lines)


def _write_series(path, rows):
    with open(path, "w", encoding="ascii") as out:
        out.write("ds,y\n")
        out.writelines(f"{day.isoformat()},{value!r}\n" for day, value in rows)


def prophet_errors(rows, foresee):
    """[(horizon in days, error, inside the interval)] at Prophet's cut-offs. foresee(rows) -> {day: (low, mean, high)}."""
    cut_off = rows[-1][0] - datetime.timedelta(days=HORIZON_DAYS)
    out = []
    while cut_off >= rows[0][0] + datetime.timedelta(days=INITIAL_DAYS):
        foreseen = foresee([row for row in rows if row[0] <= cut_off])
        for day, value in rows:
            ahead = (day - cut_off).days
            if 0 < ahead <= HORIZON_DAYS:
                low, mean, high = foreseen[day]
                out.append((ahead, abs(value - mean), low <= value <= high))
        cut_off -= datetime.timedelta(days=PERIOD_DAYS)
    return sorted(out)


def window_up_to(errors, horizon):
    """The rows of Prophet's rolling window that ends with a horizon."""
    size = int(WINDOW * len(errors))
    end = sum(1 for ahead, _, _ in errors if ahead <= horizon)
    return errors[max(0, end - size):end]


def peyton(report, binary, scratch):
    folder = data_folder("prophet-series")
    if folder is None:
        report.skipped("peyton_mae_37d", "no prophet-series in EARMARK_SHARED_DATA")
        return
    with open(folder / "example_wp_log_peyton_manning.csv", encoding="ascii", newline="") as file:
        rows = [(datetime.date.fromisoformat(row["ds"]), float(row["y"])) for row in csv.DictReader(file)]

    def foresee(known):
        _write_series(scratch / "series.csv", known)
        answer, = _run(binary, "audience", "forecast", "--series", scratch / "series.csv", "--days", HORIZON_DAYS, "--as-is")
        return {datetime.date.fromisoformat(day["day"]): (day["low"], day["mean"], day["high"]) for day in answer["days"]}

    errors = prophet_errors(rows, foresee)
    near = window_up_to(errors, SHOWN_HORIZON)
    note = "Prophet's own cross-validation of Peyton Manning's page views (11 cut-offs); Prophet: .504, coverage .677"
    report.figure("peyton_mae_37d", sum(e for _, e, _ in near) / len(near), "log views", bar=0.5, n=len(near), note=note,
                  at_most=True)
    report.figure("peyton_coverage_37d", sum(i for _, _, i in near) / len(near), "", bar=0.75, n=len(near),
                  note="of intervals of 80 %; asked: .75 to .85")
    report.figure("peyton_mae_365d", sum(e for _, e, _ in errors) / len(errors), "log views", n=len(errors),
                  note="all horizons up to a year")


def read_m4(folder, name):
    """[(train, test)] of M4's Weekly or Hourly."""
    series = []
    for kind in ("train", "test"):
        with open(folder / f"{name}-{kind}.csv", encoding="ascii", newline="") as file:
            series.append([[float(text) for text in row[1:] if text] for row in list(csv.reader(file))[1:]])
    return list(zip(*series))


def naive2(train, horizon, season):
    """M4's reference: the last value, of the series without its (multiplicative) season where one is significant."""
    if season == 1 or len(train) < 3 * season or not _is_seasonal(train, season):
        return [train[-1]] * horizon
    half = season // 2
    trend = [sum(train[i - half + 1:i + half]) / season + (train[i - half] + train[i + half]) / (2 * season)
             for i in range(half, len(train) - half)]
    ratios = [[] for _ in range(season)]
    for i, level in enumerate(trend):
        ratios[(i + half) % season].append(train[i + half] / level)
    means = [sum(r) / len(r) for r in ratios]
    scale = season / sum(means)
    factors = [m * scale for m in means]
    last = train[-1] / factors[(len(train) - 1) % season]
    return [last * factors[(len(train) + h) % season] for h in range(horizon)]


def _is_seasonal(train, season):
    mean = sum(train) / len(train)
    power = sum((v - mean) ** 2 for v in train)
    if power == 0:
        return False
    correlation = [sum((train[i] - mean) * (train[i - lag] - mean) for i in range(lag, len(train))) / power
                   for lag in range(1, season + 1)]
    limit = 1.645 * ((1 + 2 * sum(c * c for c in correlation[:-1])) / len(train)) ** 0.5
    return abs(correlation[-1]) > limit


def m4_scores(pairs, forecasts, season):
    """Mean sMAPE (%) and MASE."""
    smape, mase = [], []
    for (train, test), values in zip(pairs, forecasts):
        smape.append(200 * sum(abs(v - t) / (abs(v) + abs(t)) for v, t in zip(values, test)) / len(test))
        scale = sum(abs(train[i] - train[i - season]) for i in range(season, len(train))) / (len(train) - season)
        mase.append(sum(abs(v - t) for v, t in zip(values, test)) / len(test) / scale)
    return sum(smape) / len(smape), sum(mase) / len(mase)


def m4(report, binary, scratch, limit=None):
    folder = data_folder("m4")
    if folder is None:
        report.skipped("m4_weekly_owa", "no m4 in EARMARK_SHARED_DATA")
        report.skipped("m4_hourly_mase", "no m4 in EARMARK_SHARED_DATA")
        return
    for name, season, options in (("Weekly", 1, ["--season", 1, "--year", 0]),
                                  ("Hourly", 24, ["--season", 24, "--season", 168, "--year", 0])):
        pairs = read_m4(folder, name)[:limit]
        forecasts, inside, values = [], 0, 0
        for train, test in pairs:
            (scratch / "series.csv").write_text("".join(f"{v!r}\n" for v in train), encoding="ascii")
            answer, = _run(binary, "audience", "forecast", "--series", scratch / "series.csv", "--days", len(test),
                           "--level", 0.95, *options)
            forecasts.append([day["mean"] for day in answer["days"]])
            inside += sum(day["low"] <= t <= day["high"] for day, t in zip(answer["days"], test))
            values += len(test)
        smape, mase = m4_scores(pairs, forecasts, season)
        base = m4_scores(pairs, [naive2(train, len(test), season) for train, test in pairs], season)
        owa = (smape / base[0] + mase / base[1]) / 2
        note = f"{len(pairs)} series; sMAPE {smape:.3f}, MASE {mase:.3f}; Naive2 {base[0]:.3f}, {base[1]:.3f}"
        low = name.lower()
        report.figure(f"m4_{low}_owa", owa, "", bar=0.92 if name == "Weekly" else None, n=len(pairs), note=note, at_most=True)
        report.figure(f"m4_{low}_mase", mase, "", bar=1.0 if name == "Hourly" else None, n=len(pairs), note=note, at_most=True)
        report.figure(f"m4_{low}_coverage", inside / values, "", n=values, note="of intervals of 95 %; asked: .93 to .97")


def run(report, binary, scratch, limit=None):
    scratch = pathlib.Path(scratch)
    counting(report, binary, scratch)
    peyton(report, binary, scratch)
    m4(report, binary, scratch, limit)
