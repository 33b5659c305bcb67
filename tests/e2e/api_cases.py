"""The HTTP API, asked by real clients: matching, recordings, keys, tenancy, load, kills."""
import concurrent.futures
import http.client
import json
import os
import pathlib
import re
import socket
import subprocess
import threading
import time

from harness import Skip, case, check
from register_cases import some_files
from service import Service, curl, new_key, serving


def clip_of(context, file, name="clip.mp3", start=5, seconds=10):
    """A piece of a recording, encoded anew."""
    clip = context.work / name
    subprocess.run(["ffmpeg", "-v", "error", "-y", "-ss", str(start), "-t", str(seconds), "-i", file, "-b:a", "64k", clip],
                   check=True, stdin=subprocess.DEVNULL)
    return clip


def problem(answer, status, code=None):
    """An error as RFC 9457 has it."""
    answer.expect(status, "application/problem+json")
    body = answer.json
    check(body["status"] == status and body["title"] and body["code"] and body["type"], body)
    check(re.fullmatch("[0-9a-f]{32}", body["trace_id"]), body)
    check(code is None or body["code"] == code, body)
    return body


@case
def a_match_is_what_the_command_says(context):
    """Multipart, the bare audio and a fingerprint give the objects that `earmark match` prints; nothing found is 200."""
    earmark = context.new_store()
    used, unused = some_files(context, 2)
    earmark.run("register", used, "--policy", "monetize")
    clip = clip_of(context, used)
    other = clip_of(context, unused, "other.mp3")
    earmark.run("fingerprint", clip, "-o", context.work)
    expected = earmark.run("match", clip).line
    source = expected["matches"][0]["source"]
    key = new_key(earmark, "platform")
    with serving(earmark) as service:
        for role, party, seen in (("admin", None, source), ("holder", None, source), ("holder", "Another", None), ("creator", None, None)):
            body = service.post_audio("/v1/match", clip, key=new_key(earmark, role, party)).expect(200).json
            check(body["matches"][0]["source"] == seen, f"a {role} of {party} sees where it came from", body)
        for match in expected["matches"]:
            match["source"] = None  # a platform need not know how files and folders of others are called
        answers = [
            service.post_audio("/v1/match", clip, key=key),
            service.ask("POST", "/v1/match", "-H", "Content-Type: audio/mpeg", "--data-binary", f"@{clip}", key=key),
            service.ask("POST", "/v1/match", "-H", "Content-Type: application/octet-stream", "--data-binary", f"@{clip}", key=key),
            service.ask("POST", "/v1/match", "-H", "Content-Type: application/vnd.earmark.fingerprint", "--data-binary",
                        f"@{context.work / 'clip.emfp'}", key=key),
            service.ask("POST", "/v1/match", "-H", "Transfer-Encoding: chunked", "-H", "Content-Type: audio/mpeg", "--data-binary",
                        f"@{clip}", key=key),
        ]
        for answer in answers:
            body = answer.expect(200, "application/json").json
            check(body["matches"] == expected["matches"] and body["matches"], body, expected)
            check(body["query"] == {"duration_ms": expected["duration_ms"]}, body)
            decision = body["decision"]
            check(decision["action"] == "monetize" and decision["rule_id"].startswith("rule_"), decision)
            check(decision["by_territory"] == {"Worldwide": "monetize"}, decision)

        nothing = service.post_audio("/v1/match", other, key=key).expect(200).json
        text = context.work / "text.mp3"
        text.write_text("no audio at all\n" * 200, encoding="utf-8")
        corrupt = service.post_audio("/v1/match", text, key=key)
        empty = service.ask("POST", "/v1/match", "-H", "Content-Type: audio/mpeg", "-H", "Content-Length: 0", key=key)
        form = service.ask("POST", "/v1/match", "--data-binary", f"@{clip}", key=key)
        nameless = service.ask("POST", "/v1/match", "-F", f"file=@{clip}", key=key)

    check(nothing["matches"] == [] and nothing["decision"]["action"] == "none", nothing)
    problem(corrupt, 422)
    problem(empty, 422)
    problem(form, 415, "unsupported_media_type")
    problem(nameless, 422)


