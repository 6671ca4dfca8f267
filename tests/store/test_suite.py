"""A suite's folder: read as one value, or refused with every problem of it at its line."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from harness.errors import DataError, MissingExtraError, Problem
from harness.store.settings import Settings
from harness.store.suite import Suite, read_suite
from harness.values.endpoint import LocalSpec
from harness.values.reply import Answer, assistant

SUITE = """\
title = "Stars"
[data]
train = "data/train.jsonl"
validation = "data/validation.jsonl"
test = "data/test.jsonl"
[scorer]
primary = "exact"
also = ["scoring:long"]
[models.gemma]
endpoint = "local"
model = "gemma-3"
[arms.zero]
model = "gemma"
form = "chat"
prompt = "plain"
[arms.few]
extends = "zero"
prompt = "shown"
shots = { policy = "random", k = 2 }
[arms.fixed]
extends = "few"
shots = { policy = "fixed", ids = ["train-1"] }
[arms.control]
model = "tfidf_logreg"
[gate]
candidate = "few"
incumbent = "zero"
margin = 0.05
"""
FILES = {
    "suite.toml": SUITE,
    "prompts/plain.j2": "Rate: {{ text }}\n",
    "prompts/shown.j2": "{% for s in shots %}{{ s.text }}={{ s.expected }} {% endfor %}{{ text }}",
    "scoring.py": "def long(case, answer):\n    return len(answer.text) > 3\n",
}


def _row(id_: str, **change: Any) -> dict[str, Any]:
    return {"id": id_, "input": {"text": f"text of {id_}"}, "expected": "5"} | change


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A whole suite in which nothing is wrong; each test breaks what it is about."""
    folder = tmp_path / "stars"
    for name, text in FILES.items():
        _write(folder / name, text)
    for split in ("train", "validation", "test"):
        rows = [_row(f"{split}-{i}") for i in range(3)]
        _write(folder / "data" / f"{split}.jsonl", "".join(json.dumps(r) + "\n" for r in rows))
    return folder


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _read(folder: Path) -> Suite:
    return read_suite(folder, Settings(folder.parent, {"local": LocalSpec()}))


def _problems(folder: Path) -> list[Problem]:
    with pytest.raises(DataError) as caught:
        _read(folder)
    return list(caught.value.problems)


