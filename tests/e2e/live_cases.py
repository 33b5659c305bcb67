"""Live streams: a real icecast2 that ffmpeg feeds, and HLS that ffmpeg writes and nginx serves, in real time."""
import contextlib
import json
import os
import queue
import shutil
import signal
import socket
import subprocess
import threading
import time
import urllib.request

from crawl_work_cases import melody, nginx, write_wav
from harness import Skip, case, check

SETTLE_SECONDS = 30  # a use has ended when it was not heard for so long
EVIDENCE_SECONDS = 5  # of a song, once they were sent …
REPORT_SECONDS = 10  # … it is reported within so long
SEGMENT_SECONDS = 2
LOADED_SECONDS = 10  # what a busy machine may add to that

ICECAST = """<icecast>
  <limits><clients>50</clients><sources>10</sources><burst-on-connect>1</burst-on-connect><burst-size>65535</burst-size></limits>
  <authentication><source-password>secret</source-password><admin-user>admin</admin-user>
    <admin-password>secret</admin-password></authentication>
  <hostname>127.0.0.1</hostname>
  <listen-socket><port>{port}</port><bind-address>127.0.0.1</bind-address></listen-socket>
  <paths><logdir>{folder}</logdir><webroot>/usr/share/icecast2/web</webroot><adminroot>/usr/share/icecast2/admin</adminroot></paths>
  <logging><accesslog>access.log</accesslog><errorlog>error.log</errorlog><loglevel>3</loglevel></logging>
  <security><chroot>0</chroot>{owner}</security>
</icecast>
"""


def need(program):
    path = shutil.which(program) or shutil.which(program, path="/usr/sbin")
    if path is None:
        raise Skip(f"{program} is not installed (scripts/setup test)")
    return path


@contextlib.contextmanager
def ended(process):
    """The process, ended with the block."""
    try:
        yield process
    finally:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=20)
        if process.poll() is None:
            process.kill()
            process.wait(timeout=20)


def wait_until(condition, seconds, *what):
    """The condition's first true value; fails when there is none in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with contextlib.suppress(OSError):
            value = condition()
            if value:
                return value
        time.sleep(0.1)
    check(False, f"not within {seconds} s", *what)


@contextlib.contextmanager
def icecast(folder):
    """icecast2 on loopback; its URL."""
    program = need("icecast2")
    folder.mkdir()
    folder.chmod(0o777)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    owner = "<changeowner><user>nobody</user><group>nogroup</group></changeowner>" if os.geteuid() == 0 else ""
    (folder / "icecast.xml").write_text(ICECAST.format(port=port, folder=folder, owner=owner))
    command = [program, "-c", str(folder / "icecast.xml")]
    with ended(subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)) as process:
        url = f"http://127.0.0.1:{port}"
        wait_until(lambda: socket.create_connection(("127.0.0.1", port), timeout=1).close() or True, 20, "icecast2",
                   process.poll())
        yield url


class Player:
    """ffmpeg playing a file in real time, as far as the machine lets it; `sent` says when which second went out."""

    def __init__(self, file, begin, *output):
        self.process = subprocess.Popen(
            [need("ffmpeg"), "-v", "error", "-nostats", "-progress", "pipe:1", "-stats_period", "0.2", "-re", "-ss", str(begin),
             "-i", str(file), "-ar", "44100", *map(str, output)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        self.progress = []  # (second of the file, when)
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.process.stdout:
            name, _, value = line.strip().partition("=")
            if name == "out_time_us" and value.isdigit():
                self.progress.append((int(value) / 1e6, time.time()))

    def sent(self, second):
        """When that second of the file had been sent."""
        return next((at for reached, at in self.progress if reached >= second), time.time())


def source(url, mount, file, begin=0):
    """ffmpeg playing the file to a mount of icecast."""
    target = url.replace("http://", "icecast://source:secret@") + mount
    return Player(file, begin, "-c:a", "libmp3lame", "-b:a", "96k", "-content_type", "audio/mpeg", "-f", "mp3", target)


def is_mounted(url, mount):
    with urllib.request.urlopen(url + "/status-json.xsl", timeout=5) as answer:
        return mount in answer.read().decode()


def say_title(url, mount, title):
    request = urllib.request.Request(
        f"{url}/admin/metadata?mount={mount}&mode=updinfo&charset=UTF-8&song={urllib.request.quote(title)}")
    request.add_header("Authorization", "Basic YWRtaW46c2VjcmV0")
    with urllib.request.urlopen(request, timeout=5) as answer:
        check(answer.status == 200, answer.status)


class Listener:
    """`earmark live run`, and what it has said."""

    def __init__(self, earmark):
        self.process = earmark.start("live", "run", "--allow-private")
        self.said, self.lines = [], queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.process.stdout:
            self.lines.put((time.time(), line))

    def wait_for(self, event, seconds, recording=None):
        """The next such event with the time at which it came; all are kept in `said`."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            with contextlib.suppress(queue.Empty):
                came_at, line = self.lines.get(timeout=0.2)
                if not line.endswith("\n"):
                    continue
                self.said.append(json.loads(line))
                if self.said[-1]["event"] == event and recording in (None, self.said[-1].get("recording_id")):
                    return came_at, self.said[-1]
            check(self.process.poll() is None, "live run ended", self.process.returncode, self.said)
        check(False, f"no {event!r} within {seconds} s", self.said)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(timeout=30)
        check(code == 128 + signal.SIGTERM, "not stopped as asked", code)


