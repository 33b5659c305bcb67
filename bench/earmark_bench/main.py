"""The command line of bench/run."""

import argparse
import os
import pathlib
import platform
import shutil
import subprocess
import sys
import tempfile

from earmark_bench import api, audience, corpus, crawl, engine, formats, make, material, money, published, queries, recsys, report, scale, smoke
from earmark_bench.program import EngineError
from earmark_corpus import packages

import demo_data

ROOT = pathlib.Path(__file__).resolve().parents[2]
BENCHES = {
    "engine": "real audio: found, offsets, false matches, podcasts, speech; stages, certainty, speed, size; and its peers",
    "scale": "K8: the index at 1, 2, 4, … 10,000 hours, real recordings first, then simulated ones",
    "formats": "the same excerpts in every container and codec: found, and speed",
    "published": "BAF, NAFP's and Panako's sets, where EARMARK_DATASETS holds them",
    "api": "the HTTP API on loopback under wrk: matches of fingerprints and of audio a second, latencies",
    "crawl": "the crawler on loopback: a pick from its queue with 100 to 10,000 feeds, and audio a second from feed to claim",
    "money": "ten million listens over 100,000 uses: reading and splitting, memory, and whether it all comes out again",
    "audience": "log lines counted a second and core; forecasts of Peyton Manning's page views and of M4",
    "recsys": "recordings that sound alike against their albums; methods of recommendation on public lists",
    "smoke": "a small part of engine: 20 recordings, a few cells, strict about false matches",
}


def _arguments(argv):
    parser = argparse.ArgumentParser(prog="bench/run", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--json", action="store_true", help="one JSON object a figure")
    parser.add_argument("--data", type=pathlib.Path, help="where query sets are kept (default: the cache)")
    parser.add_argument("--out", type=pathlib.Path, default=ROOT / "build" / "bench", help="where reports go")
    parser.add_argument("--binary", type=pathlib.Path, default=ROOT / "build" / "release" / "earmark")
    parser.add_argument("--sets", default=",".join(queries.SETS), help="of engine: the query sets, by comma")
    parser.add_argument("--limit", type=int, help="of engine: so many queries of each cell only, to try things out")
    parser.add_argument("--hours", type=float, default=scale.MOST_HOURS, help="of scale: the largest catalogue")
    parser.add_argument("--minutes", type=float, default=5, help="of crawl: length of its soak; 0: none")
    parser.add_argument("--strict", action="store_true", help="exit 1 where a figure misses its bar or data are absent")
    return parser.parse_args(argv)


def _say(text):
    print(text, file=sys.stderr, flush=True)


def _machine():
    model = next((line.split(":")[1].strip() for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines()
                  if line.startswith("model name")), platform.machine())
    return f"{os.cpu_count()} × {model}"


def _version(binary):
    done = subprocess.run([str(binary), "--version"], capture_output=True, text=True, check=False)
    return done.stdout.strip() or "unknown version"


def _preface(source, binary):
    if source is None:
        return [f"Machine: {_machine()}. Program: {_version(binary)}.", "Every figure was measured in this run."]
    hours = {role: sum(t["seconds"] for t in source.of_role(role)) / 3600 for role in ("ref", "train", "out")}
    count = {role: len(source.of_role(role)) for role in hours}
    return [f"Machine: {_machine()}. Program: {_version(binary)}.",
            f"Registered: {count['ref'] + count['train']} recordings, {hours['ref'] + hours['train']:.1f} h;"
            f" queries from {count['ref']} of them. Never registered: {count['out']} recordings, {hours['out']:.1f} h.",
            "Every figure was measured in this run through the command line of the release binary unless its note"
            " says otherwise. Bars and goals: docs/benchmarks.md."]


def _install_voices():
    """What reads texts aloud and the peer that Debian ships, where they are not here; without them parts are skipped."""
    if any(shutil.which(program) is None for program in ("espeak-ng", "flite", "text2wave", "fpcalc")):
        subprocess.run([ROOT / "scripts" / "setup", "voices"], stdout=sys.stderr, check=False)


def _run(name, result, options, scratch):
    """One benchmark: its figures into `result`, its report into --out."""
    data = options.data or packages.cache_root() / f"bench-{queries.GENERATION}"
    if name == "crawl":
        crawl.run(result, options.binary, demo_data.ensure(), scratch, options.minutes)
        return result.write(options.out, [f"Machine: {_machine()}. Program: {_version(options.binary)}."])
    if name == "api":
        api.run(result, options.binary, demo_data.ensure(), scratch)
        return result.write(options.out, [f"Machine: {_machine()}. Program: {_version(options.binary)}."])
    if name == "audience":
        audience.run(result, options.binary, scratch, options.limit)
        return result.write(options.out, [f"Machine: {_machine()}. Program: {_version(options.binary)}."])
    if name == "money":
        money.run(result, options.binary, scratch)
        return result.write(options.out, [f"Machine: {_machine()}. Program: {_version(options.binary)}."])
    if name == "smoke":
        source = smoke.prepare(data / "smoke", corpus.default_folder(), _say)
        make.make(source, smoke.SETS, _say)
        smoke.run(result, options.binary, source, scratch)
    elif name == "published":
        published.run(result, options.binary, scratch)
        source = None
    elif name == "recsys":
        corpus.fetch(corpus.default_folder(), note=_say)
        source = material.Material(data, corpus.default_folder())
        recsys.run(result, options.binary, source, scratch)
    elif name in ("scale", "formats"):
        corpus.fetch(corpus.default_folder(), note=_say)
        source = material.Material(data, corpus.default_folder())
        make.make(source, scale.SETS, _say)
        if name == "scale":
            scale.run(result, options.binary, source, scratch, options.hours)
        else:
            formats.run(result, options.binary, source, scratch)
    else:
        _install_voices()
        sets = options.sets.split(",")
        corpus.fetch(corpus.default_folder(), note=_say)
        source = material.Material(data, corpus.default_folder())
        make.make(source, sets, _say)
        engine.run(result, options.binary, source, sets, scratch, options.limit)
    result.write(options.out, _preface(source, options.binary))


def main(argv=None):
    """Exit status: 0 done, 1 failed (with --strict also when a bar was missed or data are absent), 2 usage."""
    options = _arguments(argv)
    if not options.names:
        for name, text in BENCHES.items():
            print(f"{name:10} {text}")
        return 0
    unknown = [name for name in options.names if name not in BENCHES]
    if unknown:
        _say(f"no benchmark is called {unknown[0]}; there are: {', '.join(BENCHES)}")
        return 2
    missed = False
    for name in options.names:
        result = report.Report(name, options.json, sys.stdout)
        try:
            with tempfile.TemporaryDirectory(prefix="earmark-bench-") as scratch:
                _run(name, result, options, scratch)
        except packages.CorpusError as error:
            result.skipped("data", str(error))
            missed = True
        except EngineError as error:
            _say(f"bench {name}: {error}")
            return 1
        missed |= bool(result.failed())
    return 1 if missed and options.strict else 0
