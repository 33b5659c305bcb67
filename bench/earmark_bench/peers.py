"""Other fingerprinters on the same files: those whose program is on PATH, at their own default settings.

Each peer gets the recordings that Earmark has and answers with matches in Earmark's form; the same functions score
both. A peer that is absent is reported as skipped.
"""

import concurrent.futures
import json
import os
import pathlib
import re
import shutil
import subprocess
import time

from earmark_bench import bars, chromaprint, score, speech
from earmark_bench.program import children_cpu

WORKERS = 2
LONGEST_ANSWER = 900  # s for one call of a peer


class PeerError(RuntimeError):
    """A peer failed or answered something that its documentation does not know."""


def _run(command, environment=None, allowed=(0,)):
    done = subprocess.run([str(word) for word in command], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          errors="replace", env=environment, timeout=LONGEST_ANSWER, check=False)
    if done.returncode not in allowed:
        raise PeerError(f"{pathlib.Path(command[0]).name} ended with {done.returncode}: {done.stderr.strip()[-200:]}")
    return done.stdout


def _folder_bytes(folder):
    return sum(path.stat().st_size for path in pathlib.Path(folder).rglob("*") if path.is_file())


def _each(function, items):
    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        return list(pool.map(function, items))


def _milliseconds(seconds):
    return round(float(seconds) * 1000)


class Chromaprint:
    """fpcalc's raw fingerprints, compared exactly at every offset (chromaprint.py)."""

    name, programs, has_segments = "chromaprint", ("fpcalc",), False

    def __init__(self, program, scratch):
        self.program, self.words = program, []
        self.comparer, self.tracks = None, []

    def _words(self, path):
        # It reports the end of some files as an error (3) beside the fingerprint; without one there is no output.
        text = _run([self.program, "-raw", "-json", "-length", "0", path], allowed=(0, 2, 3))
        return json.loads(text)["fingerprint"] if text.strip() else []

    def index(self, recordings):
        self.tracks = [track for track, _ in recordings]
        self.words = _each(self._words, [path for _, path in recordings])
        self.comparer = chromaprint.Comparer(self.words)

    def index_bytes(self):
        return 4 * sum(map(len, self.words))

    def query(self, paths):
        return [chromaprint.match(self.comparer, words, self.tracks) for words in _each(self._words, paths)]


class Olaf:
    """Olaf's C core, or its command line where that is there: a query gives lines of
    count, query start, query stop, path, id, reference start, reference stop (seconds)."""

    name, programs, has_segments = "olaf", ("olaf_c", "olaf"), True
    LINE = re.compile(r"(\d+), *(-?[\d.]+), *(-?[\d.]+), *(.*?), *(\d+), *(-?[\d.]+), *(-?[\d.]+) *$")

    def __init__(self, program, scratch):
        self.program, self.home = program, pathlib.Path(scratch) / "olaf"
        (self.home / ".olaf" / "db").mkdir(parents=True)
        self.environment = dict(os.environ, HOME=str(self.home))
        self.is_core = pathlib.Path(program).name == "olaf_c"
        self.track_of = {}

    def _raw(self, path, number):
        raw = self.home / f"{number}.raw"
        _run(["ffmpeg", "-v", "error", "-y", "-i", path, "-ac", "1", "-ar", "16000", "-f", "f32le", raw])
        return raw

    def _ask(self, command, path, name, number):
        if not self.is_core:
            return _run([self.program, command, path], self.environment)
        raw = self._raw(path, number)
        try:
            return _run([self.program, command, raw, name], self.environment)
        finally:
            raw.unlink()

    def index(self, recordings):
        for number, (track, path) in enumerate(recordings):
            name = f"track{number}" if self.is_core else str(path)
            self.track_of[name] = track
            try:
                self._ask("store", path, name, "store")
            except PeerError:
                continue  # a file that ffmpeg does not read

    def index_bytes(self):
        return _folder_bytes(self.home / ".olaf")

    def parse(self, text):
        """Matches of one query, the strongest first."""
        out = []
        for line in text.splitlines():
            found = self.LINE.search(line)
            if not found or found.group(1) == "0":
                continue
            count, begin, end, path, _, reference, reference_end = found.groups()
            out.append({"track": self.track_of[path], "score": int(count), "query_start_ms": _milliseconds(begin),
                        "query_end_ms": _milliseconds(end), "reference_start_ms": _milliseconds(reference),
                        "reference_end_ms": _milliseconds(reference_end)})
        return sorted(out, key=lambda match: -match["score"])

    def query(self, paths):
        numbered = list(enumerate(paths))
        return _each(lambda job: self.parse(self._ask("query", job[1], "query", f"query{job[0]}")), numbered)


