"""The developers' programs that benchmarks run: built on demand, beside the release binary."""

import pathlib
import subprocess

from earmark_bench.program import EngineError

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = ROOT / "build" / "release"
FOLDERS = {"candidate_ranks": "tools", "money_scale": "bench", "scale_index": "bench", "crawl_queue": "bench"}


def _run(command, doing):
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, errors="replace", check=False)
    if done.returncode != 0:
        raise EngineError(f"{doing} failed: {(done.stderr or done.stdout).strip()[-400:]}")


def program(name):
    """The path of a developers' program of the release preset, built anew where its sources are. Raises EngineError."""
    _run(["cmake", "--preset", "release", "-DEARMARK_BUILD_BENCH=ON"], "cmake --preset release")
    _run(["cmake", "--build", "--preset", "release", "--target", name], f"building {name}")
    return BUILD / FOLDERS[name] / name


def lines_of(command):
    """Runs a program that prints lines, yields them as they come, and at the end checks that it did well."""
    with subprocess.Popen([str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          errors="replace") as process:
        yield from (line for line in process.stdout if line.strip())
        error = process.stderr.read()
        code = process.wait()
    if code != 0:
        raise EngineError(f"{pathlib.Path(command[0]).name} ended with {code}: {error.strip()[-300:]}")
