"""Baselines and what is in production: read as written, and no edit by hand goes unseen."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.errors import DataError, HarnessError, Problem, UsageError
from harness.store.baselines import (
    baseline_arms,
    baseline_path,
    read_baseline,
    read_incumbent,
    read_production,
    write_baseline,
    write_production,
)
from harness.values.baseline import Baseline, BaselineHeader, Production
from harness.values.leaks import Leak, LeakReport
from harness.values.price import Price
from harness.values.score import Outcome
from tests.approved import (
    BASELINES,
    DAY,
    DAYS,
    DIGEST,
    DIGESTS,
    NAMES,
    OTHER,
    SOME_TEXT,
    a_baseline,
    a_case,
)

CASES = (
    a_case("a"),
    a_case("b", Outcome.WRONG, 0.25),
    a_case("c", Outcome.REFUSED),
    a_case("d"),
)
BASELINE = a_baseline(
    CASES,
    decision=3,
    commit="abc",
    served_models=("m-1",),
    recorded=(DAY,),
    prices={"m": Price(input=1.0, output=2.0, as_of=DAY, source="a list")},
    leaks=LeakReport(
        status="leaky",
        compared=300,
        counts={"exact": 1},
        leaks=(Leak("exact", "train-1", "b", 100.0),),
        cases=("b",),
    ),
)
PRODUCTION = Production(
    arm="tuned", since=DAY, reason="better", baseline=BASELINE.header.seal, decision=3
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A baseline in which nothing is wrong; each test breaks what it is about."""
    path = baseline_path(tmp_path / "stars", "tuned")
    write_baseline(path, BASELINE)
    return path


def _problems(path: Path) -> list[Problem]:
    with pytest.raises(DataError) as caught:
        read_baseline(path)
    assert {problem.file for problem in caught.value.problems} == {str(path)}
    return list(caught.value.problems)


def _told(path: Path) -> list[tuple[int, str]]:
    return [(problem.line, problem.message) for problem in _problems(path)]


