"""The `formats` benchmark: the same excerpts in every container and codec that FFmpeg can make here."""

import pathlib
import subprocess

import numpy as np

from earmark_bench import audio, manifest, material, score
from earmark_bench.program import Earmark, answers_of
from earmark_corpus import media, packages

EXCERPTS, SECONDS, SPEED_SECONDS = 12, 20, 600
# Name -> (ending, FFmpeg's output options).
FORMATS = {
    "MP3 128k": (".mp3", ["-c:a", "libmp3lame", "-b:a", "128k"]),
    "MP3 VBR 4": (".mp3", ["-c:a", "libmp3lame", "-q:a", "4"]),
    "MP3 32k mono 16 kHz": (".mp3", ["-ar", "16000", "-c:a", "libmp3lame", "-b:a", "32k"]),
    "MP2": (".mp2", ["-c:a", "mp2", "-b:a", "192k"]),
    "AAC 96k in MP4": (".m4a", ["-c:a", "aac", "-b:a", "96k"]),
    "AAC 96k, index in front": (".m4a", ["-c:a", "aac", "-b:a", "96k", "-movflags", "+faststart"]),
    "AAC 96k, fragmented MP4": (".mp4", ["-c:a", "aac", "-b:a", "96k", "-movflags", "+frag_keyframe+empty_moov"]),
    "AAC 64k, ADTS": (".aac", ["-c:a", "aac", "-b:a", "64k"]),
    "AAC in MPEG-TS": (".ts", ["-c:a", "aac", "-b:a", "96k"]),
    "Opus 32k in Ogg": (".opus", ["-ar", "48000", "-c:a", "libopus", "-b:a", "32k"]),
    "Opus 32k in WebM": (".webm", ["-ar", "48000", "-c:a", "libopus", "-b:a", "32k"]),
    "Vorbis in Ogg": (".ogg", ["-c:a", "libvorbis", "-q:a", "2"]),
    "Vorbis in Matroska": (".mka", ["-c:a", "libvorbis", "-q:a", "2"]),
    "Speex": (".spx", ["-ar", "16000", "-c:a", "libspeex"]),
    "FLAC": (".flac", ["-c:a", "flac"]),
    "FLAC in Ogg": (".oga", ["-c:a", "flac"]),
    "ALAC": (".m4a", ["-c:a", "alac"]),
    "WavPack": (".wv", ["-c:a", "wavpack"]),
    "TTA": (".tta", ["-c:a", "tta"]),
    "WAV 16 bit": (".wav", ["-c:a", "pcm_s16le"]),
    "WAV 24 bit 96 kHz": (".wav", ["-ar", "96000", "-c:a", "pcm_s24le"]),
    "WAV float": (".wav", ["-c:a", "pcm_f32le"]),
    "WAV 8 bit": (".wav", ["-c:a", "pcm_u8"]),
    "WAV A-law 8 kHz": (".wav", ["-ar", "8000", "-c:a", "pcm_alaw"]),
    "WAV ADPCM": (".wav", ["-c:a", "adpcm_ms"]),
    "AIFF": (".aiff", ["-c:a", "pcm_s16be"]),
    "AU": (".au", ["-c:a", "pcm_s16be"]),
    "CAF": (".caf", ["-c:a", "pcm_s16be"]),
    "AC-3": (".ac3", ["-ar", "48000", "-c:a", "ac3", "-b:a", "128k"]),
    "E-AC-3": (".eac3", ["-ar", "48000", "-c:a", "eac3", "-b:a", "128k"]),
    "WMA 2": (".wma", ["-ar", "44100", "-c:a", "wmav2", "-b:a", "96k"]),
    "GSM": (".gsm", ["-ar", "8000", "-c:a", "libgsm", "-b:a", "13k"]),
    "G.722 in WAV": (".wav", ["-ar", "16000", "-c:a", "g722"]),
    "FLV": (".flv", ["-ar", "44100", "-c:a", "libmp3lame", "-b:a", "96k"]),
    "5.1 channels, AAC": (".m4a", ["-ac", "6", "-ar", "48000", "-c:a", "aac", "-b:a", "192k"]),
    "voice in one channel only": (".mp3", ["-af", "pan=stereo|c0=0*c0|c1=c0", "-c:a", "libmp3lame", "-b:a", "128k"]),
    "channels in antiphase": (".mp3", ["-af", "pan=stereo|c0=c0|c1=-1*c0", "-c:a", "libmp3lame", "-b:a", "192k"]),
}


