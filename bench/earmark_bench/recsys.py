"""The `recsys` benchmark: do recordings that sound alike come from the same album, and how well methods recommend.

Everything goes through the command line of the release binary. Lists are read from EARMARK_SHARED_DATA (or
../shared/data beside the repository); one that is absent is reported as skipped.
"""

import collections
import csv
import pathlib

from earmark_bench.audience import _run, data_folder
from earmark_bench.program import Earmark

TOP = 5
LASTFM_TEST = 0.2


def precision_at(neighbours, album_of, top=TOP):
    """Mean share of the first `top` neighbours of a track that are of its album, over tracks whose album has another
    one; and the share that chance would give. neighbours: {track: [track]}."""
    size = collections.Counter(album_of.values())
    asked = [track for track in neighbours if size[album_of[track]] > 1]
    hits = [sum(album_of[other] == album_of[track] for other in neighbours[track][:top]) / top for track in asked]
    chance = [(size[album_of[track]] - 1) / (len(album_of) - 1) for track in asked]
    return sum(hits) / len(asked), sum(chance) / len(asked), len(asked)


def similar_sound(report, binary, source, scratch):
    """Tracks that the embedding was not trained on: those of the roles ref and out."""
    tracks = source.of_role("ref") + source.of_role("out")
    earmark = Earmark(binary, scratch / "store")
    lines, _ = earmark.register(source.folder, [track["path"] for track in tracks])
    track_of = {}
    for line in lines:
        if line["status"] == "registered":
            track_of[line["recording_id"]] = line["track"]
    album_of = {track: str(pathlib.PurePath(track).parent) for track in track_of.values()}
    neighbours = {}
    for recording, track in track_of.items():
        found = _run(binary, "recommend", "similar", recording, "--top", TOP, "--store", scratch / "store")
        neighbours[track] = [track_of[line["recording_id"]] for line in found]
    precision, chance, count = precision_at(neighbours, album_of)
    note = f"{len(album_of)} tracks that the embedding was not trained on, {len(set(album_of.values()))} albums (folders)"
    report.figure(f"same album precision@{TOP}", precision, "", n=count, note=f"{note}; by chance {chance:.3f}")
    report.figure("same album against chance", precision / chance, "×", bar=5, n=count, note=note)


def gowalla_list(source, target):
    """LightGCN's rows "user item item …" as lines of pairs."""
    with open(source, encoding="ascii") as rows, open(target, "w", encoding="ascii") as out:
        for row in rows:
            user, *items = row.split()
            out.writelines(f"{user},{item}\n" for item in items)


def _compare(report, binary, name, words, wanted, bars=None):
    methods = [word for method in wanted for word in ("--method", method)]
    for line in _run(binary, "recommend", "evaluate", *words, *methods):
        note = f"{name}; learned in {line['train_s']:.1f} s; {100 * line['coverage']:.0f} % of the items shown"
        low = name.lower()
        for metric in ("recall", "ndcg"):
            bar = (bars or {}).get((line["method"], metric))
            report.figure(f"{low}_{metric}{line['k']} {line['method']}", line[metric], "", bar=bar, n=line["users"], note=note)


def lists(report, binary, scratch):
    folder = data_folder("movielens-latest-small")
    if folder is None:
        report.skipped("movielens", "no movielens-latest-small in EARMARK_SHARED_DATA")
    else:
        _compare(report, binary, "movielens", [folder / "ratings.csv", "--least-weight", 4],
                 ["popularity", "item-cosine", "user-cosine", "ease", "ials"])
    folder = data_folder("lastfm-hetrec2011")
    if folder is None:
        report.skipped("lastfm", "no lastfm-hetrec2011 in EARMARK_SHARED_DATA")
    else:
        with open(folder / "user_artists.dat", encoding="utf-8", newline="") as file:
            rows = [row[:2] for row in csv.reader(file, delimiter="\t") if len(row) == 3 and row[0].isdigit()]
        for name, wanted in (("train.csv", False), ("test.csv", True)):  # every fifth artist of each user is held out
            seen = collections.Counter()
            with open(scratch / name, "w", encoding="ascii") as out:
                for user, artist in rows:
                    seen[user] += 1
                    if (seen[user] % round(1 / LASTFM_TEST) == 0) == wanted:
                        out.write(f"{user},{artist}\n")
        _compare(report, binary, "lastfm", [scratch / "train.csv", "--test", scratch / "test.csv"],
                 ["popularity", "item-cosine", "user-cosine", "ials"])
    folder = data_folder("gowalla-lightgcn")
    if folder is None:
        report.skipped("gowalla_recall20", "no gowalla-lightgcn in EARMARK_SHARED_DATA")
    else:
        for name in ("train", "test"):
            gowalla_list(folder / f"{name}.txt", scratch / f"{name}.csv")
        _compare(report, binary, "gowalla", [scratch / "train.csv", "--test", scratch / "test.csv"],
                 ["popularity", "item-cosine", "ials"])


def run(report, binary, source, scratch):
    scratch = pathlib.Path(scratch)
    lists(report, binary, scratch)
    if source is None:
        report.skipped("same album against chance", "no corpus")
    else:
        similar_sound(report, binary, source, scratch)
