"""Debian packages as a source of audio: downloaded, unpacked, never installed."""
import contextlib
import fcntl
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import zipfile

AUDIO_SUFFIXES = {".ogg", ".oga", ".opus", ".mp3", ".flac", ".wav", ".aif", ".aiff", ".g722", ".gsm", ".m4a"}
ARCHIVE_SUFFIXES = {".zip", ".love", ".pk3", ".pk4", ".wz", ".jar"}
REPOSITORY = pathlib.Path(__file__).resolve().parents[2]


class CorpusError(Exception):
    """Something that the reader of the message can act on, in one line."""


def cache_root():
    """The folder that everything fetched or generated is kept in: EARMARK_CACHE, or .cache in the repository."""
    return pathlib.Path(os.environ.get("EARMARK_CACHE") or REPOSITORY / ".cache").resolve()


@contextlib.contextmanager
def locked(folder):
    """Holds `folder` (made if absent) against other processes that fetch or generate into it."""
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / ".lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder


def fetch(package, corpus=None, report=lambda line: None, keep=frozenset(AUDIO_SUFFIXES)):
    """Downloads and unpacks one package unless it is there; returns its folder.

    The folder holds the package's files with an ending in `keep` (audio of nested zip archives in FILE.unz/), its
    copyright file, and record.json: {"package", "version", "sha256", "bytes"} of the .deb that apt verified against the archive's
    signature. Raises CorpusError.
    """
    corpus = corpus or cache_root() / "corpus"
    target = corpus / package
    if (target / "record.json").exists():
        return target
    with locked(corpus), tempfile.TemporaryDirectory(prefix=".fetch-", dir=corpus) as scratch:
        if (target / "record.json").exists():  # another process was faster
            return target
        report(f"downloading {package}")
        deb = _download(package, pathlib.Path(scratch), corpus)
        tree = pathlib.Path(scratch) / "tree"
        _run(["dpkg-deb", "-x", str(deb), str(tree)], f"cannot unpack {deb.name}")
        _open_archives(tree)
        _keep_only(tree, keep)
        record = {"package": package, "version": _field(deb, "Version"),
                  "sha256": hashlib.sha256(deb.read_bytes()).hexdigest(), "bytes": deb.stat().st_size}
        (tree / "record.json").write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
        shutil.rmtree(target, ignore_errors=True)
        os.replace(tree, target)
    return target


def record(folder):
    """record.json of a fetched package's folder."""
    return json.loads((folder / "record.json").read_text(encoding="utf-8"))


def audio_files(folder, suffixes=frozenset(AUDIO_SUFFIXES)):
    """The package's audio files, sorted by path."""
    return sorted(p for p in folder.rglob("*") if p.suffix.lower() in suffixes and p.is_file())


def copyright_file(folder):
    """The package's copyright file, or None where it has none of its own."""
    return next(iter(sorted(folder.glob("usr/share/doc/*/copyright"))), None)


def _run(command, failure, **options):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, errors="replace", check=False, **options)
    if done.returncode != 0:
        last = [line for line in done.stdout.splitlines() if line.strip()][-1:] or ["no message"]
        raise CorpusError(f"{failure}: {last[0].strip()}")
    return done.stdout


def _field(deb, name):
    return _run(["dpkg-deb", "-f", str(deb), name], f"cannot read {deb.name}").strip()


def _download(package, scratch, corpus):
    """apt-get download; where apt's lists are absent or stale, once more with lists of our own (needs no root)."""
    if shutil.which("apt-get") is None:
        raise CorpusError(f"cannot download {package}: apt-get is not here")
    environment = dict(os.environ, LC_ALL="C")
    command = ["apt-get", "-qq", "-o", "Acquire::Retries=3"]
    if os.geteuid() == 0:
        command += ["-o", "APT::Sandbox::User=root"]
    options = {"cwd": scratch, "env": environment}
    try:
        _run([*command, "download", package], f"cannot download {package}", **options)
    except CorpusError:
        own = corpus / ".apt"
        for part in ("lists/partial", "archives/partial"):
            (own / part).mkdir(parents=True, exist_ok=True)
        command += ["-o", f"Dir::State::Lists={own / 'lists'}", "-o", f"Dir::Cache={own}"]
        _run([*command, "update"], "cannot read the Debian package lists (is there a network?)", **options)
        _run([*command, "download", package], f"cannot download {package} (is there a network?)", **options)
    debs = list(scratch.glob("*.deb"))
    if len(debs) != 1:
        raise CorpusError(f"cannot download {package}: apt-get left {len(debs)} files")
    return debs[0]


def _open_archives(tree):
    for path in sorted(tree.rglob("*")):
        if path.suffix.lower() not in ARCHIVE_SUFFIXES or not path.is_file() or not zipfile.is_zipfile(path):
            continue
        with zipfile.ZipFile(path) as archive:
            for member in archive.infolist():
                if pathlib.PurePosixPath(member.filename).suffix.lower() in AUDIO_SUFFIXES:
                    archive.extract(member, path.with_name(path.name + ".unz"))


def _keep_only(tree, suffixes):
    for path in sorted(tree.rglob("*"), reverse=True):
        if path.is_symlink():
            path.unlink()
        elif path.is_dir():
            if not any(path.iterdir()):
                path.rmdir()
        elif path.suffix.lower() not in suffixes and path.name != "copyright":
            path.unlink()
