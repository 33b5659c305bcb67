"""The faces of AcoustID and MusicBrainz, with the clients that Debian has: fpcalc and pyacoustid."""
import gzip
import re
import shutil
import subprocess
import sys
import urllib.parse

from harness import Skip, case, check
from register_cases import some_files
from service import curl, new_key, serving

CLIENT = """
import sys, acoustid
base, key, user, path, mode = sys.argv[1:6]
acoustid.set_base_url(base + "/v2/")
duration, fingerprint = acoustid.fingerprint_file(path, force_fpcalc=False)
if mode == "lookup":
    answer = acoustid.lookup(key, fingerprint, duration, meta="recordings releases")
    for result in acoustid.parse_lookup_result(answer):
        print(*result, sep="\\t")
    print(answer["results"][0]["id"] if answer["results"] else "", file=sys.stderr)
else:
    item = {"fingerprint": fingerprint, "duration": duration, "track": "Sent title", "artist": "Sent artist",
            "album": "Sent album", "mbid": "9b024349-ccf0-4f69-a609-6b82873eab3c", "year": 0, "trackno": 0, "discno": 0}
    print(acoustid.submit(key, user, [item])["submissions"][0]["id"])
"""


def need_clients():
    found = subprocess.run([sys.executable, "-c", "import acoustid"], capture_output=True, check=False).returncode == 0
    if not found or not shutil.which("fpcalc"):
        raise Skip("needs python3-acoustid and libchromaprint-tools")


def client(service, key, file, mode, user=""):
    done = subprocess.run([sys.executable, "-c", CLIENT, service.url, key, user, file, mode], capture_output=True, text=True,
                          timeout=120, check=False)
    check(done.returncode == 0, done.stdout, done.stderr)
    return done.stdout.strip(), done.stderr.strip()


def fpcalc(file):
    done = subprocess.run(["fpcalc", "-ignore-errors", file], capture_output=True, text=True, check=True)
    return (re.search(r"DURATION=(\d+)", done.stdout).group(1), re.search(r"FINGERPRINT=(.*)", done.stdout).group(1))


@case
def pyacoustid_finds_what_was_registered(context):
    """A lookup by the real client names the recording; MusicBrainz's face says its title and length."""
    need_clients()
    earmark = context.new_store()
    registered, unknown = some_files(context, 2)
    copy = context.work / "copy.mp3"
    subprocess.run(["ffmpeg", "-v", "error", "-i", registered, "-b:a", "96k", copy], check=True, stdin=subprocess.DEVNULL)
    earmark.run("register", registered)
    recording = earmark.run("register", registered).line
    key = new_key(earmark, "platform")
    with serving(earmark) as service:
        for file in (registered, copy):
            lines, track = client(service, key, file, "lookup")
            score, mbid, title, _ = lines.split("\n")[0].split("\t")
            check(float(score) > 0.8, file, lines)
            check(re.fullmatch("[0-9a-f-]{36}", mbid) and re.fullmatch("[0-9a-f-]{36}", track), lines, track)
        check(client(service, key, unknown, "lookup")[0] == "", "an unknown one is found")

        page = service.get(f"/ws/2/recording/{mbid}?inc=artists+aliases+isrcs+work-level-rels+artist-rels").expect(200, "application/xml")
        check(f'<recording id="{mbid}">' in page.body.decode() and f"<title>{title}</title>" in page.body.decode(), page)
        check(f"<length>{recording['duration_ms']}</length>" in page.body.decode(), page, recording)
        check(service.get(f"/ws/2/recording/{mbid}?fmt=json").expect(200).json["title"] == title, "json")
        service.get("/ws/2/recording/9b024349-ccf0-4f69-a609-6b82873eab3c").expect(404)
        earmark.run("forget", recording["recording_id"])
        check(client(service, key, registered, "lookup")[0] == "", "found after forget")


