"""The store: two processes, a full disk, a store that cannot be written, lost index files."""
import contextlib
import os
import pathlib
import shutil
import subprocess
import threading

from harness import Earmark, Skip, case, check
from register_cases import some_files

TRUTH_FILES = ("earmark.db", "earmark.db-wal", "earmark.db-shm")


def together(*calls):
    """Runs the calls at once; their results in order. Raises what the first of them raised."""
    results, errors = [None] * len(calls), []

    def run(i, call):
        try:
            results[i] = call()
        except BaseException as error:  # handed on below
            errors.append(error)

    threads = [threading.Thread(target=run, args=item) for item in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    return results


@contextlib.contextmanager
def mounted(*arguments):
    """mount ARGUMENTS, the last of which is the place; unmounted at the end. Skips where that is not allowed."""
    done = subprocess.run(["mount", *map(str, arguments)], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Skip(f"cannot mount: {done.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", str(arguments[-1])], check=True)


@case
def two_processes_share_a_store(context):
    """Two registrations and a match at once: all succeed, each recording is there once, both see all."""
    earmark = context.new_store()
    files = some_files(context, 8)
    earmark.run("register", files[0])

    first, second, matched = together(lambda: earmark.run("register", *files[:6]),
                                      lambda: earmark.run("register", *files[2:]),
                                      lambda: earmark.run("match", files[0]))

    ids = {}
    for line in [*first.lines, *second.lines]:
        check(line["status"] in ("registered", "duplicate"), line)
        check(ids.setdefault(line["source"], line["recording_id"]) == line["recording_id"], "two ids", line)
    registered = [line for line in [*first.lines, *second.lines] if line["status"] == "registered"]
    check(len(registered) == len(files) - 1, registered)
    check(ids[str(files[0])] in [match["recording_id"] for match in matched.line["matches"]], matched)
    check(earmark.stats()["recordings"] == len(files), earmark.stats())
    for line in earmark.run("match", *files).lines:
        check(ids[line["query"]] in [match["recording_id"] for match in line["matches"]], line)


@case
def a_full_disk_fails_clearly_and_loses_nothing(context):
    """A store on 1.5 MB: registering says that the disk is full; what was acknowledged is there when there is room."""
    if os.geteuid() != 0:
        raise Skip("needs root, to mount a small tmpfs")
    place = context.work / "small"
    place.mkdir()
    files = context.registered_files()
    with mounted("-t", "tmpfs", "-o", "size=1536k", "tmpfs", place):
        earmark = Earmark(context.binary, place / "store")
        full = earmark.run("register", *files, exit=(1, 4))
        acknowledged = {line["source"]: line["recording_id"] for line in full.lines if line["status"] == "registered"}
        said = full.err + "".join(line["error"] or "" for line in full.lines)
        check(acknowledged, "not one recording fitted", full)
        check("disk" in said.lower() or "space" in said.lower(), full)
        on_full_disk = earmark.run("match", next(iter(acknowledged))).line["matches"]
        check(acknowledged[next(iter(acknowledged))] in [match["recording_id"] for match in on_full_disk], on_full_disk)
        subprocess.run(["mount", "-o", "remount,size=200m", str(place)], check=True)

        lines = earmark.run("register", *files).lines

        for line in lines:
            check(line["status"] in ("registered", "duplicate", "quarantined"), line)
            if line["source"] in acknowledged:
                check((line["status"], line["recording_id"]) == ("duplicate", acknowledged[line["source"]]), line)
        check(earmark.run("doctor", exit=None).exit == 0 or earmark.stats()["recordings"] > 0, earmark.stats())
        check(earmark.stats()["recordings"] == sum(line["status"] != "quarantined" for line in lines), earmark.stats())


def tries_a_read_only_store(context, earmark, recordings):
    file = next(iter(recordings))
    before = {path.name: path.stat().st_mtime_ns for path in earmark.store.iterdir()}

    matches = earmark.run("match", context.data / file).line["matches"]
    refused = earmark.run("register", context.data / "unregistered", exit=(1, 4))

    check(recordings[file] in [match["recording_id"] for match in matches], matches)
    check(earmark.stats()["recordings"] > 0 and earmark.claims() == [], earmark.stats())
    check(not any(line["status"] == "registered" for line in refused.lines), refused)
    said = (refused.err + refused.out).lower()
    check("read-only" in said or "permission" in said or "written" in said or "writable" in said, refused)
    check({path.name: path.stat().st_mtime_ns for path in earmark.store.iterdir()} == before, "something was written")


@case
def a_read_only_file_system_can_be_matched_against(context):
    """A store on a read-only mount: match, stats and claims work; register is refused in one clear line."""
    if os.geteuid() != 0:
        raise Skip("needs root, to mount a folder read-only")
    earmark, recordings = context.catalogue_copy()
    place = context.work / "read-only"
    place.mkdir()
    with mounted("--bind", "-o", "ro", earmark.store, place):
        earmark.store = place
        tries_a_read_only_store(context, earmark, recordings)


@case
def a_store_of_another_user_can_be_matched_against(context):
    """A store whose files the user may only read; root is tried as nobody."""
    earmark, recordings = context.catalogue_copy()
    if os.geteuid() == 0:
        earmark.wrapper = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")
        probe = subprocess.run([*earmark.wrapper, "test", "-r", str(earmark.store), "-a", "-x", str(context.binary),
                                "-a", "-r", str(context.data / "truth.json")], check=False)
        if probe.returncode != 0:
            raise Skip("nobody cannot reach the build folder")
    for path in [earmark.store, *earmark.store.rglob("*")]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    try:
        tries_a_read_only_store(context, earmark, recordings)
    finally:
        for path in [earmark.store, *earmark.store.rglob("*")]:
            path.chmod(0o755 if path.is_dir() else 0o644)


@case
def lost_index_files_are_made_again(context):
    """Everything but the database deleted, then damaged: matches stay as they were, without the audio."""
    earmark, _ = context.catalogue_copy()
    query = context.data / context.truth["episodes"][0]["file"]
    before = earmark.run("match", query).line["matches"]
    derived = [path for path in earmark.store.iterdir() if path.name not in TRUTH_FILES]

    for path in derived:
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    after_loss = earmark.run("match", query).line["matches"]
    for path in [path for path in earmark.store.rglob("*") if path.is_file() and path.name not in TRUTH_FILES]:
        damage(path)
    after_damage = earmark.run("match", query).line["matches"]

    check(before and after_loss == before, after_loss, before)
    check(after_damage == before, after_damage, before)


def damage(path: pathlib.Path):
    """Flips a byte in the middle and cuts the last tenth off."""
    content = bytearray(path.read_bytes())
    if content:
        content[len(content) // 2] ^= 0xff
        path.write_bytes(content[:max(1, len(content) * 9 // 10)])
