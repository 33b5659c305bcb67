"""Webhooks: signed, retried over restarts, replayed, never sent where they must not."""
import base64
import contextlib
import hashlib
import hmac
import http.server
import json
import threading
import time

from harness import case, check
from api_cases import problem
from register_cases import some_files
from service import Service, new_key, serving


class Receiver(http.server.ThreadingHTTPServer):
    """Takes deliveries; `answer` is the status it gives."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answer, self.deliveries, self.changed = 200, [], threading.Condition()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}/hook?x=1"

    def wait(self, count, seconds=60):
        with self.changed:
            check(self.changed.wait_for(lambda: len(self.deliveries) >= count, seconds),
                  f"{len(self.deliveries)} deliveries, not {count}")
            return list(self.deliveries)


class _Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(self.server.answer)
        self.end_headers()
        with self.server.changed:
            self.server.deliveries.append((self.path, dict(self.headers.items()), body))
            self.server.changed.notify_all()

    def log_message(self, format, *args):
        """Quiet."""


@contextlib.contextmanager
def receiving():
    receiver = Receiver()
    threading.Thread(target=receiver.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield receiver
    finally:
        receiver.shutdown()
        receiver.server_close()


def verified(delivery, secret):
    """The payload, once its signature is right (Standard Webhooks)."""
    path, headers, body = delivery
    headers = {name.lower(): value for name, value in headers.items()}
    text = b".".join([headers["webhook-id"].encode(), headers["webhook-timestamp"].encode(), body])
    key = base64.b64decode(secret.removeprefix("whsec_"))
    check(headers["webhook-signature"] == "v1," + base64.b64encode(hmac.new(key, text, hashlib.sha256).digest()).decode(), headers)
    check(abs(int(headers["webhook-timestamp"]) - time.time()) < 120 and path == "/hook?x=1", headers)
    return headers["webhook-id"], json.loads(body)



def wait_until(holds, seconds=30):
    """Asks again until it holds; a check that follows says what did not."""
    end = time.monotonic() + seconds
    while not holds() and time.monotonic() < end:
        time.sleep(0.1)


@case
def webhooks_are_signed_retried_and_replayed(context):
    """A test message, a registration that another process makes, a refusal, a restart, a replay, a removal."""
    earmark = context.new_store()
    files = some_files(context, 2)
    key = new_key(earmark, "holder", "My label")
    with receiving() as receiver:
        service = Service(earmark, "--allow-private")
        made = service.post_json("/v1/webhooks", {"url": receiver.url, "events": ["recording.registered", "webhook.test"]},
                                 key=key).expect(201)
        hook, secret = made.json, made.json["secret"]
        where = made.headers["location"]
        check("secret" not in service.get(where, key=key).expect(200).json, "the secret is shown twice")
        problem(service.post_json("/v1/webhooks", {"url": receiver.url, "events": ["nonsense"]}, key=key), 422)
        service.ask("POST", where + "/test", key=key).expect(202)
        message, body = verified(receiver.wait(1)[0], secret)
        check(body["type"] == "webhook.test" and body["data"]["webhook_id"] == hook["webhook_id"], body)

        receiver.answer = 503
        earmark.run("register", files[0], "--owner", "My label")
        message, body = verified(receiver.wait(2)[1], secret)
        check(body["type"] == "recording.registered" and body["data"]["recording_id"].startswith("rec_"), body)
        wait_until(lambda: service.get(where + "/messages", key=key).expect(200).json["data"][1]["attempts"] == 1)
        service.kill()
        receiver.answer = 200
        with serving(earmark, "--allow-private") as service:
            again, same = verified(receiver.wait(3)[2], secret)
            check(again == message and same == body, again, same)  # the same message, tried again after the restart
            wait_until(lambda: service.get(where + "/messages", key=key).expect(200).json["data"][1]["state"] == "delivered")
            log = service.get(where + "/messages", key=key).expect(200).json["data"]
            check([entry["state"] for entry in log] == ["delivered", "delivered"] and log[1]["attempts"] == 2, log)

            service.ask("POST", f"{where}/messages/{message}/replay", key=key).expect(202)
            check(verified(receiver.wait(4)[3], secret)[0] == message, "the replay is another message")

            problem(service.ask("PUT", where, "-H", "Content-Type: application/json", "--data-binary",
                                json.dumps({"url": receiver.url}), key=key), 428)
            etag = service.get(where, key=key).headers["etag"]
            changed = service.ask("PUT", where, "-H", "Content-Type: application/json", "-H", f"If-Match: {etag}", "--data-binary",
                                  json.dumps({"url": receiver.url, "state": "disabled"}), key=key).expect(200).json
            check(changed["state"] == "disabled" and changed["events"] == ["*"], changed)
            service.ask("DELETE", where, key=key).expect(204)
            problem(service.get(where, key=key), 404)


@case
def webhooks_do_not_reach_into_the_network(context):
    """Without --allow-private nothing is sent to loopback, and the log says why."""
    earmark = context.new_store()
    key = new_key(earmark, "holder")
    with receiving() as receiver, serving(earmark) as service:
        made = service.post_json("/v1/webhooks", {"url": receiver.url}, key=key).expect(201)
        where = made.headers["location"]
        service.ask("POST", where + "/test", key=key).expect(202)
        end = time.monotonic() + 30
        log = []
        while time.monotonic() < end and not (log and log[0]["attempts"]):
            log = service.get(where + "/messages", key=key).expect(200).json["data"]
            time.sleep(0.1)
        check(log[0]["state"] == "pending" and "loopback" in log[0]["last_error"], log)
        check(receiver.deliveries == [], receiver.deliveries)
