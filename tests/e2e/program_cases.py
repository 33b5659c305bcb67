"""The program as a whole: help, usage errors, the store's name, stats, doctor."""
import os

from earmark_corpus import media

from harness import case, check
from register_cases import some_files

COMMANDS = (["register"], ["match"], ["forget"], ["fingerprint"], ["crawl"], ["crawl", "add"], ["crawl", "run"],
            ["crawl", "robots"], ["live"], ["live", "add"], ["live", "run"], ["live", "list"], ["live", "log"], ["live", "remove"],
            ["claims"], ["claims", "list"], ["claims", "evidence"], ["claims", "notice"], ["claims", "cue-sheet"],
            ["explain"], ["recordings", "show"], ["verify"], ["stats"], ["doctor"])


@case
def every_command_has_help(context):
    """--help answers on stdout with exit code 0, and touches no store."""
    earmark = context.new_store()
    for command in ([], *COMMANDS):
        done = earmark.run_plain(*command, "--help")
        check(done.exit == 0 and len(done.out) > 100, command, done)
        check(not command or command[-1] in done.out, command, done.out)
    check(not earmark.store.exists(), "a store was made")


@case
def wrong_usage_ends_with_2(context):
    """Unknown commands, options and values; missing arguments: exit code 2, a word on stderr, no store."""
    earmark = context.new_store()
    for line in (["frobnicate"], ["match"], ["match", "--no-such-option", "x"], ["register", "x", "--policy", "maybe"],
                 ["match", "x", "--min-probability", "many"], ["forget"], ["crawl"], ["fingerprint", "x"]):
        done = earmark.run_plain(*line)
        check(done.exit == 2, line, done)
        check(done.err.strip() and not done.out.strip(), line, done)
    check(not earmark.store.exists(), "a store was made")


@case
def what_cannot_be_read_ends_with_4_or_1(context):
    """match of a missing file among good ones: its line says why, exit code 4."""
    earmark = context.new_store()
    file = some_files(context, 1)[0]
    earmark.run("register", file)

    lines = earmark.run("match", file, context.work / "missing.mp3", exit=4).lines

    check(lines[0]["error"] is None and lines[0]["matches"], lines[0])
    check(lines[1]["error"] and lines[1]["matches"] == [], lines[1])


@case
def the_store_is_named_by_option_or_environment(context):
    """--store and EARMARK_STORE name the same store, from any working directory; the option wins."""
    earmark = context.new_store()
    file = some_files(context, 1)[0]
    earmark.run("--store", earmark.store, "register", file, cwd="/", environment={"EARMARK_STORE": "/nowhere/at/all"})

    from_environment = earmark.run("stats", cwd="/").line
    from_option = earmark.run("--store", os.path.relpath(earmark.store, context.work), "stats", cwd=context.work).line

    check(from_environment["recordings"] == 1, from_environment)
    check(from_option["recordings"] == 1, from_option)


@case
def stats_add_up(context):
    """The documented fields; the sums agree with what was registered."""
    earmark, recordings = context.catalogue_copy()
    stats = earmark.stats()
    names = {"recordings", "reference_ms", "index_bytes", "store_bytes", "index_bytes_per_hour", "episodes", "claims"}
    check(names <= set(stats) and all(isinstance(stats[name], (int, float)) for name in names), stats)
    check(0 < stats["recordings"] <= len(recordings), stats)
    whole = sum(item["duration_ms"] for item in context.truth["recordings"] if item["registered"])
    check(0.8 * whole < stats["reference_ms"] <= whole + 100 * len(recordings), stats, whole)
    check(stats["index_bytes"] > 0 and stats["store_bytes"] > 0, stats)
    hours = stats["reference_ms"] / 3600000
    check(abs(stats["index_bytes_per_hour"] * hours - stats["index_bytes"]) <= 0.01 * stats["index_bytes"], stats)


@case
def doctor_finds_health_and_damage(context):
    """A good store: exit code 0 and every check named. A database full of noise: exit code 1, and advice."""
    earmark, _ = context.catalogue_copy()
    well = earmark.run("doctor").lines
    check({"store", "index", "disk"} <= {line["check"] for line in well}, well)
    check(all(line["status"] in ("ok", "warn") for line in well), well)
    database = earmark.store / "earmark.db"
    content = bytearray(database.read_bytes())
    content[100:len(content)] = os.urandom(len(content) - 100)
    database.write_bytes(content)
    for name in ("earmark.db-wal", "earmark.db-shm"):
        (earmark.store / name).unlink(missing_ok=True)

    ill = earmark.run("doctor", exit=1).lines

    bad = [line for line in ill if line["status"] == "fail"]
    check(bad and all(line["detail"] and line["advice"] for line in bad), ill)
    matched = earmark.run("match", some_files(context, 1)[0], exit=(1, 4))
    check(matched.err.strip() or matched.line["error"], matched)


@case
def a_long_silence_and_a_short_click_are_no_recordings(context):
    """Digital silence and a tenth of a second are refused or set aside with a reason, never matched."""
    earmark = context.new_store()
    media.write(media.silence(30 * 8000, 1), 8000, context.work / "silence.wav", [])
    click = media.silence(800, 1)
    click[400] = 0.9
    media.write(click, 8000, context.work / "click.wav", [])

    lines = earmark.run("register", context.work / "silence.wav", context.work / "click.wav", exit=(0, 4)).lines

    for line in lines:
        check(line["status"] in ("quarantined", "error") and (line["error"] or line.get("reason")), line)
    check(earmark.run("match", context.work / "silence.wav", exit=(3, 4)).line["matches"] == [], "silence matched")
