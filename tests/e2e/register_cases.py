"""Registering: what is taken, what is refused, and what a kill at any instant may not lose."""
import random
import struct
import shutil

from earmark_corpus import media

from harness import case, check, group_is_gone, kill_after


def some_files(context, count):
    """The shortest recordings, in a stable order (short, so that a case stays short)."""
    registered = [item for item in context.truth["recordings"] if item["registered"] and item["duration_ms"] > 20000]
    return [context.data / item["file"] for item in sorted(registered, key=lambda item: item["duration_ms"])[:count]]


@case
def the_same_again_is_a_duplicate(context):
    """Registered twice, and as a copy under another name: the same id, and one recording in the store."""
    earmark = context.new_store()
    file = some_files(context, 1)[0]
    copy = context.work / f"another name{file.suffix}"
    shutil.copyfile(file, copy)

    first = earmark.run("register", file).line
    second = earmark.run("register", file).line
    third = earmark.run("register", copy).line

    check(first["status"] == "registered" and first["fingerprint_bytes"] > 0, first)
    for again in (second, third):
        check(again["status"] == "duplicate" and again["recording_id"] == first["recording_id"], again)
    check(earmark.stats()["recordings"] == 1, earmark.stats())


@case
def bad_files_are_named_and_stop_nothing(context):
    """Among good files: text called .mp3, nothing at all, noise, half an Ogg, a WAV that lies, a missing path."""
    earmark = context.new_store()
    good = some_files(context, 2)
    bad = context.work / "bad"
    bad.mkdir()
    (bad / "text.mp3").write_text("This is no audio.\n" * 500, encoding="utf-8")
    (bad / "empty.ogg").write_bytes(b"")
    (bad / "noise.flac").write_bytes(random.Random(1).randbytes(300000))
    (bad / "picture.m4a").write_bytes(b"\x89PNG\r\n\x1a\n" + random.Random(2).randbytes(5000))
    lie = b"\xff\xff\xff\x7f"  # the size of two gigabytes, where the file ends
    layout = struct.pack("<IHHIIHH", 16, 1, 1, 8000, 16000, 2, 16)
    (bad / "hours.wav").write_bytes(b"RIFF" + lie + b"WAVEfmt " + layout + b"data" + lie)

    done = earmark.run("register", good[0], bad, context.work / "nowhere.mp3", good[1], exit=4)

    lines = {line["source"]: line for line in done.lines}
    check(len(lines) == 8, done.out)
    for file in good:
        check(lines[str(file)]["status"] == "registered" and lines[str(file)]["error"] is None, lines[str(file)])
    for source, line in lines.items():
        if source not in map(str, good):
            check(line["status"] == "error" and line["error"], line)
    check(earmark.stats()["recordings"] == 2, earmark.stats())