class Audfprint:
    """audfprint match -R: Matched 3.6 s starting at 0.8 s in QUERY to time 50.9 s in REFERENCE with 12 of 39 …"""

    name, programs, has_segments = "audfprint", ("audfprint", "audfprint.py"), True
    LINE = re.compile(r"^Matched +([\d.]+) s starting at +(-?[\d.]+) s in (.*) to time +(-?[\d.]+) s in (.*) with"
                      r" +(\d+) of")
    BATCH = 200

    def __init__(self, program, scratch):
        self.program, self.folder = program, pathlib.Path(scratch) / "audfprint"
        self.folder.mkdir()
        self.database, self.track_of = self.folder / "all.pklz", {}

    def _list(self, paths):
        listing = self.folder / "list.txt"
        listing.write_text("".join(f"{path}\n" for path in paths), encoding="utf-8")
        return listing

    def index(self, recordings):
        self.track_of = {str(path): track for track, path in recordings}
        _run([self.program, "new", "--dbase", self.database, "-C", "-l", self._list(self.track_of)])

    def index_bytes(self):
        return self.database.stat().st_size

    def parse(self, text):
        """{query path: matches} of the program's output."""
        out = {}
        for line in text.splitlines():
            found = self.LINE.match(line)
            if not found:
                continue
            seconds, begin, query, reference, path, count = found.groups()
            begin, reference, length = map(_milliseconds, (begin, reference, seconds))
            out.setdefault(query, []).append(
                {"track": self.track_of[path], "score": int(count), "query_start_ms": begin,
                 "query_end_ms": begin + length, "reference_start_ms": reference,
                 "reference_end_ms": reference + length})
        return out

    def query(self, paths):
        answers = {}
        for first in range(0, len(paths), self.BATCH):
            text = _run([self.program, "match", "--dbase", self.database, "-R", "-C", "-l",
                         self._list(paths[first : first + self.BATCH])])
            answers.update(self.parse(text))
        return [answers.get(str(path), []) for path in paths]


class Panako:
    """Panako 2.1: index ; total ; query ; start ; stop ; path ; id ; start ; stop ; score ; time % ; frequency % ; …"""

    name, programs, has_segments = "panako", ("panako",), True
    BATCH = 100

    def __init__(self, program, scratch):
        self.program, self.folder, self.track_of = program, pathlib.Path(scratch) / "panako", {}
        self.folder.mkdir()
        self.settings = ["STRATEGY=PANAKO", f"PANAKO_LMDB_FOLDER={self.folder}",
                         f"PANAKO_CACHE_FOLDER={self.folder / 'cache'}"]

    def _batches(self, command, paths):
        for first in range(0, len(paths), self.BATCH):
            yield _run([self.program, command, *paths[first : first + self.BATCH], *self.settings])

    def index(self, recordings):
        self.track_of = {str(path): track for track, path in recordings}
        for _ in self._batches("store", list(self.track_of)):
            pass

    def index_bytes(self):
        return _folder_bytes(self.folder)

    def parse(self, text):
        """{query path: matches}, the strongest first."""
        out = {}
        for line in text.splitlines():
            fields = [field.strip() for field in line.split(";")]
            if len(fields) < 12 or not fields[0].isdigit() or fields[5] not in self.track_of:
                continue
            begin, end, reference, reference_end = (_milliseconds(fields[i]) for i in (3, 4, 7, 8))
            out.setdefault(fields[2], []).append(
                {"track": self.track_of[fields[5]], "score": float(fields[9]), "query_start_ms": begin,
                 "query_end_ms": end, "reference_start_ms": reference, "reference_end_ms": reference_end})
        return {query: sorted(matches, key=lambda match: -match["score"]) for query, matches in out.items()}

    def query(self, paths):
        answers = {}
        for text in self._batches("query", paths):
            answers.update(self.parse(text))
        return [answers.get(str(path), []) for path in paths]


