"""Audience measurement through the real program: audience_program_test.py --earmark BINARY [unittest options]."""
import argparse
import datetime
import gzip
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import reference_counter

APPS = ["Overcast/3.0 (+http://overcast.fm/; iOS podcast app)", "AntennaPod/2.5.2", "AppleCoreMedia/1.0.0.19G82 (iPhone; U; CPU OS 15_6_1 like Mac OS X; en_us)",
        "Mozilla/5.0 (X11; Linux x86_64; rv:102.0) Gecko/20100101 Firefox/102.0", "gPodder/3.11.0 (+http://gpodder.org/) Linux"]
BOTS = {"acast-tester/1.0", "Python/3.10 aiohttp/3.9.3", "Somebody's Crawler 1.0",
        "atc/1.0 watchOS/9.0 model/Watch6,2 hwp/t8301 build/20R362 (6; dt:229)"}
SEED = 20261124
BINARY = None


def mp3(seconds, kbits):
    """Frames without sound: MPEG-1 layer III, 44.1 kHz."""
    index = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320].index(kbits)
    frame = bytes([0xFF, 0xFB, index << 4, 0]).ljust(144 * kbits * 1000 // 44100, b"\0")
    return b"ID3\x04\0\0\0\0\x10\0" + bytes(2048) + frame * round(seconds * 44100 / 1152)


class Audience(unittest.TestCase):
    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory(prefix="earmark-audience-")
        self.addCleanup(self.temporary.cleanup)
        self.folder = pathlib.Path(self.temporary.name)

    def run_program(self, *words, expect=0, store="store"):
        done = subprocess.run([BINARY, *map(str, words), "--store", str(self.folder / store), "--json"], capture_output=True,
                              text=True, timeout=200, check=False)
        self.assertEqual(done.returncode, expect, done.stderr + done.stdout)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def media(self):
        """Three files of different rates; {path: (bytes, threshold)} as the program measured them."""
        files = {}
        for name, seconds, kbits in (("one.mp3", 600, 64), ("two.mp3", 300, 128), ("short.mp3", 30, 64)):
            path = self.folder / name
            path.write_bytes(mp3(seconds, kbits))
            line, = self.run_program("audience", "media", path, "--prefix", "/show/")
            size = path.stat().st_size
            self.assertEqual(line["bytes"], size)
            content = size - line["content_from"]
            if seconds > 60:  # tags and a tenth, a fifth of the sound
                self.assertAlmostEqual(line["minute_end"], line["content_from"] + content * 60 / seconds, delta=700)
            else:
                self.assertIsNone(line["minute_end"])
            files["/show/" + name] = (size, line["minute_end"] or size)
        return files

    @staticmethod
    def log(files, lines, seed=SEED):
        """Requests of people and of machines over six days of one month."""
        source = random.Random(seed)
        start = datetime.datetime(2026, 11, 3, tzinfo=datetime.timezone.utc).timestamp()
        people = [(f"192.0.{source.randrange(4)}.{source.randrange(250)}" if source.random() < 0.8 else
                   f"2001:db8:{source.randrange(30):x}:{source.randrange(3):x}:{source.randrange(9999):x}:1:2:3", agent)
                  for _ in range(300) for agent in source.sample(APPS + sorted(BOTS) + ["-"], 2)]
        out = []
        for _ in range(lines):
            at = start + source.randrange(6 * 86400)
            address, agent = source.choice(people)
            path = source.choice([*files, "/show/cover.jpg"])
            size = files.get(path, (9000, 0))[0]
            method = source.choices(["GET", "HEAD"], [30, 1])[0]
            kind = source.choices(["whole", "part", "probe", "304", "404"], [4, 8, 2, 1, 1])[0]
            status, sent, asked = "200", size if source.random() < 0.7 else source.randrange(size), "-"
            if kind == "part":
                first = source.randrange(size) if source.random() < 0.6 else 0
                last = min(size - 1, first + source.randrange(1, size // 3))
                status, asked = "206", f"bytes={first}-{last if source.random() < 0.7 else ''}"
                sent = source.choice([last - first + 1, source.randrange(last - first + 1), last - first + 400])
                if asked.endswith("-"):
                    sent = min(sent, size - first)
            elif kind == "probe":
                status, sent, asked = "206", 2, "bytes=0-1"
            elif kind in ("304", "404"):
                status, sent = kind, 0
            stamp = time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(at))
            out.append((at, f'{address} - - [{stamp}] "{method} {path}?x={source.randrange(9)} HTTP/1.1" {status} {sent}'
                            f' "-" "{agent}" "{asked}"\n'))
        return [line for _, line in sorted(out)]

    def counted(self, window, store="store"):
        out = {}
        for path in self.paths:
            for row in self.run_program("audience", "downloads", "--window", window, "--episode", path, store=store):
                day = datetime.date.fromisoformat(row["day"]).toordinal() - datetime.date(1970, 1, 1).toordinal()
                out[day, path] = row["downloads"]
        return out

    def test_an_independent_counter_finds_the_same(self):
        files = self.media()
        self.paths = list(files)
        lines = self.log(files, 20000)
        log = self.folder / "access.log"
        log.write_text("".join(lines), encoding="ascii")
        outcome, month = self.run_program("audience", "import", log, "--volume-limit", 0)
        self.assertEqual(outcome["lines"], len(lines))
        self.assertEqual(month["undecided"], 0)
        for window in ("calendar", "first-touch", "last-touch"):
            truth = reference_counter.downloads(lines, files, BOTS, window)
            self.assertGreater(sum(truth.values()), 500)
            self.assertEqual(self.counted(window), dict(truth), window)

    def test_logs_in_parts_gzipped_and_late_give_the_same_rows(self):
        files = self.media()
        self.paths = list(files)
        lines = self.log(files, 6000)
        (self.folder / "access.log").write_text("".join(lines), encoding="ascii")
        self.run_program("audience", "import", self.folder / "access.log")
        truth = {window: self.counted(window) for window in ("calendar", "last-touch")}
        rows = self.run_program("audience", "downloads")

        for path in files:
            self.run_program("audience", "media", self.folder / pathlib.Path(path).name, "--prefix", "/show/", store="parts")
        for part in (3, 0, 2, 1):
            with gzip.open(self.folder / f"part{part}.gz", "wt") as out:
                out.writelines(lines[part * 1500:(part + 1) * 1500])
            self.run_program("audience", "import", self.folder / f"part{part}.gz", store="parts")
        for window, counts in truth.items():
            self.assertEqual(self.counted(window, "parts"), counts)
        before = self.run_program("audience", "downloads", store="parts")
        self.run_program("audience", "recount", store="parts")
        self.assertEqual(self.run_program("audience", "downloads", store="parts"), before)
        for row, other in zip(rows, before):
            self.assertEqual(row["downloads"], other["downloads"])
            self.assertAlmostEqual(row["listeners"], other["listeners"], delta=3 + row["listeners"] * 0.08)

    def test_bad_logs_are_named_and_stop_nothing(self):
        good = self.folder / "good.log"
        good.write_text(self.log({"/show/a.mp3": (5000, 5000)}, 1)[0], encoding="ascii")
        cut = self.folder / "cut.gz"
        cut.write_bytes(gzip.compress(b"x\n" * 100000)[:100])
        lines = self.run_program("audience", "import", self.folder / "absent.log", cut, self.folder, good, expect=4)
        errors = [line["error"] for line in lines if "log" in line]
        self.assertEqual([error is None for error in errors], [False, False, False, True])
        self.assertIn("absent.log", errors[0])
        self.assertIn("cut", errors[1])

    def test_a_picture_and_the_lists(self):
        files = self.media()
        (self.folder / "access.log").write_text("".join(self.log(files, 500)), encoding="ascii")
        self.run_program("audience", "import", self.folder / "access.log")
        self.run_program("audience", "downloads", "--svg", self.folder / "days.svg")
        self.assertIn("</svg>", (self.folder / "days.svg").read_text(encoding="utf-8"))
        version = self.run_program("audience", "lists")[0]["version"]
        self.assertTrue(version.startswith("OPAWG"), version)
        before = sum(row["downloads"] for row in self.run_program("audience", "downloads"))
        lists = self.folder / "lists.json"
        lists.write_text(json.dumps({"name": "mine", "lists": {"bots": [{"name": "all", "pattern": "."}]}}), encoding="utf-8")
        self.run_program("audience", "lists", lists)
        self.run_program("audience", "recount")
        self.assertGreater(before, 0)
        self.assertEqual(self.run_program("audience", "downloads"), [])
        self.assertEqual(self.run_program("audience", "months")[0]["lists"][:5], "mine ")
        dropped = {row["reason"]: row["requests"] for row in self.run_program("audience", "dropped")}
        self.assertGreater(dropped["bot"], before)

    def test_an_erased_month_stays_erased(self):
        files = self.media()
        (self.folder / "access.log").write_text("".join(self.log(files, 500)), encoding="ascii")
        self.run_program("audience", "import", self.folder / "access.log")
        before = self.run_program("audience", "downloads")
        self.run_program("audience", "erase", "2026-11")
        self.run_program("audience", "recount", "2026-11", expect=4)
        self.run_program("audience", "erase", "2026-11", expect=4)
        self.assertEqual(self.run_program("audience", "downloads"), before)

    def test_a_series_is_foreseen(self):
        source = random.Random(SEED)
        first = datetime.date(2025, 1, 1)
        values = [round(1000 * (2 if day % 7 < 2 else 1) * source.uniform(0.9, 1.1)) for day in range(228)]
        series = self.folder / "series.csv"
        series.write_text("ds,y\n" + "".join(f"{first + datetime.timedelta(days=day)},{value}\n"
                                             for day, value in enumerate(values[:200])), encoding="ascii")
        made, = self.run_program("audience", "forecast", "--series", series, "--svg", self.folder / "next.svg")
        self.assertEqual([day["day"] for day in made["days"]],
                         [str(first + datetime.timedelta(days=day)) for day in range(200, 228)])
        for day, value in zip(made["days"], values[200:]):
            self.assertLess(abs(day["mean"] / value - 1), 0.2, day)
            self.assertTrue(0 <= day["low"] <= day["mean"] <= day["high"], day)
        self.assertEqual([test["model"] for test in made["back_tests"]][-1], "combination")
        self.assertIn("</svg>", (self.folder / "next.svg").read_text(encoding="utf-8"))
        self.assertEqual(self.run_program("audience", "forecast", "--series", series), [made])  # without a picture the same
        series.write_text("1\n2\n3\n", encoding="ascii")
        self.run_program("audience", "forecast", "--series", series, expect=1)
        series.write_text("ds,y\n2025-01-02,1\n2025-01-01,1\n", encoding="ascii")
        self.run_program("audience", "forecast", "--series", series, expect=1)
        self.run_program("audience", "forecast", "--past", "--series", series, expect=2)
        self.run_program("audience", "forecast", expect=1)  # nothing was imported

    def test_recommendations_from_a_list(self):
        source = random.Random(SEED)
        lines = []
        for user in range(200):
            for time_s, item in enumerate(source.sample(range(20), 8)):  # each taste has twenty items of its own
                lines.append((time_s, f"u{user},{'ab'[user % 2]}{item},5,{time_s}\n"))
        data = self.folder / "list.csv"
        data.write_text("user,item,weight,time\n" + "".join(line for _, line in sorted(lines)), encoding="ascii")
        scores = {line["method"]: line for line in self.run_program("recommend", "evaluate", data, "--top", 10)}
        self.assertEqual(set(scores), {"popularity", "item-cosine", "user-cosine", "ease", "ials"})
        for method, line in scores.items():
            if method != "popularity":
                self.assertGreater(line["recall"], 1.4 * scores["popularity"]["recall"], method)
        shown = self.run_program("recommend", "for", "--data", data, "a1", "a2", "--top", 5)
        self.assertTrue(all(line["item"][0] == "a" and line["because_of"] in ("a1", "a2") for line in shown), shown)
        self.run_program("recommend", "for", "--data", data, "nobody", expect=1)
        self.run_program("recommend", "similar", "rec_none", expect=1)

    def test_wrong_usage_ends_with_2(self):
        for words in (["audience"], ["audience", "import"], ["audience", "downloads", "--window", "week"],
                      ["audience", "downloads", "--from", "yesterday"], ["audience", "import", "--format", "x", "a"]):
            self.run_program(*words, expect=2)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--earmark", required=True)
    arguments, rest = parser.parse_known_args()
    BINARY = arguments.earmark
    unittest.main(argv=[sys.argv[0], *rest])
