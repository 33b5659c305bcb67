"""What the end-to-end cases share: the program under test, the demonstration data, and checks that say what they saw.

A case is a function decorated with @case; it takes a Context and raises (check() does) where something is wrong, or
Skip where it cannot be tried here. run.py runs one by name.
"""
import contextlib
import dataclasses
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import threading
import time

SCRIPTS = pathlib.Path(__file__).resolve().parents[2] / "scripts"
sys.path.insert(0, str(SCRIPTS))

import demo_data  # noqa: E402  (lives in scripts/)

CASES = {}
DEADLINE_SECONDS = 240  # for one run of the program; CTest's own limit is above it


class Skip(Exception):
    """Cannot be tried here; says why."""


def case(function):
    """Registers a case under MODULE.FUNCTION, the module without its _cases."""
    name = f"{function.__module__.removesuffix('_cases')}.{function.__name__}"
    CASES[name] = function
    return function


def check(condition, *seen):
    """Raises AssertionError with what was seen unless `condition` holds."""
    if not condition:
        raise AssertionError("; ".join(str(item) for item in seen) or "check failed")


def check_close(value, expected, tolerance, what):
    check(abs(value - expected) <= tolerance, f"{what}: {value} is not within {tolerance} of {expected}")


@dataclasses.dataclass
class Run:
    """One finished run of the program."""
    arguments: tuple
    exit: int
    out: str
    err: str

    @property
    def lines(self):
        """The JSON Lines on stdout; fails on a line that is none."""
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def line(self):
        lines = self.lines
        check(len(lines) == 1, f"one line expected: {self}")
        return lines[0]


class Earmark:
    """The program on one store."""

    def __init__(self, binary, store, wrapper=()):
        self.binary, self.store, self.wrapper = str(binary), pathlib.Path(store), tuple(wrapper)

    def run(self, *arguments, exit=0, cwd=None, environment=None):
        """Runs `earmark --json ARGUMENTS`; fails unless it ends with the exit code (or one of a tuple; None: any)."""
        done = self.run_plain(*arguments, "--json", cwd=cwd, environment=environment)
        allowed = exit if isinstance(exit, tuple) else (exit,)
        check(exit is None or done.exit in allowed, f"exit code {done.exit}, not {exit}: {done}")
        return done

    def run_plain(self, *arguments, cwd=None, environment=None):
        """As run(), without --json and for any exit code; a death by signal is a failure of the case."""
        arguments = tuple(str(argument) for argument in arguments)
        variables = {**os.environ, "EARMARK_STORE": str(self.store), **(environment or {})}
        done = subprocess.run([*self.wrapper, self.binary, *arguments], stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, errors="replace", cwd=cwd, env=variables, timeout=DEADLINE_SECONDS,
                              check=False)
        result = Run(arguments, done.returncode, done.stdout, done.stderr[-3000:])
        check(done.returncode >= 0 and done.returncode < 128, f"died by signal: {result}")
        return result

    def start(self, *arguments):
        """Starts `earmark --json ARGUMENTS` in a process group of its own; see kill()."""
        return subprocess.Popen([*self.wrapper, self.binary, *map(str, arguments), "--json"],
                                env={**os.environ, "EARMARK_STORE": str(self.store)}, stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, start_new_session=True)

    def stats(self):
        return self.run("stats").line

    def claims(self, *arguments):
        return self.run("claims", "list", *arguments).lines


def kill_after(process, acknowledged=None, seconds=None):
    """SIGKILL once `acknowledged` lines were printed, or after `seconds`; the lines that came out before the end."""
    lines, timer = [], None
    if seconds is not None:
        timer = threading.Timer(seconds, process.kill)
        timer.start()
    for text in process.stdout:
        if text.endswith("\n"):  # a line cut short by the kill acknowledges nothing
            lines.append(json.loads(text))
        if acknowledged is not None and len(lines) >= acknowledged:
            process.kill()
            acknowledged = None
    process.wait()
    if timer:
        timer.cancel()
    return lines


def group_is_gone(process, seconds=10):
    """Whether every process of the group ends within `seconds` of its leader's death (no decoder is left behind)."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            os.killpg(process.pid, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    return False


@dataclasses.dataclass
class Context:
    """binary: the program; work: an empty folder of the case's own; shared: the folder of the fixtures."""
    binary: pathlib.Path
    work: pathlib.Path
    shared: pathlib.Path

    @property
    def data(self):
        return demo_data.ensure()

    @property
    def truth(self):
        return demo_data.truth(self.data)

    def new_store(self, name="store", wrapper=()):
        return Earmark(self.binary, self.work / name, wrapper)

    def catalogue_copy(self, name="store"):
        """(program on a private copy of the store that holds the whole catalogue, file -> recording_id)."""
        shutil.copytree(self.shared / "store", self.work / name)
        return Earmark(self.binary, self.work / name), json.loads((self.shared / "recordings.json").read_text())

    def registered_files(self):
        return [self.data / item["file"] for item in self.truth["recordings"] if item["registered"]]


# How far the found start and end of a planted use may lie from the truth.
TIME_CODE_MS = 500