@case
def a_decision_is_made_country_by_country(context):
    """Policies by territory, an allow-list, the public domain and shares of more than the whole decide what a match means."""
    earmark = context.new_store()
    song = some_files(context, 1)[0]
    recording = earmark.run("register", song, "--owner", "Label", "--policy", "monetize").line["recording_id"]
    rule = earmark.run("policy", "put", "mine", "--owner", "Label", "--rule", "block territory=DE", "--otherwise", "monetize").line
    earmark.run("policy", "use", rule["rule_id"], "--owner", "Label")
    clip = clip_of(context, song)
    key = new_key(earmark, "platform", "A platform")
    with serving(earmark) as service:
        def decision(*fields):
            arguments = [word for field in fields for word in ("-F", field)]
            body = service.post_audio("/v1/match", clip, *arguments, key=key).expect(200).json
            check(len(body["matches"]) == 1, body)
            return body["decision"]

        both = {"Worldwide": "monetize", "DE": "block"}
        everywhere = decision()
        check((everywhere["action"], everywhere["by_territory"], everywhere["rule_id"]) == ("block", both, rule["rule_id"]), everywhere)
        check((everywhere["review"], everywhere["reason"], everywhere["territory"]) == (False, "policy", None), everywhere)
        for country, action in (("DE", "block"), ("FR", "monetize")):
            there = decision(f"territory={country}")
            check((there["action"], there["by_territory"], there["territory"]) == (action, both, country), there)
        problem(service.post_audio("/v1/match", clip, "-F", "territory=Germany", key=key), 422)

        feed = "https://example.org/feed.xml"
        earmark.run("rights", "allow", "--owner", "Label", "--feed", feed)
        allowed = decision(f"feed={feed}")
        check((allowed["action"], allowed["reason"], allowed["rule_id"]) == ("none", "allow_listed", None), allowed)
        check(decision()["action"] == "block", "an allow-list counts for another feed")
        earmark.run("rights", "document", recording, "--kind", "public_domain", "--reason", "author died in 1911", "--territory", "FR")
        check(decision()["by_territory"] == {**both, "FR": "none"}, decision())
        check(decision("territory=FR")["reason"] == "public_domain", decision("territory=FR"))
        earmark.run("rights", "shares", recording, "--share", "Label=80%", "--share", "Other=80%")
        contested = decision()
        check((contested["action"], contested["by_territory"], contested["review"]) == ("none", {}, True), contested)
        check(contested["reason"] == "ownership_conflict", contested)


