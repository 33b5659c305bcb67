"""Money through the real program: money_program_test.py --earmark BINARY [unittest options]."""
import datetime
import os
import shutil
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import program_test
from rights_program_test import Rights

DAY = datetime.timedelta(days=1)
TODAY = datetime.datetime.now(datetime.timezone.utc).date()
FROM, UNTIL = str(TODAY - 40 * DAY), str(TODAY - 33 * DAY)


class Money(Rights):
    """A label's song in an episode of a feed: 12 s of 30 s, from 10 s on."""

    def setUp(self):
        super().setUp()
        self.lines("policy", "put", "earn", "--owner", "My label", "--rule", "monetize")
        rule = self.lines("policy", "list", "--owner", "My label")[-1]["rule_id"]
        self.lines("policy", "use", rule, "--owner", "My label")
        claim = self.claim()
        self.assertEqual((claim["status"], claim["action"]), ("active", "monetize"))
        self.claim_id = claim["claim_id"]
        self.use_ms = claim["query_end_ms"] - claim["query_start_ms"]

    def earn(self, amount="100.00 USD", **more):
        words = ["--feed", self.feed, "--guid", "ep-1", "--amount", amount, "--from", FROM, "--until", UNTIL]
        return self.lines("money", "earn", *words, *[x for name, value in more.items() for x in (f"--{name}", value)])[0]

    def balances(self):
        lines = self.lines("money", "balances")
        for currency in {line["currency"] for line in lines}:
            self.assertEqual(sum(line["balance_micros"] for line in lines if line["currency"] == currency), 0)
        return {line["account"]: line["balance_micros"] for line in lines}

    def test_a_revenue_goes_all_the_way(self):
        self.lines("rights", "shares", self.recording, "--share", "My label=70%", "--share", "Partner=30%")
        self.lines("money", "tariff", "put", "house", "--set", "fee.platform=15%", "--set", "work=20%", "--set", "floor=40%")
        self.lines("money", "tariff", "use", "house")
        earned = self.earn()
        self.assertEqual(self.earn()["status"], "known")
        done = self.lines("money", "attribute")
        self.assertEqual([(line["revenue_id"], line["status"]) for line in done], [(earned["revenue_id"], "new")])
        self.assertEqual(self.lines("money", "attribute"), [])

        balances = self.balances()
        net = 85_000_000
        episode_ms = 30_000
        uses = net - balances["show:" + self.feed]
        self.assertAlmostEqual(uses / net, self.use_ms / episode_ms, delta=0.01)
        owners = balances["party:My label"] + balances["party:Partner"]
        self.assertAlmostEqual(owners / uses, 0.8, delta=1e-6)
        self.assertAlmostEqual(balances["party:Partner"] / owners, 0.3, delta=1e-6)
        self.assertEqual(balances["unmatched:" + self.recording], uses - owners)
        self.assertEqual(balances["platform:fee.platform"], 15_000_000)
        self.assertEqual(balances["external:ads"], -100_000_000)

        line = self.lines("money", "journal", "--account", "party:Partner")[0]
        why = self.lines("money", "explain", line["line"])[0]
        self.assertTrue(why["replayed"])
        self.assertEqual((why["amount_micros"], why["use"]["claim_id"]), (balances["party:Partner"], self.claim_id))
        self.assertIn("Partner holds 30 % of it", self.call("money", "explain", line["line"]))

        # A dispute: in escrow from its first second, and out of it as it ends.
        self.lines("claims", "dispute", self.claim_id, "--as", "uploader")
        foretold = {d["account"]: d["then_micros"] for d in self.lines("money", "what-if", "--claim", self.claim_id + "=none")}
        self.assertEqual(foretold["show:" + self.feed], net)
        self.assertEqual(self.lines("money", "attribute")[0]["status"], "changed")
        self.assertEqual(self.balances()["escrow:" + self.claim_id], uses)
        statement = self.lines("money", "statement", "party:Partner", "--from", FROM)[0]
        self.assertEqual((statement["closing_micros"], statement["in_escrow_micros"]), (0, balances["party:Partner"]))
        kept = self.lines("money", "kept")
        self.assertEqual([(k["account"], k["amount_micros"]) for k in kept], [("escrow:" + self.claim_id, uses)])
        self.lines("claims", "retract", self.claim_id, "--as", "uploader")
        self.lines("money", "attribute")
        self.assertEqual(self.balances(), balances)

        self.lines("money", "close", "--until", UNTIL, "--by", "Ann")
        out = os.path.join(self.folder, "statement.html")
        self.call("money", "statement", "party:My label", "--from", FROM, "--until", UNTIL, "--format", "html", "-o", out)
        with open(out, encoding="utf-8") as page:
            self.assertIn("final", page.read())
        self.assertIn("Opening", self.call("money", "statement", "party:My label", "--from", FROM, "--format", "dsr"))
        self.lines("money", "terms", "--threshold", "1")
        dry = {p["account"]: p["status"] for p in self.lines("money", "payout", "--dry-run")}
        self.assertEqual(dry, {"party:My label": "paid", "party:Partner": "paid", "show:" + self.feed: "paid"})
        self.assertEqual(self.balances(), balances)
        paid = {p["account"]: p for p in self.lines("money", "payout")}
        self.assertEqual(paid["party:Partner"]["paid_micros"], balances["party:Partner"])
        self.assertNotIn("party:Partner", self.balances())
        self.assertEqual(self.lines("money", "payout"), [])
        self.lines("money", "reverse", paid["party:Partner"]["transaction_id"], "--reason", "account closed")
        self.assertEqual(self.balances()["party:Partner"], balances["party:Partner"])
        health = self.lines("money", "verify")[0]
        self.assertEqual((health["verified"], health["trial_balance_micros"]), (True, {"USD": 0}))

    def test_listens_say_where_and_how_much(self):
        self.lines("rights", "shares", self.recording, "--share", "Germany=100%@DE", "--share", "Else=50%@WW -DE")
        self.earn()
        listens = os.path.join(self.folder, "listens.csv")
        with open(listens, "w", encoding="utf-8") as out:
            out.write(f"feed,guid,day,territory,start_ms,end_ms,listens\n{self.feed},ep-1,{FROM},DE,,,3\n{self.feed},ep-1,{FROM},FR,,,1\n"
                      f"{self.feed},ep-1,{FROM},FR,0,9000,1000\n")
        self.assertEqual(self.lines("money", "listens", listens)[0]["listens"], 1004)
        self.assertEqual(self.lines("money", "listens", listens)[0]["status"], "known")
        self.lines("money", "attribute")
        balances = self.balances()
        self.assertAlmostEqual(balances["party:Germany"] / balances["party:Else"], 6.0, delta=1e-3)
        self.assertAlmostEqual(balances["party:Else"], balances["unclaimed:" + self.recording], delta=1)
        with open(listens, "a", encoding="utf-8") as out:
            out.write(f"{self.feed},ep-1,someday,DE,,,3\n")
        self.call("money", "listens", listens, expect=4)
        self.assertIn("line 5: day 'someday'", self.err)

    def test_members_pay_and_their_feeds_end_with_them(self):
        tier = self.lines("money", "members", "tier", "fan", "--feed", self.feed, "--price", "5.00 USD", "--benefits", "ad-free")[0]
        self.assertEqual((tier["price_micros"], tier["days"]), (5_000_000, 30))
        join = ["money", "members", "join", "fan", "--feed", self.feed, "--reference"]
        ann = self.lines(*join, "ann", "--method", "pm_ok")[0]
        self.call(*join, "ann", "--method", "pm_ok", expect=1)
        self.assertIn("is a member already", self.err)
        self.call(*join, "eve", "--method", "pm_declined", expect=1)
        self.assertIn("declined", self.err)
        self.assertGreater(self.lines("money", "members", "tick")[0]["events"], 0)
        self.assertEqual(self.balances(), {"external:members": -5_000_000, "external:fee.processor": 445_000,
                                           "platform:members." + self.feed: 4_555_000})
        self.assertEqual(self.lines("money", "members", "open", ann["token"], "--device", "phone")[0]["benefits"], "ad-free")
        other = self.lines("money", "members", "rotate", ann["member_id"])[0]["token"]
        self.call("money", "members", "open", ann["token"], expect=1)
        for device in range(8):
            self.lines("money", "members", "open", other, "--device", f"device {device}")
        self.call("money", "members", "open", other, "--device", "one too many", expect=1)
        self.assertIn("too many devices", self.err)
        self.call("money", "members", "open", other, "--device", "device 0", expect=1)
        token = self.lines("money", "members", "rotate", ann["member_id"])[0]["token"]
        self.lines("money", "members", "leave", ann["member_id"], "--now")
        self.call("money", "members", "open", token, expect=1)
        self.assertEqual([m["status"] for m in self.lines("money", "members", "list")], ["lapsed"])

        shared = self.lines("money", "members", "share", "--feed", self.feed, "--from", str(TODAY - DAY), "--until", str(TODAY + 2 * DAY))
        self.assertEqual(len(shared), 1)
        self.lines("money", "attribute")
        self.assertGreater(self.balances()["party:My label"], 0)
        self.assertTrue(self.lines("money", "verify")[0]["verified"])

    def test_what_is_wrong_is_named(self):
        words = ["--feed", self.feed, "--guid", "ep-9", "--amount", "1 USD", "--from", FROM, "--until", UNTIL]
        self.call("money", "earn", *words, expect=1)
        self.assertIn("no episode 'ep-9' is known", self.err)
        self.call("money", "earn", "--feed", self.feed, expect=1)
        self.assertIn("amount ''", self.err)
        self.call("money", expect=2)
        self.call("money", "explain", "txn_none/1", expect=1)
        self.call("money", "statement", "party:Nobody", expect=1)
        self.call("money", "tariff", "put", "house", "--set", "floor=a lot", expect=1)
        self.assertIn("floor=a lot", self.err)
        rows = os.path.join(self.folder, "earned.csv")
        with open(rows, "w", encoding="utf-8") as out:
            out.write(f"feed,guid,amount,from,until,source\n{self.feed},ep-1,5.00 EUR,{FROM},{UNTIL},members\n{self.feed},ep-1,lots,{FROM},{UNTIL},\n")
        lines = self.lines("money", "earn", "--file", rows, expect=4)
        self.assertEqual([line["status"] for line in lines], ["recorded", "error"])
        self.assertIn("earned.csv:3:", lines[1]["error"])
        refund = self.lines("money", "refund", lines[0]["revenue_id"])[0]
        self.assertTrue(refund["refund_id"].startswith("rfd_"))
        self.assertEqual(self.balances(), {})
        self.call("money", "close", "--until", str(TODAY + 9 * DAY), expect=1)
        self.lines("money", "rates", "set", "EUR/USD", "1.0842", "--day", FROM)
        self.assertEqual(self.lines("money", "rates", "list")[0]["rate"], "1.0842")


def load_tests(loader, _tests, _pattern):
    # Only what is defined here: the cases of Rights run in their own test.
    suite = unittest.TestSuite()
    for name in loader.getTestCaseNames(Money):
        if name in vars(Money):
            suite.addTest(Money(name))
    return suite


def tearDownModule():
    if program_test.WORK is not None:
        shutil.rmtree(program_test.WORK.root, ignore_errors=True)


if __name__ == "__main__":
    at = sys.argv.index("--earmark")
    program_test.EARMARK = os.path.abspath(sys.argv[at + 1])
    del sys.argv[at : at + 2]
    unittest.main()
