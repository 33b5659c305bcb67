"""The benchmark's own arithmetic: bounds, reliability, thresholds, stages, and what it reads from its peers."""

import math
import pathlib
import random
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "bench"), str(ROOT / "scripts")]

from earmark_bench import (calibration, chromaprint, datasets, peers, scale, score, speech,  # noqa: E402
                           stages, svg, voices)


def row(track="a/song.ogg", file="q.mp3", cell="c", query=0, duration=10000):
    return {"file": file, "cell": cell, "track": track, "query_start_ms": query, "reference_start_ms": 0,
            "duration_ms": duration, "speed": 1.0, "repeats": 0.0}


def match(track="a/song.ogg", probability=1.0, query=(0, 10000), points=1.0):
    return {"track": track, "probability": probability, "query_start_ms": query[0], "query_end_ms": query[1],
            "reference_start_ms": 0, "score": points}


class PoissonBound(unittest.TestCase):
    def test_is_the_known_one(self):  # Garwood's table, one side of 95 %
        for count, bound in ((0, 2.9957), (1, 4.7439), (2, 6.2958), (10, 16.9622), (100, 118.0794)):
            self.assertAlmostEqual(calibration.poisson_upper(count), bound, places=3)

    def test_grows_with_the_confidence_that_is_asked(self):
        self.assertAlmostEqual(calibration.poisson_upper(0, 0.99), -math.log(0.01), places=6)


class Reliability(unittest.TestCase):
    def test_compares_what_was_stated_with_what_came_true(self):
        pairs = [(0.95, True)] * 9 + [(0.95, False)] + [(0.25, False)] * 4

        binned = calibration.reliability(pairs)

        self.assertEqual([(part["n"], round(part["true"], 3)) for part in binned], [(4, 0.0), (10, 0.9)])
        self.assertAlmostEqual(calibration.expected_error(binned), (10 * 0.05 + 4 * 0.25) / 14)

    def test_holds_certainty_in_the_last_bin(self):
        self.assertEqual(calibration.reliability([(1.0, True)])[0]["high"], 1.0)

    def test_counts_a_claim_as_true_only_where_the_recording_plays(self):
        rows = [row(query=5000), row("-", "none.mp3")]
        answers = {"q.mp3": [match(query=(0, 9000)), match(query=(16000, 20000)), match("b/other.ogg")],
                   "none.mp3": [match(probability=0.3)], "elsewhere.mp3": [match()]}

        self.assertEqual(calibration.claims(rows, answers),
                         [(1.0, True), (1.0, False), (1.0, False), (0.3, False)])


class ThresholdCurve(unittest.TestCase):
    def test_trades_misses_against_false_matches(self):
        positive = [(row(), [match(probability=0.6)]), (row(), [match("b/other.ogg", 0.4), match(probability=0.9)])]

        low, high = calibration.threshold_curve(positive, [0.2, 0.7], 2.0, [0.1, 0.8])

        self.assertEqual((low["missed"], low["wrong"], low["false"]), (0.5, 0.5, 1.0))
        self.assertEqual((high["missed"], high["wrong"], high["false"]), (0.5, 0.0, 0.0))


class Strongest(unittest.TestCase):
    def test_is_the_surest_and_not_the_first(self):
        answers = {"q.mp3": [match("b/other.ogg", 0.1), match(probability=0.2)]}

        self.assertEqual(score.strongest_right([row()], answers)["c"], {"n": 1, "right": 1})
        self.assertEqual(score.strongest_right([row()], {})["c"], {"n": 1, "right": 0})

    def test_is_told_by_the_score_among_equally_sure_ones(self):
        self.assertEqual(score.strongest([match("a", 0.0, points=2), match("b", 0.0, points=3)])["track"], "b")


