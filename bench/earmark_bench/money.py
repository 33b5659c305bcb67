"""Money at scale: a store of simulated claims and revenue, split by the release binary as a user would have it done."""

import json
import pathlib
import resource
import subprocess
import time

from earmark_bench import tools
from earmark_bench.program import EngineError

USES = 100_000
LISTENS = 10_000_000
MOST_SECONDS = 60
MOST_BYTES = 2_000_000_000
NOTE = "measured; claims, revenue and listens simulated"


def _call(binary, store, *words):
    """JSON lines, wall seconds, and the largest memory of any child so far in bytes."""
    begin = time.monotonic()
    done = subprocess.run([str(binary), "money", *map(str, words), "--store", str(store), "--json"], capture_output=True, text=True,
                          check=False, stdin=subprocess.DEVNULL)
    seconds = time.monotonic() - begin
    if done.returncode != 0:
        raise EngineError(f"money {words[0]} exited {done.returncode}: {done.stderr.strip()[-500:]}")
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
    return [json.loads(line) for line in done.stdout.splitlines()], seconds, memory


def run(result, binary, scratch, uses=USES, listens=LISTENS):
    """Fills a store in `scratch`, which takes minutes, and splits its revenue; then asks whether all of it comes out again."""
    store, file = pathlib.Path(scratch) / "store", pathlib.Path(scratch) / "listens.csv"
    for _ in tools.lines_of([tools.program("money_scale"), store, file, uses, listens]):
        pass
    read, reading, memory = _call(binary, store, "listens", file)
    if read[0]["listens"] != listens:
        raise EngineError(f"{read[0]['listens']} of {listens} listens were read")
    lines, splitting, memory = _call(binary, store, "attribute")
    result.figure("listens_read_s", reading, "s", n=listens, note=NOTE)
    result.figure("attribution_10m_listens_s" if listens == LISTENS else "attribution_s", reading + splitting, "s",
                  bar=MOST_SECONDS, n=uses, note=f"{NOTE}; reading the listens and splitting {len(lines)} revenues", at_most=True)
    result.figure("attribution_alone_s", splitting, "s", n=uses, note=NOTE)
    result.figure("memory_bytes", memory, "B", bar=MOST_BYTES, n=listens, note="measured; the largest of all steps", at_most=True)
    balances, _, _ = _call(binary, store, "balances")
    result.figure("trial_balance_micros", abs(sum(line["balance_micros"] for line in balances)), "micros", bar=0, n=len(balances),
                  note=NOTE, at_most=True)
    _, verifying, _ = _call(binary, store, "verify")
    result.figure("verify_s", verifying, "s", n=len(lines), note=f"{NOTE}; every split made again from its facts")
