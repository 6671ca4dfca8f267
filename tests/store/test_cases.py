"""Cases: any file becomes the same indexed sequence, and every fault of it is named at once."""

from __future__ import annotations

import csv
import importlib.util
import io
import json
import tracemalloc
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.errors import Problem
from harness.store.cases import MAX_STRATA, CaseFile, read_cases
from harness.store.rows import MAX_LINE
from harness.values.case import Case
from harness.values.suite import Columns

ROWS = [
    {"id": "a", "input": {"text": "Grüße 😀"}, "expected": "5", "tags": {"lang": "de"}},
    {"id": "b", "input": {"text": "two\nlines"}, "expected": "1", "group": "g"},
    {"id": "ç", "input": {"text": ""}, "expected": "5", "tags": {"lang": "de"}},
]
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=10)


def _jsonl(rows: list[dict[str, Any]]) -> bytes:
    return b"".join(json.dumps(row, ensure_ascii=False).encode() + b"\n" for row in rows)


def _read(folder: Path, data: bytes, name: str = "test.jsonl") -> tuple[CaseFile, list[Problem]]:
    path = folder / name
    path.write_bytes(data)
    problems: list[Problem] = []
    cases = read_cases("test", str(path), None, problems)
    assert cases is not None
    return cases, problems


def _clean(folder: Path, rows: list[dict[str, Any]]) -> CaseFile:
    cases, problems = _read(folder, _jsonl(rows))
    assert not problems
    return cases


def test_cases_are_indexed_in_file_order(tmp_path: Path):
    """By number, by iteration, with ids and lines; text that is not ASCII does not shift them."""
    cases = _clean(tmp_path, ROWS)
    assert cases.ids == ["a", "b", "ç"]
    assert list(cases.lines) == [1, 2, 3]
    assert cases[2] == Case("ç", {"text": ""}, "5", tags={"lang": "de"})
    assert [case.id for case in cases] == cases.ids
    assert len(cases) == 3
    assert cases.common_inputs == {"text"}


@given(st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=8), st.randoms())
def test_every_case_is_found_at_its_place(
    tmp_path_factory: pytest.TempPathFactory, texts: list[tuple[str, str]], rng: Any
):
    """Any text, in any order of access, with blank lines between: case i is row i."""
    rows = [{"id": f"c{i}", "input": {t: u}, "expected": i} for i, (t, u) in enumerate(texts)]
    blank = b"\n".join([b"", *(_jsonl([row]) for row in rows), b"  "])
    cases, problems = _read(tmp_path_factory.mktemp("cases"), blank)
    assert not problems
    for index in rng.sample(range(len(rows)), len(rows)):
        assert cases[index].input == rows[index]["input"]
        assert cases[index].expected == index


@pytest.mark.parametrize(
    "data",
    [
        b"\xef\xbb\xbf" + _jsonl(ROWS),
        _jsonl(ROWS).replace(b"\n", b"\r\n"),
        _jsonl(ROWS).rstrip(b"\n"),
        b"\xef\xbb\xbf\n\n" + _jsonl(ROWS) + b"\n\n",
    ],
    ids=["bom", "crlf", "no last line end", "blank lines"],
)
def test_how_a_file_was_saved_does_not_matter(tmp_path: Path, data: bytes):
    """The same cases and digests."""
    plain = _clean(tmp_path, ROWS)
    cases, problems = _read(tmp_path, data, "other.jsonl")
    assert not problems
    assert list(cases) == list(plain)
    assert cases.inputs_digest == plain.inputs_digest
    assert cases.expected_digest == plain.expected_digest


def _changed(**change: Any) -> list[dict[str, Any]]:
    return [ROWS[0] | change, *ROWS[1:]]


@pytest.mark.parametrize(
    ("change", "inputs", "expected"),
    [
        ({"input": {"text": "other"}}, True, False),
        ({"expected": "4"}, False, True),
        ({"id": "a2"}, True, True),
        ({"tags": {"lang": "en"}}, False, False),
        ({"group": "h"}, False, False),
    ],
)
def test_digests_are_separate(tmp_path: Path, change: dict, inputs: bool, expected: bool):
    """An input invalidates replies, an expected value scores, a tag or group neither."""
    before, after = _clean(tmp_path, ROWS), _clean(tmp_path, _changed(**change))
    assert (before.inputs_digest != after.inputs_digest) is inputs
    assert (before.expected_digest != after.expected_digest) is expected