def _objects(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def _write(path: Path, lines: list[Any]) -> None:
    """Lines as they are, or objects as JSON."""
    texts = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    path.write_text("".join(text + "\n" for text in texts), encoding="utf-8")


@given(BASELINES)
def test_what_is_written_is_read_again(
    tmp_path_factory: pytest.TempPathFactory, baseline: Baseline
):
    """Every field, any id; writing it again gives the same bytes."""
    path = tmp_path_factory.mktemp("baselines") / "tuned.jsonl"
    write_baseline(path, baseline)
    before = path.read_bytes()
    assert read_baseline(path) == baseline
    write_baseline(path, read_baseline(path))
    assert path.read_bytes() == before


def test_the_file_diffs_well(path: Path):
    """A header with its version first, then a short line per case, keys in one order."""
    header, *cases = path.read_text().splitlines()
    assert header.startswith('{"version":1,"suite":"stars","arm":"tuned","split":"test",')
    assert header.endswith(f'"seal":"{BASELINE.header.seal}"}}')
    assert '"tokens":{"input":1200,"output":7}' in header
    assert cases == [
        f'{{"id":"{id_}","digest":"{DIGEST}","outcome":"{outcome}","score":{score}}}'
        for id_, outcome, score in [
            ("a", "correct", "1.0"),
            ("b", "wrong", "0.25"),
            ("c", "refused", "0.0"),
            ("d", "correct", "1.0"),
        ]
    ]


def test_one_flipped_case_is_two_lines_of_a_diff(path: Path):
    """Its own and the header."""
    flipped = (*CASES[:3], a_case("d", Outcome.WRONG))
    before = path.read_text().splitlines()
    write_baseline(path, a_baseline(flipped))
    after = path.read_text().splitlines()
    assert [a == b for a, b in zip(before, after, strict=True)] == [False, True, True, True, False]


def test_scores_have_three_decimals(path: Path):
    """And the mean of unrounded ones fits them."""
    thirds = tuple(a_case(str(i), Outcome.WRONG, 2 / 3) for i in range(3))
    write_baseline(path, a_baseline(thirds, graded=True))
    assert [case["score"] for case in _objects(path)[1:]] == [0.667] * 3
    assert read_baseline(path).header.mean == pytest.approx(2 / 3)


@given(st.sampled_from(["", "\n"]), st.booleans())
def test_line_ends_do_not_matter(tmp_path_factory: pytest.TempPathFactory, end: str, windows: bool):
    """Of an editor that adds an empty line, and of git on Windows."""
    path = tmp_path_factory.mktemp("baselines") / "tuned.jsonl"
    write_baseline(path, BASELINE)
    text = path.read_text() + end
    path.write_bytes((text.replace("\n", "\r\n") if windows else text).encode())
    assert read_baseline(path) == BASELINE


# Tampering.


def _leaves(value: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The places of everything in a JSON value, from the outside to the inside."""
    if place:
        yield place
    if isinstance(value, dict | list):
        keys = value if isinstance(value, dict) else range(len(value))
        for key in keys:
            yield from _leaves(value[key], (*place, key))


def _changed(value: Any) -> Any:
    """Another value of the same type; of a word that is one of a set, another of the set."""
    words = {"correct": "wrong", "wrong": "refused", "refused": "wrong", "test": "validation"}
    words |= {"fine_tuned": "few_shot", "first": "override", "USD": "EUR", DAY: "2026-11-29"}
    words |= {DIGEST: OTHER}
    match value:
        case bool():
            return not value
        case int():
            return value + 1
        case float():
            return abs(value - 0.001)
        case str():
            return words.get(value, value + "x")
        case list():
            return [*value, "2026-11-30"]
        case dict():
            return value | {"wrong": 9, "reason": "changed"}
        case _:
            raise AssertionError(value)


def _at(value: Any, place: tuple[Any, ...]) -> Any:
    for key in place:
        value = value[key]
    return value


PLACES = list(_leaves(json.loads(json.dumps(msgspec.to_builtins(BASELINE.cases[1])))))
HEADER_PLACES = list(_leaves({"version": 1, **json.loads(msgspec.json.encode(BASELINE.header))}))


def test_every_field_is_tampered_with():
    """The places below are all of them."""
    fields = {field.name for field in msgspec.structs.fields(BaselineHeader)}
    assert {place[0] for place in HEADER_PLACES} == fields | {"version"}


@pytest.mark.parametrize("remove", [False, True])
@pytest.mark.parametrize(
    ("line", "place"),
    [(1, place) for place in HEADER_PLACES]
    + [(line, place) for line in (2, 3, 4, 5) for place in PLACES],
)
def test_no_tampering_goes_unseen(path: Path, line: int, place: tuple[Any, ...], remove: bool):
    """Any value of any line, changed or taken away; a default written in its place is none."""
    lines = _objects(path)
    holder = _at(lines[line - 1], place[:-1])
    if remove:
        del holder[place[-1]]
    else:
        holder[place[-1]] = _changed(holder[place[-1]])
    _write(path, lines)
    if remove and place[-1] == "currency":
        assert read_baseline(path) == BASELINE
    else:
        assert _problems(path)


def test_a_flip_that_adds_up_breaks_the_seal(path: Path):
    """Whoever adapts the counts of the header too is found by the seal, and told what to do."""
    lines = _objects(path)
    lines[2] |= {"outcome": "correct", "score": 1.0}
    lines[0] |= {"correct": 3, "mean": 0.75, "outcomes": {"correct": 3, "refused": 1}}
    _write(path, lines)
    (problem,) = _problems(path)
    assert str(problem) == (
        f"{path}:1: edited by hand: the seal is not that of this header and lines\n"
        "    restore the file from git, or approve again with `harness promote`"
    )


@given(st.data())
def test_no_line_can_go_or_come_twice(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
):
    """Any line removed, repeated or put elsewhere is a problem."""
    path = tmp_path_factory.mktemp("baselines") / "tuned.jsonl"
    write_baseline(path, BASELINE)
    lines = path.read_text().splitlines()
    line = lines.pop(data.draw(st.integers(0, 4)))
    if data.draw(st.booleans()):
        lines.insert(data.draw(st.integers(0, 4)), line)
        lines.insert(data.draw(st.integers(0, 5)), line)
    _write(path, lines)
    assert _problems(path)


# Every other problem.

_HEADER = "no header: Object missing required field `version`"
BROKEN: dict[str, tuple[Callable[[list[Any]], Any], list[tuple[int, str]]]] = {
    "broken JSON": (
        lambda lines: lines.__setitem__(2, "<<<<<<< HEAD"),
        [(3, "no case: JSON is malformed: invalid character (byte 0)")],
    ),
    "a text that is no UTF-8": (
        lambda lines: lines.__setitem__(2, '{"id":"\ud800"}'),
        [(3, "no case: ")],
    ),
    "unknown key": (
        lambda lines: lines[2].update(scoer=1),
        [(3, "no case: Object contains unknown field `scoer`")],
    ),
    "unknown key of the header": (
        lambda lines: lines[0].update(resaon="x"),
        [(1, "no header: Object contains unknown field `resaon`")],
    ),
    "unknown outcome": (
        lambda lines: lines[2].update(outcome="wrnog"),
        [(3, "no case: Invalid enum value 'wrnog' - at `$.outcome`")],
    ),
    "a score out of range": (lambda lines: lines[2].update(score=1.5), [(3, "no case: Expected")]),
    "not sorted": (
        lambda lines: lines.insert(4, lines.pop(2)),
        [(5, "the id 'b' belongs before 'd' of line 4: not sorted")],
    ),
    "twice": (
        lambda lines: lines.insert(4, lines[2]),
        [(5, "the id 'b' stands already in line 3")],
    ),
    "no header": (
        lambda lines: lines.pop(0),
        [(1, "there is no header: the first line is that of a case")],
    ),
    "nothing": (list.clear, [(0, "there is no header: the file is empty")]),
    "a header without version": (lambda lines: lines[0].pop("version"), [(1, _HEADER)]),
    "a later version": (
        lambda lines: (lines[0].update(version=2, new=1), lines[1].update(new=1)),
        [(1, "version 2 of baselines, and this harness reads 1")],
    ),
    "counts": (
        lambda lines: lines[0].update(
            cases=5, correct=1, mean=0.9, outcomes={"correct": 2, "filtered": 1, "wrong": 1}
        ),
        [
            (1, "cases = 5, and the file has 4"),
            (1, "correct = 1, and of the lines 2 are"),
            (1, "outcomes.filtered = 1, and of the lines 0 are"),
            (1, "outcomes.refused = 0, and of the lines 1 are"),
            (1, "mean = 0.9, and that of the lines is 0.5625"),
        ],
    ),
    "a copy under another name": (
        lambda lines: lines[0].update(arm="few"),
        [(1, "arm = 'few' in a file called tuned.jsonl")],
    ),
    "many at once": (
        lambda lines: (
            lines[0].update(version="1"),
            lines[1].update(id=""),
            lines[2].pop("digest"),
            lines.append("{"),
        ),
        [
            (1, "no header: Expected `int`, got `str` - at `$.version`"),
            (2, "no case: Expected `str` of length >= 1 - at `$.id`"),
            (3, "no case: Object missing required field `digest`"),
            (6, "no case: Input data was truncated"),
        ],
    ),
}


@pytest.mark.parametrize(("break_", "told"), BROKEN.values(), ids=list(BROKEN))
def test_every_problem_has_its_line(
    path: Path, break_: Callable[[list[Any]], Any], told: list[tuple[int, str]]
):
    """All of them in one error, and none that only follows from another."""
    lines: list[Any] = deepcopy(_objects(path))
    break_(lines)
    texts = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    path.write_bytes("".join(t + "\n" for t in texts).encode("utf-8", "surrogatepass"))
    found = _told(path)
    assert [line for line, _ in found] == [line for line, _ in told], found
    for (_, message), (_, start) in zip(found, told, strict=True):
        assert message.startswith(start)


def test_a_merge_conflict_names_its_lines(path: Path):
    """What git left in the file, line by line, each with the next step."""
    header, *cases = path.read_text().splitlines()
    ours = [header, cases[0], "<<<<<<< HEAD", cases[1], "=======", cases[1], ">>>>>>> other"]
    _write(path, [*ours, *cases[2:]])
    problems = _problems(path)
    assert [problem.line for problem in problems] == [3, 5, 6, 7]
    assert all("restore the file from git" in problem.hint for problem in problems)


def test_a_foreign_file_is_not_told_without_end(path: Path):
    """The first hundred lines and the number of the others."""
    _write(path, [{"x": 1}] * 150)
    problems = _problems(path)
    assert len(problems) == 101
    assert problems[-1].message == "and 50 more problems"


@pytest.mark.parametrize("make", [lambda path: None, Path.mkdir])
def test_a_file_that_cannot_be_read(tmp_path: Path, make: Callable[[Path], None]):
    """There is none, or a folder has its name."""
    make(tmp_path / "a.jsonl")
    assert "cannot be read" in _problems(tmp_path / "a.jsonl")[0].message


@pytest.mark.parametrize(
    "baseline",
    [
        Baseline(msgspec.structs.replace(BASELINE.header, seal=""), CASES),
        a_baseline(CASES, correct=1),
        a_baseline(CASES, arm="other"),
        a_baseline(CASES, version=2),
        a_baseline(CASES, mean=float("nan")),
        a_baseline(CASES, measured=None),
    ],
)
def test_what_could_not_be_read_is_not_written(path: Path, baseline: Baseline):
    """A fault of the harness: the approved state that stands there stays."""
    with pytest.raises(HarnessError, match="could not be read again") as caught:
        write_baseline(path, baseline)
    assert caught.value.exit_code == 70
    assert read_baseline(path) == BASELINE
    assert [file.name for file in path.parent.iterdir()] == ["tuned.jsonl"]


def test_a_folder_that_cannot_be_written(tmp_path: Path):
    """A file where the folder belongs."""
    (tmp_path / "stars").write_text("in the way")
    with pytest.raises(DataError, match="cannot be written"):
        write_baseline(tmp_path / "stars" / "tuned.jsonl", BASELINE)
    with pytest.raises(DataError, match="cannot be written"):
        write_production(tmp_path / "stars", PRODUCTION)


def test_arms_with_a_baseline(path: Path):
    """By name; decisions, what is half-written and files of other names are none."""
    names = ("decisions.jsonl", "few.jsonl", ".tuned.jsonl.abc", "Notes.jsonl", "production.toml")
    for name in names:
        (path.parent / name).write_text("")
    assert baseline_arms(path.parent) == ("few", "tuned")
    assert baseline_arms(path.parent / "none") == ()


def test_one_name_is_taken(tmp_path: Path):
    """An arm may be called so, and its baseline would be the file of the decisions."""
    with pytest.raises(UsageError, match=r"decisions\.jsonl holds decisions; rename it"):
        baseline_path(tmp_path, "decisions")


# What is in production.


@given(
    st.builds(
        Production,
        arm=NAMES,
        since=DAYS,
        reason=SOME_TEXT,
        baseline=DIGESTS,
        decision=st.none() | st.integers(1, 99),
    )
)
def test_production_is_read_as_written(
    tmp_path_factory: pytest.TempPathFactory, production: Production
):
    """Whatever the reason says."""
    folder = tmp_path_factory.mktemp("baselines")
    write_production(folder, production)
    assert read_production(folder) == production


def test_production_toml_says_who_writes_it(tmp_path: Path):
    """Its first line is a comment."""
    write_production(tmp_path, PRODUCTION)
    first, *rest = (tmp_path / "production.toml").read_text().splitlines()
    assert first.startswith("#")
    assert "`harness promote`" in first
    assert rest[0] == 'arm = "tuned"'


def test_nothing_in_production(tmp_path: Path):
    """No file, no folder: no incumbent, and no error."""
    for folder in (tmp_path, tmp_path / "none"):
        assert read_production(folder) is None
        assert read_incumbent(folder) is None


def _incumbent_problems(folder: Path) -> list[str]:
    with pytest.raises(DataError) as caught:
        read_incumbent(folder)
    return [str(problem).removeprefix(f"{folder}/") for problem in caught.value.problems]


def _edit(folder: Path, old: str, new: str) -> None:
    path = folder / "production.toml"
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))


def test_the_incumbent(path: Path):
    """Production and the baseline it was promoted with."""
    write_production(path.parent, PRODUCTION)
    assert read_incumbent(path.parent) == (PRODUCTION, BASELINE)


def test_every_problem_of_production_toml(path: Path):
    """Each at its line."""
    write_production(path.parent, PRODUCTION)
    _edit(path.parent, "since", "sinse")
    _edit(path.parent, '"better"', "7")
    _edit(path.parent, PRODUCTION.baseline, "abc")
    lines = [problem.partition(": ")[0] for problem in _incumbent_problems(path.parent)]
    assert sorted(lines) == ["production.toml", *(f"production.toml:{n}" for n in (3, 4, 5))]


@pytest.mark.parametrize("arm", ["few", "decisions"])
def test_an_incumbent_without_a_baseline(path: Path, arm: str):
    """At the line of the arm, with those that have one."""
    write_production(path.parent, msgspec.structs.replace(PRODUCTION, arm=arm))
    (path.parent / "decisions.jsonl").write_text("")
    (problem,) = _incumbent_problems(path.parent)
    assert problem == (
        f"production.toml:2: arm: arm {arm!r} has no baseline here (baselines: tuned)\n"
        "    restore both files from git, or approve again with `harness promote`"
    )


def test_an_incumbent_of_another_folder(path: Path):
    """An arm's name is no path."""
    write_production(path.parent, msgspec.structs.replace(PRODUCTION, arm="../stars/tuned"))
    (problem,) = _incumbent_problems(path.parent)
    assert problem.startswith("production.toml:2: arm = '../stars/tuned'")


def test_an_incumbent_of_another_baseline(path: Path):
    """As after a merge that took one file of each side."""
    write_production(path.parent, msgspec.structs.replace(PRODUCTION, baseline=OTHER))
    (problem,) = _incumbent_problems(path.parent)
    seal = BASELINE.header.seal
    assert problem.startswith(
        f"production.toml:5: baseline: {OTHER} is not the seal of tuned.jsonl: {seal}\n"
    )


def test_an_incumbent_whose_baseline_is_broken(path: Path):
    """The problems are those of the baseline."""
    write_production(path.parent, PRODUCTION)
    os.truncate(path, path.stat().st_size - 10)
    assert _incumbent_problems(path.parent)[0].startswith("tuned.jsonl:5: no case")
