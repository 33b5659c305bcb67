"""Makes the corpus and the query sets: python3 -m earmark_bench.make DATA CORPUS [SET...]"""

import pathlib
import sys

from earmark_bench import corpus, manifest, material, queries
from earmark_corpus import packages


def write_lists(source):
    """refs.tsv (path, seconds, package), and the same of the further catalogue and of the unregistered tracks."""
    for name, role in (("refs.tsv", "ref"), ("more_refs.tsv", "train"), ("out.tsv", "out")):
        rows = [(t["path"], f"{t['seconds']:.2f}", t["package"]) for t in source.of_role(role)]
        manifest.write(source.data / name, rows, ("path", "seconds", "package"))


def make(source, names, note=lambda text: None):
    """Materialises the named query sets; does only what is not there yet. A set that cannot be made stays absent."""
    write_lists(source)
    missing = [n for n in names if not (source.data / n / "queries.tsv").exists()]
    for name in missing:
        note(f"making {name}")
        try:
            queries.make_set(source, name)
        except packages.CorpusError as error:
            note(f"cannot make {name}: {error}")


def main():
    data, folder, *names = sys.argv[1:]
    folder = pathlib.Path(folder)
    corpus.fetch(folder)
    make(material.Material(data, folder), names or list(queries.SETS),
         lambda text: print(text, file=sys.stderr, flush=True))


if __name__ == "__main__":
    main()