def test_equal_expected_values_and_tags_share_a_stratum(tmp_path: Path):
    """Small numbers in the order of first appearance."""
    assert list(_clean(tmp_path, ROWS).strata) == [0, 1, 0]


def test_strata_are_bounded(tmp_path: Path):
    """Free text as `expected` makes no more than MAX_STRATA and one for the rest."""
    rows = [{"id": f"c{i}", "input": {"t": 1}, "expected": i % 1500} for i in range(2000)]
    strata = _clean(tmp_path, rows).strata
    assert max(strata) == MAX_STRATA
    assert len(set(strata)) == MAX_STRATA + 1
    assert strata[1500] == strata[0]


BAD_LINES = {
    b"{": "cannot be read",
    b'{"id":"x","input":{"t":1}}': "missing required field `expected`",
    b'{"id":"x","input":{"t":1},"expected":1,"note":1}': "unknown field `note`",
    b'{"id":7,"input":{"t":1},"expected":1}': "Expected `str`, got `int` - at `$.id`",
    b'{"id":"","input":{"t":1},"expected":1}': "needs an id and at least one input",
    b'{"id":"x","input":{},"expected":1}': "needs an id and at least one input",
    b'{"id":"x","input":{"t":"\xe9"},"expected":1}': "cannot be read",
    b'{"id":"a","input":{"t":1},"expected":1}': "the id 'a' stands already in line 1",
    b'"' + b"x" * MAX_LINE + b'"': "a case may have 8,388,608",
    b'{"id":"x","input":{"t":' + b"[" * 20_000: "nested deeper than 200 levels",
    b'{"id":"x","input":{"t":1},"expected":' + b"[" * 250 + b"]" * 250 + b"}": "nested deeper",
}


@pytest.mark.parametrize(
    ("line", "message"), BAD_LINES.items(), ids=[m.replace(" ", "_") for m in BAD_LINES.values()]
)
def test_a_bad_line_is_one_problem(tmp_path: Path, line: bytes, message: str):
    """What is wrong, in which line; the other cases are read."""
    cases, problems = _read(tmp_path, _jsonl(ROWS[:2]) + line + b"\n" + _jsonl(ROWS[2:]))
    assert [problem.line for problem in problems] == [3]
    assert message in problems[0].message
    assert cases.ids == ["a", "b", "ç"]


def test_all_bad_lines_are_found_at_once(tmp_path: Path):
    """One error per line, in the order of the file."""
    _, problems = _read(tmp_path, b"\n".join(BAD_LINES))
    assert [problem.line for problem in problems] == [1, 2, 3, 4, 5, 6, 7, 9, 10, 11]


def test_many_bad_lines_are_counted(tmp_path: Path):
    """The first hundred and the number of the others, in no more time than reading takes."""
    rows = [{"id": f"c{i % 20_000}", "input": {"t": 1}, "expected": 1} for i in range(60_000)]
    cases, problems = _read(tmp_path, _jsonl(rows))
    assert len(cases) == 20_000
    assert [problem.line for problem in problems] == [*range(20_001, 20_101), 0]
    assert problems[-1].message == "and 39,900 more problems"


@pytest.mark.parametrize("name", ["deep.jsonl", "file"])
def test_two_hundred_levels_are_allowed(tmp_path: Path, name: str):
    """In place and spooled: a case that is accepted can be encoded again."""
    value: Any = 1
    for _ in range(195):
        value = [value]
    path = tmp_path / "deep.jsonl"
    path.write_bytes(_jsonl([{"id": "a", "input": {"t": value, "u": "[" * 300}, "expected": 1}]))
    problems: list[Problem] = []
    location = str(path) if name == "deep.jsonl" else f"file://{path}"
    cases = read_cases("test", location, None, problems)
    assert not problems
    assert cases is not None
    assert cases[0].input_digest


def test_a_deep_line_behind_a_url_is_a_problem_too(tmp_path: Path):
    """Where rows are spooled first."""
    path = tmp_path / "deep.jsonl"
    path.write_bytes(_jsonl(ROWS[:1]) + b'{"id":"x","input":{"t":' + b"[" * 20_000 + b"\n")
    problems: list[Problem] = []
    assert read_cases("test", f"file://{path}", None, problems) is None
    assert [problem.line for problem in problems] == [2]
    assert "nested deeper" in problems[0].message