@case
def damaged_files_give_the_audio_that_is_there(context):
    """A truncated Ogg, an MP3 behind half a megabyte of junk tags, and a wrong extension: registered, and found."""
    earmark = context.new_store()
    source = context.data / "catalogue/Neverball_contributors/track5.ogg"
    whole = source.read_bytes()
    half = context.work / "half.ogg"
    half.write_bytes(whole[:len(whole) // 2])
    samples = media.read(source, 44100)[60 * 44100:]
    media.write(samples, 44100, context.work / "rest.mp3", ["-b:a", "96k"])
    tagged = context.work / "rest.wav"  # an MP3, whatever its name says
    size = 500000
    header = b"ID3\x04\0\0" + bytes([size >> 21 & 127, size >> 14 & 127, size >> 7 & 127, size & 127])
    tagged.write_bytes(header + bytes(size) + (context.work / "rest.mp3").read_bytes())

    lines = earmark.run("register", half, tagged).lines

    check([line["status"] for line in lines] == ["registered", "registered"], lines)
    check(abs(lines[0]["duration_ms"] - 48000) < 6000, lines[0])
    check(abs(lines[1]["duration_ms"] - 36000) < 200, lines[1])
    query = context.work / "query.mp3"
    media.write(samples[5 * 44100:15 * 44100], 44100, query, ["-b:a", "64k"])
    matches = earmark.run("match", query).line["matches"]
    check([match["recording_id"] for match in matches] == [lines[1]["recording_id"]], matches)


@case
def a_dry_run_writes_nothing(context):
    """--dry-run says what would happen; no store appears, and an existing one stays as it is."""
    earmark = context.new_store()
    files = some_files(context, 2)

    before = earmark.run("register", "--dry-run", *files).lines
    check(not earmark.store.exists() or not any(earmark.store.iterdir()), "a store was made")
    earmark.run("register", files[0])
    after = earmark.run("register", "--dry-run", *files).lines

    check([line["status"] for line in before] == ["registered", "registered"], before)
    check([line["status"] for line in after] == ["duplicate", "registered"], after)
    check(earmark.stats()["recordings"] == 1, earmark.stats())


@case
def forgotten_is_not_matched(context):
    """After forget: no match, an unknown id from then on, and the recording can be registered anew."""
    earmark = context.new_store()
    file = some_files(context, 1)[0]
    recording = earmark.run("register", file).line["recording_id"]
    check(earmark.run("match", file).line["matches"][0]["recording_id"] == recording, "not found at first")

    earmark.run("forget", recording)

    check(earmark.run("match", file, exit=3).line["matches"] == [], "found after forget")
    check(earmark.stats()["recordings"] == 0, earmark.stats())
    earmark.run("forget", "no-such-recording", exit=(1, 4))
    check(earmark.run("register", file).line["status"] == "registered", "cannot be registered again")
    check(len(earmark.run("match", file).line["matches"]) >= 1, "not found when registered anew")


@case
def a_manifest_names_owners_and_titles(context):
    """--manifest registers what its rows name, with their own owners, policies and titles."""
    earmark = context.new_store()
    files = some_files(context, 2)
    manifest = context.work / "catalogue.csv"
    rows = ("path,owner,policy,title", f'"{files[0]}",One,block,"First, of all"', f'"{files[1]}",Two,track,Second', "")
    manifest.write_text("\n".join(rows), encoding="utf-8")

    lines = earmark.run("register", "--manifest", manifest).lines

    check([line["status"] for line in lines] == ["registered", "registered"], lines)
    titles = [earmark.run("match", file).line["matches"][0]["title"] for file in files]
    check(titles == ["First, of all", "Second"], titles)


@case
def nothing_acknowledged_is_lost_by_a_kill(context):
    """kill -9 after so many lines, and at instants drawn from a seed: what was acknowledged stays, nothing is twice."""
    earmark = context.new_store()
    files = some_files(context, 12)
    generator = random.Random(20250601)
    acknowledged = {}
    rounds = [{"acknowledged": 1}, {"acknowledged": 3}] + [{"seconds": generator.uniform(0.2, 4)} for _ in range(4)]
    for limits in rounds:
        process = earmark.start("register", *files)
        for line in kill_after(process, **limits):
            check(line["status"] in ("registered", "duplicate"), line)
            known = acknowledged.setdefault(line["source"], line["recording_id"])
            check(known == line["recording_id"], f"acknowledged as {known}, then as another", line)
        check(group_is_gone(process), "a process was left behind")
        stats = earmark.run("stats").line if earmark.store.exists() else {"recordings": 0}
        check(len(acknowledged) <= stats["recordings"] <= len(files), stats, len(acknowledged))

    lines = earmark.run("register", *files).lines

    for line in lines:
        check(line["status"] in ("duplicate", "registered"), line)
        check(line["status"] == "duplicate" or line["source"] not in acknowledged, line)
        check(acknowledged.get(line["source"], line["recording_id"]) == line["recording_id"], line)
    check(earmark.stats()["recordings"] == len(files), earmark.stats())
    for line in earmark.run("match", *files).lines:
        own = next(item["recording_id"] for item in lines if item["source"] == line["query"])
        check(own in [match["recording_id"] for match in line["matches"]], line)
    check(earmark.run("doctor", exit=None).exit == 0, earmark.run("doctor", exit=None))
