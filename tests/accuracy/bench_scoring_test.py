"""What the benchmark counts as found, false, and how it scores podcasts: hand-made answers with known scores."""

import json
import pathlib
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "bench"), str(ROOT / "scripts")]

from earmark_bench import corpus, report, score  # noqa: E402


def row(track="a/song.ogg", file="q.mp3", cell="c", query=0, reference=60000, duration=10000, speed=1.0, repeats=0.0):
    return {"file": file, "cell": cell, "track": track, "query_start_ms": query, "reference_start_ms": reference,
            "duration_ms": duration, "speed": speed, "repeats": repeats}


def match(track="a/song.ogg", query=(0, 10000), reference=60000):
    return {"track": track, "query_start_ms": query[0], "query_end_ms": query[1], "reference_start_ms": reference}


class Found(unittest.TestCase):
    def test_is_decided_by_the_first_match_alone(self):
        answers = {"q.mp3": [match("b/other.ogg"), match()]}

        counts = score.cells([row()], answers)["c"]

        self.assertEqual((counts["found"], counts["answered"], counts["n"]), (0, 1, 1))

    def test_counts_a_query_without_an_answer_as_missed(self):
        counts = score.cells([row()], {})["c"]

        self.assertEqual((counts["found"], counts["answered"], counts["n"]), (0, 0, 1))

    def test_scores_no_offset_on_a_track_that_repeats(self):
        answers = {"q.mp3": [match(reference=0)]}

        counts = score.cells([row(repeats=0.5)], answers)["c"]

        self.assertEqual((counts["found"], counts["offsets"]), (1, 0))

    def test_allows_an_offset_one_second_off_and_no_more(self):
        for reference, right in ((60000, 1), (61000, 1), (59000, 1), (61001, 0), (58999, 0)):
            counts = score.cells([row()], {"q.mp3": [match(reference=reference)]})["c"]
            self.assertEqual(counts["offsets_right"], right, reference)

    def test_follows_the_speed_when_a_match_starts_late(self):
        answers = {"q.mp3": [match(query=(15000, 20000), reference=60000 + 15 * 1100)]}

        counts = score.cells([row(speed=1.10, duration=20000)], answers)["c"]

        self.assertEqual(counts["offsets_right"], 1)


class Twins(unittest.TestCase):
    def test_are_one_recording_under_two_names(self):
        self.assertTrue(corpus.same_recording("flare-game/x/battle_theme.ogg", "supertux-data/y/battle_theme.ogg"))
        self.assertTrue(corpus.same_recording("fretsonfire-songs-muldjord/s/guitar.ogg",
                                              "fretsonfire-songs-muldjord/s/song.ogg"))

    def test_are_not_songs_beside_each_other(self):
        self.assertFalse(corpus.same_recording("supertux-data/m/cave.ogg", "supertux-data/m/forest.ogg"))
        self.assertFalse(corpus.same_recording("fretsonfire-songs-muldjord/s1/song.ogg",
                                               "fretsonfire-songs-muldjord/s2/song.ogg"))


class Limit(unittest.TestCase):
    def test_keeps_whole_files_of_each_cell(self):
        rows = [row(file="1"), row(file="1", query=5), row(file="2"), row(file="3", cell="d"), row(file="4")]

        self.assertEqual([r["file"] for r in score.first_files(rows, 1)], ["1", "1", "3"])
        self.assertEqual(score.first_files(rows, None), rows)


class FalseMatches(unittest.TestCase):
    def test_are_counted_once_a_file(self):
        rows = [row("-", "1.mp3"), row("-", "2.mp3")]

        counts = score.false_matches(rows, {"1.mp3": [match(), match()], "2.mp3": []})["c"]

        self.assertEqual((counts["false"], counts["n"], counts["files"]), (1, 2, ["1.mp3"]))


class Podcast(unittest.TestCase):
    def test_counts_seconds_of_each_recording(self):
        rows = [row(query=10000, duration=10000), row("a/two.ogg", query=15000, duration=10000)]
        answers = {"q.mp3": [match(query=(12000, 22000)), match("b/none.ogg", (50000, 55000))]}

        result = score.podcast(rows, answers)

        self.assertEqual((result["hit"], result["planted"], result["reported"]), (8, 20, 15))
        self.assertEqual((result["uses"], result["uses_found"]), (2, 1))
        self.assertEqual(result["boundary_errors_ms"], [2000, 2000])

    def test_takes_no_boundary_from_the_match_of_the_next_use(self):
        rows = [row(query=0, duration=10000), row(query=10000, duration=30000, reference=90000)]
        answers = {"q.mp3": [match(query=(100, 9900)), match(query=(9800, 40000))]}

        result = score.podcast(rows, answers)

        self.assertEqual((result["uses_found"], result["boundary_errors_ms"]), (2, [0, 100, 100, 200]))

    def test_takes_a_twin_of_what_was_planted_as_right(self):
        rows = [row("flare-game/battle_theme.ogg", query=0, duration=10000)]
        answers = {"q.mp3": [match("supertux-data/battle_theme.ogg", (0, 10000)),
                             match("flare-game/battle_theme.ogg", (0, 10000))]}

        result = score.podcast(rows, answers)

        self.assertEqual((result["hit"], result["planted"], result["reported"]), (10, 10, 10))


class Report(unittest.TestCase):
    def test_says_whether_a_bar_was_met(self):
        lines = []
        stream = type("Lines", (), {"write": lambda self, text: lines.append(text), "flush": lambda self: None})()
        out = report.Report("engine", True, stream)

        out.figure("found x", 95.0, "%", 95)
        out.figure("false x", 1, "files", 0, at_most=True)
        out.skipped("K7", "no data")

        values = [json.loads(text) for text in lines if text.strip()]
        self.assertEqual([value["ok"] for value in values], [True, False, None])
        self.assertEqual([f["metric"] for f in out.failed()], ["false x"])
        self.assertEqual(values[2]["note"], "skipped: no data")


if __name__ == "__main__":
    unittest.main()
