#!/usr/bin/env bash
# Holds the gate of every suite: this checkout against the one in $BASE. Used by action.yml, and by
# any other CI (docs/ci.md).
#
# SUITES       names, separated by blanks
# BASE         a checkout of the base: its policy, scorers, cases and incumbent judge
# FOLDER       where SUITE.md, SUITE.xml (JUnit) and SUITE.json are written
# CANDIDATE, INCUMBENT, DATA_CHANGE=true, ALLOW=inconclusive   optional
# HARNESS      the command; default: harness
#
# Ends with the worst code of all suites: an error, else 3 invalid, 1 reject, 2 inconclusive, 0.
set -euo pipefail

harness=$(command -v "${HARNESS:-harness}")
mkdir -p "$FOLDER"
home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT

rm -rf results/leaks # a cache: a change must not bring its own leak reports along

options=(--base "$BASE")
[ -n "${CANDIDATE:-}" ] && options+=(--candidate "$CANDIDATE")
[ -n "${INCUMBENT:-}" ] && options+=(--incumbent "$INCUMBENT")
[ "${DATA_CHANGE:-false}" = true ] && options+=(--data-change)
[ -n "${ALLOW:-}" ] && options+=(--allow "$ALLOW")

# The later in this list, the worse.
rulings=(promote inconclusive reject invalid error)
severity() {
  local place
  for place in "${!rulings[@]}"; do [ "${rulings[$place]}" = "$1" ] && echo "$place" && return; done
  echo 4
}

# What the JSON says, and only if the process ended as it says: a change's own code can end a process.
ruling_of() { # NAME CODE
  local json=$FOLDER/$1.json ruling code
  ruling=$(sed -n 's/^ "ruling": "\([a-z]*\)",\{0,1\}$/\1/p' "$json")
  code=$(sed -n 's/^ "exit_code": \([0-9]*\),\{0,1\}$/\1/p' "$json")
  if [ -n "$ruling" ] && { [ "$code" = "$2" ] || { [ "$ruling" = "${ALLOW:-}" ] && [ "$2" = 0 ]; }; }
  then echo "$ruling"; else echo error; fi
}

worst=promote
ended=0
for suite in $SUITES; do
  name=${suite%/} name=${name##*/}
  rm -f "$FOLDER/$name".{md,xml,json,err}
  code=0
  # A change brings code along (classifiers); it must find no secret in its environment.
  env -i PATH="$PATH" HOME="$home" LANG=C.UTF-8 "$harness" gate "$suite" "${options[@]}" \
    --markdown "$FOLDER/$name.md" --junit "$FOLDER/$name.xml" --json \
    >"$FOLDER/$name.json" 2>"$FOLDER/$name.err" || code=$?
  cat "$FOLDER/$name.err" >&2
  ruling=$(ruling_of "$name" "$code")
  if [ "$ruling" = error ]; then
    [ "$code" -gt 3 ] || code=70
    { echo "### $name: no verdict"; echo; echo '```'; cat "$FOLDER/$name.err"; echo '```'; } \
      >"$FOLDER/$name.md"
  fi
  echo "$name: $ruling ($code)"
  [ "$(severity "$ruling")" -le "$(severity "$worst")" ] || { worst=$ruling; ended=$code; }
done

if [ -n "${GITHUB_OUTPUT:-}" ]; then
  { echo "ruling=$worst"; echo "folder=$FOLDER"; } >>"$GITHUB_OUTPUT"
fi
exit "$ended"
