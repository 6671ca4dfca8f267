"""The policy of a suite against its arms and cases: every contradiction at its line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from harness.errors import DataError, Problem
from harness.store.settings import Settings
from harness.store.suite import Suite, read_suite
from harness.values.endpoint import LocalSpec

HEAD = """\
title = "Stars"
[data]
train = "train.jsonl"
test = "test.jsonl"
[scorer]
primary = "exact"
[models.gemma]
endpoint = "local"
model = "gemma-3"
[arms.zero]
model = "gemma"
form = "chat"
prompt = "plain"
[arms.few]
extends = "zero"
shots = { policy = "random", k = 2, seeds = [1, 2, 3] }
[gate]
"""
FIRST = HEAD.count("\n") + 1
LANGUAGES = ("en", "es", "pt")


def _row(id_: str, **more: Any) -> str:
    return json.dumps({"id": id_, "input": {"text": f"text of {id_}"}, "expected": "5"} | more)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "stars"
    (folder / "prompts").mkdir(parents=True)
    (folder / "prompts" / "plain.j2").write_text("Rate: {{ text }}")
    _write_cases(folder, "train", [_row(f"train-{i}") for i in range(3)])
    tags = [{"tags": {"lang": lang, "kind": "a=b"}} for lang in LANGUAGES]
    rows = [_row(f"review-{i:02}", **tags[i % 3]) for i in range(12)]
    _write_cases(folder, "test", rows)
    return folder


def _write_cases(folder: Path, split: str, rows: list[str]) -> None:
    (folder / f"{split}.jsonl").write_text("".join(row + "\n" for row in rows))


def _read(folder: Path, gate: str) -> Suite:
    (folder / "suite.toml").write_text(HEAD + gate)
    return read_suite(folder, Settings(folder.parent, {"local": LocalSpec()}))


def _problems(folder: Path, gate: str) -> list[Problem]:
    with pytest.raises(DataError) as caught:
        _read(folder, gate)
    assert {problem.file for problem in caught.value.problems} == {str(folder / "suite.toml")}
    return list(caught.value.problems)


GOOD = """\
candidate = "few"
margin = 0.02
incumbent = "zero"
max_rates = { wrong = 0.3, refused = 0.01 }
max_cost_per_1k = 2
max_cost_per_correct = 0.01
max_latency_p95 = 3
must_pass = ["review-03", "review-11"]
max_fixture_age_days = 90
shutdown_horizon_days = 60
unknown_training = "allow"
[gate.slices]
"lang=pt" = 0.05
"kind=a=b" = 0.1
[gate.shot_seeds]
few = 2
zero = 0
"""


def test_a_policy_in_which_nothing_is_wrong(folder: Path):
    """With every key that there is; ids, slices, arms and seeds are those of the suite."""
    gate = _read(folder, GOOD).file.gate
    assert gate is not None
    assert gate.slices == {"lang=pt": 0.05, "kind=a=b": 0.1}
    assert gate.shot_seeds == {"few": 2, "zero": 0}


MISTAKES = {
    "unknown candidate": (
        'candidate = "fw"\nmargin = 0.1\n',
        0,
        "gate.candidate: there is no arm 'fw'",
        "arms: zero, few",
    ),
    "unknown incumbent": (
        'candidate = "few"\nmargin = 0.1\nincumbent = "none"\n',
        2,
        "gate.incumbent: there is no arm 'none'",
        "arms: zero, few",
    ),
    "candidate without a name": (
        'candidate = ""\nmargin = 0.1\n',
        0,
        "gate.candidate = '': expected str that is not empty",
        "",
    ),
    "seed of an unknown arm": (
        'candidate = "few"\nmargin = 0.1\n\n[gate.shot_seeds]\nfew = 1\nfwe = 1\n',
        5,
        "gate.shot_seeds.fwe: there is no arm 'fwe'",
        "arms: zero, few",
    ),
    "unknown seed": (
        'candidate = "few"\nmargin = 0.1\nshot_seeds = { few = 7 }\n',
        2,
        "gate.shot_seeds.few: the arm has no shot seed 7",
        "its seeds: 1, 2, 3",
    ),
    "seed of an arm without shots": (
        'candidate = "few"\nmargin = 0.1\nshot_seeds.zero = 1\n',
        2,
        "gate.shot_seeds.zero: the arm has no shot seed 1",
        "its seeds: 0",
    ),
    "no margin": (
        'candidate = "few"\nmargin = 0\n',
        1,
        "gate.margin: 0 means that even equal arms could never be promoted",
        'use goal = "better", or a margin',
    ),
    "absurd margin": (
        'candidate = "few"\nmargin = 0.5\n',
        1,
        "gate.margin: 0.5 would accept an arm that is wrong on 50 more cases of 100",
        "0.01",
    ),
    "missing margin": ('candidate = "few"\n', -1, "gate.margin is missing", ""),
    "impossible margin": ('candidate = "few"\nmargin = 2\n', 1, "gate.margin = 2: expected", ""),
    "bad goal": (
        'candidate = "few"\nmargin = 0\ngoal = "best"\n',
        2,
        "gate.goal = 'best': Invalid enum value",
        "",
    ),
    "unknown case": (
        'candidate = "few"\nmargin = 0.1\nmust_pass = [\n  "review-03",\n  "reviw-04",\n]\n',
        2,
        "gate.must_pass: the test split has no case 'reviw-04'",
        "did you mean 'review-04'",
    ),
    "case of another split": (
        'candidate = "few"\nmargin = 0.1\nmust_pass = ["train-1"]\n',
        2,
        "gate.must_pass: the test split has no case 'train-1'",
        "",
    ),
    "slice without a value": (
        'candidate = "few"\nmargin = 0.1\nslices = { lang = 0.1 }\n',
        2,
        "gate.slices.lang: a slice has the form tag=value",
        "slices: lang=en, lang=es, lang=pt",
    ),
    "unknown value": (
        'candidate = "few"\nmargin = 0.1\n[gate.slices]\n"lang=en" = 0.1\n"lang=xx" = 0.1\n',
        4,
        "gate.slices.lang=xx: no test case is of this slice",
        "slices: lang=en, lang=es, lang=pt",
    ),
    "unknown tag": (
        'candidate = "few"\nmargin = 0.1\n[gate.slices]\n"lnag=en" = 0.1\n',
        3,
        "gate.slices.lnag=en: no test case is of this slice",
        "slices: kind=a=b, lang=en, lang=es, lang=pt",
    ),
    "absurd slice": (
        'candidate = "few"\nmargin = 0.1\n[gate.slices]\n"lang=en" = 0\n',
        3,
        "gate.slices.lang=en = 0: expected float > 0.0",
        "",
    ),
    "unknown key": (
        'candidate = "few"\nmargin = 0.1\nmust_pas = []\n',
        2,
        "unknown key gate.must_pas",
        "did you mean 'must_pass'?",
    ),
    "unknown outcome": (
        'candidate = "few"\nmargin = 0.1\nmax_rates = { wrnog = 0.1 }\n',
        2,
        "gate.max_rates.wrnog = 'wrnog': Invalid enum value",
        "",
    ),
    "a rate of what is right": (
        'candidate = "few"\nmargin = 0.1\nmax_rates = { correct = 0.1 }\n',
        2,
        "gate.max_rates.correct = 'correct': Invalid enum value",
        "",
    ),
}


@pytest.mark.parametrize(("gate", "line", "message", "hint"), MISTAKES.values(), ids=list(MISTAKES))
def test_a_mistake_is_one_problem(folder: Path, gate: str, line: int, message: str, hint: str):
    """One clear problem with its line and the next step, and nothing that only follows from it."""
    problems = _problems(folder, gate)
    assert len(problems) == 1, problems
    assert problems[0].line == FIRST + line
    assert problems[0].message.startswith(message)
    assert hint in problems[0].hint


def test_every_mistake_is_found_at_once(folder: Path):
    """Arms, seeds, margin, cases and slices, each at its line."""
    gate = """\
