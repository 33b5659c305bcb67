#!/bin/sh
# Formats every C++ file of the repository; with --check only says which ones differ.
set -eu
cd "$(dirname "$0")/.."
if [ "${1:-}" = --check ]; then
  git ls-files -z '*.h' '*.cpp' | xargs -0 clang-format-14 --dry-run --Werror
else
  git ls-files -z '*.h' '*.cpp' | xargs -0 clang-format-14 -i
fi