@case
def recordings_are_registered_listed_and_forgotten(context):
    """POST, GET, pages, ETag, If-Match, Idempotency-Key, DELETE; what the command line says agrees."""
    earmark = context.new_store()
    files = some_files(context, 3)
    clip = clip_of(context, files[0])
    key = new_key(earmark, "holder", "My label")
    with serving(earmark) as service:
        first = service.post_audio("/v1/recordings", files[0], "-F", "title=First song", "-F", "policy=block",
                                   "-H", "Idempotency-Key: one", key=key).expect(201)
        again = service.post_audio("/v1/recordings", files[0], "-F", "title=First song", "-F", "policy=block",
                                   "-H", "Idempotency-Key: one", key=key).expect(201)
        check(again.json == first.json and again.headers["idempotency-replayed"] == "true", again)
        check(again.headers["location"] == first.headers["location"], again.headers)
        problem(service.post_audio("/v1/recordings", files[1], "-H", "Idempotency-Key: one", key=key), 422,
                "idempotency_key_reused")
        duplicate = service.post_audio("/v1/recordings", files[0], key=key).expect(200).json
        check(duplicate["status"] == "duplicate" and duplicate["recording_id"] == first.json["recording_id"], duplicate)
        for file in files[1:]:
            service.ask("POST", "/v1/recordings?filename=" + file.name, "-H", "Content-Type: audio/mpeg", "--data-binary",
                        f"@{file}", key=key).expect(201)

        got = service.get(first.headers["location"], key=key).expect(200)
        check(got.json["title"] == "First song" and got.json["policy"] == "block" and got.json["owner"] == "My label", got)
        service.get(first.headers["location"], "-H", f"If-None-Match: {got.headers['etag']}", key=key).expect(304)
        page = service.get("/v1/recordings?limit=2", key=key).expect(200)
        check(len(page.json["data"]) == 2 and 'rel="next"' in page.headers["link"], page)
        link = re.search("<(.*)>", page.headers["link"]).group(1)
        rest = service.get(link, key=key).expect(200).json
        check(len(rest["data"]) == 1 and rest["next_cursor"] is None, rest)
        ids = [item["recording_id"] for item in page.json["data"] + rest["data"]]
        check(len(set(ids)) == 3, ids)
        problem(service.get("/v1/recordings?cursor=nonsense", key=key), 422)
        problem(service.get("/v1/recordings?limit=100000", key=key), 422)

        problem(service.ask("DELETE", first.headers["location"], "-H", 'If-Match: "other"', key=key), 412)
        service.ask("DELETE", first.headers["location"], "-H", f"If-Match: {got.headers['etag']}", key=key).expect(204)
        problem(service.get(first.headers["location"], key=key), 404)
        problem(service.ask("DELETE", first.headers["location"], key=key), 404)
        check(service.post_audio("/v1/match", clip, key=key).expect(200).json["matches"] == [], "still matched")
        acts = [entry["action"] for entry in service.get("/v1/audit", key=key).expect(200).json["data"]]
        check(acts.count("forgetRecording") == 3 and acts.count("registerRecording") >= 6, acts)
    check(earmark.stats()["recordings"] == 2, earmark.stats())


@case
def keys_open_what_their_role_may(context):
    """No key, a wrong, revoked or rotated one; both headers; roles; the secret is nowhere in the store."""
    earmark = context.new_store()
    made = earmark.run("keys", "create", "--role", "platform", "--label", "test").line
    key = made["key"]
    with serving(earmark) as service:
        service.get("/v1/me", key=key).expect(200)
        service.get("/v1/me", "-H", f"X-API-Key: {key}").expect(200)
        answer = service.get("/v1/me")
        problem(answer, 401)
        check(answer.headers["www-authenticate"].startswith("Bearer"), answer.headers)
        for wrong in (key[:-1], key + "x", "emk_", "x" * 5000, key.replace("_", "-")):
            problem(service.get("/v1/me", key=wrong), 401)
        problem(service.get("/v1/recordings", key=key), 403, "forbidden")
        problem(service.post_json("/v1/feeds", {"url": "https://example.com/f"}, key=key), 403)

        rotated = earmark.run("keys", "rotate", made["key_id"], "--grace", "1").line
        service.get("/v1/me", key=key).expect(200)
        check(service.get("/v1/me", key=rotated["key"]).expect(200).json["role"] == "platform", "role")
        ended = earmark.run("keys", "rotate", rotated["key_id"], "--grace", "0").line
        problem(service.get("/v1/me", key=rotated["key"]), 401)
        earmark.run("keys", "revoke", ended["key_id"])
        problem(service.get("/v1/me", key=ended["key"]), 401)
        check(earmark.run("keys", "revoke", "key_nothing", exit=1).exit == 1, "unknown key")
        problem(service.get("/v1/nowhere", key=key), 404)
        wrong_method = service.ask("DELETE", "/v1/match", key=key)
        problem(wrong_method, 405)
        check(wrong_method.headers["allow"] == "POST", wrong_method.headers)
    states = {line["key_id"]: line for line in earmark.run("keys", "list").lines}
    check(states[ended["key_id"]]["revoked_at"] and "key" not in states[ended["key_id"]], states)
    for file in earmark.store.rglob("*"):
        check(not file.is_file() or key.split("_", 2)[2].encode() not in file.read_bytes(), f"the secret is in {file}")


