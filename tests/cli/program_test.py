"""Drives the real program as a user would: program_test.py --earmark BINARY [unittest options]."""
import array
import json
import math
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest
import wave

RATE = 8000
EARMARK = ""


def song(seed, seconds):
    """Music-like samples: decaying notes of random pitch with harmonics, several at a time; the same for the same seed."""
    rng = random.Random(seed)
    out = [0.0] * int(seconds * RATE)
    for _voice in range(3):
        at = 0.0
        while at < seconds:
            length = 0.12 + 0.4 * rng.random()
            pitch = 110.0 * 2.0 ** (rng.randrange(36) / 12.0) * (1.0 + 0.004 * rng.random())
            first = int(at * RATE)
            for i in range(first, min(len(out), int((at + 1.3 * length) * RATE))):
                t = (i - first) / RATE
                phase = 2.0 * math.pi * pitch * t
                out[i] += 0.12 * math.exp(-4.0 * t / length) * (math.sin(phase) + math.sin(2 * phase) / 2 + math.sin(3 * phase) / 3)
            at += length
    return out


def write_wav(path, samples):
    with wave.open(os.fsdecode(path) if isinstance(path, bytes) else path, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes(array.array("h", (max(-32767, min(32767, int(x * 32767))) for x in samples)).tobytes())


class Work:
    """Audio that the tests share, made once."""

    def __init__(self):
        self.root = tempfile.mkdtemp(prefix="earmark-cli-")
        self.music = os.path.join(self.root, "music")
        os.makedirs(os.path.join(self.music, "album"))
        self.songs = [song(seed, 24) for seed in (1, 2, 3)]
        write_wav(os.path.join(self.music, "one.wav"), self.songs[0])
        write_wav(os.path.join(self.music, "album", "two.wav"), self.songs[1])
        write_wav(os.path.join(self.music, "album", "three.wav"), self.songs[2])
        other = song(99, 26)
        # From 10 s on: `one` from its fifth second, for twelve seconds.
        self.episode = os.path.join(self.root, "episode.wav")
        write_wav(self.episode, other[: 10 * RATE] + self.songs[0][5 * RATE : 17 * RATE] + other[10 * RATE : 18 * RATE])
        self.unrelated = os.path.join(self.root, "unrelated.wav")
        write_wav(self.unrelated, other)
        self.bad = os.path.join(self.root, "notes.mp3")
        with open(self.bad, "w", encoding="utf-8") as out:
            out.write("these are no sounds\n" * 200)


WORK = None


class ProgramTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        global WORK
        WORK = WORK or Work()

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="earmark-cli-", dir=WORK.root)
        self.store = os.path.join(self.folder, "store")

    def call(self, *words, expect=0, store=True, env=None):
        """Runs the program; returns its standard output as text, and keeps standard error in self.err."""
        command = [EARMARK, *words] + (["--store", self.store] if store else [])
        environment = {k: v for k, v in os.environ.items() if k not in ("EARMARK_STORE", "EARMARK_THREADS")}
        done = subprocess.run(command, capture_output=True, timeout=120, env={**environment, **(env or {})}, check=False)
        self.err = done.stderr.decode("utf-8", "replace")
        self.assertEqual(done.returncode, expect, f"{command}\n{done.stdout}\n{self.err}")
        return done.stdout.decode("utf-8")

    def lines(self, *words, expect=0, **more):
        return [json.loads(line) for line in self.call(*words, "--json", expect=expect, **more).splitlines()]

    def register_music(self):
        return self.lines("register", WORK.music, "--owner", "My label")

    def id_of_one(self):
        return next(line["recording_id"] for line in self.register_music() if line["source"].endswith("one.wav"))


