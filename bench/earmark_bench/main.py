"""The command line of bench/run."""

import argparse
import os
import pathlib
import platform
import subprocess
import sys
import tempfile

from earmark_bench import api, corpus, engine, make, material, queries, report, smoke
from earmark_corpus import packages

import demo_data

ROOT = pathlib.Path(__file__).resolve().parents[2]
BENCHES = {
    "engine": "K1 to K7 on real audio: found, offsets, false matches, podcasts; speed and size (about 13 h registered)",
    "api": "the HTTP API on loopback under wrk: matches of fingerprints and of audio a second, latencies",
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
    hours = {role: sum(t["seconds"] for t in source.of_role(role)) / 3600 for role in ("ref", "train", "out")}
    count = {role: len(source.of_role(role)) for role in hours}
    return [f"Machine: {_machine()}. Program: {_version(binary)}.",
            f"Registered: {count['ref'] + count['train']} recordings, {hours['ref'] + hours['train']:.1f} h;"
            f" queries from {count['ref']} of them. Never registered: {count['out']} recordings, {hours['out']:.1f} h.",
            "Every figure was measured in this run through the command line of the release binary unless its note"
            " says otherwise. Bars and goals: docs/benchmarks.md."]


def _run(name, result, options, scratch):
    """One benchmark: its figures into `result`, its report into --out."""
    data = options.data or packages.cache_root() / f"bench-{queries.GENERATION}"
    if name == "api":
        api.run(result, options.binary, demo_data.ensure(), scratch)
        return result.write(options.out, [f"Machine: {_machine()}. Program: {_version(options.binary)}."])
    if name == "smoke":
        source = smoke.prepare(data / "smoke", corpus.default_folder(), _say)
        make.make(source, smoke.SETS, _say)
        smoke.run(result, options.binary, source, scratch)
    else:
        sets = options.sets.split(",")
        corpus.fetch(corpus.default_folder(), note=_say)
        source = material.Material(data, corpus.default_folder())
        make.make(source, sets, _say)
        engine.run(result, options.binary, source, sets, scratch)
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
        except engine.EngineError as error:
            _say(f"bench {name}: {error}")
            return 1
        missed |= bool(result.failed())
    return 1 if missed and options.strict else 0