def walk(service, key, ids):
    """Asks every operation of the document with the ids of somebody else; yields (method, pattern, answer)."""
    paths = service.get("/openapi.json").expect(200).json["paths"]
    for pattern, operations in paths.items():
        for method in operations:
            path = pattern
            for name in re.findall(r"{(\w+)}", pattern):
                for prefix, value in ids.items():
                    if pattern.startswith(prefix) and name in ("id",):
                        path = path.replace("{id}", value)
                path = path.replace("{action}", "release").replace("{message}", ids["message"]).replace("{code}", "x")
                path = path.replace("{" + name + "}", "nothing")
            yield method.upper(), pattern, service.ask(method.upper(), path, "-H", 'If-Match: "x"', key=key)


@case
def nobody_sees_what_belongs_to_others(context):
    """Walks every operation with the ids of another party: nothing of that party is in any answer."""
    earmark = context.new_store()
    file = some_files(context, 1)[0]
    holder = new_key(earmark, "holder", "Holder A")
    others = {role: new_key(earmark, role, f"Other {role}") for role in ("holder", "creator", "platform", "crawler")}
    with serving(earmark) as service:
        recording = service.post_audio("/v1/recordings", file, "-F", "title=Private title", key=holder).expect(201).json
        job = service.post_audio("/v1/match", file, "-H", "Prefer: respond-async", key=holder).expect(202)
        hook = service.post_json("/v1/webhooks", {"url": "https://example.com/private-hook"}, key=holder).expect(201).json
        message = service.ask("POST", f"/v1/webhooks/{hook['webhook_id']}/test", key=holder).expect(202).json
        ids = {"/v1/recordings": recording["recording_id"], "/v1/jobs": job.json["job_id"],
               "/v1/webhooks": hook["webhook_id"], "/v1/claims": "clm_nothing", "/ws/2": "nothing",
               "message": message["message_id"]}
        secrets = ("Private title", "private-hook", "Holder A", hook["secret"])
        seen = 0
        for role, key in others.items():
            for method, pattern, answer in walk(service, key, ids):
                seen += 1
                public = pattern in ("/healthz", "/readyz", "/metrics", "/openapi.json", "/problems/{code}")
                where = (role, method, pattern, answer)
                check(answer.status < 500, where)
                check(not any(text.encode() in answer.body for text in secrets), where)
                own = pattern.startswith("/v1/") and "{" in pattern
                check(public or not own or answer.status in (403, 404), where)
        check(seen > 4 * 20, seen)
        # Registering what another has: told that it is known, not whose it is, nor what his file is called.
        twin = service.post_audio("/v1/recordings", f"{file};filename=mine.mp3", key=others["holder"]).expect(200)
        check(twin.json["status"] == "duplicate" and not twin.json["is_own"], twin)
        check(b"Holder A" not in twin.body and file.name.encode() not in twin.body, twin)
        service.get(f"/v1/recordings/{recording['recording_id']}", key=holder).expect(200)
        service.get(f"/v1/webhooks/{hook['webhook_id']}", key=holder).expect(200)


@case
def the_service_follows_other_processes(context):
    """What `earmark register` and `forget` do is seen by the next request."""
    earmark = context.new_store()
    file = some_files(context, 1)[0]
    clip = clip_of(context, file)
    key = new_key(earmark, "platform")
    with serving(earmark) as service:
        check(service.post_audio("/v1/match", clip, key=key).expect(200).json["matches"] == [], "matched too early")
        recording = earmark.run("register", file).line["recording_id"]
        found = service.post_audio("/v1/match", clip, key=key).expect(200).json["matches"]
        check([match["recording_id"] for match in found] == [recording], found)
        earmark.run("forget", recording)
        check(service.post_audio("/v1/match", clip, key=key).expect(200).json["matches"] == [], "matched after forget")


