"""`harness import` through a real process."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import Command
from tests.store.peers.logs import inspect_eval, inspect_sample

HEAD = "id,input,expected,arm,reply,score.judge\n"


def test_a_log_becomes_a_suite(harness: Command, tmp_path: Path) -> None:
    """The table, how it is judged, and where the run is."""
    samples = [inspect_sample(i, word) for i, word in enumerate(("yes", "no", "yes"), 1)]
    inspect_eval(tmp_path / "log.eval", samples)
    ended = harness("import", "log.eval", "--as", "demo")
    assert ended.returncode == 0, ended.stderr
    assert "demo is new: suites/demo (3 cases)" in ended.stdout
    assert "judged by label: label says the same as match of 3 of 3 replies" in ended.stdout
    assert "small: results/runs/demo/" in ended.stdout
    row = next(line for line in ended.stdout.splitlines() if line.startswith("small  "))
    counts = ["3", "3", "0", "1"]
    assert row.split() == ["small", "acme/small", "success", *counts, "0.667", "66.7%", "yes"]


def test_json_and_a_gate_on_a_cancelled_log(harness: Command, tmp_path: Path) -> None:
    """What a script needs; the run of a cancelled log is invalid, which is 3."""
    samples = [inspect_sample(i, "yes") for i in (1, 2, 3)]
    inspect_eval(tmp_path / "log.eval", samples)
    inspect_eval(tmp_path / "cut.eval", samples, model="acme/cut", status="cancelled")
    done = json.loads(harness("import", "log.eval", "cut.eval", "--as", "demo", "--json").stdout)
    arm = next(arm for arm in done["arms"] if arm["arm"] == "cut")
    assert (arm["status"], arm["recorded"], done["rescored"]["equal"]) == ("cancelled", False, 6)
    policy = ("--candidate", "cut", "--incumbent", "small", "--margin", "0.3", "--preview")
    assert harness("gate", "demo", *policy, "--run", arm["run"]).returncode == 3
    replayed = harness("run", "demo")
    assert replayed.returncode == 0, replayed.stderr
    assert replayed.stderr == "left out: cut is frozen, and nothing is recorded for it\n"


def test_a_table_of_two_arms(harness: Command, tmp_path: Path) -> None:
    """CSV in, a comparison out."""
    rows = [f"c{i},q{i},yes,{arm},{'yes' if i % 2 else arm},1\n" for arm in "ab" for i in range(4)]
    (tmp_path / "replies.csv").write_text(HEAD + "".join(rows))
    assert harness("import", "replies.csv", "--as", "demo", "--scorer", "exact").returncode == 0
    assert harness("compare", "demo").returncode == 0


def test_what_cannot_be_read_is_65_and_what_cannot_be_meant_is_64(
    harness: Command, tmp_path: Path
) -> None:
    """And nothing is written."""
    (tmp_path / "empty.json").write_text("")
    empty = harness("import", "empty.json", "--as", "demo")
    assert (empty.returncode, "empty.json: is empty" in empty.stderr) == (65, True)
    (tmp_path / "bad.csv").write_text(HEAD + "c1,q,yes,a,yes,9\n")
    bad = harness("import", "bad.csv", "--as", "demo")
    assert (bad.returncode, "bad.csv:2: score.judge is '9'" in bad.stderr) == (65, True)
    assert harness("import", "bad.csv").returncode == 64
    assert not (tmp_path / "suites").exists()
