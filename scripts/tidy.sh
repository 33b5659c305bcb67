#!/bin/sh
# Runs clang-tidy on the sources that differ from a commit (default: main), or on those named.
#   scripts/tidy.sh [--since COMMIT] [FILE…]
# Needs a configured build folder (BUILD_DIR, default build/dev).
set -eu
cd "$(dirname "$0")/.."
build=${BUILD_DIR:-build/dev}
since=main
if [ "${1:-}" = --since ]; then
  since=$2
  shift 2
fi
if [ ! -f "$build/compile_commands.json" ]; then
  echo "tidy.sh: $build is not configured; run: cmake --preset dev" >&2
  exit 1
fi
if [ $# -eq 0 ]; then
  files=$(git diff --name-only --diff-filter=d "$since" -- '*.cpp')
else
  files=$*
fi
if [ -z "$files" ]; then
  echo "tidy.sh: no source differs from $since"
  exit 0
fi
# shellcheck disable=SC2086  # the repository's file names have no spaces
exec clang-tidy-14 -p "$build" --quiet $files
