"""A loopback HTTP/1.1 server for a folder's files: byte ranges, validators, and a count of what was asked for."""
import contextlib
import email.utils
import http.server
import pathlib
import re
import threading
import urllib.parse

TYPES = {".mp3": "audio/mpeg", ".ogg": "audio/ogg", ".flac": "audio/flac", ".xml": "application/rss+xml"}


class FolderServer(http.server.ThreadingHTTPServer):
    """Serves the files below `folder`, and `pages` (path -> bytes), on 127.0.0.1 and a port of the system's choosing.

    requests: list of (method, path, status), in order; append-only, readable from any thread.
    bytes_per_second: where set, how fast each answer's body goes out.
    """

    daemon_threads = True

    def __init__(self, folder, bytes_per_second=None):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.folder, self.bytes_per_second = pathlib.Path(folder).resolve(), bytes_per_second
        self.pages, self.requests = {}, []

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request, client_address):
        """A client that goes away in mid-answer (killed, or satisfied) is no error."""


@contextlib.contextmanager
def serving(folder, bytes_per_second=None):
    """A running FolderServer, stopped at the end of the block."""
    server = FolderServer(folder, bytes_per_second)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "EarmarkDemo/1"

    def do_GET(self):
        self._answer(with_body=True)

    def do_HEAD(self):
        self._answer(with_body=False)

    def log_message(self, format, *args):
        """Quiet: the server's `requests` say what was asked for."""

    def _answer(self, with_body):
        path = urllib.parse.unquote(urllib.parse.urlsplit(self.path).path)
        body, validators, suffix = self._find(path)
        if body is None:
            return self._send(path, 404, b"not found\n", {"Content-Type": "text/plain"}, with_body)
        headers = {**validators, "Content-Type": TYPES.get(suffix, "application/octet-stream"), "Accept-Ranges": "bytes"}
        if self._unchanged(validators):
            return self._send(path, 304, b"", headers, with_body)
        span = re.fullmatch(r"bytes=(\d*)-(\d*)", self.headers.get("Range", ""))
        if not span or span.groups() == ("", ""):
            return self._send(path, 200, body, headers, with_body)
        first, last = self._span(span, len(body))
        if first > last:
            return self._send(path, 416, b"", {**headers, "Content-Range": f"bytes */{len(body)}"}, with_body)
        headers["Content-Range"] = f"bytes {first}-{last}/{len(body)}"
        return self._send(path, 206, body[first:last + 1], headers, with_body)

    def _find(self, path):
        if path in self.server.pages:
            page = self.server.pages[path]
            return page, {"ETag": f'"{hash(page) & 0xffffffff:x}"'}, pathlib.PurePosixPath(path).suffix
        file = (self.server.folder / path.lstrip("/")).resolve()
        if not file.is_relative_to(self.server.folder) or not file.is_file():
            return None, {}, ""
        stat = file.stat()
        return file.read_bytes(), {"ETag": f'"{stat.st_mtime_ns:x}-{stat.st_size:x}"',
                                   "Last-Modified": email.utils.formatdate(stat.st_mtime, usegmt=True)}, file.suffix

    def _unchanged(self, validators):
        if "If-None-Match" in self.headers:
            return validators["ETag"] in self.headers["If-None-Match"]
        return "Last-Modified" in validators and self.headers.get("If-Modified-Since") == validators["Last-Modified"]

    @staticmethod
    def _span(span, size):
        first, last = span.groups()
        if first == "":  # the last so many bytes
            return max(0, size - int(last)), size - 1
        return int(first), min(int(last), size - 1) if last else size - 1

    def _send(self, path, status, body, headers, with_body):
        self.server.requests.append((self.command, path, status))
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if status != 304:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if with_body:
            self._write(body)

    def _write(self, body):
        rate = self.server.bytes_per_second
        step = len(body) if rate is None else max(1, rate // 20)
        for position in range(0, len(body), max(1, step)):
            self.wfile.write(body[position:position + step])
            if rate is not None:
                threading.Event().wait(step / rate)
