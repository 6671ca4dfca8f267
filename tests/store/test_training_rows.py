"""Training files of every kind: rows and findings with their lines, and written back."""

from __future__ import annotations

import csv
import importlib.util
import io
import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.errors import DataError, UsageError
from harness.store.rows import MAX_LINE
from harness.store.training_rows import (
    MAX_FILE,
    TrainingRow,
    _TableLines,
    read_training_rows,
    write_training_rows,
)

ROWS = [
    {"prompt": 'good, "very"', "completion": " 5"},
    {"prompt": "two\nlines, é 😀", "completion": " 1 "},
    {"prompt": "=1+1", "completion": ""},
]
CHAT = {"messages": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}]}
KINDS = [
    ".jsonl",
    ".csv",
    ".tsv",
    pytest.param(
        ".xlsx",
        marks=pytest.mark.skipif(not importlib.util.find_spec("openpyxl"), reason="extra 'excel'"),
    ),
    pytest.param(
        ".parquet",
        marks=pytest.mark.skipif(not importlib.util.find_spec("pyarrow"), reason="extra 'parquet'"),
    ),
]


def _write(path: Path, data: bytes) -> str:
    path.write_bytes(data)
    return str(path)


def _read(path: Path, data: bytes) -> list[TrainingRow]:
    return list(read_training_rows(_write(path, data)))


def _findings(rows: list[TrainingRow]) -> list[tuple[int, str]]:
    assert all((row.row is None) == (row.finding is not None) for row in rows)
    return [(row.line, row.finding.rule) for row in rows if row.finding is not None]


@pytest.mark.parametrize("suffix", KINDS)
def test_rows_come_back_as_they_were_written(tmp_path: Path, suffix: str):
    """Commas, quotes, newlines, spaces, signs beyond ASCII, a text like a formula, an empty one."""
    path = tmp_path / f"a{suffix}"
    assert write_training_rows(path, ROWS) == len(ROWS)
    assert [row.row for row in read_training_rows(str(path))] == ROWS


@given(st.lists(st.fixed_dictionaries({"text": st.text(min_size=1)}), min_size=1, max_size=3))
def test_any_text_survives_a_csv(tmp_path_factory: pytest.TempPathFactory, rows: list[dict]):
    """Control characters, carriage returns and quotes among them."""
    path = tmp_path_factory.mktemp("csv") / "a.csv"
    write_training_rows(path, rows)
    assert [row.row for row in read_training_rows(str(path))] == rows


@pytest.mark.parametrize("suffix", [".jsonl", ".csv", ".tsv"])
def test_a_byte_order_mark_is_written_and_read_over(tmp_path: Path, suffix: str):
    """As Azure demands."""
    path = tmp_path / f"a{suffix}"
    write_training_rows(path, ROWS, bom=True)
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    assert [row.row for row in read_training_rows(str(path))] == ROWS


@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
def test_json_is_a_list_or_one_row_a_line(tmp_path: Path, bom: bytes):
    """Both kinds of file are called .json out there."""
    lines = b'{"text":"a"}\n{"text":"b"}\n'
    for data in (b'[{"text":"a"},\n{"text":"b"}]', lines):
        rows = _read(tmp_path / "a.json", bom + data)
        assert rows == [(1, {"text": "a"}, None), (2, {"text": "b"}, None)]


def test_chat_rows_survive_parquet(tmp_path: Path):
    """The nulls that Parquet puts where another row has a key are no keys."""
    pytest.importorskip("pyarrow")
    called = {"role": "assistant", "tool_calls": [{"id": "1", "type": "function"}]}
    rows = [CHAT, {"messages": [*CHAT["messages"], called]}]
    path = tmp_path / "a.parquet"
    write_training_rows(path, rows)
    assert [row.row for row in read_training_rows(str(path))] == rows


def test_one_broken_line_among_100000(tmp_path: Path):
    """The finding has its line; all other rows are read."""
    lines = [b'{"text":"a"}'] * 100_000
    lines[73_210] = b'{"text":"a'
    rows = _read(tmp_path / "a.jsonl", b"\n".join(lines))
    assert _findings(rows) == [(73_211, "unreadable-row")]
    assert sum(row.row == {"text": "a"} for row in rows) == 99_999


