#!/usr/bin/env bash
# Build the wheel, install it into an empty environment elsewhere, and use it there.
set -euo pipefail
python=$(realpath -s "$1")
here=$PWD
away=$(mktemp -d)
trap 'rm -rf "$away"' EXIT
"$python" -m pip wheel --quiet --disable-pip-version-check --no-deps -w "$away" .
"$python" -m venv "$away/venv"
"$away/venv/bin/python" -m pip install --quiet --disable-pip-version-check -c "$here/constraints.txt" "$away"/*.whl
cd "$away"
mkdir repository && cd repository
../venv/bin/harness init first
../venv/bin/harness check first
../venv/bin/harness run first --record
../venv/bin/harness report first > /dev/null
echo "wheel: installed elsewhere, wrote a suite and ran it"
