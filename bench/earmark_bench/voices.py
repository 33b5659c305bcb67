"""Spoken material for K9: programmes that are registered, and other passages of the same voices that are not.

Voices are people (the prompts of a package, each once) and synthesisers reading long texts. What a voice says is
divided by prompt or by paragraph: nothing that stands in a programme is said again in the rest.
"""

import hashlib
import html.parser
import pathlib
import re
import shutil
import subprocess
import tempfile

import numpy as np

from earmark_bench import audio, corpus, material
from earmark_bench.material import RATE
from earmark_corpus import packages
from earmark_corpus import speech as prompts

PROMPT_SHARE = 0.6  # of a prompt package goes into its programme
PROGRAMME_CHARACTERS = 15000  # of text in a read programme, about 15 minutes
REST_CHARACTERS = 9000
LONGEST_PROGRAMME = 20 * 60  # s
# Name -> (package with the text, part of the text and how many parts it has, command that reads TEXT into WAV).
READERS = {
    "espeak-en": ("debian-faq", (0, 5), ["espeak-ng", "-v", "en-us", "-f", "TEXT", "-w", "WAV"]),
    "flite-slt": ("debian-faq", (1, 5), ["flite", "-voice", "slt", "-f", "TEXT", "-o", "WAV"]),
    "flite-rms": ("debian-faq", (2, 5), ["flite", "-voice", "rms", "-f", "TEXT", "-o", "WAV"]),
    "flite-awb": ("debian-faq", (3, 5), ["flite", "-voice", "awb", "-f", "TEXT", "-o", "WAV"]),
    "festival-kal": ("debian-faq", (4, 5), ["text2wave", "TEXT", "-o", "WAV"]),
    **{f"espeak-{language}": (f"debian-faq-{language}", (0, 1),
                              ["espeak-ng", "-v", language, "-f", "TEXT", "-w", "WAV"])
       for language in ("de", "fr", "it", "nl", "ru")},
}


class _Paragraphs(html.parser.HTMLParser):
    """The running text of a page: its paragraphs, without listings and navigation."""

    def __init__(self):
        super().__init__()
        self.paragraphs, self._open = [], False

    def handle_starttag(self, tag, attributes):
        if tag == "p":
            self._open = True
            self.paragraphs.append("")

    def handle_endtag(self, tag):
        if tag == "p":
            self._open = False

    def handle_data(self, data):
        if self._open:
            self.paragraphs[-1] += data


def paragraphs(page):
    """Paragraphs of an HTML page that hold a sentence or more, on one line each; no address is read aloud."""
    parser = _Paragraphs()
    parser.feed(page)
    lines = [re.sub(r"\s+", " ", re.sub(r"\S*(://|@|/\w+/)\S*", " ", text)).strip() for text in parser.paragraphs]
    return [line for line in lines if len(line) >= 60]


def divide(texts, sizes):
    """Consecutive parts of a list of texts, each of at least the stated number of characters or what is left."""
    out, texts = [], list(texts)
    for size in sizes:
        part = []
        while texts and sum(map(len, part)) < size:
            part.append(texts.pop(0))
        out.append(part)
    return out


def _text_of(folder, package, part):
    pages = sorted((folder / package).rglob("*.html"))
    seen, lines = set(), []
    for page in pages:
        for line in paragraphs(page.read_text(encoding="utf-8", errors="replace")):
            if line not in seen:
                seen.add(line)
                lines.append(line)
    if not lines:
        raise packages.CorpusError(f"no text in {folder / package}")
    each = sum(map(len, lines)) // part[1] + 1
    return divide(lines, [each] * part[1])[part[0]]


def _read_aloud(lines, command):
    with tempfile.TemporaryDirectory(prefix="earmark-voice-") as scratch:
        text, wav = pathlib.Path(scratch) / "text.txt", pathlib.Path(scratch) / "out.wav"
        plain = "\n\n".join(lines) + "\n"
        if command[0] != "espeak-ng":
            plain = plain.encode("ascii", "ignore").decode()
        text.write_text(plain, encoding="utf-8")
        places = {"TEXT": str(text), "WAV": str(wav)}
        done = subprocess.run([places.get(word, word) for word in command], stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, errors="replace", check=False)
        if done.returncode != 0 or not wav.exists():
            raise packages.CorpusError(f"{command[0]} failed: {done.stderr.strip()[-200:]}")
        return audio.gain_to(audio.decode(wav), RATE, 0.01)


def _prompts(files, generator):
    """Different prompts in random order, each once. Not what is no speech: the same monkeys stand in every language."""
    seen, kept = set(), []
    for path in files:
        digest = hashlib.sha256(path.read_bytes()).digest()
        if digest not in seen and not any(word in path.name.lower() for word in prompts.NOT_SPEECH):
            seen.add(digest)
            kept.append(path)
    return [kept[i] for i in generator.permutation(len(kept))]


def _store(path, samples):
    partial = path.with_suffix(".part.npy")
    np.save(partial, np.clip(samples * 32767, -32768, 32767).astype(np.int16))
    partial.replace(path)


def _make_read(job):
    folder, data, name = job
    package, part, command = READERS[name]
    programme, rest = divide(_text_of(folder, package, part), (PROGRAMME_CHARACTERS, REST_CHARACTERS))
    for kind, lines in (("spoken", programme), ("spoken-rest", rest)):
        target = data / "pcm" / f"{kind}.{name}.npy"
        if lines and not target.exists():
            _store(target, _read_aloud(lines, command)[: LONGEST_PROGRAMME * RATE])


def _make_prompted(job):
    data, package, files = job
    order = _prompts(files, material.rng("spoken", package))
    cut = int(PROMPT_SHARE * len(order))
    for kind, part in (("spoken", order[:cut]), ("spoken-rest", order[cut:])):
        target = data / "pcm" / f"{kind}.{package}.npy"
        if not target.exists():
            _store(target, material.join_prompts(part, target.name)[: LONGEST_PROGRAMME * RATE])


def _make(job):
    (_make_read if job[0] == "read" else _make_prompted)(job[1:])


def prepare(source):
    """Makes pcm/spoken.NAME.npy and pcm/spoken-rest.NAME.npy of every voice. Raises CorpusError."""
    missing = sorted({command[0] for _, _, command in READERS.values() if shutil.which(command[0]) is None})
    if missing:
        raise packages.CorpusError(f"{missing[0]} is not here: run scripts/setup bench voices")
    jobs = [("prompted", source.data, package, files)
            for package, files in corpus.voices(source.folder, "spoken", source.listing).items()]
    jobs += [("read", source.folder, source.data, name) for name in READERS]
    material.run_parallel(_make, jobs)


def names(source, kind="spoken"):
    """Voices whose material is there."""
    return [path.name.removeprefix(f"{kind}.").removesuffix(".npy")
            for path in sorted((source.data / "pcm").glob(f"{kind}.*.npy"))]


def samples(source, kind, name):
    """The memory-mapped int16 samples (32 kHz) of a programme ("spoken") or of the other passages."""
    return np.load(source.data / "pcm" / f"{kind}.{name}.npy", mmap_mode="r")
