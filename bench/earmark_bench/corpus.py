"""The corpus: real music and speech out of Debian packages, and who plays which part.

A listing (packages.txt) gives each package its role; the packages lie under the corpus folder, PACKAGE/…, as
earmark_corpus unpacks them.
"""

import concurrent.futures
import hashlib
import pathlib
import re
import subprocess

from earmark_corpus import packages

PACKAGES = pathlib.Path(__file__).resolve().parent.parent / "packages.txt"
SMOKE_PACKAGES = PACKAGES.with_name("packages_smoke.txt")
MUSIC_ROLES = ("ref", "train", "out")
# Ambience, effects and jingles that stand among the music.
NOT_MUSIC = re.compile(r"(\.video\.|/soundfx/|wind_ambient|/environment/|/data/wav/misc/|tada\.ogg|/speech/|"
                       r"/sounds/rain|/sound/)", re.I)
MIN_SECONDS = 30.0
MIN_BYTES = 60000  # 30 s at 16 kbit/s


def default_folder():
    """Where packages are unpacked, shared with the demonstration."""
    return packages.cache_root() / "corpus"


def roles(listing=PACKAGES):
    """Package name -> role, in the order of the listing."""
    out = {}
    for line in listing.read_text(encoding="utf-8").splitlines():
        fields = line.split("#")[0].split()
        if len(fields) == 2:
            out[fields[0]] = fields[1]
    return out


def fetch(folder, listing=PACKAGES, note=lambda text: None):
    """Everything the listing names, downloaded and unpacked. Raises packages.CorpusError."""
    for package, role in roles(listing).items():
        if role == "text":
            packages.fetch(package, folder, note, keep=frozenset({".html"}))
        else:
            packages.fetch(package, folder, note)


def _seconds(path):
    """Length of an audio file; 0 when nothing can tell. FFmpeg's probe, then libvorbis through SoX."""
    probe = ["ffprobe", "-v", "error", "-select_streams", "a:0", "-show_entries", "format=duration", "-of",
             "csv=p=0", str(path)]
    for command in (probe, ["soxi", "-D", str(path)]):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        try:
            return float(done.stdout.strip().splitlines()[0])
        except (ValueError, IndexError):
            continue
    return 0.0


def _describe(path):
    return _seconds(path), hashlib.sha256(path.read_bytes()).hexdigest()


def tracks(folder, listing=PACKAGES):
    """Music tracks of 30 s and more of all packages with a music role, identical files once, in fixed order.

    A list of {"path" (below the folder), "seconds", "package", "role"}. Probed once, kept beside the packages.
    """
    by_role = {package: role for package, role in roles(listing).items() if role in MUSIC_ROLES}
    probed = folder / f"tracks.{listing.stem}.tsv"
    if not probed.exists():
        _probe(folder, by_role, probed)
    out = []
    for line in probed.read_text(encoding="utf-8").splitlines():
        path, seconds, package, _ = line.split("\t")
        if package in by_role:
            out.append({"path": path, "seconds": float(seconds), "package": package, "role": by_role[package]})
    return out


def _is_music(path, folder):
    return path.stat().st_size >= MIN_BYTES and not NOT_MUSIC.search(str(path.relative_to(folder)))


def _probe(folder, by_role, probed):
    work = [path for package in by_role for path in packages.audio_files(folder / package) if _is_music(path, folder)]
    seen, lines = set(), []
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for path, (seconds, digest) in zip(work, pool.map(_describe, work)):
            if seconds >= MIN_SECONDS and digest not in seen:
                seen.add(digest)
                relative = path.relative_to(folder)
                lines.append(f"{relative}\t{seconds:.2f}\t{relative.parts[0]}\t{digest}\n")
    partial = probed.with_suffix(".part")
    partial.write_text("".join(lines), encoding="utf-8")
    partial.replace(probed)


def voices(folder, role, listing=PACKAGES):
    """Speech files of a role ("voice" or "voice-train"), grouped by package: {package: [path]}."""
    out = {}
    for package, own in roles(listing).items():
        if own == role:
            out[package] = [path for path in packages.audio_files(folder / package) if "silence" not in str(path)]
    return out


def same_recording(a, b):
    """True when two tracks are known to be one recording: the same file, in two packages, or stems of one song."""
    if a == b:
        return True
    one, other = pathlib.PurePosixPath(a), pathlib.PurePosixPath(b)
    if one.stem.lower() == other.stem.lower() == "battle_theme":
        return True  # flare and supertux
    return "fretsonfire" in a and one.parent == other.parent