def register(earmark, context, seed, seconds):
    """A song of its own; (its samples, its id)."""
    samples = melody(seed, seconds)
    path = context.work / f"song{seed}.wav"
    write_wav(path, samples)
    return samples, earmark.run("register", path).line["recording_id"]


@case
def a_song_on_icecast_is_one_use(context):
    """Found within 10 s of 5 s of it; one use through a silence-ended airing; titles, log and claim; SIGTERM."""
    earmark = context.new_store()
    song, song_id = register(earmark, context, 1, 40)
    program = context.work / "program.wav"
    write_wav(program, melody(2, 15) + song + [0] * 8000 * 45)
    with icecast(context.work / "icecast") as url:
        player = source(url, "/live.mp3", program)
        with ended(player.process):
            wait_until(lambda: is_mounted(url, "/live.mp3"), 30, "no mount")
            stream = url + "/live.mp3"
            check(earmark.run("live", "add", stream, "--title", "Radio").line["status"] == "added")
            check(earmark.run("live", "add", stream).line["status"] == "known")
            listener = Listener(earmark)
            with ended(listener.process):
                listener.wait_for("connected", 30)
                say_title(url, "/live.mp3", "Nobody - Søng")
                came_at, playing = listener.wait_for("playing", 60)
                check(playing["recording_id"] == song_id, playing)
                late = came_at - player.sent(15 + EVIDENCE_SECONDS)
                check(late <= REPORT_SECONDS + LOADED_SECONDS, f"reported {late:.1f} s after 5 s of the song", playing)
                now = wait_until(lambda: earmark.run("live", "list").line["playing"], 20, "nothing plays")
                check([use["recording_id"] for use in now] == [song_id], now)
                _, end = listener.wait_for("ended", 40 + SETTLE_SECONDS + LOADED_SECONDS)
                check(end["claims"] == 1 and end["recording_id"] == song_id, end)
                listener.stop()
        print(f"reported {late:.1f} s after 5 s of the song")
    length = end["reference_end_ms"] - end["reference_start_ms"]
    check(34_000 <= length <= 40_500, "the whole song", end)
    claim, = earmark.claims()
    check(claim["feed"] == stream and claim["recording_id"] == song_id, claim)
    log = earmark.run("live", "log", stream, "--titles", "--sessions").lines
    uses = [line for line in log if line["type"] == "use"]
    check([use["claim_id"] for use in uses] == [claim["claim_id"]], log)
    check("Nobody - Søng" in [line["title"] for line in log if line["type"] == "title"], log)
    session, = [line for line in log if line["type"] == "session"]
    check(session["silent_ms"] >= 20_000 and session["content_type"] == "audio/mpeg", session)
    sheet = earmark.run_plain("live", "log", stream).out.splitlines()
    check(len(sheet) == 2 and claim["claim_id"] in sheet[1], sheet)
    evidence = json.loads(json.dumps(claim["evidence"]))
    check("Nobody - Søng" in json.dumps(evidence, ensure_ascii=False), evidence)


@case
def a_kill_and_a_reconnect_make_no_second_use(context):
    """kill -9 and a new run, then a source that goes away and comes back: still one use, one sighting, one claim."""
    earmark = context.new_store()
    song, song_id = register(earmark, context, 3, 75)
    program = context.work / "program.wav"
    write_wav(program, song + [0] * 8000 * 60)
    with icecast(context.work / "icecast") as url:
        stream = url + "/live.mp3"
        earmark.run("live", "add", stream)
        first = Listener(earmark)
        with ended(first.process):
            first.wait_for("lost", 30)  # nothing is mounted yet
            player = source(url, "/live.mp3", program)
            first.wait_for("playing", 60, song_id)
            first.process.kill()
            first.process.wait(timeout=20)
        second = Listener(earmark)
        with ended(second.process):
            second.wait_for("connected", 30)
            time.sleep(12)  # the airing itself: a song takes its time
            with ended(player.process):
                reached, stopped_at = player.progress[-1][0], time.time()
            second.wait_for("lost", 30)
            # The programme has gone on meanwhile.
            with ended(source(url, "/live.mp3", program, begin=reached + time.time() - stopped_at).process):
                second.wait_for("connected", 90)
                _, end = second.wait_for("ended", 75 + SETTLE_SECONDS + LOADED_SECONDS)
                second.stop()
    check([event for event in second.said if event["event"] == "playing"] == [], "the same use", second.said)
    check(end["reference_start_ms"] <= 5000 and end["reference_end_ms"] >= 1000 * reached + 15_000, "joined across both", end)
    check(len(earmark.claims()) == 1 and earmark.stats()["sightings"] == 1, earmark.claims())


