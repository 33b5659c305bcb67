#!/usr/bin/python3
"""Makes the demonstration data: a music catalogue, and podcast episodes with known uses of it.

Everything comes out of Debian packages (demo_recipe.json names them; under 60 MB of downloads), is cached under
EARMARK_CACHE (default: .cache in the repository) and is the same on every machine with the same package versions.

    demo_data.py [--out]      makes what is missing; --out prints nothing but the data folder's path

The data folder:
    catalogue/OWNER/…         recordings to register, one folder an owner
    unregistered/…            recordings that nobody registers, though the episodes use them
    episodes/NAME.mp3         the episodes
    licences/PACKAGE.txt      each package's copyright file
    truth.json                what was planted where; times in ms, on both sides (see docs/demo.md)
"""
import argparse
import hashlib
import json
import pathlib
import re
import shutil
import sys
import tempfile

from earmark_corpus import media, mix, packages, speech

HERE = pathlib.Path(__file__).resolve().parent
RECIPE = HERE / "demo_recipe.json"
RATE = 44100
SPEECH_LEVEL = 0.1  # RMS: -20 dBFS, where podcasts sit
GENERATION = 1  # raise when the same recipe shall give other data


def ensure(report=lambda line: None):
    """Makes the data unless they are there; returns the data folder. Raises packages.CorpusError."""
    recipe_text = RECIPE.read_text(encoding="utf-8")
    key = hashlib.sha256(f"{GENERATION} {recipe_text}".encode()).hexdigest()[:12]
    target = packages.cache_root() / f"demo-{key}"
    if (target / "truth.json").exists():
        return target
    with packages.locked(packages.cache_root()) as root:
        if not (target / "truth.json").exists():  # another process may have been faster
            with tempfile.TemporaryDirectory(prefix=".demo-", dir=root) as scratch:
                made = pathlib.Path(scratch) / "demo"
                _Maker(json.loads(recipe_text), made, report).make()
                shutil.rmtree(target, ignore_errors=True)
                made.rename(target)
    return target


def truth(folder):
    """truth.json of a data folder."""
    return json.loads((folder / "truth.json").read_text(encoding="utf-8"))


