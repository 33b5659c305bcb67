#!/usr/bin/python3
"""postgresql.py COMMAND…    runs the command with a PostgreSQL server of its own, which goes with it.

The server listens on a Unix socket in a temporary folder only; EARMARK_TEST_POSTGRESQL holds the URL of its database.
Exit code: that of the command; 77: PostgreSQL is not installed (scripts/setup test).
"""
import contextlib
import ctypes
import os
import pathlib
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time

BINARIES = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
START_SECONDS = 60
SETTINGS = {"listen_addresses": "", "fsync": "on", "shared_buffers": "32MB", "max_connections": "60",
            "logging_collector": "off", "log_min_messages": "warning"}
SKIPPED = 77
PR_SET_PDEATHSIG = 1


class NotInstalled(Exception):
    pass


def server_user():
    """PostgreSQL refuses to run as root: then as the user that its package made."""
    if os.geteuid() != 0:
        return {}
    user = pwd.getpwnam("postgres")
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def goes_with_us():
    """A server whose parent was killed ends as well, at once and without leaving shared memory."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGQUIT)


def quoted(value):
    return "'" + str(value).replace("'", "''") + "'"


@contextlib.contextmanager
def server():
    """The URL of an empty database, encoded in UTF-8, on a server of its own. Raises NotInstalled."""
    if not BINARIES:
        raise NotInstalled("PostgreSQL is not installed: scripts/setup test")
    folder = pathlib.Path(tempfile.mkdtemp(prefix="earmark-pg-"))
    as_user = server_user()
    try:
        if as_user:
            os.chown(folder, as_user["user"], as_user["group"])
        folder.chmod(0o755)  # so that other users, whom the tests run programs as, reach the socket
        data = folder / "data"
        subprocess.run([BINARIES[-1] / "initdb", "--no-sync", "-D", data, "-U", "earmark", "-A", "trust", "-E", "UTF8",
                        "--locale=C.UTF-8"], check=True, stdout=subprocess.DEVNULL, cwd=folder, **as_user)
        with open(data / "postgresql.auto.conf", "a", encoding="utf-8") as file:
            for name, value in {**SETTINGS, "unix_socket_directories": folder}.items():
                file.write(f"{name} = {quoted(value)}\n")
        with open(folder / "log", "wb") as log:
            process = subprocess.Popen([BINARIES[-1] / "postgres", "-D", data], stdin=subprocess.DEVNULL, stdout=log,
                                       stderr=log, cwd=folder, preexec_fn=goes_with_us, **as_user)
        try:
            wait_until_ready(process, folder)
            yield f"postgresql:///postgres?host={folder}&user=earmark"
        finally:
            process.send_signal(signal.SIGQUIT)
            process.wait(START_SECONDS)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def wait_until_ready(process, folder):
    end = time.monotonic() + START_SECONDS
    while subprocess.run([BINARIES[-1] / "pg_isready", "-q", "-h", folder], check=False).returncode != 0:
        if process.poll() is not None or time.monotonic() > end:
            raise RuntimeError("the server did not start: " + (folder / "log").read_text()[-2000:])
        time.sleep(0.05)


def main():
    try:
        with server() as url:
            return subprocess.run(sys.argv[1:], env={**os.environ, "EARMARK_TEST_POSTGRESQL": url},
                                  check=False).returncode
    except NotInstalled as reason:
        print(f"skipped: {reason}")
        return SKIPPED


if __name__ == "__main__":
    sys.exit(main())
