"""Programs of others against the API: linters of its contract, a validating proxy, libraries, beets."""
import contextlib
import dataclasses
import hashlib
import importlib
import json
import os
import pathlib
import shutil
import socket
import subprocess
import time
import urllib.parse

import service as service_module
from acoustid_cases import fpcalc
from harness import Context, Skip, case, check
from register_cases import some_files
from service import new_key, serving
from webhook_cases import receiving

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
CLIENTS = REPOSITORY / "tests" / "clients"
START_SECONDS = 60


def node_modules():
    """Where scripts/setup put the clients; skips where it did not."""
    locked = b"".join(path.read_bytes() for path in sorted(CLIENTS.glob("package*.json")))
    folder = REPOSITORY / ".cache" / "clients" / hashlib.sha256(locked).hexdigest()[:16]
    if not (folder / "complete").exists() or not shutil.which("node"):
        raise Skip("needs what scripts/setup test installs")
    return folder / "node_modules"


def node(*arguments, stdin="", exit=0):
    # Nothing leaves this machine: Redocly would report what it does, and ask for newer versions.
    environment = {**os.environ, "NODE_PATH": str(node_modules()), "REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true"}
    done = subprocess.run(["node", *map(str, arguments)], env=environment, input=stdin, capture_output=True, text=True, timeout=240,
                          check=False)
    check(done.returncode == exit, arguments, done.returncode, done.stdout[-3000:], done.stderr[-3000:])
    return done.stdout


def openapi_of(service, context):
    file = context.work / "openapi.json"
    file.write_bytes(service.get("/openapi.json").expect(200, "application/json").body)
    return file


@case
def linters_find_nothing_in_the_contract(context):
    """Redocly and spectral: no error and no warning in /openapi.json; and they do find what is wrong with a broken one."""
    modules = node_modules()
    with serving(context.new_store()) as service:
        document = openapi_of(service, context)
    broken = context.work / "broken.json"
    text = json.loads(document.read_text())
    text["paths"]["/v1/match"]["post"]["parameters"] = "none"
    broken.write_text(json.dumps(text))

    def redocly(file, exit):
        return node(modules / "@redocly/cli/bin/cli.js", "lint", "--max-problems", 50, "--format", "json", "--config",
                    CLIENTS / "redocly.yaml", file, exit=exit)

    def spectral(file, exit):
        node(modules / "@stoplight/spectral-cli/dist/index.js", "lint", "--fail-severity", "hint", "--ruleset",
             CLIENTS / "spectral.yaml", file, exit=exit)

    totals = json.loads(redocly(document, 0))["totals"]
    check(totals["errors"] == totals["warnings"] == 0, totals)
    spectral(document, 0)
    redocly(broken, 1)
    spectral(broken, 1)


@dataclasses.dataclass
class Watcher:
    """What the contract says of each answer that curl got: from prism's header, or kept for prism's checks of later."""
    answers: list
    breaches: list
    through_prism: int = 0

    def __call__(self, arguments, answer):
        url = urllib.parse.urlsplit(next(text for text in map(str, arguments) if text.startswith("http://127.0.0.1")))
        method = str(arguments[arguments.index("-X") + 1]) if "-X" in arguments else "GET"
        if url.port in Prism.ports:
            self.through_prism += 1
            for breach in json.loads(answer.headers.get("sl-violations", "[]")):
                # What the tests ask wrongly on purpose is refused: then the contract was right.
                if breach["location"][0] == "response" or answer.status < 400:
                    self.breaches.append((method, url.path, answer.status, breach))
            return
        is_json = answer.headers.get("content-type", "").split(";")[0].endswith("json")
        body = answer.json if is_json else answer.body.decode(errors="replace")
        self.answers.append({"method": method, "path": url.path, "status": answer.status, "headers": answer.headers, "body": body})