def write_hls(folder, file, kind):
    """ffmpeg playing the file into an HLS playlist with a master before it."""
    segment = {"mpegts": "s%d.ts", "fmp4": "s%d.m4s"}[kind]
    return Player(file, 0, "-c:a", "aac", "-b:a", "96k", "-f", "hls", "-hls_time", SEGMENT_SECONDS, "-hls_list_size", 5,
                  "-hls_flags", "delete_segments+omit_endlist", "-hls_segment_type", kind, "-master_pl_name", "master.m3u8",
                  "-hls_segment_filename", folder / segment, folder / "media.m3u8")


@case
def hls_streams_are_followed(context):
    """Two playlists that ffmpeg writes (MPEG-TS; fragmented MP4 with EXT-X-MAP) and nginx serves, listened to at once."""
    need("nginx")
    earmark, folder = context.new_store(), context.work / "nginx"
    song, song_id = register(earmark, context, 5, 40)
    program = context.work / "program.wav"
    write_wav(program, melody(6, 12) + song + melody(7, 60))
    kinds = ("mpegts", "fmp4")
    folder.mkdir()
    folder.chmod(0o755)
    with contextlib.ExitStack() as stack:
        for kind in kinds:
            (folder / "site" / kind).mkdir(parents=True)
        url = stack.enter_context(nginx(folder))
        players = {kind: write_hls(folder / "site" / kind, program, kind) for kind in kinds}
        for player in players.values():
            stack.enter_context(ended(player.process))
        for kind in kinds:
            wait_until((folder / "site" / kind / "master.m3u8").exists, 30, "no playlist")
            earmark.run("live", "add", f"{url}/{kind}/master.m3u8")
        listener = Listener(earmark)
        stack.enter_context(ended(listener.process))
        for event, seconds in (("playing", 60), ("ended", 60 + SETTLE_SECONDS)):
            for _ in kinds:
                came_at, said = listener.wait_for(event, seconds)
                check(said["recording_id"] == song_id, said)
                if event == "playing":
                    # A segment is listed when it is over, and the list is looked at once in its length.
                    player = players[said["stream"].split("/")[-2]]
                    late = came_at - player.sent(12 + EVIDENCE_SECONDS) - 2 * SEGMENT_SECONDS
                    print(f"{said['stream']}: reported {late:.1f} s after 5 s of the song")
                    check(late <= REPORT_SECONDS + LOADED_SECONDS, late, said)
                else:
                    check(34_000 <= said["reference_end_ms"] - said["reference_start_ms"] <= 40_500, said)
        listener.stop()
    claims = earmark.claims()
    check(sorted(claim["feed"] for claim in claims) == sorted(f"{url}/{kind}/master.m3u8" for kind in kinds), claims)
    check(earmark.stats()["sightings"] == 2, earmark.stats())
    check({stream["format"] for stream in earmark.run("live", "list").lines} == {"hls"})


@case
def streams_are_managed_and_the_fence_holds(context):
    """add, list, pause, resume, remove; private addresses and what is no stream are refused with the reason."""
    earmark = context.new_store()
    stream = "http://127.0.0.1:9/live"
    check(earmark.run("live", "add", "ftp://example.org/x", exit=4).line["status"] == "error")
    check(earmark.run("live", "add", stream).line["status"] == "added")
    process = earmark.start("live", "run")
    with ended(process):
        said = json.loads(process.stdout.readline())
    check(said["event"] == "lost" and said["stream"] == stream, said)
    check("127.0.0.1 is a loopback address" in said["reason"], said)
    check(earmark.run("live", "pause", stream).line["status"] == "paused")
    check(earmark.run("live", "list").line["state"] == "paused")
    check(earmark.run("live", "resume", stream).line["status"] == "active")
    check(earmark.run("live", "remove", stream).line["status"] == "removed")
    check(earmark.run("live", "list").lines == [])
    check(earmark.run("live", "remove", "http://127.0.0.1:9/other", exit=4).line["error"])
    check(earmark.run("crawl", "status").line["feeds"]["active"] == 0, "a stream is no feed")
    earmark.run("live", "log", "http://127.0.0.1:9/other", exit=1)
    earmark.run("live", "log", stream, "--day", "yesterday", exit=1)
    check(earmark.run("live", "log", stream).lines == [])
