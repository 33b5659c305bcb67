"""A counter of downloads of its own, for the tests: straightforward, slow, and written from the numbered rules of
docs/audience.md alone. It shares nothing with the program."""
import collections
import re
import time
import calendar

LINE = re.compile(r'(\S+) \S+ \S+ \[([^\]]+)\] "(\S+) (\S+) [^"]*" (\d+) (\d+|-) "[^"]*" "([^"]*)"(?: "([^"]*)")?')
DAY = 86400


def moment(text):
    return calendar.timegm(time.strptime(text[:20], "%d/%b/%Y:%H:%M:%S"))


def requests_of(lines, bots):
    """{(address, agent, path): [(time, status, first byte, bytes)]} of what may count."""
    groups = collections.defaultdict(list)
    for line in lines:
        found = LINE.match(line)
        if not found:
            continue
        address, at, method, target, status, sent, agent, asked = found.groups()
        if method != "GET" or status not in ("200", "206") or not agent or agent == "-" or agent in bots:
            continue
        first, last = 0, None
        if asked and asked.startswith("bytes="):
            first, last = (int(part) if part else None for part in asked[6:].split("-"))
            if last is not None and last - first + 1 <= 2:
                continue
        sent = int(sent)
        if status == "206" and last is not None:
            sent = min(sent, last - first + 1)
        if ":" in address:  # the first four groups of an address that is written out
            address = ":".join(address.split(":")[:4])
        path = target.split("?")[0]
        groups[address, agent, path].append((moment(at), status, first if status == "206" else 0, sent))
    return groups


def covered(visit, size):
    """Bytes of the file that were sent at least once."""
    points = sorted({min(p, size) for _, _, first, sent in visit for p in (first, first + sent)})
    total = 0
    for low, high in zip(points, points[1:]):
        if any(first <= low and high <= first + sent for _, _, first, sent in visit):
            total += high - low
    return total


def is_past(window, visit, request):
    if window == "calendar":
        return request[0] // DAY != visit[0][0] // DAY
    return request[0] - visit[0 if window == "first-touch" else -1][0] >= DAY


def downloads(lines, files, bots, window):
    """{(day, path): downloads}. files: {path: (bytes, threshold)}."""
    out = collections.Counter()
    for (_, _, path), requests in requests_of(lines, bots).items():
        if path not in files:
            continue
        visits = []
        for request in sorted(requests):
            if not visits or is_past(window, visits[-1], request):
                visits.append([])
            visits[-1].append(request)
        size, threshold = files[path]
        for visit in visits:
            if any(status == "200" for _, status, _, _ in visit) or covered(visit, size) >= threshold:
                out[visit[0][0] // DAY, path] += 1
    return out