class Prism:
    """`prism proxy` in front of a service."""

    ports = set()

    def __init__(self, stack, modules, document):
        self.stack, self.modules, self.document = stack, modules, document

    def __call__(self, url):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        process = subprocess.Popen(["node", self.modules / "@stoplight/prism-cli/dist/index.js", "proxy", self.document, url, "--port",
                                    str(port)], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.stack.callback(process.wait)
        self.stack.callback(process.kill)
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                self.ports.add(port)
                return f"http://127.0.0.1:{port}"
            check(process.poll() is None, "prism ended")
            time.sleep(0.05)
        raise AssertionError("prism did not start")


BEHIND_PRISM = (
    "api.a_match_is_what_the_command_says", "api.recordings_are_registered_listed_and_forgotten", "api.keys_open_what_their_role_may",
    "api.nobody_sees_what_belongs_to_others", "api.jobs_outlive_their_requests", "api_claims.claims_are_paged_explained_and_answered",
    "api_claims.only_the_two_sides_see_and_answer_a_claim", "webhook.webhooks_are_signed_retried_and_replayed",
)


@case
def prism_finds_no_breach_of_the_contract(context):
    """Cases of the API once more, with prism as a validating proxy: every answer is what /openapi.json says."""
    import harness
    modules = node_modules()
    with serving(context.new_store("plain")) as service:
        document = openapi_of(service, context)
    watcher = Watcher([], [])
    with contextlib.ExitStack() as stack:
        service_module.PROXY, service_module.WATCH = Prism(stack, modules, document), watcher
        stack.callback(setattr, service_module, "PROXY", None)
        stack.callback(setattr, service_module, "WATCH", None)
        for name in BEHIND_PRISM:
            importlib.import_module(name.split(".")[0] + "_cases")
            work = context.work / name
            work.mkdir()
            harness.CASES[name](Context(context.binary, work, context.shared))
    check(watcher.through_prism > 60 and len(watcher.answers) > 20, watcher.through_prism, len(watcher.answers))
    check(not watcher.breaches, len(watcher.breaches), *watcher.breaches[:20])
    answers = context.work / "answers.jsonl"

    def breaches(items):
        answers.write_text("".join(json.dumps(item) + "\n" for item in items))
        return node(CLIENTS / "check_answers.js", document, answers)

    check(breaches(watcher.answers) == "", breaches(watcher.answers)[:5000])
    wrong = next(item for item in watcher.answers if item["path"] == "/v1/match" and item["status"] == 200)
    check("decision" in breaches([{**wrong, "body": {key: value for key, value in wrong["body"].items() if key != "decision"}}]),
          "an answer without its decision passes")


@case
def the_library_of_standard_webhooks_verifies(context):
    """What we sign, the library of standardwebhooks.com takes; with another byte it does not."""
    node_modules()
    earmark = context.new_store()
    key = new_key(earmark, "holder")
    with receiving() as receiver, serving(earmark, "--allow-private") as service:
        made = service.post_json("/v1/webhooks", {"url": receiver.url}, key=key).expect(201)
        service.ask("POST", made.headers["location"] + "/test", key=key).expect(202)
        _, headers, body = receiver.wait(1)[0]
    sent = {"headers": headers, "body": body.decode()}
    payload = json.loads(node(CLIENTS / "verify_webhook.js", made.json["secret"], stdin=json.dumps(sent)))
    check(payload["type"] == "webhook.test" and payload == json.loads(body), payload)
    node(CLIENTS / "verify_webhook.js", made.json["secret"], stdin=json.dumps({**sent, "body": body.decode() + " "}), exit=1)


@case
def promtool_has_nothing_to_say_about_the_metrics(context):
    """`promtool check metrics` is silent on /metrics, after requests of several kinds."""
    if not shutil.which("promtool"):
        raise Skip("needs prometheus (for promtool)")
    earmark = context.new_store()
    file = some_files(context, 1)[0]
    earmark.run("register", file)
    key = new_key(earmark, "platform")
    with serving(earmark) as service:
        service.post_audio("/v1/match", file, key=key).expect(200)
        service.get("/v1/recordings", key=key).expect(403)
        service.get("/nowhere").expect(404)
        metrics = service.get("/metrics").expect(200, "text/plain").body.decode()
    done = subprocess.run(["promtool", "check", "metrics"], input=metrics, capture_output=True, text=True, timeout=60, check=False)
    check((done.returncode, done.stdout, done.stderr) == (0, "", ""), done, metrics)
    wrong = subprocess.run(["promtool", "check", "metrics"], input=metrics.replace("_total", "_count_of"), capture_output=True,
                           text=True, timeout=60, check=False)
    check(wrong.returncode != 0, "promtool finds nothing at all")


def beet(context, service, user, *arguments):
    """Runs beets on a library of its own, pointed to the service."""
    home = context.work / "beets"
    home.mkdir(exist_ok=True)
    (home / "config.yaml").write_text(f"""
directory: {context.work / "music"}
library: {home / "library.db"}
plugins: beets_server chroma
pluginpath: {CLIENTS}
threaded: no
import: {{copy: no, write: no, resume: no, quiet_fallback: skip, log: {home / "import.log"}}}
musicbrainz: {{host: "127.0.0.1:{service.port}", https: no, ratelimit: 1000, ratelimit_interval: 1}}
beets_server: {{url: "{service.url}/v2/"}}
acoustid: {{apikey: {user}}}
chroma: {{auto: yes}}
match: {{strong_rec_thresh: 0.5}}
""", encoding="utf-8")
    done = subprocess.run(["beet", "-v", *map(str, arguments)], env={**os.environ, "BEETSDIR": str(home)}, stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=200, check=False)
    check(done.returncode == 0, arguments, done.stdout[-3000:], done.stderr[-3000:])
    return done


@case
def beets_identifies_and_submits(context):
    """An unmodified beets tags an untitled file from our registry, and submits one that is then found."""
    if not shutil.which("beet"):
        raise Skip("needs beets")
    earmark = context.new_store()
    known, unknown = some_files(context, 2)
    music = context.work / "music"
    music.mkdir()
    for file, name in ((known, "track1.mp3"), (unknown, "track2.mp3")):
        subprocess.run(["ffmpeg", "-v", "error", "-i", file, "-map_metadata", "-1", "-b:a", "128k", music / name], check=True,
                       stdin=subprocess.DEVNULL)
    manifest = context.work / "catalogue.csv"
    manifest.write_text(f'path,title,owner\n"{known}",Rain on Tin,Label\n', encoding="utf-8")
    earmark.run("register", "--manifest", manifest)
    user = new_key(earmark, "holder")
    with serving(earmark, "--acoustid-client", "1vOwZtEn") as service:
        seen = beet(context, service, user, "import", "-q", "-s", music / "track1.mp3", music / "track2.mp3")
        listed = beet(context, service, user, "list", "-f", "$title|$mb_trackid|$acoustid_id").stdout.splitlines()
        check(len(listed) == 1 and listed[0].startswith("Rain on Tin|"), listed, seen.stdout[-3000:], seen.stderr[-5000:])
        _, mbid, track = listed[0].split("|")
        check(len(mbid) == 36 and len(track) == 36, listed)
        check(b"<title>Rain on Tin</title>" in service.get(f"/ws/2/recording/{mbid}").expect(200).body, "another recording")

        beet(context, service, user, "import", "-A", "-q", "-s", music / "track2.mp3")
        beet(context, service, user, "modify", "-y", "-W", "path::track2", "title=Sent by beets", "artist=Somebody")
        beet(context, service, user, "submit", "path::track2")
        duration, fingerprint = fpcalc(music / "track2.mp3")
        answer = service.ask("POST", "/v2/lookup", "-H", "Content-Type: application/x-www-form-urlencoded", "--data-urlencode",
                             f"fingerprint={fingerprint}", "-d", f"client=1vOwZtEn&duration={duration}&meta=recordings").expect(200)
        check(answer.json["results"][0]["recordings"][0]["title"] == "Sent by beets", answer)
