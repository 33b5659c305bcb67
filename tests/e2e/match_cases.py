"""Decode, fingerprint, match: real audio in, time codes out."""
import math

import numpy

import demo_compare
import demo_data  # noqa: F401  (harness puts scripts/ on the path)


from earmark_corpus import media, packages, speech

from harness import TIME_CODE_MS, case, check, check_close

RATE = 44100
# (file, start in seconds, length in seconds): stretches that the rest of their track does not repeat.
EXCERPTS = [("catalogue/Neverball_contributors/track6.ogg", 8, 10),
            ("catalogue/Neverball_contributors/track5.ogg", 29, 10),
            ("catalogue/Àlex_Almarza/training.ogg", 14, 8), ("catalogue/Tangram_Games/bundesliga.ogg", 14, 10),
            ("catalogue/Paul_Shuler_Macroform/macroform-cold_day.flac", 134, 12),
            ("catalogue/Reno_Project/reno_project-system.flac", 41, 10)]


def excerpt(context, file, start, length, name, options=("-b:a", "64k"), speed=1.0):
    """A stretch of a recording, encoded; three seconds of silence before it. The path of the file made."""
    samples = media.read(context.data / file, RATE, 1)[start * RATE:(start + length) * RATE]
    if speed != 1.0:
        samples = media.change_speed(samples, RATE, speed)
    path = context.work / name
    media.write(numpy.concatenate([media.silence(3 * RATE, 1), samples]), RATE, path, list(options))
    return path


@case
def time_codes_are_right(context):
    """Excerpts in four formats are found, both sides' time codes within half a second."""
    earmark, recordings = context.catalogue_copy()
    formats = [("mp3", ["-b:a", "64k"]), ("ogg", ["-c:a", "libvorbis", "-b:a", "96k"]),
               ("m4a", ["-c:a", "aac", "-b:a", "96k"]), ("wav", [])]
    queries = [excerpt(context, *item, f"{i}.{formats[i % 4][0]}", formats[i % 4][1])
               for i, item in enumerate(EXCERPTS)]

    lines = earmark.run("match", *queries).lines

    check([line["query"] for line in lines] == [str(path) for path in queries], "one line a query, in the order given")
    for line, (file, start, length) in zip(lines, EXCERPTS):
        check(line["error"] is None and len(line["matches"]) == 1, line)
        match = line["matches"][0]
        check(match["recording_id"] == recordings[file], match, file)
        check_close(match["query_start_ms"], 3000, TIME_CODE_MS, f"{file}: query start")
        check_close(match["query_end_ms"], 3000 + 1000 * length, TIME_CODE_MS, f"{file}: query end")
        check_close(match["reference_start_ms"], 1000 * start, TIME_CODE_MS, f"{file}: reference start")
        check_close(match["reference_end_ms"], 1000 * (start + length), TIME_CODE_MS, f"{file}: reference end")
        check_close(match["speed"], 1.0, 0.003, f"{file}: speed")


@case
def a_changed_speed_is_found_and_named(context):
    """Sped up and slowed down by 3 %: found, with the speed within half a per cent."""
    earmark, recordings = context.catalogue_copy()
    file, start, length = EXCERPTS[3]
    for speed in (1.03, 0.97):
        query = excerpt(context, file, start, length, f"{speed}.mp3", speed=speed)

        matches = earmark.run("match", query).line["matches"]

        check([match["recording_id"] for match in matches] == [recordings[file]], speed, matches)
        check_close(matches[0]["speed"], speed, 0.005, "speed")
        check_close(matches[0]["reference_start_ms"], 1000 * start, TIME_CODE_MS, f"{speed}: reference start")
        check_close(matches[0]["reference_end_ms"], 1000 * (start + length), TIME_CODE_MS, f"{speed}: reference end")


@case
def altered_uses_are_found_and_named(context):
    """Much faster or slower, at another tempo or in another key: found, and what was done to it is said."""
    earmark, recordings = context.catalogue_copy()
    file, start, length = EXCERPTS[3]
    semitone = 2 ** (1 / 12)
    alterations = [(f"speed {speed}", f"asetrate={RATE * speed},aresample={RATE}", speed, 0)
                   for speed in (0.85, 0.92, 1.08, 1.15)]
    # pitch_cents is what the speed does not explain: a faster tempo at the old pitch is lower than it would be.
    alterations += [(f"tempo {tempo}", f"atempo={tempo}", tempo, -1200 * math.log2(tempo)) for tempo in (0.9, 1.1)]
    alterations += [(f"pitch {n}", f"asetrate={RATE * semitone ** n},aresample={RATE},atempo={semitone ** -n}", 1, 100 * n)
                    for n in (-2, -1, 1, 2)]
    queries = [excerpt(context, file, start, length, f"altered_{i}.mp3", ("-af", filters, "-b:a", "64k"))
               for i, (_, filters, _, _) in enumerate(alterations)]

    lines = earmark.run("match", *queries).lines

    for line, (name, _, speed, cents) in zip(lines, alterations):
        matches = line["matches"]
        check([match["recording_id"] for match in matches] == [recordings[file]], name, matches)
        check_close(matches[0]["speed"], speed, 0.01, f"{name}: speed")
        check_close(matches[0]["pitch_cents"], cents, 15, f"{name}: pitch")
        check_close(matches[0]["reference_start_ms"], 1000 * start, 1000, f"{name}: reference start")


