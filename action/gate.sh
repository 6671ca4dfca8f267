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

severity() { # the later in this list, the worse
  case $1 in 0) echo 0 ;; 2) echo 1 ;; 1) echo 2 ;; 3) echo 3 ;; *) echo 4 ;; esac
}
rulings=(promote inconclusive reject invalid error)

worst=0
for suite in $SUITES; do
  code=0
  # A change brings code along (classifiers); it must find no secret in its environment.
  env -i PATH="$PATH" HOME="$home" LANG=C.UTF-8 "$harness" gate "$suite" "${options[@]}" \
    --markdown "$FOLDER/$suite.md" --junit "$FOLDER/$suite.xml" --json \
    >"$FOLDER/$suite.json" 2>"$FOLDER/$suite.err" || code=$?
  cat "$FOLDER/$suite.err" >&2
  if [ ! -f "$FOLDER/$suite.md" ]; then
    { echo "### $suite: no verdict"; echo; echo '```'; cat "$FOLDER/$suite.err"; echo '```'; } \
      >"$FOLDER/$suite.md"
  fi
  echo "$suite: ${rulings[$(severity "$code")]} ($code)"
  [ "$(severity "$code")" -gt "$(severity "$worst")" ] && worst=$code
done

if [ -n "${GITHUB_OUTPUT:-}" ]; then
  { echo "ruling=${rulings[$(severity "$worst")]}"; echo "folder=$FOLDER"; } >>"$GITHUB_OUTPUT"
fi
exit "$worst"