def _encoders():
    done = subprocess.run(["ffmpeg", "-v", "error", "-encoders"], capture_output=True, text=True, check=False)
    return {line.split()[1] for line in done.stdout.splitlines() if len(line.split()) > 1}


def _excerpts(source):
    """(track, start in seconds, samples): excerpts of as many tracks."""
    out = []
    generator = material.rng("formats")
    tracks = source.of_role("ref")
    for i in generator.permutation(len(tracks)):
        start = source.place(generator, tracks[i]["path"], SECONDS)
        if start is not None:
            out.append((tracks[i]["path"], start / material.RATE,
                        source.cut(tracks[i]["path"], start, SECONDS * material.RATE)))
        if len(out) == EXCERPTS:
            return out
    raise packages.CorpusError(f"fewer than {EXCERPTS} tracks of {SECONDS} s")


def _long(source):
    """Ten minutes of registered music in a row."""
    out, have = [], 0
    for track in source.of_role("ref"):
        out.append(material.floats(source.pcm(track["path"]), 0, len(source.pcm(track["path"]))))
        have += len(out[-1])
        if have >= SPEED_SECONDS * material.RATE:
            break
    return audio.guard(np.concatenate(out)[: SPEED_SECONDS * material.RATE])


def _write(path, samples, options):
    media.write(samples[:, None], material.RATE, path, options)


def _one(report, earmark, source, folder, name, excerpts, long):
    ending, options = FORMATS[name]
    rows, files = [], []
    for i, (track, start, samples) in enumerate(excerpts):
        path = folder / f"{i:02d}{ending}"
        _write(path, audio.guard(samples), options)
        row = manifest.row(path, name, earmark.same_as.get(track, track), 0.0, start, SECONDS)
        rows.append(dict(zip(manifest.COLUMNS, row), speed=1.0, repeats=source.repeat_shares()[track]))
        files.append(path)
    lines, _ = earmark.match(files)
    answers, errors = answers_of(lines, earmark.track_of_id)
    counts = score.cells(rows, answers)[name]
    note = f"measured; offset right in {counts['offsets_right']} of {counts['offsets']}"
    note += "".join(f"; {file}: {error}" for file, error in list(errors.items())[:1])
    report.figure(f"found {name}", 100 * score.ratio(counts["found"], counts["n"]), "%", 100, n=counts["n"], note=note)
    path = folder / f"long{ending}"
    _write(path, long, options)
    seconds = min(earmark.match([path])[1] for _ in range(2))
    report.figure(f"speed {name}", SPEED_SECONDS / seconds, "× RT", n=1,
                  note=f"measured, {SPEED_SECONDS} s, best of 2, start and decode included")
    for file in folder.iterdir():
        file.unlink()


def run(report, binary, source, scratch):
    """Found and speed of every format."""
    scratch = pathlib.Path(scratch)
    source.prepare("ref")
    earmark = Earmark(binary, scratch / "store")
    earmark.register(source.folder, [t["path"] for t in source.of_role("ref")])
    excerpts, long, known = _excerpts(source), _long(source), _encoders()
    folder = scratch / "files"
    folder.mkdir()
    for name, (_, options) in FORMATS.items():
        encoder = options[options.index("-c:a") + 1]
        if encoder not in known:
            report.skipped(name, f"FFmpeg has no encoder {encoder} here")
            continue
        try:
            _one(report, earmark, source, folder, name, excerpts, long)
        except audio.AudioError as error:
            report.skipped(name, str(error))
