#!/usr/bin/python3
"""run.py CASE --earmark BINARY --folder DIR    runs one end-to-end case; exit code 77: it cannot be tried here.

run.py --check CASE…    whether these are exactly the cases that exist (so that CTest's list leaves none out)
"""
import argparse
import importlib
import pathlib
import shutil
import sys

import harness

MODULES = ("catalogue_cases", "match_cases", "register_cases", "crawl_cases", "crawl_work_cases", "live_cases", "store_cases", "program_cases",
           "evidence_cases", "api_cases", "api_claims_cases", "acoustid_cases", "webhook_cases",
           "postgresql_cases", "clients_cases", "oracle_cases")
SKIPPED = 77


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("cases", nargs="+")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--earmark", type=pathlib.Path)
    parser.add_argument("--folder", type=pathlib.Path)
    arguments = parser.parse_args()
    for module in MODULES:
        importlib.import_module(module)
    if arguments.check:
        different = set(arguments.cases) ^ set(harness.CASES)
        print(f"not in both lists: {sorted(different)}" if different else "the lists agree")
        return 1 if different else 0
    name = arguments.cases[0]
    work = arguments.folder.resolve() / name
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    context = harness.Context(arguments.earmark.resolve(), work, arguments.folder.resolve() / "shared")
    try:
        harness.CASES[name](context)
    except harness.Skip as reason:
        print(f"skipped: {reason}")
        return SKIPPED
    shutil.rmtree(work)  # kept for a look where the case failed
    return 0


if __name__ == "__main__":
    sys.exit(main())