@case
def jobs_outlive_their_requests(context):
    """Prefer: respond-async: 202, a job that ends as the request would have; also when the process is killed."""
    earmark = context.new_store()
    files = some_files(context, 2)
    key = new_key(earmark, "holder")

    def finished(service, location):
        end = time.monotonic() + 120
        while time.monotonic() < end:
            answer = service.get(location, key=key).expect(200)
            if answer.json["state"] in ("done", "failed"):
                return answer.json
            check("retry-after" in answer.headers, answer.headers)
            time.sleep(0.1)
        raise AssertionError(f"{location} does not end")

    service = Service(earmark)
    job = service.post_audio("/v1/recordings", files[0], "-H", "Prefer: respond-async", key=key).expect(202)
    service.kill()
    with serving(earmark) as service:
        done = finished(service, job.headers["location"])
        check(done["state"] == "done" and done["result"]["status"] in ("registered", "duplicate"), done)
        recording = done["result"]["recording_id"]
        found = service.post_audio("/v1/match", files[0], "-H", "Prefer: respond-async", key=key).expect(202)
        matches = finished(service, found.headers["location"])["result"]["matches"]
        check([match["recording_id"] for match in matches] == [recording], matches)
        text = context.work / "text.mp3"
        text.write_text("no audio", encoding="utf-8")
        bad = service.post_audio("/v1/recordings", text, "-H", "Prefer: respond-async", key=key).expect(202)
        check(finished(service, bad.headers["location"])["state"] == "failed", bad)
    check(not any((earmark.store / "spool" / "jobs").iterdir()), "inputs are left")


@case
def nothing_acknowledged_is_lost_by_a_kill(context):
    """kill -9 while recordings are posted: each one that was answered 201 is there, matched, and stays."""
    earmark = context.new_store()
    files = some_files(context, 12)
    key = new_key(earmark, "holder")
    service = Service(earmark)
    acknowledged, lock = [], threading.Lock()

    def post(file):
        try:
            answer = service.post_audio("/v1/recordings", file, key=key)
        except AssertionError:
            return  # cut off by the kill
        with lock:
            acknowledged.append((file, answer))
            if len(acknowledged) == 3:
                os.kill(service.process.pid, 9)

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        list(pool.map(post, files))
    service.kill()

    check(len(acknowledged) >= 3, acknowledged)
    with serving(earmark) as again:
        for file, answer in acknowledged:
            recording = answer.expect(201).json["recording_id"]
            again.get(f"/v1/recordings/{recording}", key=key).expect(200)
            found = again.post_audio("/v1/match", clip_of(context, file), key=key).expect(200).json["matches"]
            check(recording in [match["recording_id"] for match in found], file, found)
    check(earmark.run("doctor").exit == 0, "doctor")


@case
def too_much_is_turned_away_and_nothing_breaks(context):
    """Far more than two workers can do: every answer is 200 or 503 with Retry-After, and afterwards all is well."""
    earmark = context.new_store()
    file = some_files(context, 1)[0]
    earmark.run("register", file)
    clip = clip_of(context, file).read_bytes()
    key = new_key(earmark, "platform")
    with serving(earmark, "--workers", "2", "--no-access-log") as service:
        def ask(_):
            connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=120)
            try:
                connection.request("POST", "/v1/match", clip,
                                   {"Content-Type": "audio/mpeg", "Authorization": f"Bearer {key}"})
                answer = connection.getresponse()
                answer.read()
                return answer.status, answer.getheader("Retry-After")
            except (ConnectionError, http.client.HTTPException):
                return None, None  # turned away while it was still sending
            finally:
                connection.close()

        with concurrent.futures.ThreadPoolExecutor(100) as pool:
            answers = list(pool.map(ask, range(200)))
        statuses = [status for status, _ in answers]
        check(set(statuses) <= {200, 503, None}, sorted(set(map(str, statuses))))
        check(statuses.count(200) >= 16 and statuses.count(503) >= 1, statuses)
        check(all(retry for status, retry in answers if status == 503), "503 without Retry-After")
        service.get("/healthz").expect(200)
        check(service.post_audio("/v1/match", context.work / "clip.mp3", key=key).expect(200).json["matches"], "afterwards")


