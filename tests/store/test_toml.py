"""TOML into values: every problem of a file, each at its line, and none that is not there."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.errors import DataError, Problem
from harness.store.toml import line_of, read_text, read_toml, read_toml_or_none
from harness.values.endpoint import LocalSpec, OpenAISpec, ScriptedSpec
from harness.values.price import Price
from harness.values.request import Sampling
from harness.values.suite import HarnessFile, Shots, SuiteFile

VALID = """\
title = "T"
[data]
test = "test.jsonl"
[scorer]
primary = "exact"
[arms.a]
model = "m"
"""


def _read(folder: Path, text: str, type_: type = SuiteFile) -> tuple[Any, list[Problem]]:
    path = folder / "file.toml"
    path.write_bytes(dedent(text).encode())
    problems: list[Problem] = []
    return read_toml(path, type_, problems), problems


def _lines(problems: list[Problem]) -> list[int]:
    return [problem.line for problem in problems]


def test_a_valid_file_is_a_value(tmp_path: Path):
    """Tables, inline tables and dotted keys; what is absent has its default."""
    text = VALID + 'sampling.temperature = 0\nshots = { policy = "random", k = 2 }\n'
    file, problems = _read(tmp_path, text)
    assert not problems
    assert file.arms["a"].sampling == Sampling(temperature=0.0)
    assert file.arms["a"].shots == Shots("random", k=2)
    assert file.gate is None


MISTAKES = {
    "unknown key": ('titel = "x"\n' + VALID, 1, "titel", "'title'"),
    "unknown key, nothing close": (VALID + "zzz = 1\n", 8, "arms.a.zzz", "known keys: extends"),
    "unknown key in a table": (VALID + 'promt = "x"\n', 8, "arms.a.promt", "'prompt'"),
    "unknown key in an inline table": (
        VALID + 'shots = { policy = "random", kk = 2 }\n',
        8,
        "arms.a.shots.kk",
        "'k'",
    ),
    "unknown dotted key": (VALID + "sampling.temprature = 0\n", 8, "temprature", "'temperature'"),
    "unknown table": (VALID + "[gates]\ncandidate = 1\n", 8, "unknown key gates", "'gate'"),
    "wrong type": (VALID.replace('"T"', "5"), 1, "title = 5: expected str", ""),
    "wrong type in a list": (VALID + "[fixtures]\nmax_age_days = []\n", 9, "max_age_days", ""),
    "a text where a table belongs": (VALID + 'shots = "all"\n', 8, "must be a table", ""),
    "a text where tables belong": ('arms = "x"\n' + VALID.partition("[arms")[0], 1, "arms", ""),
    "bad enum": (VALID + 'form = "chatty"\n', 8, "arms.a.form = 'chatty'", ""),
    "bad enum inside": (VALID + 'shots = { policy = "best" }\n', 8, "shots.policy = 'best'", ""),
    "out of range": (VALID + 'shots = { policy = "random", k = 5000 }\n', 8, "<= 1000", ""),
    "bad name": (VALID + '[arms.Few-Shot]\nmodel = "m"\n', 8, "Few-Shot", ""),
    "missing key": (VALID + '[gate]\ncandidate = "a"\n', 8, "gate.margin is missing", ""),
    "missing key of a dotted table": (
        VALID.replace('[data]\ntest = "', 'data.train = "'),
        2,
        "data.test is missing",
        "",
    ),
    "missing at the top": (VALID.replace('title = "T"', ""), 0, "title is missing", ""),
    "after a text of many lines": (
        VALID + 'description = """\n[arms.a]\nzzz = 1\n"""\nzzz = 2\n',
        12,
        "arms.a.zzz",
        "",
    ),
    "after lists in a list": (
        VALID + 'extra = { a = [\n  ["b", "c"],\n  ["zzz"],\n] }\nzzz = 2\n',
        12,
        "arms.a.zzz",
        "",
    ),
    "behind a line separator": (VALID.replace('"T"', '"T\u2028"') + "zzz = 2\n", 8, "zzz", ""),
    "quoted names": (VALID + '["arms"."a".shots]\npolicy = "x"\n', 9, "policy = 'x'", ""),
}


@pytest.mark.parametrize(("text", "line", "message", "hint"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_one_problem_at_its_line(
    tmp_path: Path, text: str, line: int, message: str, hint: str
):
    """What is wrong, where, and where there is one the next step."""
    _, problems = _read(tmp_path, text)
    assert _lines(problems) == [line], problems
    assert message in problems[0].message
    assert hint in problems[0].hint
    assert problems[0].file == str(tmp_path / "file.toml")


def test_every_mistake_of_a_file_is_found(tmp_path: Path):
    """A bad key does not hide the next one, nor what stands after it."""
    text = """\
        titel = "T"
        [data]
        test = 5
        [scorer]
        primary = "exact"
        correct_at = 2
        [models.Big]
        endpoint = "e"
        model = "m"
        [arms.a]
        from = "chat"
        sampling = { stop = "x", tempo = 1 }
        [gate]
        goal = "best"
        """
    _, problems = _read(tmp_path, text)
    assert sorted(_lines(problems)) == [0, 1, 3, 6, 7, 11, 12, 12, 13, 13, 14]


def test_what_is_right_is_kept_beside_what_is_wrong(tmp_path: Path):
    """A value with problems serves further checks: arms of a file with a bad optional table."""
    file, problems = _read(tmp_path, VALID + "shots = 1\n[fixtures]\nmax_age_days = 0\n")
    assert _lines(problems) == [8, 10]
    assert file.arms["a"].model == "m"
    assert file.arms["a"].shots is None


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("title = \n", 1),
        ('title = "T"\n[data\ntest = 1\n', 2),
        ('a = 1\nb = "x\nc = 2\n', 2),
        ("a = 1\na = 2\n", 2),
        ("a = 1\nb = [1, 2\n", 2),
        ("[data]\n[data]\n", 2),
    ],
)
def test_broken_toml_is_one_problem(tmp_path: Path, text: str, line: int):
    """Where the parser stopped; at the end of the file, its last line."""
    file, problems = _read(tmp_path, text)
    assert file is None
    assert _lines(problems) == [line], problems
    assert problems[0].message.startswith("broken TOML: ")
    assert "line" not in problems[0].message


ENDPOINTS = """\
[endpoints.openai]
kind = "openai"
base_ulr = "x"
rpm = "many"
[endpoints.nokind]
base_url = "x"
[endpoints.other]
kind = "opnai"
[endpoints.fake]
kind = "scripted"
rules = [
  ["good", "5"],
  ["bad", "1"],
]
defalt = "3"
"""


def test_an_endpoint_is_checked_by_its_kind(tmp_path: Path):
    """Every mistake inside it with its line and suggestion; an absent or unknown kind too."""
    _, problems = _read(tmp_path, ENDPOINTS, HarnessFile)
    assert sorted(_lines(problems)) == [3, 4, 5, 8, 15]
    text = "\n".join(map(str, problems))
    assert "did you mean 'base_url'?" in text
    assert "did you mean 'default'?" in text
    assert "endpoints.nokind.kind is missing" in text
    assert "endpoints.other.kind = 'opnai'" in text
    assert "'anthropic'" in text


def test_endpoints_become_their_specs(tmp_path: Path):
    """The kind chooses the type; ints serve as floats."""
    text = """\
        [endpoints.openai]
        kind = "openai"
        rpm = 500
        [endpoints.local]
        kind = "local"
        [endpoints.fake]
        kind = "scripted"
        rules = [["good", "5"]]
        [prices."gpt-5.1"]
        input = 1
        output = 2.5
        as_of = "2026-01-01"
        source = "a page"
        """
    file, problems = _read(tmp_path, text, HarnessFile)
    assert not problems
    assert file.endpoints == {
        "openai": OpenAISpec(rpm=500.0),
        "local": LocalSpec(),
        "fake": ScriptedSpec(rules=(("good", "5"),)),
    }
    assert file.prices["gpt-5.1"].output == 2.5


@pytest.mark.parametrize("prefix", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_bom_and_crlf_do_not_matter(tmp_path: Path, prefix: bytes, end: bytes):
    """Files of Windows editors: same value, same lines."""
    path = tmp_path / "file.toml"
    path.write_bytes(prefix + (VALID + "zzz = 1\n").encode().replace(b"\n", end))
    problems: list[Problem] = []
    file = read_toml(path, SuiteFile, problems)
    assert file is not None
    assert file.title == "T"
    assert _lines(problems) == [8]


def test_a_file_in_another_encoding_names_the_line(tmp_path: Path):
    """The byte and the next step stand in the problem."""
    path = tmp_path / "file.toml"
    path.write_bytes('a = 1\nb = "é"\n'.encode("latin-1"))
    problems: list[Problem] = []
    assert read_text(path, problems) is None
    assert str(problems[0]) == f"{path}:2: byte 0xe9 is not UTF-8\n    save the file as UTF-8"


def test_an_absent_file_is_a_problem(tmp_path: Path):
    """So is a folder where a file belongs."""
    problems: list[Problem] = []
    assert read_toml(tmp_path / "none.toml", SuiteFile, problems) is None
    assert read_text(tmp_path, problems) is None
    assert [problem.message for problem in problems] == [
        "there is no such file",
        "cannot be read (Is a directory)",
    ]


IMPOSSIBLE = {
    "openai": (
        "concurrency = 0",
        "concurrency = 10_001",
        "rpm = 0",
        "rpm = inf",
        "tpm = -1.5",
        "timeout = 0",
        "timeout = nan",
        "deadline = 0.0",
        "attempts = 0",
    ),
    "local": ("slots = 0", "threads = 0", "context = 0", "timeout = 0", "attempts = -1"),
}


@pytest.mark.parametrize(
    ("kind", "line"), [(k, x) for k, lines in IMPOSSIBLE.items() for x in lines]
)
def test_an_impossible_limit_is_a_problem_at_its_line(tmp_path: Path, kind: str, line: str):
    """Nothing below one, no time that has passed already, nothing infinite."""
    text = f'[endpoints.a]\nkind = "{kind}"\n{line}\n'
    _, problems = _read(tmp_path, text, HarnessFile)
    assert _lines(problems) == [3]
    assert f"endpoints.a.{line.partition(' ')[0]} = " in problems[0].message


@pytest.mark.parametrize(
    "sampling",
    [
        "max_tokens = 0",
        "temperature = -0.1",
        "temperature = inf",
        "top_p = 0",
        "top_p = 1.1",
        "logprobs = -1",
        "presence_penalty = nan",
        f"seed = {2**64}",
    ],
)
def test_impossible_sampling_is_a_problem(tmp_path: Path, sampling: str):
    """What no server accepts, and what JSON cannot carry."""
    _, problems = _read(tmp_path, f"{VALID}\n[arms.zzz]\nsampling = {{ {sampling} }}\n")
    assert len(problems) == 1
    assert f"arms.zzz.sampling.{sampling.partition(' ')[0]} = " in problems[0].message


def test_the_ends_of_the_ranges_are_allowed(tmp_path: Path):
    """Greedy decoding, one worker, ten thousand of them, a whole nucleus."""
    text = '[endpoints.a]\nkind = "openai"\nconcurrency = 1\nattempts = 1\nrpm = 0.5\n'
    text += '[endpoints.b]\nkind = "openai"\nconcurrency = 10_000\n'
    _, problems = _read(tmp_path, text, HarnessFile)
    sampling = f"max_tokens = 1, temperature = 0, top_p = 1, logprobs = 0, seed = {2**63 - 1}"
    _, more = _read(tmp_path, f"{VALID}\n[arms.zzz]\nsampling = {{ {sampling} }}\n")
    assert problems + more == []


def test_a_name_ends_where_it_ends(tmp_path: Path):
    """A line end behind it is no part of a name."""
    _, problems = _read(tmp_path, VALID + '[arms."zzz\\n"]\n')
    assert len(problems) == 1
    assert "arms.zzz\n = 'zzz\\n': expected str matching regex" in problems[0].message


NAMES = st.text("abcdefghij_0123456789", min_size=1, max_size=5)
TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12)
ARMS = st.fixed_dictionaries(
    {},
    optional={
        "model": TEXTS,
        "form": st.sampled_from(["chat", "completion", "responses"]),
        "frozen": st.booleans(),
        "sampling": st.fixed_dictionaries(
            {}, optional={"max_tokens": st.integers(1, 99), "temperature": st.integers(0, 2)}
        ),
    },
)


def _toml(value: Any) -> str:
    """A JSON value as inline TOML."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{k} = {_toml(v)}" for k, v in value.items()) + " }"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return str(value)