candidate = "fw"
margin = 0
incumbent = "zr"
must_pass = ["x", "review-01"]
margn = 0.1
slices = { "lang=xx" = 0.1 }
shot_seeds = { few = 9, zro = 1 }
"""
    lines = sorted(problem.line - FIRST for problem in _problems(folder, gate))
    assert lines == [0, 1, 2, 3, 4, 5, 6, 6]


@pytest.mark.parametrize("margin", ["0", "0.4999"])
def test_better_needs_no_margin(folder: Path, margin: str):
    """What is better is promoted whatever the margin; a usual one is no mistake there."""
    assert _read(folder, f'candidate = "few"\nmargin = {margin}\ngoal = "better"\n').file.gate


def test_an_arm_with_a_problem_of_its_own_has_no_seeds(folder: Path):
    """Nothing is said of seeds that cannot be known."""
    gate = 'candidate = "few"\nmargin = 0.1\nshot_seeds.broken = 5\n[arms.broken]\nmodel = "x"\n'
    (problem,) = _problems(folder, gate)
    assert problem.message == "arms.broken.model: there is no model 'x'"


def test_a_test_split_that_is_absent_is_one_problem(folder: Path):
    """Its cases and slices cannot be known."""
    (folder / "test.jsonl").unlink()
    gate = 'candidate = "few"\nmargin = 0.1\nmust_pass = ["x"]\nslices = { "a=b" = 0.1 }\n'
    with pytest.raises(DataError) as caught:
        _read(folder, gate)
    assert [problem.file for problem in caught.value.problems] == [str(folder / "test.jsonl")]


def test_cases_without_tags_have_no_slices(folder: Path):
    """The hint says so."""
    _write_cases(folder, "test", [_row("a"), _row("b")])
    gate = 'candidate = "few"\nmargin = 0.1\nslices = { "lang=en" = 0.1 }\n'
    (problem,) = _problems(folder, gate)
    assert problem.hint == "no test case has tags"


def test_many_unknown_ids_are_not_told_without_end(folder: Path):
    """As when the ids of a data set have changed: ten of them, and the number of the others."""
    ids = json.dumps([f"x{i}" for i in range(50)])
    problems = _problems(folder, f'candidate = "few"\nmargin = 0.1\nmust_pass = {ids}\n')
    assert len(problems) == 11
    assert problems[-1].message == "gate.must_pass: and 40 more ids that it does not have"


def test_many_values_are_not_listed_without_end(folder: Path):
    """A tag that every case has another value of."""
    rows = [_row(f"a{i:03}", tags={"user": f"u{i:03}"}) for i in range(200)]
    _write_cases(folder, "test", rows)
    gate = 'candidate = "few"\nmargin = 0.1\nslices = { "user=u7" = 0.1 }\n'
    (problem,) = _problems(folder, gate)
    assert problem.hint.startswith("slices: user=u000, user=u001, ")
    assert problem.hint.endswith("user=u009 and 190 more")