@pytest.mark.parametrize(
    ("name", "data", "found"),
    [
        ("a.jsonl", b"", [(0, "no-rows")]),
        ("a.jsonl", b"\xef\xbb\xbf \n\n", [(0, "no-rows")]),
        ("a.csv", b"", [(0, "no-rows")]),
        ("a.csv", b"prompt,completion\n", [(0, "no-rows")]),
        ("a.json", b"[]", [(0, "no-rows")]),
        ("a.json", b"", [(0, "unreadable-row")]),
        ("a.json", b'{"data": [{"text": "a"}]}', [(0, "unreadable-row")]),
        ("a.json", b'[{"text":"a"},\n{"text":]', [(2, "unreadable-row")]),
        ("a.json", b'[{"text":"a"}, 3, {"text":"b"}]', [(2, "not-an-object")]),
        (
            "a.jsonl",
            b'{"text":"a"}\n[1]\n"x"\n{"text":"b"}',
            [(2, "not-an-object"), (3, "not-an-object")],
        ),
        ("a.jsonl", '{"a":"x"}\n{"a":"é"}\n{"a":"y"}'.encode("latin-1"), [(2, "wrong-encoding")]),
        ("a.jsonl", '{"text":"é"}\n'.encode("utf-16"), [(0, "wrong-encoding")]),
        ("a.json", '[{"text":"é"}]'.encode("utf-16"), [(0, "wrong-encoding")]),
        ("a.csv", "text\né\n".encode("utf-16"), [(0, "wrong-encoding")]),
        ("a.csv", "a,b\nx,y\né,1\nx,y\n".encode("latin-1"), [(3, "wrong-encoding")]),
        ("a.csv", b"a,b\n1,2,3\nx,y\n1\n", [(2, "unreadable-row"), (4, "unreadable-row")]),
        ("a.csv", b'a,b\n"1"x,2\nx,y\n', [(2, "unreadable-row")]),
        ("a.csv", b"a,b,a\n1,2,3\n", [(1, "duplicate-column")]),
        ("a.jsonl", b'{"a":' + b"[" * 300 + b"]" * 300 + b"}", [(1, "unreadable-row")]),
        ("a.parquet", b"no parquet", [(1, "unreadable-row")]),
        ("a.xlsx", b"no workbook", [(0, "unreadable-row")]),
    ],
)
def test_a_bad_file_is_a_finding(tmp_path: Path, name: str, data: bytes, found: list):
    """Empty, of another encoding, no list, ragged, broken: the place and the rule, and no crash."""
    assert _findings(_read(tmp_path / name, data)) == found


@pytest.mark.parametrize("name", ["a.jsonl", "a.json", "a.csv"])
def test_rows_behind_a_broken_one_are_read(tmp_path: Path, name: str):
    """Reading goes on."""
    data = {
        "a.jsonl": b'{"t":"a"}\n{"t":\n{"t":"b"}\n',
        "a.json": b'[{"t":"a"}, null, {"t":"b"}]',
        "a.csv": b"t\na\nx,y\nb\n",
    }[name]
    rows = _read(tmp_path / name, data)
    assert [row.row for row in rows if row.row] == [{"t": "a"}, {"t": "b"}]


def test_empty_rows_of_a_sheet_are_no_rows(tmp_path: Path):
    """The others keep the number they have in the sheet."""
    book = pytest.importorskip("openpyxl").Workbook()
    for row in (["prompt", "completion"], [], ["p", 5], [None, None], ["q", 1.5]):
        book.active.append(row)
    book.save(tmp_path / "a.xlsx")
    rows = list(read_training_rows(str(tmp_path / "a.xlsx")))
    assert rows == [
        (3, {"prompt": "p", "completion": "5"}, None),
        (5, {"prompt": "q", "completion": "1.5"}, None),
    ]


def test_a_line_over_the_limit_is_skipped(tmp_path: Path):
    """Its size is told; the rows around it are read."""
    long = json.dumps({"text": "a" * MAX_LINE}).encode()
    rows = _read(tmp_path / "a.jsonl", b'{"text":"a"}\n' + long + b'\n{"text":"b"}\n')
    assert _findings(rows) == [(2, "unreadable-row")]
    assert f"{len(long) + 1:,} bytes" in rows[1].finding.message
    assert [row.line for row in rows if row.row] == [1, 3]


def _sparse(path: Path, size: int) -> str:
    path.write_bytes(b'{"text":"a"}\n')
    os.truncate(path, size)
    return str(path)


def test_a_file_of_10_gb_is_streamed(tmp_path: Path):
    """The limit is told from its size at once, and the first row is there before the last byte."""
    rows = read_training_rows(_sparse(tmp_path / "a.jsonl", 10 * 1024**3))
    first = next(rows)
    assert first.finding is not None
    assert first.finding.rule == "file-too-large"
    assert "10,737,418,240 bytes" in first.finding.message
    assert next(rows).row == {"text": "a"}


