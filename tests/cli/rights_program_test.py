"""Rights, policies and claims through the real program: rights_program_test.py --earmark BINARY [unittest options]."""
import functools
import http.server
import json
import os
import shutil
import sys
import threading
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import program_test
from program_test import RATE, ProgramTest, song, write_wav


class QuietFiles(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


class Rights(ProgramTest):
    """A catalogue of three songs of one label, and a feed with one episode that uses the first."""

    def setUp(self):
        super().setUp()
        self.recording = self.id_of_one()
        self.site = os.path.join(self.folder, "site")
        os.makedirs(self.site)
        shutil.copy(program_test.WORK.episode, os.path.join(self.site, "episode.wav"))
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(QuietFiles, directory=self.site))
        self.feed = f"http://127.0.0.1:{self.server.server_address[1]}/feed.xml"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.addCleanup(self.server.server_close)
        self.addCleanup(self.server.shutdown)
        self.publish("episode.wav")

    def publish(self, enclosure):
        base = self.feed.rsplit("/", 1)[0]
        with open(os.path.join(self.site, "feed.xml"), "w", encoding="utf-8") as out:
            out.write(f'<rss version="2.0"><channel><title>Show</title><item><guid>ep-1</guid><title>One</title>'
                      f'<enclosure url="{base}/{enclosure}" length="1" type="audio/wav"/></item></channel></rss>')

    def crawl(self):
        self.lines("crawl", "add", self.feed)
        return self.lines("crawl", "run", "--once", "--allow-private")

    def claim(self):
        self.crawl()
        claims = self.lines("claims", "list")
        self.assertEqual(len(claims), 1, claims)
        return claims[0]

    def test_a_dispute_goes_its_way_and_is_on_record(self):
        claim = self.claim()
        claim_id = claim["claim_id"]
        self.assertEqual(claim["status"], "active")
        disputed = self.lines("claims", "dispute", claim_id, "--as", "uploader", "--by", "The Show", "--evidence", "invoice 7")[0]
        self.assertEqual(disputed["status"], "disputed")
        self.assertGreater(disputed["deadline_at"], claim["created_at"])
        refused = self.lines("claims", "uphold", claim_id, "--as", "uploader", expect=4)[0]
        self.assertIn("not for the uploader", refused["error"])
        self.lines("claims", "release", claim_id, "--as", "claimant", "--note", "licensed, sorry")

        history = self.lines("claims", "history", claim_id)
        self.assertEqual([step["to_status"] for step in history], ["active", "disputed", "released"])
        self.assertEqual(history[1]["actor"], "The Show")
        self.assertTrue(history[1]["evidence_id"].startswith("evd_"))
        self.assertEqual(history[2]["note"], "licensed, sorry")
        shown = self.lines("claims", "show", claim_id)[0]
        self.assertIsNone(shown["in_effect"])
        self.assertEqual([step["verb"] for step in shown["steps"]], ["reopen"])
        self.assertEqual(shown["decision"]["by_territory"][0]["owners"], [{"party": "My label", "share_ppm": 1000000}])
        stats = self.lines("claims", "stats")[0]
        self.assertEqual((stats["party"], stats["disputed"], stats["lost"], stats["dispute_error_rate"]), ("My label", 1, 1, 1.0))
        # The same audio as a new enclosure: the use stays cleared.
        shutil.copy(os.path.join(self.site, "episode.wav"), os.path.join(self.site, "again.wav"))
        self.publish("again.wav")
        self.crawl()
        self.assertEqual([c["status"] for c in self.lines("claims", "list")], ["released"])
        self.lines("claims", "history", "clm_none", expect=4)

    def test_deadlines_go_by_once(self):
        self.assertIn("2d", json.dumps(self.lines("claims", "periods", "review=2d")))
        self.call("claims", "periods", "review=soon", expect=1)
        claim = self.claim()
        self.assertEqual(self.lines("claims", "tick"), [])
        self.lines("claims", "periods", "disputed=0d")
        self.lines("claims", "dispute", claim["claim_id"], "--as", "uploader")
        self.assertEqual([fired["to_status"] for fired in self.lines("claims", "tick")], ["released"])
        self.assertEqual(self.lines("claims", "tick"), [])

    def test_an_allowed_feed_is_heard_and_not_claimed(self):
        leave = self.lines("rights", "allow", "--owner", "My label", "--feed", self.feed)[0]
        episode = self.crawl()[0]
        self.assertEqual((episode["matches"], episode["claims"]), (1, 0))
        self.assertEqual(self.lines("claims", "list"), [])
        self.assertEqual(self.lines("rights", "licences")[0]["licence_id"], leave["licence_id"])
        self.lines("rights", "end", leave["licence_id"])
        self.call("rights", "end", leave["licence_id"], expect=1)

    def test_a_policy_is_tried_before_it_counts(self):
        self.claim()
        run = self.lines("policy", "dry-run", "--owner", "My label", "--rule", "block min_share=40%")[0]
        self.assertEqual((run["uses"], run["now"], run["then"]), (1, {"track": 1}, {"block": 1}))
        people = self.call("policy", "dry-run", "--owner", "My label", "--template", "monetize-from-10s")
        self.assertIn("This would have meant 1 monetize, 0 track, 0 block, 0 review, 0 no_claim.", people)
        self.assertEqual(len(self.lines("policy", "list", "--owner", "My label")), 1)

        first = self.lines("policy", "put", "careful", "--owner", "My label", "--rule", "block min_share=40%", "--rule", "monetize")[0]
        second = self.lines("policy", "put", "careful", "--owner", "My label", "--rule", "monetize")[0]
        self.assertEqual((first["version"], second["version"], first["rule_id"]), (1, 2, second["rule_id"]))
        self.lines("policy", "use", first["rule_id"], "--owner", "My label")
        self.assertEqual(len(self.lines("policy", "show", first["rule_id"])), 2)
        self.call("policy", "put", "bad", "--owner", "My label", "--rule", "block weekday=monday", expect=1)
        self.assertIn("weekday", self.err)
        self.assertIn("block-whole", [t["name"] for t in self.lines("policy", "templates")])

    def test_rights_are_shown_with_their_conflicts_and_history(self):
        self.lines("rights", "work", self.recording, "--iswc", "T-034.524.680-1", "--title", "The song")
        self.lines("rights", "release", self.recording, "--gtin", "4006381333931", "--title", "Album", "--position", "3")
        self.lines("rights", "identify", "Writer", "--scheme", "ipi", "--value", "334284961")
        set_ = self.lines("rights", "shares", self.recording, "--share", "My label=70%@WW -US", "--share", "Other=40%@DE")[0]
        self.assertEqual([(c["territory"], c["total_ppm"]) for c in set_["conflicts"]], [("DE", 1100000)])
        self.lines("rights", "document", self.recording, "--kind", "public_domain", "--reason", "published 1923", "--territory", "US")
        self.lines("rights", "exclude", self.recording, "--start-ms", "0", "--end-ms", "4000", "--reason", "a sample")
        shown = self.lines("rights", "show", self.recording)[0]
        self.assertEqual(shown["works"][0]["iswc"], "T-034.524.680-1")
        self.assertEqual(shown["documents"][0]["territories"], "US")
        self.assertEqual(shown["exclusions"][0]["end_ms"], 4000)
        kinds = [event["kind"] for event in self.lines("rights", "history", "--of", self.recording)]
        self.assertEqual(kinds, ["work_linked", "shares_set", "document_attached", "excluded"])
        self.assertIn("The song", self.call("rights", "show", self.recording))
        self.call("rights", "work", self.recording, "--iswc", "T-034.524.680-2", expect=1)
        self.assertIn("check digit would be 1", self.err)
        claim = self.claim()
        self.assertEqual(claim["status"], "review")

        out = os.path.join(self.folder, "out")
        files = {os.path.basename(line["file"]): line["rows"] for line in self.lines("export", "bwarm", "-o", out)}
        self.assertEqual(files["works.tsv"], 1)
        self.assertEqual(files["unmatchedrecordings.tsv"], 2)
        self.assertEqual(files["manifest.tsv"], len(files) - 1)
        dsr = self.lines("export", "dsr", "-o", out)[0]
        with open(dsr["file"], encoding="utf-8") as report:
            lines = report.read().splitlines()
        self.assertTrue(lines[0].startswith("HEAD\tDSR"))
        self.assertTrue(lines[-1].startswith("FOOT\t0\t"), "a question is no use")

    def test_what_is_anothers_waits_for_a_person(self):
        mix = os.path.join(self.folder, "mix.wav")
        write_wav(mix, song(77, 12) + program_test.WORK.songs[0][4 * RATE : 20 * RATE])
        line = self.lines("register", mix, "--owner", "Mixer")[0]
        self.assertEqual(line["status"], "quarantined")
        self.assertEqual(line["findings"][0]["code"], "owned_by_another")
        self.assertAlmostEqual(line["findings"][0]["start_ms"], 12000, delta=700)
        waiting = self.lines("recordings", "review", "list")
        self.assertEqual([item["recording_id"] for item in waiting], [line["recording_id"]])
        self.assertEqual(waiting[0]["findings"][0]["other_recording_id"], self.recording)
        self.assertEqual(self.lines("recordings", "review", "accept", line["recording_id"], "--by", "Ann")[0]["status"], "registered")
        self.assertEqual(self.lines("stats")[0]["recordings"], 4)
        self.lines("recordings", "review", "refuse", line["recording_id"], "rec_none", expect=4)

    def test_manifests_bring_rights_along(self):
        write_wav(os.path.join(self.folder, "new.wav"), song(50, 20))
        write_wav(os.path.join(self.folder, "other.wav"), song(51, 20))
        manifest = os.path.join(self.folder, "catalogue.csv")
        with open(manifest, "w", encoding="utf-8") as out:
            out.write("path,title,owner,iswc,work,gtin,release,shares\n"
                      "new.wav,New,My label,T-034.524.680-1,The song,4006381333931,Album,My label=70%; Partner=40%@DE\n"
                      "other.wav,Other,My label,T-034.524.680-9,,,,\n"
                      "other.wav,Other,My label,,,,,My label=7O%\n")
        for dry in (["--dry-run"], []):
            lines = self.lines("register", "--manifest", manifest, *dry, expect=4)
            self.assertEqual([line["status"] for line in lines], ["registered", "error", "error"])
            self.assertEqual([f["code"] for f in lines[0]["findings"]], ["conflicting_shares"])
            self.assertIn("catalogue.csv:3: iswc", lines[1]["error"])
            self.assertIn("catalogue.csv:4: share", lines[2]["error"])
        shown = self.lines("rights", "show", lines[0]["recording_id"])[0]
        self.assertEqual([share["party"] for share in shown["shares"]], ["My label", "Partner"])
        self.assertEqual(shown["works"][0]["title"], "The song")

    def test_a_release_message_is_a_manifest(self):
        write_wav(os.path.join(self.folder, "track.wav"), song(60, 20))
        message = os.path.join(self.folder, "message.xml")
        with open(message, "w", encoding="utf-8") as out:
            out.write("""<?xml version="1.0" encoding="UTF-8"?>
<ern:NewReleaseMessage xmlns:ern="http://ddex.net/xml/ern/43"><MessageHeader><MessageSender><PartyName><FullName>Sender</FullName></PartyName>
</MessageSender></MessageHeader><ResourceList><SoundRecording><ResourceReference>A1</ResourceReference><ResourceId><ISRC>QZABC2100123</ISRC></ResourceId>
<DisplayTitleText>Track</DisplayTitleText><DisplayArtistName>Band</DisplayArtistName><TechnicalDetails><File><URI>track.wav</URI></File></TechnicalDetails>
</SoundRecording><SoundRecording><ResourceReference>A2</ResourceReference><DisplayTitleText>No file</DisplayTitleText></SoundRecording></ResourceList>
<ReleaseList><Release><ReleaseReference>R0</ReleaseReference><ReleaseId><ICPN>4006381333931</ICPN></ReleaseId><DisplayTitleText>Album</DisplayTitleText>
<ResourceGroup><ResourceGroupContentItem><ReleaseResourceReference>A1</ReleaseResourceReference></ResourceGroupContentItem></ResourceGroup></Release></ReleaseList>
<DealList><ReleaseDeal><DealReleaseReference>R0</DealReleaseReference><Deal><DealTerms><TerritoryCode>DE</TerritoryCode><TerritoryCode>AT</TerritoryCode>
<ValidityPeriod><StartDate>2020-01-01</StartDate></ValidityPeriod></DealTerms></Deal></ReleaseDeal></DealList></ern:NewReleaseMessage>""")
        lines = self.lines("register", "--manifest", message, expect=4)
        self.assertEqual([line["status"] for line in lines], ["registered", "error"])
        self.assertIn("names no file", lines[1]["error"])
        shown = self.lines("rights", "show", lines[0]["recording_id"])[0]
        self.assertEqual((shown["title"], shown["owner"], shown["isrc"]), ("Band – Track", "Sender", "QZ-ABC-21-00123"))
        self.assertEqual((shown["shares"][0]["territories"], shown["shares"][0]["valid_from"][:10]), ("AT DE", "2020-01-01"))
        with open(message, "w", encoding="utf-8") as out:
            out.write("<html><body>no</body></html>")
        self.call("register", "--manifest", message, expect=1)
        self.assertIn("NewReleaseMessage", self.err)


def tearDownModule():
    if program_test.WORK is not None:
        shutil.rmtree(program_test.WORK.root, ignore_errors=True)


if __name__ == "__main__":
    at = sys.argv.index("--earmark")
    program_test.EARMARK = os.path.abspath(sys.argv[at + 1])
    del sys.argv[at : at + 2]
    unittest.main()
