"""Running `earmark serve`, and asking it with curl."""
import contextlib
import dataclasses
import json
import os
import signal
import subprocess
import tempfile
import threading

from harness import check

# What the tests of the contract set (clients_cases.py): a function that puts a proxy in front of a URL, and one that is
# called with what was asked (method, URL) and the answer.
PROXY = None
WATCH = None
START_SECONDS = 60
STOP_SECONDS = 60


@dataclasses.dataclass
class Answer:
    """What curl got: status, headers (names in lower case), body."""
    status: int
    headers: dict
    body: bytes

    @property
    def json(self):
        return json.loads(self.body)

    def expect(self, status, content_type=None):
        check(self.status == status, f"status {self.status}, not {status}: {self.headers} {self.body[:2000]!r}")
        if content_type:
            check(self.headers.get("content-type", "").startswith(content_type), self.headers)
        return self


def curl(*arguments, data=None):
    """Runs the real curl; fails where it gets no answer."""
    with tempfile.TemporaryDirectory() as folder:
        head, body = os.path.join(folder, "head"), os.path.join(folder, "body")
        done = subprocess.run(["curl", "-sS", "--max-time", "120", "-D", head, "-o", body, "-w", "%{http_code}",
                               *map(str, arguments)], capture_output=True, text=True, input=data, check=False)
        check(done.returncode == 0, f"curl {arguments}: {done.returncode} {done.stderr}")
        with open(head, encoding="latin-1", newline="") as file:
            last = file.read().strip().split("\r\n\r\n")[-1]
        headers = {}
        for line in last.split("\r\n")[1:]:
            name, _, value = line.partition(":")
            headers[name.strip().lower()] = value.strip()
        content = open(body, "rb").read() if os.path.exists(body) else b""
        answer = Answer(int(done.stdout), headers, content)
        if WATCH:
            WATCH(arguments, answer)
        return answer


class Service:
    """A running `earmark serve` on a port of its own."""

    def __init__(self, earmark, *arguments):
        self.earmark = earmark
        self.log = open(earmark.store.parent / f"serve-{earmark.store.name}.log", "ab")
        self.process = subprocess.Popen(
            [earmark.binary, "serve", "--listen", "127.0.0.1:0", "--json", *map(str, arguments)],
            env={**os.environ, "EARMARK_STORE": str(earmark.store)}, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=self.log, text=True, start_new_session=True)
        timer = threading.Timer(START_SECONDS, self.process.kill)
        timer.start()
        line = self.process.stdout.readline()
        timer.cancel()
        check(line, f"it did not start: exit code {self.process.poll()}, see {self.log.name}")
        self.url = json.loads(line)["url"]
        self.port = int(self.url.rsplit(":", 1)[1])
        self.behind = PROXY(self.url) if PROXY else self.url

    def ask(self, method, path, *arguments, key=None, **more):
        authorization = ["-H", f"Authorization: Bearer {key}"] if key else []
        # A proxy that reads bodies as text cannot pass on audio.
        is_binary = any(argument in ("-F", "--data-binary") for argument in arguments) and "data" not in more
        return curl("-X", method, *authorization, *arguments, (self.url if is_binary else self.behind) + path, **more)

    def get(self, path, *arguments, key=None):
        return self.ask("GET", path, *arguments, key=key)

    def post_json(self, path, value, *arguments, key=None):
        return self.ask("POST", path, "-H", "Content-Type: application/json", "--data-binary", "@-", *arguments, key=key,
                        data=json.dumps(value))

    def post_audio(self, path, file, *arguments, key=None):
        return self.ask("POST", path, "-F", f"audio=@{file}", *arguments, key=key)

    def stop(self, expected=0):
        """SIGTERM; the exit code is the expected one."""
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(STOP_SECONDS)
        self.log.close()
        check(code == expected, f"exit code {code}, not {expected}")

    def kill(self):
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.log.close()


@contextlib.contextmanager
def serving(earmark, *arguments):
    """A service that is stopped, and must end well, when the block does."""
    service = Service(earmark, *arguments)
    try:
        yield service
    except BaseException:
        service.kill()
        raise
    service.stop()


def new_key(earmark, role, party=None):
    """The secret of a new key."""
    arguments = ["--party", party] if party else []
    return earmark.run("keys", "create", "--role", role, *arguments).line["key"]
