"""Real clients download from a real web server, and its log is counted: clients_test.py --earmark BINARY.

nginx serves a feed and two episodes on loopback; ffprobe, wget (what podget fetches with), podget, podboat and curl ask
for them as they do. What each must count for is known beforehand. Clients that are not installed are skipped, by name.
"""
import argparse
import json
import os
import pathlib
import pty
import select
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import audience_program_test
from audience_program_test import mp3

BINARY = None
DEADLINE_S = 30
CONFIG = """
worker_processes 1; daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 64; }}
http {{
  types {{ audio/mpeg mp3; application/rss+xml xml; }}
  client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2; fastcgi_temp_path {folder}/t3;
  uwsgi_temp_path {folder}/t4; scgi_temp_path {folder}/t5;
  log_format podcast '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent '
                     '"$http_referer" "$http_user_agent" "$http_range" "$sent_http_content_range"';
  access_log {folder}/access.log podcast;
  server {{ listen 127.0.0.1:{port}; root {folder}/site; }}
}}
"""
NGINX = shutil.which("nginx") or ("/usr/sbin/nginx" if os.path.exists("/usr/sbin/nginx") else None)


def needs(*programs):
    missing = [program for program in programs if shutil.which(program) is None]
    return unittest.skipIf(missing, f"not installed: {', '.join(missing)}")