@case
def episodes_hold_what_was_planted(context):
    """Every planted use is found in its episode, and nothing else is."""
    earmark, recordings = context.catalogue_copy()
    truth = context.truth
    files = [context.data / episode["file"] for episode in truth["episodes"]]

    lines = earmark.run("match", *files).lines

    found = [dict(match, guid=episode["guid"]) for line, episode in zip(lines, truth["episodes"])
             for match in line["matches"]]
    comparison = demo_compare.compare(truth, found, recordings)
    check(comparison.perfect, "missed:", [item.use for item in comparison.missed], "false:", comparison.false_claims)
    for result in comparison.uses:
        check(abs(result.reference_error_ms) <= TIME_CODE_MS, "reference", result)
        check(max(abs(result.start_error_ms), abs(result.end_error_ms)) <= TIME_CODE_MS, "bounds", result)


@case
def nothing_is_found_where_nothing_is(context):
    """Speech alone, and music that nobody registered: no match, and exit code 3."""
    earmark, _ = context.catalogue_copy()
    voice = speech.passages(packages.fetch("asterisk-core-sounds-en-g722"), RATE, seed=7)[:120 * RATE]
    media.write(voice, RATE, context.work / "speech.mp3", ["-b:a", "64k"])
    queries = [context.work / "speech.mp3", *sorted((context.data / "unregistered").iterdir())]

    lines = earmark.run("match", *queries, exit=3).lines

    for line in lines:
        check(line["error"] is None and line["matches"] == [], line)


@case
def same_input_same_bytes(context):
    """Two runs, and one on a single processor, print the same bytes."""
    earmark, _ = context.catalogue_copy()
    query = context.data / context.truth["episodes"][1]["file"]

    first = earmark.run("match", query).out
    second = earmark.run("match", query).out
    earmark.wrapper = ("taskset", "-c", "0")
    third = earmark.run("match", query).out

    check(first == second, first, second)
    check(first == third, first, third)


@case
def lines_have_the_documented_shape(context):
    """Names and types of `match --json`; the order; the probabilities that are left out and shown."""
    earmark, _ = context.catalogue_copy()
    query = context.data / context.truth["episodes"][0]["file"]

    line = earmark.run("match", query, "--review").line

    check({"query", "duration_ms", "matches", "error"} <= set(line), line)
    check_close(line["duration_ms"], context.truth["episodes"][0]["duration_ms"], 100, "duration_ms")
    starts = [match["query_start_ms"] for match in line["matches"]]
    check(starts and starts == sorted(starts), starts)
    kinds = {"recording_id": str, "source": str, "title": str, "query_start_ms": int, "query_end_ms": int,
             "reference_start_ms": int, "reference_end_ms": int, "speed": float, "pitch_cents": float, "score": float,
             "probability": float, "type": str}
    for match in line["matches"]:
        for name, kind in kinds.items():
            check(isinstance(match[name], (kind, int) if kind is float else kind), name, match)
        check(match["type"] == "recording" and 0.5 <= match["probability"] <= 1, match)
        check(0 <= match["query_start_ms"] < match["query_end_ms"] <= line["duration_ms"], match)
        check(0 <= match["reference_start_ms"] < match["reference_end_ms"], match)
    sure = earmark.run("match", query).line["matches"]
    check(all(match["probability"] >= 0.9 for match in sure), sure)


@case
def fingerprints_stand_in_for_audio(context):
    """.emfp files match and register as the audio they were made from does."""
    earmark, recordings = context.catalogue_copy()
    file, start, length = EXCERPTS[0]
    query = excerpt(context, file, start, length, "query.mp3")
    prints = context.work / "prints"
    earmark.run("fingerprint", query, context.data / file, "-o", prints)

    from_audio = earmark.run("match", query).line["matches"]
    from_print = earmark.run("match", prints / "query.emfp").line["matches"]
    elsewhere = context.new_store("elsewhere")
    registered = elsewhere.run("register", prints / "track6.emfp").line
    there = elsewhere.run("match", query).line["matches"]

    check(from_audio and from_audio[0]["recording_id"] == recordings[file], from_audio)
    check(from_print == from_audio, from_print, from_audio)
    check(registered["status"] == "registered", registered)
    check([match["recording_id"] for match in there] == [registered["recording_id"]], there)
    check_close(there[0]["reference_start_ms"], 1000 * start, TIME_CODE_MS, "reference start")