@case
def sigterm_answers_what_is_in_hand(context):
    """A request that is half sent when SIGTERM comes is answered; then the program ends with 0."""
    earmark = context.new_store()
    file = some_files(context, 1)[0]
    earmark.run("register", file)
    clip = clip_of(context, file).read_bytes()
    key = new_key(earmark, "platform")
    service = Service(earmark)
    half = len(clip) // 2
    head = (f"POST /v1/match HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\nContent-Type: audio/mpeg\r\n"
            f"Content-Length: {len(clip)}\r\n\r\n").encode()
    with socket.create_connection(("127.0.0.1", service.port), 60) as client:
        client.sendall(head + clip[:half])
        busy = curl(service.url + "/metrics")  # answered after the upload has reached its worker or is queued
        check(busy.status == 200, busy)
        service.process.terminate()
        end = time.monotonic() + 30
        while time.monotonic() < end:
            try:
                socket.create_connection(("127.0.0.1", service.port), 1).close()
            except OSError:
                break  # no longer listening: it has begun to drain
        client.sendall(clip[half:])
        answer = http.client.HTTPResponse(client)
        answer.begin()
        check(answer.status == 200 and json.loads(answer.read())["matches"], answer.status)
        check(answer.getheader("Connection") == "close", answer.getheaders())
    check(service.process.wait(60) == 0, service.process.returncode)