@unittest.skipIf(NGINX is None, "not installed: nginx")
class Clients(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix="earmark-clients-")
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)
        os.chmod(self.folder, 0o755)  # nginx's worker may be another user
        self.site = self.folder / "site" / "show"
        self.site.mkdir(parents=True)
        (self.site / "one.mp3").write_bytes(mp3(3600, 64))
        (self.site / "two.mp3").write_bytes(mp3(600, 128))
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}/show"
        items = "".join(f'<item><title>{name}</title><guid>{name}</guid><pubDate>Mon, 23 Nov 2026 10:00:00 +0000</pubDate>'
                        f'<enclosure url="{self.url}/{name}.mp3" length="{(self.site / (name + ".mp3")).stat().st_size}"'
                        f' type="audio/mpeg"/></item>' for name in ("one", "two"))
        (self.site / "feed.xml").write_text(f'<?xml version="1.0"?><rss version="2.0"><channel><title>Show</title>'
                                            f'<link>{self.url}</link><description>d</description>{items}</channel></rss>')
        (self.folder / "nginx.conf").write_text(CONFIG.format(folder=self.folder, port=self.port))
        self.server = subprocess.Popen([NGINX, "-c", str(self.folder / "nginx.conf"), "-p", str(self.folder)],
                                       stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        self.addCleanup(self.stop)
        end = time.monotonic() + DEADLINE_S
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                break
            except OSError:
                if self.server.poll() is not None or time.monotonic() > end:
                    self.fail(f"nginx: {self.server.stderr.read()}")
                time.sleep(0.05)

    def stop(self):
        if self.server.poll() is None:
            self.server.terminate()
        self.server.wait(DEADLINE_S)
        self.server.stderr.close()

    def run_client(self, *words, **more):
        return subprocess.run([str(word) for word in words], capture_output=True, timeout=120, check=False, cwd=self.folder,
                              env={**os.environ, "HOME": str(self.folder), "no_proxy": "127.0.0.1", "http_proxy": ""}, **more)

    def earmark(self, *words):
        done = subprocess.run([BINARY, *map(str, words), "--store", str(self.folder / "store"), "--json"],
                              capture_output=True, text=True, timeout=120, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def counted(self):
        """{path: downloads} of what was logged so far, over a day's end if there was one."""
        self.stop()  # the log is written out
        self.earmark("audience", "media", "--prefix", "/show/", self.site / "one.mp3", self.site / "two.mp3")
        self.earmark("audience", "import", self.folder / "access.log")
        return self.downloads()

    def downloads(self):
        return {row["path"]: row["downloads"] for row in
                self.earmark("audience", "downloads", "--by", "episode", "--window", "last-touch")}

    def counted_without_lists(self):
        """As if no user agent were known for a bot: what the bytes alone say."""
        (self.folder / "none.json").write_text('{"name": "none", "lists": {}}')
        self.earmark("audience", "lists", self.folder / "none.json")
        self.earmark("audience", "recount")
        return self.downloads()

    def logged(self):
        return (self.folder / "access.log").read_text(encoding="utf-8")

    @needs("ffprobe")
    def test_ffprobe_reads_the_head_and_counts_for_nothing(self):
        done = self.run_client("ffprobe", "-v", "error", "-show_entries", "format=duration", f"{self.url}/one.mp3")
        self.assertEqual(done.returncode, 0, done.stderr)
        counted = self.counted()
        self.assertIn("bytes=0-", self.logged())
        self.assertEqual(counted, {})

    @needs("ffmpeg")
    def test_ffmpeg_that_reads_all_counts_by_its_name(self):
        """The lists call it a program; an application that is built on it counts."""
        for agent in ([], ["-user_agent", "AntennaPod/2.5.2"]):
            self.run_client("ffmpeg", "-v", "error", *agent, "-i", f"{self.url}/two.mp3", "-c", "copy", "-f", "mp3", "-y", "out.mp3")
        self.assertEqual(self.counted(), {"/show/two.mp3": 1})
        self.assertEqual(self.counted_without_lists(), {"/show/two.mp3": 2})

    @needs("podget")
    def test_podget_is_a_bot_and_again_within_a_day_would_be_nothing(self):
        settings = self.folder / ".podget"
        settings.mkdir()
        self.run_client("podget", "--dir_config", settings, "--create-config", "podgetrc")
        (settings / "serverlist").write_text(f"{self.url}/feed.xml No_Category Show\n")
        for _ in range(2):
            self.run_client("podget", "-s")
            shutil.rmtree(self.folder / "POD", ignore_errors=True)
        log = self.logged()
        if "one.mp3" not in log:
            self.skipTest(f"this podget did not download: {log[-300:]}")
        self.assertEqual(self.counted(), {})
        self.assertEqual(self.counted_without_lists(), {"/show/one.mp3": 1, "/show/two.mp3": 1})

    @needs("newsboat", "podboat")
    def test_podboat_counts_once(self):
        settings = self.folder / "newsboat"
        settings.mkdir()
        (settings / "queue").write_text(f'{self.url}/two.mp3 "{self.folder}/two-out.mp3"\n')
        (settings / "config").write_text("")
        terminal, inside = pty.openpty()
        with subprocess.Popen(["podboat", "-a", "-C", str(settings / "config"), "-q", str(settings / "queue")], stdin=inside,
                              stdout=inside, stderr=inside, env={**os.environ, "HOME": str(self.folder), "TERM": "xterm"}) as client:
            end = time.monotonic() + DEADLINE_S
            while "two.mp3" not in self.logged() and time.monotonic() < end:  # logged when all of it was sent
                select.select([terminal], [], [], 0.1)
                if select.select([terminal], [], [], 0)[0]:
                    os.read(terminal, 65536)
            client.kill()
        os.close(terminal)
        os.close(inside)
        self.assertIn("two.mp3", self.logged())
        self.assertEqual(self.counted(), {"/show/two.mp3": 1})

    @needs("wget")
    def test_a_pause_and_resume_counts_once(self):
        size = (self.site / "one.mp3").stat().st_size
        resume = ["wget", "-q", "-c", "-U", "AntennaPod/2.5.2", "-O", "part.mp3", f"{self.url}/one.mp3"]
        (self.folder / "part.mp3").write_bytes((self.site / "one.mp3").read_bytes()[:size // 2])
        self.run_client(*resume)
        (self.folder / "part.mp3").write_bytes((self.site / "one.mp3").read_bytes()[:size // 3])
        self.run_client(*resume)
        counted = self.counted()
        self.assertIn(f"bytes={size // 2}-", self.logged())
        self.assertEqual(counted, {"/show/one.mp3": 1})

    @needs("curl")
    def test_probes_heads_and_bots_count_for_nothing(self):
        app = ["-A", "AntennaPod/2.5.2"]
        for words in ([*app, "-r", "0-1"], [*app, "-I"], ["-A", "acast-tester/1.0"], ["-A", ""], [*app, "-r", "0-90000"],
                      [*app, "-r", "0-90000"]):
            self.run_client("curl", "-s", "-o", "out", *words, f"{self.url}/one.mp3")
        self.assertEqual(self.logged().count("one.mp3"), 6)
        self.assertEqual(self.counted(), {})

    @needs("curl")
    def test_slices_count_once_they_hold_a_minute(self):
        first = mp3(62, 64)
        for start in range(0, len(first), 100000):
            self.run_client("curl", "-s", "-o", "out", "-A", "AntennaPod/2.5.2", "-r", f"{start}-{start + 99999}", f"{self.url}/one.mp3")
        self.assertEqual(self.counted(), {"/show/one.mp3": 1})


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--earmark", required=True)
    arguments, rest = parser.parse_known_args()
    BINARY = audience_program_test.BINARY = arguments.earmark
    unittest.main(argv=[sys.argv[0], *rest])
