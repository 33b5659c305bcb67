"""Which stage loses a recording: recall of each candidate channel, of proof, and of the whole search."""

import collections
import json
import pathlib

from earmark_bench import corpus, score, tools
from earmark_bench.program import EngineError

RANKS = (1, 10, 50)
CHANNELS = ("landmarks", "embeddings", "altered", "any")
NOT_PROVEN = ("no_candidate", "weak_proof")


def recall(lines):
    """Answers of tools/candidate_ranks for the queries of one cell -> {"landmarks@1": share, …, "proven", "found"}.

    "any" counts a query where a channel proposes the recording so early: landmarks, embeddings, or the landmarks of the
    search for altered playback.
    """
    out = {}
    for k in RANKS:
        hits = {channel: [line[channel] is not None and line[channel] <= k for line in lines]
                for channel in ("landmarks", "embeddings", "altered")}
        hits["any"] = [any(row) for row in zip(*hits.values())]
        out.update({f"{channel}@{k}": score.ratio(sum(hit), len(hit)) for channel, hit in hits.items()})
    out["proven"] = score.ratio(sum(line["outcome"] not in NOT_PROVEN for line in lines), len(lines))
    out["found"] = score.ratio(sum(line["outcome"] == "matched" for line in lines), len(lines))
    return out


def losses(lines):
    """How the queries that were not matched were lost, in words: "2 weak_proof, 1 review"."""
    counts = collections.Counter(line["outcome"] for line in lines if line["outcome"] != "matched")
    return ", ".join(f"{count} {outcome}" for outcome, count in counts.most_common())


def reference_prints(earmark, done, scratch):
    """Fingerprints of everything registered: [(track, file)], in order."""
    out = pathlib.Path(scratch) / "prints" / "references"
    paths = {}
    for track in earmark.same_as:
        folder = done.source.folder if (done.source.folder / track).exists() else done.source.data / "K9"
        paths[str(folder / track)] = track
    made = earmark.fingerprint(list(paths), out)
    return [(paths[source], file) for source, file in made.items()]


def _queries(done, prints, references):
    """(set, row, fingerprint file, lines of right references) of the queries with one planted recording."""
    for name, row in done.planted():
        right = [i for i, (track, _) in enumerate(references) if corpus.same_recording(track, row["track"])]
        if row["file"] in prints[name] and right:
            yield name, row, prints[name][row["file"]], right


def measure(report, earmark, done, prints, scratch):
    """A figure for each cell and stage; done.stages[cell] for the plots."""
    done.stages = {}
    folder = pathlib.Path(scratch) / "stages"
    folder.mkdir(exist_ok=True)
    try:
        program = tools.program("candidate_ranks")
        references = reference_prints(earmark, done, scratch)
        done.reference_prints = references
        queries = list(_queries(done, prints, references))
        (folder / "references.tsv").write_text("".join(f"{file}\n" for _, file in references), encoding="utf-8")
        (folder / "queries.tsv").write_text(
            "".join(f"{file}\t{','.join(map(str, right))}\n" for _, _, file, right in queries), encoding="utf-8")
        answers = [json.loads(line) for line in
                   tools.lines_of([program, folder / "references.tsv", folder / "queries.tsv"])]
    except EngineError as error:
        report.skipped("candidate recall", str(error))
        return
    by_cell = {}
    for (_, row, _, _), answer in zip(queries, answers):
        by_cell.setdefault(row["cell"], []).append(answer)
    for cell, lines in by_cell.items():
        done.stages[cell] = recall(lines)
        _figures(report, cell, done.stages[cell], lines)


def _figures(report, cell, shares, lines):
    for channel in CHANNELS:
        at = {k: 100 * shares[f"{channel}@{k}"] for k in RANKS}
        report.figure(f"stage {channel} {cell}", at[10], "%", n=len(lines),
                      note=f"measured; recall at 10 (at 1: {at[1]:.1f}, at 50: {at[50]:.1f})")
    lost = losses(lines)
    report.figure(f"stage proven {cell}", 100 * shares["proven"], "%", n=len(lines))
    report.figure(f"stage found {cell}", 100 * shares["found"], "%", n=len(lines),
                  note="measured" + (f"; lost: {lost}" if lost else ""))
