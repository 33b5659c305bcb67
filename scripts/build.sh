# shellcheck shell=bash
# What ./run and ./test share; sourced from the repository's root. Sets nothing but the functions below.

step() { # TEXT: announces a step, with the time since the start
  printf '\n== %s  [%d:%02d]\n' "$1" $((SECONDS / 60)) $((SECONDS % 60))
}

stop() { # TEXT: the one line on why it does not go on
  echo "$(basename "$0"): $1" >&2
  exit 1
}

check_writable() { # a checkout of another user, or on read-only media, is found out before the long work
  local folder
  for folder in . build .cache; do
    if [ -e "$folder" ] && ! [ -w "$folder" ]; then
      stop "cannot write to $(readlink -f "$folder") (who owns it? a run as root leaves files that only root can change)"
    fi
  done
}

build() { # PRESET TARGET [CMAKE OPTION…]: configures and builds; the options are for the first time only
  local preset=$1 target=$2
  shift 2
  [ ! -f "build/$preset/CMakeCache.txt" ] || set --
  mkdir -p "build/$preset"
  cmake --preset "$preset" "$@" >"build/$preset/configure.log" 2>&1 || {
    cat "build/$preset/configure.log" >&2
    stop "cmake cannot configure (see above)"
  }
  cmake --build --preset "$preset" --target "$target" || stop "the build failed (see above)"
}