PEERS = (Chromaprint, Olaf, Audfprint, Panako)


def _figures(report, name, rows, answers, has_segments):
    """Found and false of a set, a row each cell; {cell: found in per cent}."""
    out = {}
    planted = [row for row in rows if row["track"] != "-" and row["cell"] not in (speech.REUPLOAD_CELL, "podcast")]
    for cell, counts in score.cells(planted, answers).items():
        out[cell] = 100 * score.ratio(counts["found"], counts["n"])
        note = f"measured; offset right in {counts['offsets_right']} of {counts['offsets']}"
        report.figure(f"{name} found {cell}", out[cell], "%", n=counts["n"], note=note)
    for cell, counts in score.false_matches([row for row in rows if row["track"] == "-"], answers).items():
        report.figure(f"{name} false {cell}", counts["false"], "files", n=counts["n"],
                      note=f"measured over {counts['hours']:.2f} h")
    for cell in ("podcast", speech.REUPLOAD_CELL):
        uses = [row for row in rows if row["cell"] == cell]
        if uses and has_segments:
            result = score.podcast(uses, {row["file"]: answers.get(row["file"], []) for row in uses})
            precision = score.ratio(result["hit"], result["reported"])
            recall = score.ratio(result["hit"], result["planted"])
            report.figure(f"{name} {cell} seconds F1", score.ratio(2 * precision * recall, precision + recall), "",
                          n=result["planted"], note=f"measured; precision {precision:.3f}, recall {recall:.3f}")
    return out


def _measure(report, peer, done, recordings):
    """All sets with one peer; {cell: found in per cent}."""
    hours = sum(track["seconds"] for track in done.source.tracks if track["role"] in ("ref", "train")) / 3600
    before, begin = children_cpu() + time.process_time(), time.monotonic()
    peer.index(recordings)
    cpu = children_cpu() + time.process_time() - before
    report.figure(f"{peer.name} index CPU per second of audio", 1000 * cpu / (hours * 3600), "ms", n=len(recordings),
                  note=f"measured, decode included, {time.monotonic() - begin:.0f} s in all")
    report.figure(f"{peer.name} index bytes per hour", peer.index_bytes() / hours, "B", n=len(recordings))
    found, seconds, before = {}, 0.0, children_cpu() + time.process_time()
    for name, rows in done.rows.items():
        if name == "K6H":
            continue  # hours in which peers find what they find in K6, at ten times the cost
        ends = {}
        for row in rows:
            ends[row["file"]] = max(ends.get(row["file"], 0), row["query_start_ms"] + row["duration_ms"])
        files = sorted(ends)
        seconds += sum(ends.values()) / 1000
        answers = dict(zip(files, peer.query([done.source.data / name / file for file in files])))
        found.update(_figures(report, peer.name, rows, answers, peer.has_segments))
    cpu = children_cpu() + time.process_time() - before
    report.figure(f"{peer.name} query CPU per second of audio", 1000 * cpu / seconds, "ms", n=len(found),
                  note=f"measured over {seconds / 3600:.1f} h of queries, decode included")
    main = [found[cell] for cell in bars.FOUND if cell in found and not cell.startswith("speech")]
    if main:
        report.figure(f"{peer.name} found all of K1-K4", sum(main) / len(main), "%", n=len(main),
                      note="measured; mean over the cells")
    return found


def measure(report, done, scratch):
    """{peer: {cell: found in per cent}} of the peers that are here."""
    source, out = done.source, {}
    recordings = [(done.same_as.get(t["path"], t["path"]), source.folder / t["path"])
                  for t in source.of_role("ref") + source.of_role("train")]
    if "K9" in done.rows:
        recordings += [(track, source.data / "K9" / track) for track in speech.programmes(source)]
    for kind in PEERS:
        program = next((found for found in map(shutil.which, kind.programs) if found), None)
        if program is None:
            report.skipped(f"peer {kind.name}", f"no {' or '.join(kind.programs)} on PATH")
            continue
        try:
            out[kind.name] = _measure(report, kind(program, scratch), done, recordings)
        except (PeerError, OSError, ValueError, subprocess.TimeoutExpired) as error:
            report.skipped(f"peer {kind.name}", str(error)[-300:])
    return out
