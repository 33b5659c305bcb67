"""The store that other cases work on copies of."""
import json
import shutil

from harness import Earmark, case, check


@case
def registers_every_recording(context):
    """The whole demonstration catalogue is registered; the store is kept as the fixture of the other cases."""
    shutil.rmtree(context.shared, ignore_errors=True)
    context.shared.mkdir(parents=True)
    earmark = Earmark(context.binary, context.shared / "store")
    files = context.registered_files()

    done = earmark.run("register", context.data / "catalogue", "--owner", "Ü & Söhne", "--policy", "monetize")

    lines = done.lines
    by_file = {line["source"]: line for line in lines}
    check(sorted(by_file) == sorted(map(str, files)), sorted(by_file))
    check(len({line["recording_id"] for line in lines}) == len(lines), "recording ids are not distinct")
    durations = {str(context.data / item["file"]): item["duration_ms"] for item in context.truth["recordings"]}
    for line in lines:
        check(line["status"] in ("registered", "quarantined"), line)
        check(abs(line["duration_ms"] - durations[line["source"]]) <= 100, line, durations[line["source"]])
    planted = {use["file"] for episode in context.truth["episodes"] for use in episode["uses"] if use["registered"]}
    for file in planted:
        check(by_file[str(context.data / file)]["status"] == "registered", by_file[str(context.data / file)])
    stats = earmark.stats()
    check(stats["recordings"] == sum(line["status"] == "registered" for line in lines), stats)
    recordings = {str(file.relative_to(context.data)): by_file[str(file)]["recording_id"] for file in files}
    (context.shared / "recordings.json").write_text(json.dumps(recordings), encoding="utf-8")