@case
def hostile_requests_break_nothing(context):
    """Garbage, endless headers, contradicting lengths, bombs, slow and vanishing clients."""
    earmark = context.new_store()
    key = new_key(earmark, "admin")
    with serving(earmark, "--max-upload", "1") as service:
        def raw(data, seconds=20):
            with socket.create_connection(("127.0.0.1", service.port), seconds) as client:
                client.sendall(data)
                client.shutdown(socket.SHUT_WR)
                received = b""
                while True:
                    piece = client.recv(65536)
                    if not piece:
                        return received
                    received += piece

        auth = f"Authorization: Bearer {key}\r\n".encode()
        check(raw(b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n").startswith(b"HTTP/1.1 400"), "garbage")
        check(b" 431 " in raw(b"GET / HTTP/1.1\r\n" + b"X-Long: " + b"a" * 100000 + b"\r\n")[:20], "endless header")
        check(b" 414 " in raw(b"GET /" + b"a" * 20000 + b" HTTP/1.1\r\nHost: x\r\n\r\n")[:20], "endless path")
        both = (b"POST /v1/match HTTP/1.1\r\nHost: x\r\n" + auth + b"Content-Type: audio/mpeg\r\nContent-Length: 5\r\n"
                b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /v1/me HTTP/1.1\r\n\r\n")
        check(raw(both).startswith(b"HTTP/1.1 400") and raw(both).count(b"HTTP/1.1") == 1, "smuggled")
        chunk = b"POST /v1/match HTTP/1.1\r\nHost: x\r\n" + auth + b"Content-Type: audio/mpeg\r\nTransfer-Encoding: chunked\r\n\r\n"
        check(b" 400 " in raw(chunk + b"ZZZ\r\nxx\r\n")[:20], "a chunk without a length")
        check(b" 400 " in raw(b"POST /v1/match HTTP/1.1\r\n" + auth + b"Content-Type: audio/mpeg\r\nContent-Length: -4\r\n\r\n")[:20],
              "negative length")
        check(b" 404 " in raw(b"GET /v1/%2e%2e/%00/etc HTTP/1.1\r\nHost: x\r\n\r\n")[:20], "traversal")
        check(b" 404 " in raw(b"GET /a%0a%0db HTTP/1.1\r\nHost: x\r\n\r\n")[:20], "line ends in the path")

        big = context.work / "big.bin"
        big.write_bytes(b"\0" * (3 << 20))
        problem(service.ask("POST", "/v1/match", "-H", "Content-Type: audio/mpeg", "--data-binary", f"@{big}", key=key), 413)
        bomb = context.work / "bomb.gz"
        subprocess.run(["sh", "-c", f"head -c 200000000 /dev/zero | gzip > {bomb}"], check=True)
        problem(service.ask("POST", "/v1/match", "-H", "Content-Type: audio/mpeg", "-H", "Content-Encoding: gzip",
                            "--data-binary", f"@{bomb}", key=key), 413)
        problem(service.ask("POST", "/v1/feeds", "-H", "Content-Type: application/json", "--data-binary", "[" * 100000,
                            key=key), 400)
        problem(service.post_json("/v1/feeds", {"url": "file:///etc/passwd"}, key=key), 422)
        problem(service.post_json("/v1/feeds", {"url": 7}, key=key), 422)
        problem(service.post_json("/v1/feeds", {}, key=key), 422)
        for _ in range(50):  # come, say half a word, and go
            with socket.create_connection(("127.0.0.1", service.port), 20) as client:
                client.sendall(b"POST /v1/match HTTP/1.1\r\nContent-Le")
        service.get("/healthz").expect(200)
        service.get("/readyz").expect(200)
    check(sum(file.stat().st_size for file in (earmark.store / "spool").rglob("*") if file.is_file()) == 0, "spool")


@case
def tls_is_built_in(context):
    """--tls-cert and --tls-key: https works, uploads too; plain text on that port is no request."""
    if subprocess.run(["which", "openssl"], capture_output=True, check=False).returncode != 0:
        raise Skip("no openssl program to make a certificate with")
    earmark = context.new_store()
    file = some_files(context, 1)[0]
    earmark.run("register", file)
    clip = clip_of(context, file)
    certificate, secret = context.work / "cert.pem", context.work / "key.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                    "-subj", "/CN=localhost", "-keyout", secret, "-out", certificate], check=True, capture_output=True)
    key = new_key(earmark, "platform")
    with serving(earmark, "--tls-cert", certificate, "--tls-key", secret) as service:
        check(service.url.startswith("https://"), service.url)
        trusted = ["--cacert", str(certificate), "--connect-to", f"localhost:{service.port}:127.0.0.1:{service.port}"]
        url = f"https://localhost:{service.port}"
        for _ in range(2):
            found = curl(*trusted, "-H", f"Authorization: Bearer {key}", "-F", f"audio=@{clip}", url + "/v1/match").expect(200)
            check(found.json["matches"], found)
        plain = subprocess.run(["curl", "-s", "--max-time", "20", f"http://127.0.0.1:{service.port}/healthz"],
                               capture_output=True, check=False)
        check(plain.returncode != 0, plain)
        curl(*trusted, url + "/healthz").expect(200)


@case
def what_is_in_the_guide_works(context):
    """The commands of docs/api.md, as they stand, in order: none fails, and what they print is JSON."""
    earmark = context.new_store()
    files = some_files(context, 1)
    song = context.work / "song.mp3"
    clip = context.work / "clip.mp3"
    subprocess.run(["ffmpeg", "-v", "error", "-i", files[0], "-b:a", "128k", song], check=True, stdin=subprocess.DEVNULL)
    clip_of(context, files[0], clip.name)
    guide = (pathlib.Path(__file__).resolve().parents[2] / "docs" / "api.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```sh\n(.*?)```", guide, re.DOTALL)
    check(len(blocks) >= 5, "docs/api.md has no commands")
    script = "set -e\n" + "\n".join(blocks)
    environment = {**os.environ, "EARMARK_STORE": str(earmark.store),
                   "PATH": f"{context.binary.parent}:{os.environ['PATH']}"}
    done = subprocess.run(["bash", "-c", script], cwd=context.work, env=environment, capture_output=True, text=True,
                          timeout=200, check=False)
    check(done.returncode == 0, script, done.stdout[-3000:], done.stderr[-3000:])
    check('"matches":[{' in done.stdout and '"decision"' in done.stdout, done.stdout)