@pytest.mark.parametrize("suffix", [".json", ".xlsx"])
def test_a_large_file_that_cannot_be_streamed_is_refused(tmp_path: Path, suffix: str):
    """It is not read at all."""
    rows = list(read_training_rows(_sparse(tmp_path / f"a{suffix}", MAX_FILE)))
    assert _findings(rows) == [(0, "file-too-large")]


def test_a_file_below_the_limit_is_not_too_large(tmp_path: Path):
    """The limit itself is too large, one byte less is not."""
    rows = read_training_rows(_sparse(tmp_path / "a.jsonl", MAX_FILE - 1))
    assert next(rows).row == {"text": "a"}


@pytest.mark.parametrize("name", ["none.jsonl", "none.parquet", "a.doc"])
def test_a_file_that_is_not_there_is_no_finding(tmp_path: Path, name: str):
    """Nor is one of an unknown kind: there is nothing to check."""
    with pytest.raises(DataError):
        list(read_training_rows(str(tmp_path / name)))


def test_a_table_has_the_columns_of_all_rows(tmp_path: Path):
    """A row that lacks one has an empty cell there."""
    path = tmp_path / "a.csv"
    write_training_rows(path, [{"a": "1"}, {"a": "2", "b": 3}])
    assert path.read_bytes() == b"a,b\r\n1,\r\n2,3\r\n"


@pytest.mark.parametrize(
    ("name", "rows", "message"),
    [
        ("a.csv", [{"t": "a"}, CHAT], "row 2: 'messages' is no text but a list"),
        ("a.xlsx", [{"t": "\x01"}], "row 2: Excel has no control characters"),
        ("a.xlsx", [{"t": "a" * 40_000}], "row 2: Excel keeps 32,767 characters"),
        ("a.parquet", [{"t": "a"}, {"t": ["a"]}], "no common columns"),
    ],
)
def test_what_has_no_place_is_refused(tmp_path: Path, name: str, rows: list[Any], message: str):
    """And no file is left, nor is an older one touched."""
    path = tmp_path / name
    path.write_bytes(b"old")
    with pytest.raises(DataError, match=message.replace("'", ".")):
        write_training_rows(path, rows)
    assert [p.name for p in tmp_path.iterdir()] == [name]
    assert path.read_bytes() == b"old"


@pytest.mark.parametrize(("name", "bom"), [("a.doc", False), ("a.json", False), ("a.xlsx", True)])
def test_what_cannot_be_written_at_all(tmp_path: Path, name: str, bom: bool):
    """An unknown kind, and a mark where there is no text."""
    with pytest.raises(UsageError):
        write_training_rows(tmp_path / name, ROWS, bom=bom)
    assert not list(tmp_path.iterdir())


def test_what_stood_in_a_broken_line_is_shown_without_secrets(tmp_path: Path):
    """Its beginning, as far as it can be read."""
    key = "sk-" + "a1B2c3D4" * 5
    rows = _read(tmp_path / "a.jsonl", f'{{"text":"é {key}"\n'.encode("latin-1"))
    assert rows[0].finding.sample.startswith('{"text":"\ufffd ')
    assert key not in rows[0].finding.sample


def test_a_long_line_of_a_table_is_not_held_whole(tmp_path: Path):
    """A line over the limit is a finding, and the rows behind it are read."""
    long = b"x" * (3 * MAX_LINE)
    rows = _read(tmp_path / "a.csv", b"text,label\na,b\n" + long + b",c\nd,e\n")
    assert [row.row for row in rows if row.row] == [
        {"text": t, "label": n} for t, n in ("ab", "de")
    ]
    assert "a line of more than" in next(row.finding.message for row in rows if row.finding)
    lines = _TableLines(io.StringIO("y" * (2 * MAX_LINE) + "\nz"))
    with pytest.raises(csv.Error):
        next(lines)
    assert list(lines) == ["z"]


def test_a_workbook_that_unpacks_to_gigabytes_is_refused(tmp_path, monkeypatch):
    """A zip's small size says nothing: what it unpacks to is looked at before it is read."""
    from openpyxl import Workbook

    book = Workbook()
    book.active.append(["prompt", "completion"])
    book.active.append(["p", "c" * 1000])
    path = tmp_path / "rows.xlsx"
    book.save(path)
    assert [row.row["prompt"] for row in read_training_rows(str(path)) if row.row] == ["p"]
    monkeypatch.setattr("harness.store.sheet.LARGEST", 1000)
    (only,) = read_training_rows(str(path))
    assert "bytes unpacked" in only.finding.message