class Stages(unittest.TestCase):
    LINES = [{"landmarks": 1, "embeddings": None, "altered": None, "outcome": "matched"},
             {"landmarks": 11, "embeddings": 2, "altered": None, "outcome": "too_unsure"},
             {"landmarks": None, "embeddings": None, "altered": 1, "outcome": "weak_proof"},
             {"landmarks": None, "embeddings": None, "altered": None, "outcome": "no_candidate"}]

    def test_count_a_rank_up_to_the_limit(self):
        shares = stages.recall(self.LINES)

        self.assertEqual([shares[f"landmarks@{k}"] for k in (1, 10, 50)], [0.25, 0.25, 0.5])
        self.assertEqual([shares[f"{channel}@10"] for channel in ("embeddings", "altered", "any")], [0.25, 0.25, 0.75])
        self.assertEqual((shares["proven"], shares["found"]), (0.5, 0.25))

    def test_say_how_the_others_were_lost(self):
        self.assertEqual(stages.losses(self.LINES), "1 too_unsure, 1 weak_proof, 1 no_candidate")
        self.assertEqual(stages.losses(self.LINES[:1]), "")


class Reupload(unittest.TestCase):
    def test_keeps_what_was_not_cut(self):
        self.assertEqual(speech.kept_stretches(100, [(60, 70), (10, 30)]), [(0, 10), (30, 60), (70, 100)])
        self.assertEqual(speech.kept_stretches(100, [(0, 5), (90, 100)]), [(5, 90)])


class Texts(unittest.TestCase):
    def test_are_paragraphs_without_addresses(self):
        page = ("<h1>Title</h1><p>Short.</p><p>A paragraph that is long enough to be read aloud, see\n"
                "<a href='x'>https://example.org/page</a> for more of it.</p><pre>code</pre>")

        self.assertEqual(voices.paragraphs(page),
                         ["A paragraph that is long enough to be read aloud, see for more of it."])

    def test_are_divided_without_a_rest_in_common(self):
        parts = voices.divide(["a" * 10, "b" * 10, "c" * 10, "d" * 10], (15, 5))

        self.assertEqual(parts, [["a" * 10, "b" * 10], ["c" * 10]])


class ChromaprintComparison(unittest.TestCase):
    def setUp(self):
        draw = random.Random(1)
        self.references = [[draw.getrandbits(32) for _ in range(n)] for n in (700, 40, 2500)]
        self.comparer = chromaprint.Comparer(self.references)

    def test_finds_every_offset_exactly(self):
        for reference, offset, count in ((0, 0, 30), (0, 670, 30), (1, 3, 37), (2, 1111, 700), (2, 0, 2500)):
            query = self.references[reference][offset : offset + count]
            found = self.comparer.best(query)
            self.assertEqual(found[:2], (reference, offset))
            self.assertAlmostEqual(found[2], 0.0, places=3)

    def test_counts_bits_that_differ(self):
        query = [word ^ 0b1011 for word in self.references[2][100:160]]

        self.assertAlmostEqual(self.comparer.best(query)[2], 3.0, places=3)
        self.assertEqual(chromaprint.match(self.comparer, query, ["x", "y", "z"])[0]["track"], "z")

    def test_never_lies_across_two_recordings(self):
        query = self.references[0][-20:] + self.references[1][:20]

        self.assertEqual(chromaprint.match(self.comparer, query, ["x", "y", "z"]), [])

    def test_answers_nothing_to_nothing(self):
        self.assertIsNone(self.comparer.best([]))
        self.assertIsNone(self.comparer.best(list(range(5000))))