def test_two_columns_of_one_name_are_a_problem(tmp_path: Path):
    """One of them would silently win."""
    cases, problems = _mapped(
        tmp_path, b"t,stars,t\nx,5,y\n", Columns(input={"t": "t"}, expected="stars")
    )
    assert cases is None
    assert [str(problem) for problem in problems] == [
        f"{tmp_path}/test.csv:1: two columns are called 't'"
    ]


@pytest.mark.parametrize("data", [b"", b"\n\n", b"\xef\xbb\xbf"])
def test_an_empty_split_is_a_problem(tmp_path: Path, data: bytes):
    """Nothing to run is never green."""
    _, problems = _read(tmp_path, data)
    assert [problem.message for problem in problems] == ["the split has no cases"]


def test_an_absent_file_is_a_problem(tmp_path: Path):
    """There are no cases, and the reason is named."""
    problems: list[Problem] = []
    assert read_cases("test", str(tmp_path / "none.jsonl"), None, problems) is None
    assert "cannot be opened" in problems[0].message


def _csv(rows: list[dict[str, str]]) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def test_a_spooled_file_gives_the_same_cases(tmp_path: Path):
    """A CSV with the harness's own columns: equal cases, strata and digests, lines of the CSV."""
    rows = [{"id": r["id"], "input": r["input"], "expected": r["expected"]} for r in ROWS]
    flat = [
        {"id": r["id"], "input.text": r["input"]["text"], "expected": r["expected"]} for r in rows
    ]
    in_place = _clean(tmp_path, rows)
    spooled, problems = _read(tmp_path, _csv(flat), "test.csv")
    assert not problems
    assert list(spooled) == list(in_place)
    assert spooled.inputs_digest == in_place.inputs_digest
    assert spooled.expected_digest == in_place.expected_digest
    assert spooled.strata == in_place.strata
    assert list(spooled.lines) == [2, 4, 5]


def test_a_url_is_spooled(tmp_path: Path):
    """The harness's own shape behind file:// gives the cases of the path."""
    plain = _clean(tmp_path, ROWS)
    problems: list[Problem] = []
    cases = read_cases("test", f"file://{plain.location}", None, problems)
    assert not problems
    assert cases is not None
    assert list(cases) == list(plain)


def test_flat_columns_carry_tags_and_groups(tmp_path: Path):
    """`tags.x` and `group`; without an id the digest of the inputs is one."""
    row = {"input.a": "1", "input.b": "2", "expected": "x", "tags.lang": "en", "group": "g"}
    cases, problems = _read(tmp_path, _csv([row, row | {"input.a": "3", "group": ""}]), "t.csv")
    assert not problems
    assert cases[0].input == {"a": "1", "b": "2"}
    assert cases[0].tags == {"lang": "en"}
    assert [case.group for case in cases] == ["g", None]
    assert cases.ids[0] == cases[0].input_digest


def _mapped(folder: Path, data: bytes, columns: Columns) -> tuple[CaseFile | None, list[Problem]]:
    path = folder / "test.csv"
    path.write_bytes(data)
    problems: list[Problem] = []
    return read_cases("test", str(path), columns, problems), problems


def test_columns_are_mapped(tmp_path: Path):
    """Any CSV: which column is which stands in suite.toml."""
    columns = Columns(
        id="n", input={"text": "review"}, expected="stars", group="author", tags={"lang": "l"}
    )
    cases, problems = _mapped(
        tmp_path, b"n,review,stars,author,l,more\n0,good,5,kim,en,x\n", columns
    )
    assert not problems
    assert cases is not None
    assert cases[0] == Case("0", {"text": "good"}, "5", group="kim", tags={"lang": "en"})


def test_numbers_serve_as_ids(tmp_path: Path):
    """0 is an id like every other; only an absent or empty one is made up."""
    rows = [{"id": i, "t": f"{i}", "expected": 1} for i in (0, 1, None, "")]
    path = tmp_path / "a.jsonl"
    path.write_bytes(_jsonl(rows))
    problems: list[Problem] = []
    cases = read_cases("test", str(path), Columns(input={"t": "t"}), problems)
    assert not problems
    assert cases is not None
    assert cases.ids == ["0", "1", cases[2].input_digest, cases[3].input_digest]


