"""The program under test, driven through its command line only, as a user does."""

import contextlib
import json
import os
import pathlib
import resource
import subprocess
import time


class EngineError(RuntimeError):
    """The binary is absent or answered something that is not its contract."""


def children_cpu():
    """CPU seconds, user and system, of all processes waited for so far."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _high_water(pid):
    try:
        status = pathlib.Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:")), 0)


class Earmark:
    """One store, driven through the command line."""

    def __init__(self, binary, store):
        self.binary, self.store = pathlib.Path(binary), pathlib.Path(store)
        self.track_of_id = {}  # recording id -> track that was registered under it first
        self.same_as = {}  # track -> the track that its recording id stands for
        if not self.binary.exists():
            raise EngineError(f"{self.binary} is not there: build the release preset first (./run build)")

    def call(self, command, *arguments, allowed=(0,)):
        """The JSON lines a command answers, and its wall seconds."""
        line = [str(self.binary), command, "--store", str(self.store), "--json", *map(str, arguments)]
        begin = time.monotonic()
        done = subprocess.run(line, capture_output=True, text=True, check=False)
        seconds = time.monotonic() - begin
        if done.returncode not in allowed:
            raise EngineError(f"{command} exited {done.returncode}: {done.stderr.strip()[-500:]}")
        return [json.loads(text) for text in done.stdout.splitlines() if text.strip()], seconds

    def register(self, folder, tracks):
        """Registers tracks (paths below folder) and learns their ids; the program's lines, and seconds."""
        names = {os.path.realpath(folder / track): track for track in tracks}
        lines, seconds = self.call("register", *(folder / track for track in tracks), allowed=(0, 4))
        for line in lines:
            line["track"] = names[os.path.realpath(line["source"])]
            if line["recording_id"]:
                self.same_as[line["track"]] = self.track_of_id.setdefault(line["recording_id"], line["track"])
        return lines, seconds

    def match(self, paths, *options):
        return self.call("match", *options, *paths, allowed=(0, 3, 4))

    def match_memory(self, path):
        """Largest resident memory in KiB of the program (not of its decoder child) while it matches a file, as its own
        /proc entry says; that of the waited-for children would include what this process held when it started them."""
        line = [str(self.binary), "match", "--store", str(self.store), "--json", str(path)]
        largest = 0
        with subprocess.Popen(line, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            while process.poll() is None:
                largest = max(largest, _high_water(process.pid))
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(0.02)
        return largest

    def fingerprint(self, paths, folder):
        """Writes a fingerprint file for each path that can be read; {path as given: fingerprint file}."""
        lines, _ = self.call("fingerprint", *paths, "-o", folder, allowed=(0, 4))
        return {line["source"]: pathlib.Path(line["fingerprint"]) for line in lines if line["fingerprint"]}

    def stats(self):
        return self.call("stats")[0][0]


def answers_of(lines, track_of_id, name_of=lambda query: pathlib.Path(query).name):
    """Lines of match -> ({file name: matches, each with its "track"}, {file name: error})."""
    answers, errors = {}, {}
    for line in lines:
        name = name_of(line["query"])
        if line["error"]:
            errors[name] = line["error"]
        answers[name] = [dict(match, track=track_of_id[match["recording_id"]]) for match in line["matches"]]
    return answers, errors