def _replace(file: str, old: str, new: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        text = (folder / file).read_text()
        assert old in text
        _write(folder / file, text.replace(old, new, 1))

    return change


def _toml(old: str, new: str) -> Callable[[Path], None]:
    return _replace("suite.toml", old, new)


def _text(file: str, text: str) -> Callable[[Path], None]:
    return lambda folder: _write(folder / file, text)


def _line(split: str, **change: Any) -> Callable[[Path], None]:
    """One more row at the end of a split: its line is 4."""

    def append(folder: Path) -> None:
        with (folder / "data" / f"{split}.jsonl").open("a") as file:
            file.write(json.dumps(_row(f"{split}-new", **change)) + "\n")

    return append


def _latin(file: str) -> Callable[[Path], None]:
    return lambda folder: (folder / file).write_bytes("x = 1\ny = é\n".encode("latin-1"))


def _csv(folder: Path) -> None:
    _toml("data/test.jsonl", "data/test.csv")(folder)
    _toml("[scorer]", 'columns = { input.text = "review" }\n[scorer]')(folder)
    for split in ("train", "validation"):
        row = '{"id":"%s","review":"x %s","expected":"5"}\n'
        text = "".join(row % (f"{split}-{i}", f"{split} {i}") for i in range(3))
        _write(folder / "data" / f"{split}.jsonl", text)
    _write(folder / "data" / "test.csv", "id,text,expected\na,x,5\nb,y,5\n")


def test_a_suite_is_one_value(folder: Path):
    """Arms with all texts, splits, scorers with the primary first, settings."""
    suite = _read(folder)
    assert suite.name == "stars"
    assert [arm.kind for arm in suite.arms.values()] == [
        "zero_shot",
        "few_shot",
        "few_shot",
        "classical",
    ]
    assert suite.arms["zero"].prompt == "Rate: {{ text }}\n"
    assert {split: len(cases) for split, cases in suite.splits.items()} == {
        "train": 3,
        "validation": 3,
        "test": 3,
    }
    assert [scorer.name for scorer in suite.scorers] == ["exact", "scoring:long"]
    assert suite.fixtures_folder == folder / "fixtures"


def test_the_training_split_is_held_whole_when_asked_for(folder: Path):
    """Shots and classical arms read it again and again; without one it is empty."""
    assert [case.id for case in _read(folder).train] == ["train-0", "train-1", "train-2"]
    for text in ('train = "data/train.jsonl"\n', SUITE[SUITE.index("[arms.few]") :]):
        _toml(text, "")(folder)
    assert _read(folder).train == ()


def test_a_function_of_the_folder_is_a_scorer(folder: Path):
    """`scoring:long` is loaded from scoring.py beside suite.toml."""
    suite = _read(folder)
    case = suite.splits["test"][0]
    assert suite.scorers[1].function(case, Answer(assistant("long text"))).value == 1.0
    assert suite.scorers[1].function(case, Answer(assistant("no"))).value == 0.0


# What is done to the folder: which file, which line (0: the file), what the message says.
MISTAKES: dict[str, tuple[Callable[[Path], None], str, int, str]] = {
    "broken TOML": (_toml('title = "Stars"', "title = "), "suite.toml", 1, "broken TOML"),
    "suite in another encoding": (_latin("suite.toml"), "suite.toml", 2, "is not UTF-8"),
    "unknown key": (_toml("margin", 'golas = "x"\nmargin'), "suite.toml", 28, "unknown key"),
    "absent data": (_toml("test.jsonl", "tset.jsonl"), "data/tset.jsonl", 0, "cannot be opened"),
    "absent training data": (_toml("n.jsonl", "m.jsonl"), "data/traim.jsonl", 0, "cannot be"),
    "unknown kind of data": (_toml("test.jsonl", "a.ods"), "data/a.ods", 0, "unknown kind"),
    "missing column": (_csv, "data/test.csv", 2, "no column 'review' (columns: id, text, exp"),
    "duplicate id": (_line("test", id="test-1"), "data/test.jsonl", 4, "already in line 2"),
    "duplicate id across splits": (
        _line("test", id="train-1"),
        "data/test.jsonl",
        4,
        "the id 'train-1' stands already in the train split",
    ),
    "data in another encoding": (
        lambda folder: (folder / "data" / "test.jsonl").write_bytes(
            b'{"id":"a","input":{"text":"x"},"expected":1}\n'
            b'{"id":"b","input":{"text":"\xe9"},"expected":1}\n'
        ),
        "data/test.jsonl",
        2,
        "cannot be read",
    ),
    "empty split": (_text("data/test.jsonl", ""), "data/test.jsonl", 0, "has no cases"),
    "empty training split": (_text("data/train.jsonl", ""), "data/train.jsonl", 0, "no cases"),
    "absurd size": (
        _text("data/validation.jsonl", json.dumps(_row("a", expected="x" * 9_000_000)) + "\n"),
        "data/validation.jsonl",
        1,
        "a case may have 8,388,608",
    ),
    "reserved input": (
        _text("data/test.jsonl", '{"id":"a","input":{"text":"x","shots":1},"expected":1}\n'),
        "data/test.jsonl",
        0,
        "an input may not be called 'shots'",
    ),
    "bad template": (_text("prompts/plain.j2", "one\n{{ text"), "prompts/plain.j2", 2, "bad t"),
    "template in another encoding": (_latin("prompts/plain.j2"), "prompts/plain.j2", 2, "not UTF"),
    "template that asks for expected": (
        _text(
            "prompts/shown.j2", "{% for s in shots %}{{ s.expected }}{% endfor %}\n{{ expected }}"
        ),
        "prompts/shown.j2",
        2,
        "asks for `expected` of the case under test",
    ),
    "absent template": (_toml('"shown"', '"shwon"'), "prompts/shwon.j2", 0, "no such file"),
    "shot of the test split": (
        _toml('["train-1"]', '["test-1"]'),
        "suite.toml",
        22,
        "arms.fixed.shots.ids: the shot 'test-1' leaks: it is a test case",
    ),
    "shot with the input of a test case": (
        _line("test", input={"text": "text of train-1"}),
        "suite.toml",
        22,
        "the shot 'train-1' leaks: test case 'test-new' has the same input",
    ),
    "unknown shot": (_toml('["train-1"]', '["x"]'), "suite.toml", 22, "split has no case 'x'"),
    "fixed without ids": (_toml(', ids = ["train-1"]', ""), "suite.toml", 22, "needs the ids"),
    "k larger than the pool": (_toml("k = 2", "k = 4"), "suite.toml", 19, "k = 4, and the trai"),
    "no k": (_toml(", k = 2", ""), "suite.toml", 19, "k = 0"),
    "cyclic extends": (
        _toml('model = "gemma"\nform', 'extends = "few"\nform'),
        "suite.toml",
        17,
        "extends itself through few -> zero -> few",
    ),
    "unknown model": (_toml('"tfidf_logreg"', '"tfidf"'), "suite.toml", 24, "no model 'tfidf'"),
    "unknown endpoint": (
        _toml('"local"', '"remote"'),
        "suite.toml",
        10,
        "models.gemma.endpoint: there is no endpoint 'remote'",
    ),
    "unknown candidate": (_toml('candidate = "few"', 'candidate = "fw"'), "suite.toml", 26, "'fw'"),
    "unknown incumbent": (_toml('bent = "zero"', 'bent = "zro"'), "suite.toml", 27, "'zro'"),
    "unknown scorer": (_toml('"exact"', '"exac"'), "suite.toml", 7, "no scorer is called 'exac'"),
    "unknown function": (_toml("g:long", "g:lng"), "suite.toml", 8, "has no function 'lng'"),
    "unknown module": (_toml('"scoring:', '"scorers:'), "suite.toml", 8, "there is no file"),
    "broken module": (
        _text("scoring.py", "raise ValueError('boom')\n"),
        "suite.toml",
        8,
        "ValueError: boom",
    ),
    "no scorer": (_toml('"exact"', '""'), "suite.toml", 7, "expected str that is not empty"),
    "scorer twice": (_toml('g:long"', 'g:long", "scoring:long"'), "suite.toml", 8, "2 times"),
    "primary scorer twice": (
        _toml('["scoring:long"]', '["scoring:long", "exact"]'),
        "suite.toml",
        8,
        "scorer.also: 'exact' is the primary scorer already",
    ),
    "seed twice": (
        _toml("k = 2", "k = 2, seeds = [1, 2, 1]"),
        "suite.toml",
        19,
        "arms.few.shots.seeds: 1 stands there 2 times",
    ),
    "no seeds": (_toml("k = 2", "k = 2, seeds = []"), "suite.toml", 19, "that is not empty"),
    "shot twice": (
        _toml('["train-1"]', '["train-1", "train-2", "train-1"]'),
        "suite.toml",
        22,
        "arms.fixed.shots.ids: 'train-1' stands there 2 times",
    ),
    "template of another folder": (
        _toml('"shown"', '"../prompts/shown"'),
        "suite.toml",
        18,
        "arms.few.prompt: '../prompts/shown' is no name of a file in prompts/",
    ),
    "template without a name": (_toml('"shown"', '""'), "suite.toml", 18, "is no name of a file"),
    "system text of another folder": (
        _toml('prompt = "plain"', 'prompt = "plain"\nsystem = "/plain"'),
        "suite.toml",
        16,
        "arms.zero.system: '/plain' is no name",
    ),
    "schema of another folder": (
        _toml("[models", 'json = { schema = "../s.json" }\n[models'),
        "suite.toml",
        9,
        "scorer.json.schema: '../s.json' is no name of a file of the suite's own folder",
    ),
    "module of another folder": (
        _toml('"scoring:', '"../stars/scoring:'),
        "suite.toml",
        8,
        "'../stars/scoring' is no name of a file",
    ),
    "template that includes": (
        _text("prompts/plain.j2", "{{ text }}\n{% include 'shown.j2' %}"),
        "prompts/plain.j2",
        2,
        "cannot include another",
    ),
    "bad refusal pattern": (
        _toml("also", 'refusals = ["("]\nalso'),
        "suite.toml",
        8,
        "scorer.refusals: ",
    ),
    "absent schema": (
        _toml("[models", 'json = { schema = "none.json" }\n[models'),
        "none.json",
        0,
        "there is no such file",
    ),
    "broken schema": (
        lambda folder: (
            _toml("[models", 'json = { schema = "s.json" }\n[models')(folder),
            _write(folder / "s.json", '{\n"a": }'),
        ),
        "s.json",
        2,
        "broken JSON",
    ),
}


@pytest.mark.parametrize(
    ("break_", "file", "line", "message"), MISTAKES.values(), ids=list(MISTAKES)
)
def test_a_mistake_is_one_problem(
    folder: Path, break_: Callable[[Path], None], file: str, line: int, message: str
):
    """One clear problem with its file and line, and nothing that only follows from it."""
    break_(folder)
    problems = _problems(folder)
    places = {(problem.file, problem.line) for problem in problems}
    assert places == {(str(folder / file), line)}, problems
    assert len(problems) == 1, problems
    assert message in problems[0].message


def test_a_suite_has_arms(folder: Path):
    """An empty table of them is one problem, at its line."""
    start = SUITE.index("[arms.zero]")
    _text("suite.toml", SUITE[:start] + "[arms]\n")(folder)
    (problem,) = _problems(folder)
    assert problem.line == SUITE[:start].count("\n") + 1
    assert problem.message == "arms = {}: expected a table that is not empty"


def test_ids_that_two_splits_share_are_not_told_without_end(folder: Path):
    """The first hundred and the number of the others."""
    rows = "".join(json.dumps(_row(f"x{i}")) + "\n" for i in range(250))
    _write(folder / "data" / "validation.jsonl", rows)
    _write(folder / "data" / "test.jsonl", rows)
    problems = _problems(folder)
    assert len(problems) == 101
    assert problems[-1].message == "and 150 more problems"


def test_a_case_without_an_input_is_found_for_each_template(folder: Path):
    """Both prompts need it: the line of the first such case, and the inputs that it has."""
    _line("test", input={"txt": "x"})(folder)
    _line("test", id="another", input={"txt": "x"})(folder)
    problems = _problems(folder)
    file = str(folder / "data" / "test.jsonl")
    assert [str(problem) for problem in problems] == [
        f"{file}:4: no input 'text', which prompts/{name}.j2 asks for\n    inputs: txt"
        for name in ("plain", "shown")
    ]


def test_a_misspelt_variable_is_found_in_each_split(folder: Path):
    """At the first case of each, since none has it."""
    _text("prompts/plain.j2", "{{ txet }}")(folder)
    places = [(Path(p.file).name, p.line, p.message) for p in _problems(folder)]
    assert places == [
        (f"{split}.jsonl", 1, "no input 'txet', which prompts/plain.j2 asks for")
        for split in ("train", "validation", "test")
    ]


def test_five_mistakes_are_five_problems(folder: Path):
    """One run shows them all: nobody should have to repair a folder problem by problem."""
    for break_ in (
        _toml("margin", "golas = 1\nmargin"),
        _toml('"exact"', '"exac"'),
        _toml("k = 2", "k = 40"),
        _line("test", id="test-1"),
        _text("prompts/plain.j2", "{{ expected }}"),
    ):
        break_(folder)
    places = [(Path(p.file).name, p.line) for p in _problems(folder)]
    assert sorted(places) == [
        ("plain.j2", 1),
        ("suite.toml", 7),
        ("suite.toml", 19),
        ("suite.toml", 28),
        ("test.jsonl", 4),
    ]


def test_the_error_reads_as_file_line_message(folder: Path):
    """As it is shown to the user."""
    _toml("k = 2", "k = 4")(folder)
    with pytest.raises(DataError) as caught:
        _read(folder)
    assert str(caught.value) == (
        f"{folder}/suite.toml:19: arms.few.shots.k: k = 4, and the training split has 3 cases"
    )


def test_shots_need_a_training_split(folder: Path):
    """Said for the arms that declare shots, and for the classical one."""
    _toml('train = "data/train.jsonl"\n', "")(folder)
    messages = [problem.message for problem in _problems(folder)]
    assert sorted(message.partition(":")[0] for message in messages) == [
        "arms.control",
        "arms.few.shots",
        "arms.fixed.shots",
    ]
    assert all("training split, and there is none" in message for message in messages)


def test_an_absent_folder_is_a_problem(tmp_path: Path):
    """Its suite.toml is named."""
    (problem,) = _problems(tmp_path / "none")
    assert str(problem) == f"{tmp_path}/none/suite.toml: there is no such file"


def test_a_folder_needs_a_plain_name(folder: Path):
    """It becomes part of paths and commands."""
    renamed = folder.rename(folder.parent / "Stars 2")
    (problem,) = _problems(renamed)
    assert "'Stars 2' may hold only a-z, 0-9 and _" in problem.message


@pytest.mark.skipif(
    importlib.util.find_spec("datasets") is not None, reason="the extra 'datasets' is installed"
)
def test_a_data_set_without_its_package_names_the_extra(folder: Path):
    """Installing it is the next step; that is no fault of the folder."""
    _toml('"data/test.jsonl"', '"hf://someone/something/test"')(folder)
    with pytest.raises(MissingExtraError, match="datasets"):
        _read(folder)
