"""Radio stations and feeds on loopback, and what a program and its children use of the machine."""

import asyncio
import contextlib
import os
import pathlib
import threading

STEP_SECONDS = 0.5
AHEAD_SECONDS = 4  # that a station sends at once, as Icecast does
TICKS = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")


class Radio:
    """Stations /live/N that play `programme` (bytes of MP3) in a loop, each from another place, and pages by path.

    pages: path -> bytes, or a function that gives them; read on the server's thread.
    """

    def __init__(self, programme, bytes_per_second):
        self.programme, self.rate = programme, bytes_per_second
        self.pages, self.requests, self.url = {}, 0, None

    async def _answer(self, reader, writer):
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                self.requests += 1
                path = head.split(" ")[1]
                if path.startswith("/live/"):
                    await self._play(writer, int(path.rsplit("/", 1)[1]))
                    break
                await self._page(writer, path, head)
        writer.close()

    async def _page(self, writer, path, head):
        page = self.pages.get(path)
        body = page() if callable(page) else page
        tag = f'"{hash(body) & 0xffffffff:x}"'
        if body is None:
            writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
        elif f"if-none-match: {tag}" in head.lower():
            writer.write(f"HTTP/1.1 304 Not Modified\r\nETag: {tag}\r\n\r\n".encode())
        else:
            writer.write(f"HTTP/1.1 200 OK\r\nETag: {tag}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
        await writer.drain()

    async def _play(self, writer, number):
        writer.write(b"HTTP/1.0 200 OK\r\nContent-Type: audio/mpeg\r\n\r\n")
        step = int(self.rate * STEP_SECONDS)
        position = (number * 7_919_111) % len(self.programme)
        loop, ahead = asyncio.get_running_loop(), int(AHEAD_SECONDS / STEP_SECONDS)
        begun = loop.time()
        for count in range(1 << 60):
            piece = self.programme[position:position + step]
            position = (position + len(piece)) % len(self.programme)
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(max(0.0, begun + (count - ahead) * STEP_SECONDS - loop.time()))

    @contextlib.contextmanager
    def serving(self):
        """On a thread of its own, on a port of the system's choosing; `url` says where."""
        loop, ready = asyncio.new_event_loop(), threading.Event()

        def serve():
            asyncio.set_event_loop(loop)
            server = loop.run_until_complete(asyncio.start_server(self._answer, "127.0.0.1", 0, backlog=1000))
            self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
            ready.set()
            loop.run_forever()

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        ready.wait()
        try:
            yield self
        finally:
            loop.call_soon_threadsafe(loop.stop)
            thread.join()


def _processes(group):
    """Folders in /proc of the processes of a group."""
    for folder in pathlib.Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            fields = (folder / "stat").read_text().rsplit(")", 1)[1].split()
            if int(fields[2]) == group:
                yield folder, fields


def usage(group):
    """{"cpu_s", "bytes", "descriptors", "processes"} of a process group now: processor time so far, memory that is its
    own (anonymous, resident), and open descriptors."""
    total = {"cpu_s": 0.0, "bytes": 0, "descriptors": 0, "processes": 0}
    for folder, fields in _processes(group):
        with contextlib.suppress(OSError):
            memory = (folder / "statm").read_text().split()
            descriptors = sum(1 for _ in (folder / "fd").iterdir())
            total["cpu_s"] += sum(int(ticks) for ticks in fields[11:15]) / TICKS
            total["bytes"] += (int(memory[1]) - int(memory[2])) * PAGE
            total["descriptors"] += descriptors
            total["processes"] += 1
    return total