class Register(ProgramTest):
    def test_walks_folders_in_order_and_knows_duplicates(self):
        first = self.register_music()
        again = self.register_music()

        self.assertEqual([line["source"] for line in first],
                         [os.path.join(WORK.music, name) for name in ("album/three.wav", "album/two.wav", "one.wav")])
        for line in first:
            self.assertEqual(line["status"], "registered")
            self.assertAlmostEqual(line["duration_ms"], 24000, delta=50)
            self.assertGreater(line["fingerprint_bytes"], 1000)
            self.assertIsNone(line["error"])
        self.assertEqual([line["status"] for line in again], ["duplicate"] * 3)
        self.assertEqual([line["recording_id"] for line in again], [line["recording_id"] for line in first])

    def test_a_bad_file_is_named_and_stops_nothing(self):
        one = os.path.join(WORK.music, "one.wav")
        lines = self.lines("register", WORK.bad, os.path.join(self.folder, "absent.wav"), one, expect=4)

        self.assertEqual([line["status"] for line in lines], ["error", "error", "registered"])
        self.assertIn("notes.mp3", lines[0]["error"])
        self.assertIsNone(lines[0]["recording_id"])
        self.assertIn("absent.wav", lines[1]["error"])
        self.call("register", WORK.bad, one, expect=4)
        self.assertIn("notes.mp3", self.err)

    def test_dry_run_writes_nothing(self):
        lines = self.lines("register", WORK.music, "--dry-run")
        self.assertEqual([line["status"] for line in lines], ["registered"] * 3)
        self.assertFalse(os.path.exists(self.store))

        self.lines("register", os.path.join(WORK.music, "one.wav"))
        lines = self.lines("register", WORK.music, "--dry-run")
        self.assertEqual([line["status"] for line in lines], ["registered", "registered", "duplicate"])
        self.assertEqual(self.lines("stats")[0]["recordings"], 1)

    def test_a_manifest_gives_titles_and_names_bad_rows(self):
        shutil.copy(os.path.join(WORK.music, "one.wav"), self.folder)
        manifest = os.path.join(self.folder, "catalogue.csv")
        with open(manifest, "w", encoding="utf-8") as out:
            out.write("path,artist,title,isrc,owner,policy\none.wav,Band,First,US-S1Z-99-00001,Label,block\nx.wav,,,,,sell\n")

        lines = self.lines("register", "--manifest", manifest, expect=4)

        self.assertEqual([line["status"] for line in lines], ["registered", "error"])
        self.assertIn("catalogue.csv:3", lines[1]["error"])
        match = self.lines("match", WORK.episode)[0]["matches"][0]
        self.assertEqual(match["title"], "Band – First")
        self.call("register", "--manifest", os.path.join(self.folder, "absent.csv"), expect=1)
        self.assertIn("absent.csv", self.err)

    def test_names_that_are_no_text_survive(self):
        name = os.path.join(os.fsencode(self.folder), b"caf\xe9\x1b[31m.wav")
        with open(name, "wb") as out, open(os.path.join(WORK.music, "one.wav"), "rb") as source:
            out.write(source.read())

        line = self.lines("register", name)[0]
        people = self.call("match", name)

        self.assertEqual(line["status"], "registered")
        self.assertIn("caf\ufffd", line["source"])
        self.assertNotIn("\x1b", people)
        self.assertIn("caf\\xe9", people)


class Match(ProgramTest):
    def test_finds_what_where_and_when(self):
        recording = self.id_of_one()

        line = self.lines("match", WORK.episode)[0]

        self.assertEqual(len(line["matches"]), 1, line)
        match = line["matches"][0]
        self.assertEqual(match["recording_id"], recording)
        self.assertEqual(match["type"], "recording")
        for name, expected in (("query_start_ms", 10000), ("query_end_ms", 22000), ("reference_start_ms", 5000), ("reference_end_ms", 17000)):
            self.assertAlmostEqual(match[name], expected, delta=500, msg=name)
        self.assertAlmostEqual(match["speed"], 1.0, delta=0.005)
        self.assertGreaterEqual(match["probability"], 0.9)
        people = self.call("match", WORK.episode)
        self.assertIn(recording, people)
        self.assertRegex(people, r"00:(09|10)\.\d{3}")

    def test_says_by_its_exit_code_what_came_of_it(self):
        self.register_music()

        self.assertEqual(self.lines("match", WORK.unrelated, expect=3)[0]["matches"], [])
        self.assertEqual(len(self.lines("match", WORK.unrelated, WORK.episode, expect=0)), 2)
        lines = self.lines("match", WORK.bad, WORK.episode, expect=4)
        self.assertIn("notes.mp3", lines[0]["error"])
        self.assertEqual(lines[0]["matches"], [])
        self.assertEqual(len(lines[1]["matches"]), 1)

    def test_is_the_same_for_any_number_of_threads(self):
        self.register_music()
        outputs = {self.call("match", WORK.music, WORK.episode, WORK.unrelated, "--json", "--threads", n) for n in ("1", "2", "5")}
        self.assertEqual(len(outputs), 1)

    def test_review_adds_and_changes_nothing_else(self):
        self.register_music()
        plain = self.lines("match", WORK.episode)[0]["matches"]
        review = self.lines("match", WORK.episode, "--review")[0]["matches"]
        self.assertEqual([m for m in review if "review" not in m], plain)
        self.assertTrue(all(m["probability"] < 0.9 for m in review if "review" in m))

    def test_a_fresh_store_matches_nothing_and_says_so(self):
        self.assertEqual(self.lines("match", WORK.episode, expect=3)[0]["matches"], [])
        self.assertIn("no recordings", self.err)

    def test_forgotten_recordings_match_no_more(self):
        recording = self.id_of_one()

        self.assertEqual(self.lines("forget", recording), [{"recording_id": recording, "status": "forgotten", "error": None}])

        self.assertEqual(self.lines("match", WORK.episode, expect=3)[0]["matches"], [])
        self.assertEqual(self.lines("forget", "rec_absent", expect=4)[0]["status"], "error")