class _Maker:
    """One generation of the data into `out`."""

    def __init__(self, recipe, out, report):
        self.recipe, self.out, self.report = recipe, out, report
        self.recordings = {}  # "package/stem" -> its entry in truth.json
        self.mono = {}  # "package/stem" -> mono samples at 8 kHz, for looking for repetitions

    def make(self):
        for group in self.recipe["catalogue"]:
            folder = "catalogue/" + re.sub(r"[^\w-]+", "_", group["owner"]).strip("_")
            self._take(group, folder, registered=True)
        for group in self.recipe["unregistered"]:
            self._take(group, "unregistered", registered=False)
        voice = packages.fetch(self.recipe["speech"]["package"], report=self.report)
        self._keep_licence(voice)
        self.report("joining speech")
        spoken = _Tape(speech.passages(voice, RATE, self.recipe["speech"]["seed"]))
        episodes = [self._episode(episode, spoken) for episode in self.recipe["episodes"]]
        document = {"version": 1, "show": self.recipe["show"], "recordings": list(self.recordings.values()),
                    "episodes": episodes}
        text = json.dumps(document, indent=1, ensure_ascii=False) + "\n"
        (self.out / "truth.json").write_text(text, encoding="utf-8")

    def _take(self, group, folder, registered):
        package = packages.fetch(group["package"], report=self.report)
        self._keep_licence(package)
        found = [path for path in packages.audio_files(package)
                 if path.match(group["files"]) and path.stem not in group.get("leave_out", [])]
        if not found:
            raise packages.CorpusError(f"{group['package']} has no {group['files']}")
        (self.out / folder).mkdir(parents=True, exist_ok=True)
        for path in found:
            kept = self.out / folder / path.name
            if path.suffix == ".g722":  # headerless: kept as FLAC, which loses nothing and can be recognised
                kept = kept.with_suffix(".flac")
                tags = {"title": path.stem, "artist": group.get("owner", "")}
                media.write(media.read(path, 16000), 16000, kept, ["-c:a", "flac"], tags)
            else:
                shutil.copyfile(path, kept)
            self.recordings[f"{group['package']}/{path.stem}"] = {
                "file": str(kept.relative_to(self.out)), "package": group["package"], "registered": registered,
                "owner": group.get("owner"), "policy": group.get("policy"),
                "duration_ms": round(media.probe(kept)["seconds"] * 1000)}

    def _keep_licence(self, package):
        source = packages.copyright_file(package)
        if source is None:
            raise packages.CorpusError(f"{package.name} has no copyright file")
        (self.out / "licences").mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, self.out / "licences" / f"{package.name}.txt")

    def _episode(self, episode, spoken):
        self.report(f"mixing {episode['name']}")
        length = episode["seconds"] * RATE
        channels = episode["channels"]
        sound = media.silence(length, channels)
        uses, breaks = [], []
        for use in episode["music"]:
            start, samples, entry = self._use(use, channels)
            mix.lay(sound, samples, start)
            uses.append(entry)
            if use["level_db"] >= 0:
                breaks.append((start, start + len(samples)))
        for start, end in _gaps(breaks, length):
            talk = mix.faded(spoken.take(end - start), RATE, 0.01, 0.01)
            mix.lay(sound, talk.repeat(channels, axis=1), start)
        path = self.out / "episodes" / f"{episode['name']}.mp3"
        path.parent.mkdir(exist_ok=True)
        tags = {"title": episode["title"], "artist": self.recipe["show"]["author"],
                "album": self.recipe["show"]["title"], "genre": "Podcast"}
        options = ["-c:a", "libmp3lame", "-b:a", episode["bitrate"], "-id3v2_version", "3"]
        media.write(mix.limited(sound), RATE, path, options, tags)
        return {"file": str(path.relative_to(self.out)), "guid": f"loopback-hour-{episode['name']}",
                "title": episode["title"], "published": episode["published"],
                "duration_ms": episode["seconds"] * 1000, "uses": uses}

    def _use(self, use, channels):
        """(start sample, samples, entry of truth.json) of one use of music."""
        recording = self.recordings[use["track"]]
        path = self.out / recording["file"]
        speed = use.get("speed", 1.0)
        start, count = round(use["from"] * RATE), round(use["seconds"] * RATE)
        samples = media.read(path, RATE, channels)[start:start + count]
        if speed != 1.0:
            samples = media.change_speed(samples, RATE, speed)
        level = SPEECH_LEVEL * mix.decibels(use["level_db"])
        samples = mix.faded(mix.at_level(samples, RATE, level), RATE, *use["fade"])
        offset, likeness = self._repetition(use, path)
        entry = {"kind": use["kind"], "file": recording["file"], "registered": recording["registered"],
                 "query_start_ms": use["at"] * 1000, "query_end_ms": use["at"] * 1000 + _ms(len(samples), RATE),
                 "reference_start_ms": _ms(start, RATE), "reference_end_ms": _ms(start + count, RATE),
                 "speed": speed, "level_db": use["level_db"],
                 "most_alike": {"reference_start_ms": offset, "correlation": round(likeness, 3)}}
        return use["at"] * RATE, samples, entry

    def _repetition(self, use, path):
        if path not in self.mono:
            self.mono[path] = media.read(path, 8000)[:, 0]
        offset, likeness = mix.repetition(self.mono[path], use["from"] * 8000, use["seconds"] * 8000, 4000)
        return _ms(offset, 8000), likeness


class _Tape:
    """Speech that is never heard twice: take() gives the next stretch."""

    def __init__(self, samples):
        self.samples, self.position = samples, 0

    def take(self, count):
        if self.position + count > len(self.samples):
            raise packages.CorpusError("the recipe wants more speech than its package holds")
        self.position += count
        return self.samples[self.position - count:self.position]


def _gaps(breaks, length):
    """The stretches of [0, length) that no break covers."""
    position = 0
    for start, end in [*sorted(breaks), (length, length)]:
        if start > position:
            yield position, start
        position = max(position, end)


def _ms(samples, rate):
    return round(samples * 1000 / rate)


def main():
    parser = argparse.ArgumentParser(description="Makes the demonstration data.")
    parser.add_argument("--out", action="store_true", help="print nothing but the data folder's path")
    arguments = parser.parse_args()
    report = (lambda line: None) if arguments.out else (lambda line: print(f"demo data: {line}", flush=True))
    try:
        folder = ensure(report)
    except packages.CorpusError as error:
        print(f"demo data: {error}", file=sys.stderr)
        return 1
    print(folder if arguments.out else f"demo data: ready in {folder}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