class PeersOutput(unittest.TestCase):
    def test_of_olaf_is_read_strongest_first(self):
        olaf = object.__new__(peers.Olaf)
        olaf.track_of = {"track3": "a/song.ogg"}

        found = olaf.parse("7, 0.10, 4.20, track3, 99, 60.00, 64.10\n0, 0.00, 0.00, , 0, 0.00, 0.00\n"
                           "21, -0.50, 4.00, track3, 99, 9.50, 14.00\n")

        self.assertEqual([m["score"] for m in found], [21, 7])
        self.assertEqual((found[1]["track"], found[1]["query_start_ms"], found[1]["reference_end_ms"]),
                         ("a/song.ogg", 100, 64100))

    def test_of_audfprint_is_read(self):
        audfprint = object.__new__(peers.Audfprint)
        audfprint.track_of = {"/x/song in b.ogg": "b/song.ogg"}

        found = audfprint.parse("Analyzed #0 q.mp3 of 5.6 s to 928 hashes\n"
                                "Matched    3.6 s starting at    0.8 s in q.mp3 to time   50.9 s in /x/song in b.ogg"
                                " with    12 of    39 common hashes at rank  0\nNOMATCH r.mp3 5.0 sec 3 raw hashes\n")

        self.assertEqual(found, {"q.mp3": [{"track": "b/song.ogg", "score": 12, "query_start_ms": 800,
                                            "query_end_ms": 4400, "reference_start_ms": 50900,
                                            "reference_end_ms": 54500}]})

    def test_of_panako_is_read(self):
        panako = object.__new__(peers.Panako)
        panako.track_of = {"/x/a.wav": "a.wav"}

        found = panako.parse("Index; Total ; Query path;Query start (s)\n"
                             "1 ; 5 ; q.wav ; 1.269 ; 12.925 ; /x/a.wav ; 1009601 ; 18.269 ; 29.925 ; 193 ; 1.001 % ;"
                             " 1.000 %; 1.00\n2 ; 5 ; r.wav ; -1 ; -1 ; null ; -1 ; -1 ; -1 ; -1 ; -1 % ; -1 %; 0.0\n")

        self.assertEqual(list(found), ["q.wav"])
        self.assertEqual((found["q.wav"][0]["query_start_ms"], found["q.wav"][0]["score"]), (1269, 193.0))


class Datasets(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = pathlib.Path(scratch.name)

    def put(self, *names):
        for name in names:
            (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / name).touch()

    def test_baf_counts_what_all_annotators_agree_on(self):
        self.put("queries/q1.wav", "queries/q2.wav", "references/r1.wav")
        (self.folder / "annotations.csv").write_text(
            "query,reference,query_start,query_end,x_tag\nq1.wav,r1.wav,10.5,20,unanimity\n"
            "q1.wav,r1.wav,30,40,majority\n", encoding="utf-8")

        data = datasets.baf(self.folder)

        self.assertEqual(data["references"], ["references/r1.wav"])
        self.assertEqual([(r["file"], r["track"], r["query_start_ms"], r["duration_ms"]) for r in data["rows"]],
                         [("queries/q1.wav", "references/r1.wav", 10500, 9500), ("queries/q2.wav", "-", 0, 60000)])

    def test_panako_says_in_the_name_where_a_query_was_cut(self):
        self.put("references/12.mp3", "queries/speed_1.02/12_43s-63s_speed.mp3", "queries/speed_1.02/99_1s-21s.mp3")

        rows = datasets.panako(self.folder)["rows"]

        self.assertEqual([(r["track"], r["cell"], r["reference_start_ms"], r["duration_ms"]) for r in rows],
                         [("references/12.mp3", "speed_1.02", 43000, 20000), ("-", "speed_1.02", 1000, 20000)])

    def test_nafp_pairs_files_by_name(self):
        self.put("db/1/a.wav", "query/1/a.wav", "query/1/b.wav", "dummy/z.wav")

        data = datasets.nafp(self.folder)

        self.assertEqual(data["references"], ["db/1/a.wav", "dummy/z.wav"])
        self.assertEqual([(r["file"], r["track"]) for r in data["rows"]], [("query/1/a.wav", "db/1/a.wav")])


class ScaleSizes(unittest.TestCase):
    def test_double_up_to_the_largest(self):
        self.assertEqual(scale.sizes(10), [1, 2, 4, 8, 10])
        self.assertEqual(scale.sizes(8), [1, 2, 4, 8])


class Plots(unittest.TestCase):
    def test_put_values_where_the_axes_say(self):
        frame = svg.Frame("t", svg.logarithmic("x", 1, 100), svg.linear("y", 0, 100, 50))

        self.assertAlmostEqual(frame.x(10), (frame.left + frame.right) / 2)
        self.assertAlmostEqual(frame.y(25), frame.bottom - (frame.bottom - frame.top) / 4)
        self.assertEqual(frame.y(1000), frame.top)

    def test_escape_what_they_are_told(self):
        self.assertIn("a &lt; b", svg.Frame("a < b", svg.linear("x", 0, 1, 1), svg.linear("y", 0, 1, 1)).document())


if __name__ == "__main__":
    unittest.main()