@case
def what_is_submitted_is_found(context):
    """pyacoustid submits (gzip, batch form), the submission is imported, and a lookup says what was sent."""
    need_clients()
    earmark = context.new_store()
    file, other = some_files(context, 2)
    key, user = new_key(earmark, "platform"), new_key(earmark, "holder")
    with serving(earmark) as service:
        submission, _ = client(service, key, file, "submit", user)
        status = service.get(f"/v2/submission_status?client={key}&id={submission}").expect(200).json
        check(status["submissions"][0]["status"] == "imported", status)
        lines, track = client(service, key, file, "lookup")
        score, mbid, title, artist = lines.split("\t")
        check((mbid, title, artist) == ("9b024349-ccf0-4f69-a609-6b82873eab3c", "Sent title", "Sent artist"), lines)
        check(float(score) > 0.99 and track == status["submissions"][0]["result"]["id"], lines, track)
        check(client(service, key, other, "lookup")[0] == "", "another one is found")
        again = curl(service.url + f"/v2/lookup?client={key}&trackid={track}&meta=recordings+releases").expect(200).json
        check(again["results"][0]["recordings"][0]["releases"][0]["title"] == "Sent album", again)


@case
def acoustid_speaks_as_the_original(context):
    """Error codes, gzip bodies, batches, formats, unknown clients."""
    need_clients()
    earmark = context.new_store()
    file = some_files(context, 1)[0]
    earmark.run("register", file)
    key, user = new_key(earmark, "platform"), new_key(earmark, "crawler")
    duration, fingerprint = fpcalc(file)
    with serving(earmark, "--acoustid-client", "1vOwZtEn") as service:
        def post(path, fields, *arguments, status=200):
            body = context.work / "body"
            text = urllib.parse.urlencode(fields).encode()
            body.write_bytes(gzip.compress(text))
            return curl("-H", "Content-Encoding: gzip", "-H", "Content-Type: application/x-www-form-urlencoded", "--data-binary",
                        f"@{body}", *arguments, service.url + path).expect(status)

        good = {"client": key, "duration": duration, "fingerprint": fingerprint, "meta": "recordingids"}
        result = post("/v2/lookup", good).expect(200, "application/json").json["results"][0]
        check(set(result["recordings"][0]) == {"id"} and 0.8 < result["score"] <= 1, result)
        check(post("/v2/lookup", {**good, "client": "1vOwZtEn"}).json["status"] == "ok", "a listed client")
        batch = {"client": key, "batch": "1", "duration.0": duration, "fingerprint.0": fingerprint, "duration.7": "999",
                 "fingerprint.7": fingerprint}
        answers = post("/v2/lookup", batch).json["fingerprints"]
        check([item["index"] for item in answers] == ["0", "7"] and answers[0]["results"] and not answers[1]["results"], answers)
        xml = post("/v2/lookup", {**good, "format": "xml"}).expect(200, "application/xml").body
        check(b"<results><result><id>" in xml, xml)
        jsonp = post("/v2/lookup", {**good, "format": "jsonp", "jsoncallback": "call.me"}).body
        check(jsonp.startswith(b"call.me({"), jsonp)

        def error(fields, code, status=400, path="/v2/lookup"):
            body = post(path, fields, status=status).json
            check(body["status"] == "error" and body["error"]["code"] == code and body["error"]["message"], body)

        error({**good, "format": "yaml"}, 1)
        error({**good, "format": "jsonp", "jsoncallback": "alert(1)//"}, 1)
        error({"client": key, "duration": duration}, 2)
        error({key: key}, 2)
        error({**good, "fingerprint": "AQ"}, 3)
        error({**good, "fingerprint": "A" + "B" * 5000}, 3)
        error({**good, "client": "nobody"}, 4)
        error({"client": key, "trackid": "no-uuid"}, 7)
        error({**good, "duration": "-5"}, 8)
        error({**good, "maxdurationdiff": "31"}, 11)
        many = {"client": key}
        for i in range(21):
            many.update({f"duration.{i}": duration, f"fingerprint.{i}": fingerprint})
        error(many, 19, 413)
        submit = {"client": key, "duration.0": duration, "fingerprint.0": fingerprint}
        error(submit, 2, path="/v2/submit")
        error({**submit, "user": "nobody"}, 6, path="/v2/submit")
        error({**submit, "user": user}, 6, path="/v2/submit")  # a crawler may not