@given(st.dictionaries(NAMES, ARMS, min_size=1, max_size=4), st.data())
def test_a_valid_file_has_no_problem_and_one_mistake_has_one(
    tmp_path_factory: pytest.TempPathFactory, arms: dict[str, dict], data: st.DataObject
):
    """Random arms read without complaint; a key put anywhere among them is found on its line."""
    lines = ['title = "T"', "data.test = 'x'", "scorer.primary = 'y'"]
    for name, arm in arms.items():
        lines += [f"[arms.{name}]", *(f"{key} = {_toml(value)}" for key, value in arm.items())]
    folder = tmp_path_factory.mktemp("toml")
    file, problems = _read(folder, "\n".join(lines))
    assert not problems
    assert set(file.arms) == set(arms)
    place = data.draw(st.integers(0, len(lines)))
    _, problems = _read(folder, "\n".join([*lines[:place], "oops = 1", *lines[place:]]))
    assert _lines(problems) == [place + 1]


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("a",), 1),
        (("t",), 2),
        (("t", "x"), 3),
        (("t", "x", "deep"), 3),
        (("t", "absent"), 2),
        (("t", "u", "y"), 5),
        (("t", "v"), 7),
        (("t", "v", "absent"), 2),
        (("absent",), 0),
        ((), 0),
    ],
)
def test_the_line_of_a_key_is_that_of_its_nearest_definition(path: tuple[str, ...], line: int):
    """The key itself, else the table it would stand in; 0 where nothing of it is in the file."""
    text = "a = 1\n[t]\nx = { deep = 1 }\n[t.u]\ny = [\n]\n[t.v.w]\nz = 1\n"
    assert line_of(text, path) == line


def test_a_file_that_may_be_absent(tmp_path: Path) -> None:
    """None without a file; with one its value, or all of its problems."""
    path = tmp_path / "price.toml"
    assert read_toml_or_none(path, Price) is None
    path.write_text('input = 1.0\noutput = 2.0\nas_of = "2026-11-28"\nsource = "here"\n')
    assert read_toml_or_none(path, Price) == Price(
        input=1.0, output=2.0, as_of="2026-11-28", source="here"
    )
    path.write_text("input = -1.0\nout = 2\n")
    with pytest.raises(DataError) as raised:
        read_toml_or_none(path, Price)
    assert len(raised.value.problems) > 2
