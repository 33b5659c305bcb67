"""A store whose tables are in PostgreSQL, and moving a store there and back."""
import contextlib
import pathlib
import random
import shutil
import subprocess
import sys

from harness import Earmark, Skip, case, check, group_is_gone, kill_after
from register_cases import some_files
from service import new_key, serving

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

import postgresql  # noqa: E402  (lives in tests/support/)


@contextlib.contextmanager
def server():
    """The URL of an empty database on a server of its own."""
    try:
        with postgresql.server() as url:
            yield url
    except postgresql.NotInstalled as reason:
        raise Skip(str(reason)) from reason


class OnServer(Earmark):
    """The program on a store that is named by a URL; its folder is below the case's own."""

    def __init__(self, context, url):
        super().__init__(context.binary, context.work / "unused")
        self.url, self.data = url, context.work / "data"
        self.data.mkdir(exist_ok=True)
        self.wrapper = ("env", f"EARMARK_STORE={url}", f"XDG_DATA_HOME={self.data}")

    @property
    def folder(self):
        return next(self.data.iterdir())


@case
def a_store_named_by_a_url_does_all_that_a_folder_does(context):
    """Register, match, forget, keys, the service; files of the folder lost; a kill while it registers."""
    files = some_files(context, 6)
    with server() as url:
        earmark = OnServer(context, url)
        first = earmark.run("register", files[0], "--owner", "Label").line
        check(first["status"] == "registered", first)
        check(earmark.run("register", files[0]).line["status"] == "duplicate", "registered twice")
        ids = [match["recording_id"] for match in earmark.run("match", files[0]).line["matches"]]
        check(ids == [first["recording_id"]], ids)
        check(earmark.run("doctor", exit=None).exit == 0, earmark.run("doctor", exit=None))
        check(earmark.stats()["store_bytes"] > 1_000_000, earmark.stats())

        shutil.rmtree(earmark.folder / "index")
        check(len(earmark.run("match", files[0]).line["matches"]) == 1, "the index was not made again")

        acknowledged, generator = {first["recording_id"]}, random.Random(20250602)
        for _ in range(4):
            process = earmark.start("register", *files)
            for line in kill_after(process, seconds=generator.uniform(0.3, 3)):
                acknowledged.add(line["recording_id"])
            check(group_is_gone(process), "a process was left behind")
            recordings = earmark.stats()["recordings"]
            check(len(acknowledged) <= recordings <= len(files), recordings, acknowledged)
        lines = earmark.run("register", *files).lines
        check(acknowledged <= {line["recording_id"] for line in lines}, acknowledged, lines)

        earmark.store = earmark.folder  # the folder names the database as well
        with serving(earmark) as service:
            key = new_key(earmark, "platform")
            answer = service.post_audio("/v1/match", files[1], key=key).expect(200).json
            check(len(answer["matches"]) >= 1, answer)
        earmark.run("forget", first["recording_id"])
        earmark.run("match", files[0], exit=3)


def dump(store):
    """Every row of a store's database, in an order that does not depend on how it was written."""
    done = subprocess.run(["sqlite3", store / "earmark.db", ".dump"], capture_output=True, text=True, check=True)
    return sorted(line for line in done.stdout.splitlines() if "sqlite_sequence" not in line
                  and "schema_migrations" not in line)


def log_of_listeners(file, count):
    """An access log of that many listeners of one episode."""
    agent = "Overcast/3.0 (+http://overcast.fm/; iOS podcast app)"
    file.write_text("".join(f'192.0.2.{n} - - [03/Nov/2026:10:00:00 +0000] "GET /show/a.mp3 HTTP/1.1" 200 5000 "-" "{agent}"\n'
                            for n in range(count)), encoding="utf-8")
    return file


@case
def a_store_moves_to_postgresql_and_back(context):
    """store copy: what is matched is the same byte for byte, each row comes back, and nothing full is written over."""
    earmark, _ = context.catalogue_copy()
    query = context.data / context.truth["episodes"][0]["file"]
    earmark.run("money", "rates", "set", "EUR/USD", "1.0842", "--day", "2026-11-03")
    earmark.run("audience", "import", log_of_listeners(context.work / "access.log", 5))
    before = earmark.run("match", query).out
    with server() as url:
        there = OnServer(context, url)

        tables = there.run("store", "copy", earmark.store, url).lines

        rows = {line["table"]: line["rows"] for line in tables}
        check(rows["recordings"] == earmark.stats()["recordings"] and rows["store"] == 1, rows)
        check(all(line["verified"] for line in tables), tables)
        check(there.run("match", query).out == before, "other matches on the other side")
        refused = there.run("store", "copy", earmark.store, url, exit=1)
        check("holds a store already" in refused.err, refused)
        back = there.run("store", "copy", url, context.work / "back")
        check({line["table"]: line["rows"] for line in back.lines} == rows, back.lines)
        # The log grew: the requests of before are opened with the keys that came along.
        there.run("audience", "import", log_of_listeners(context.work / "access.log", 8))
        counted = there.run("audience", "downloads").lines
        check([line["downloads"] for line in counted] == [8], counted)
    check(dump(context.work / "back") == dump(earmark.store), "a row changed on its way there and back")
    check(Earmark(context.binary, context.work / "back").run("match", query).out == before, "other matches, back here")
    nowhere = earmark.run("stats", "--store", "postgresql:///earmark?host=/nowhere", exit=1,
                          environment={"XDG_DATA_HOME": str(context.work / "data")})
    check("/nowhere" in nowhere.err and "server" in nowhere.err, nowhere)