class Fingerprint(ProgramTest):
    def test_stands_for_the_audio(self):
        out = os.path.join(self.folder, "prints")

        lines = self.lines("fingerprint", WORK.music, WORK.episode, "-o", out, store=False)

        self.assertEqual([os.path.relpath(line["fingerprint"], out) for line in lines],
                         ["album/three.emfp", "album/two.emfp", "one.emfp", "episode.emfp"])
        registered = self.lines("register", os.path.join(out, "album"), os.path.join(out, "one.emfp"))
        self.assertEqual([line["status"] for line in registered], ["registered"] * 3)
        by_print = self.lines("match", os.path.join(out, "episode.emfp"))[0]["matches"]
        by_audio = self.lines("match", WORK.episode)[0]["matches"]
        self.assertEqual(len(by_print), 1)
        self.assertEqual(by_print, by_audio)
        self.assertEqual([line["status"] for line in self.register_music()], ["duplicate"] * 3)

    def test_names_that_meet_are_told_apart_and_damage_is_seen(self):
        twin = os.path.join(self.folder, "one.wav")
        shutil.copy(os.path.join(WORK.music, "one.wav"), twin)
        out = os.path.join(self.folder, "prints")

        lines = self.lines("fingerprint", os.path.join(WORK.music, "one.wav"), twin, "-o", out, store=False)
        self.assertEqual([os.path.basename(line["fingerprint"]) for line in lines], ["one.emfp", "one.wav.emfp"])

        path = lines[0]["fingerprint"]
        with open(path, "r+b") as damaged:
            damaged.truncate(os.path.getsize(path) // 2)
        self.assertEqual(self.lines("register", path, expect=4)[0]["status"], "error")


class Whole(ProgramTest):
    def test_stats_count_what_is_there(self):
        self.register_music()
        stats = self.lines("stats")[0]
        self.assertEqual(stats["recordings"], 3)
        self.assertAlmostEqual(stats["reference_ms"], 72000, delta=200)
        for name in ("index_bytes", "store_bytes", "index_bytes_per_hour"):
            self.assertGreater(stats[name], 0, name)
        self.assertEqual((stats["episodes"], stats["claims"]), (0, 0))
        self.assertIn("recordings", self.call("stats"))

    def test_doctor_is_content_before_and_after_first_use(self):
        before = self.lines("doctor")
        self.assertFalse(os.path.exists(self.store))
        self.register_music()
        after = self.lines("doctor")
        self.assertEqual([f["check"] for f in before], ["store", "decoder sandbox", "processor", "disk"])
        self.assertEqual([f["check"] for f in after], ["store", "index", "signing key", "decoder sandbox", "processor", "disk"])
        self.assertNotIn("fail", [f["status"] for f in before + after])

    def test_doctor_sees_a_damaged_store(self):
        self.register_music()
        with open(os.path.join(self.store, "earmark.db"), "r+b") as database:
            database.write(b"\0" * 4096)
        findings = self.lines("doctor", expect=1)
        self.assertEqual(findings[0]["status"], "fail")
        self.assertTrue(findings[0]["advice"])

    def test_the_index_can_be_deleted(self):
        self.register_music()
        before = self.call("match", WORK.episode, "--json")
        for name in os.listdir(self.store):
            if not name.startswith("earmark.db"):
                path = os.path.join(self.store, name)
                shutil.rmtree(path) if os.path.isdir(path) else os.remove(path)
        self.assertEqual(self.call("match", WORK.episode, "--json"), before)

    def test_claims_of_a_new_store_are_none(self):
        self.assertEqual(self.lines("claims", "list"), [])

    def test_a_store_that_cannot_be_made_is_a_failure(self):
        with open(self.store, "w", encoding="utf-8") as out:
            out.write("a file")
        for words in (("register", WORK.music), ("match", WORK.episode), ("stats",), ("claims", "list"), ("forget", "rec_1")):
            self.assertEqual(self.lines(*words, expect=1), [])
            self.assertIn(self.store, self.err)
        self.assertEqual(self.lines("doctor", expect=1)[0]["status"], "fail")

    def test_usage(self):
        self.assertRegex(self.call("--version", store=False), r"^earmark \d+\.\d+\.\d+\n$")
        self.assertIn("Exit codes", self.call("match", "--help"))
        self.call("mtach", expect=2, store=False)
        self.assertIn("did you mean 'match'", self.err)
        self.call("match", expect=2)
        self.assertIn("earmark match --help", self.err)

    def test_the_environment_names_the_store(self):
        self.lines("register", WORK.music, store=False, env={"EARMARK_STORE": self.store})
        self.assertEqual(self.lines("stats")[0]["recordings"], 3)


class Interrupted(ProgramTest):
    def many_inputs(self, n):
        folder = os.path.join(self.folder, "many")
        os.makedirs(folder)
        for seed in range(n):
            write_wav(os.path.join(folder, f"{seed:03}.wav"), song(1000 + seed, 3))
        return folder

    def test_a_signal_stops_cleanly_and_what_was_reported_is_there(self):
        many = self.many_inputs(40)
        for which in (signal.SIGINT, signal.SIGTERM):
            command = [EARMARK, "register", many, "--json", "--threads", "1", "--store", self.store + which.name]
            with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
                lines = [running.stdout.readline()]
                running.send_signal(which)
                lines += running.stdout.readlines()
                self.assertEqual(running.wait(timeout=60), 128 + which)
            self.assertLess(len(lines), 40)
            done = [json.loads(line) for line in lines]
            self.assertEqual({line["status"] for line in done}, {"registered"})
            self.store = self.store + which.name
            self.assertEqual(self.lines("stats")[0]["recordings"], len(done))

    def test_kill_loses_nothing_that_was_reported(self):
        many = self.many_inputs(40)
        command = [EARMARK, "register", many, "--json", "--store", self.store]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as running:
            lines = [running.stdout.readline() for _ in range(3)]
            running.kill()
            lines += running.stdout.readlines()
        reported = [json.loads(line)["recording_id"] for line in lines if line.endswith(b"\n")]
        self.assertGreaterEqual(len(reported), 3)
        again = {line["recording_id"]: line["status"] for line in self.lines("register", many)}
        self.assertEqual({again[recording] for recording in reported}, {"duplicate"})

    def test_a_reader_that_goes_away_ends_it_quietly(self):
        many = self.many_inputs(12)
        with subprocess.Popen([EARMARK, "register", many, "--json", "--quiet", "--threads", "1", "--store", self.store], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE) as running:
            running.stdout.readline()
            running.stdout.close()
            errors = running.stderr.read()
            self.assertEqual(running.wait(timeout=60), 141)
        self.assertEqual(errors, b"")

    def test_a_full_disk_under_standard_output_is_a_failure(self):
        self.register_music()
        with open("/dev/full", "wb") as full:
            done = subprocess.run([EARMARK, "stats", "--store", self.store], stdout=full, stderr=subprocess.PIPE, timeout=60, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"standard output", done.stderr)

    def test_progress_stays_off_standard_output(self):
        many = self.many_inputs(6)
        for line in self.call("register", many, "--json").splitlines():
            self.assertIn("recording_id", json.loads(line))


def tearDownModule():
    if WORK is not None:
        shutil.rmtree(WORK.root, ignore_errors=True)


if __name__ == "__main__":
    at = sys.argv.index("--earmark")
    EARMARK = os.path.abspath(sys.argv[at + 1])
    del sys.argv[at : at + 2]
    unittest.main()