@pytest.mark.parametrize(
    ("columns", "missing"),
    [
        (Columns(input={"text": "nosuch"}), "nosuch"),
        (Columns(input={"text": "review"}, expected="nosuch"), "nosuch"),
        (Columns(input={"text": "review"}), "expected"),
        (Columns(id="nosuch", input={"text": "review"}, expected="stars"), "nosuch"),
        (Columns(input={"text": "review"}, expected="stars", group="nosuch"), "nosuch"),
        (Columns(input={"text": "review"}, expected="stars", tags={"a": "nosuch"}), "nosuch"),
    ],
)
def test_a_missing_column_is_named_once(tmp_path: Path, columns: Columns, missing: str):
    """Not once per row; the columns that are there stand beside it."""
    _, problems = _mapped(tmp_path, b"review,stars\n" + b"good,5\n" * 100, columns)
    assert [problem.message for problem in problems] == [
        f"there is no column {missing!r} (columns: review, stars)"
    ]


def test_a_column_that_some_rows_lack_is_named_for_each(tmp_path: Path):
    """JSON lines of changing shape: the rows that have it are read."""
    rows = [{"id": i, "t": "x", "expected": 1} for i in "abc"]
    del rows[1]["t"]
    path = tmp_path / "test.jsonl"
    path.write_bytes(_jsonl(rows))
    problems: list[Problem] = []
    cases = read_cases("test", str(path), Columns(input={"t": "t"}), problems)
    assert [problem.line for problem in problems] == [2]
    assert cases is not None
    assert list(cases.lines) == [1, 3]


def test_columns_need_an_input(tmp_path: Path):
    """A mapping without one maps nothing."""
    _, problems = _mapped(tmp_path, b"review,expected\ngood,5\n", Columns(id="review"))
    assert "columns.input" in problems[0].message


def test_a_csv_of_another_shape_asks_for_its_columns(tmp_path: Path):
    """Without a mapping the flat names are expected."""
    _, problems = _mapped(tmp_path, b"review,stars\ngood,5\n", None)
    assert [problem.line for problem in problems] == [2]
    assert "there is no column 'input'" in problems[0].message


@pytest.mark.skipif(importlib.util.find_spec("pyarrow") is None, reason="needs the extra 'parquet'")
def test_dates_and_decimals_of_parquet_become_text(tmp_path: Path):
    """A case holds JSON values; what JSON has no word for is written out."""
    import pandas as pd
    import pyarrow as pa
    from pyarrow import parquet

    day = pa.array([pd.Timestamp("2026-01-02")], pa.timestamp("ns"))
    columns = {"id": ["a"], "input.day": day, "input.sum": [Decimal("1.50")], "expected": [3]}
    parquet.write_table(pa.table(columns), tmp_path / "a.parquet")
    problems: list[Problem] = []
    cases = read_cases("test", str(tmp_path / "a.parquet"), None, problems)
    assert not problems
    assert cases is not None
    assert cases[0] == Case("a", {"day": "2026-01-02 00:00:00", "sum": "1.50"}, 3)


def test_a_broken_csv_has_no_cases(tmp_path: Path):
    """Its problem names the line."""
    cases, problems = _mapped(tmp_path, b"a,b\n1,2\n1\n", Columns(input={"a": "a"}, expected="b"))
    assert cases is None
    assert [problem.line for problem in problems] == [3]


def test_a_case_costs_little_memory(tmp_path: Path):
    """50,000 cases of 2 KB each: under 300 bytes a case while and after they are indexed."""
    path, count = tmp_path / "test.jsonl", 50_000
    text = "x" * 2000
    with path.open("wb") as file:
        for i in range(count):
            file.write(b'{"id":"case-%d","input":{"t":"%s"},"expected":1}\n' % (i, text.encode()))
    problems: list[Problem] = []
    tracemalloc.start()
    try:
        cases = read_cases("test", str(path), None, problems)
        kept, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert cases is not None
    assert len(cases) == count
    assert kept / count < 150
    assert peak / count < 300
