"""Rows of every kind of file: the same rows from each, and a problem with its line for bad ones."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path

import fsspec
import pytest

from harness.errors import DataError, MissingExtraError, Problem
from harness.store.rows import MAX_LINE, is_url, read_rows

needs_pyarrow = pytest.mark.skipif(
    importlib.util.find_spec("pyarrow") is None, reason="needs the extra 'parquet'"
)
ROWS = [{"text": "good, very", "label": "5"}, {"text": "two\nlines", "label": "1"}]
FILES = {
    "a.jsonl": b'{"text":"good, very","label":"5"}\n\n{"text":"two\\nlines","label":"1"}',
    "a.csv": b'text,label\n"good, very",5\n"two\nlines",1\n',
    "a.tsv": b'text\tlabel\ngood, very\t5\n"two\nlines"\t1\n',
    "A.CSV": b'text,label\r\n"good, very",5\r\n"two\nlines",1\r\n',
}


def _write(folder: Path, name: str, data: bytes) -> str:
    path = folder / name
    path.write_bytes(data)
    return str(path)


def _problem(location: str) -> Problem:
    with pytest.raises(DataError) as caught:
        list(read_rows(location))
    (problem,) = caught.value.problems
    assert problem.file == location
    return problem


@pytest.fixture
def memory() -> Iterator[fsspec.AbstractFileSystem]:
    """The file system that fsspec keeps in memory, empty before and after."""
    filesystem = fsspec.filesystem("memory")
    filesystem.store.clear()
    yield filesystem
    filesystem.store.clear()


@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("name", FILES)
def test_every_text_format_gives_the_same_rows(tmp_path: Path, name: str, bom: bytes):
    """With or without BOM, with LF or CRLF; blank lines are no rows."""
    location = _write(tmp_path, name, bom + FILES[name])
    assert [row for _, row in read_rows(location)] == ROWS


@pytest.mark.parametrize(
    ("name", "lines"), [("a.jsonl", [1, 3]), ("a.csv", [2, 4]), ("a.tsv", [2, 4])]
)
def test_rows_know_their_lines(tmp_path: Path, name: str, lines: list[int]):
    """Counted in the file as it is; a row over several lines has that of its end."""
    location = _write(tmp_path, name, FILES[name])
    assert [line for line, _ in read_rows(location)] == lines


@needs_pyarrow
def test_parquet_gives_the_same_rows(tmp_path: Path):
    """Numbered from 1; values keep their types."""
    import pyarrow as pa
    from pyarrow import parquet

    path = tmp_path / "a.parquet"
    rows = [{**row, "n": n, "tags": {"a": "b"}} for n, row in enumerate(ROWS)]
    parquet.write_table(pa.Table.from_pylist(rows), path)
    assert list(read_rows(str(path))) == list(enumerate(rows, 1))


@needs_pyarrow
def test_a_broken_parquet_file_is_a_problem(tmp_path: Path):
    """A text with that suffix."""
    assert "cannot be read" in _problem(_write(tmp_path, "a.parquet", b"no parquet")).message


@pytest.mark.parametrize(
    "text",
    [
        b'[{"text":"good, very","label":"5"},\n {"text":"two\\nlines","label":"1"}]',
        b'\xef\xbb\xbf{"text":"good, very","label":"5"}\n{"text":"two\\nlines","label":"1"}\n',
    ],
)
def test_json_is_a_list_or_one_row_a_line(tmp_path: Path, text: bytes):
    """Rows of a list are counted from 1."""
    assert list(read_rows(_write(tmp_path, "a.json", text))) == list(enumerate(ROWS, 1))


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        (b'{"a":\n1}', 0, "is no list of rows"),
        (b'[{"a":1},\n{"a":]', 2, "cannot be read"),
        (b'[{"a":1},3]', 2, "Expected `object`"),
        (b"", 0, "cannot be read"),
    ],
)
def test_other_json_is_a_problem(tmp_path: Path, text: bytes, line: int, message: str):
    """One object, a list that breaks off, a row that is no object, nothing at all."""
    problem = _problem(_write(tmp_path, "a.json", text))
    assert problem.line == line
    assert message in problem.message


def _workbook(path: Path, rows: list[list[object]]) -> str:
    book = pytest.importorskip("openpyxl").Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)
    return str(path)


def test_a_sheet_gives_texts_as_csv_does(tmp_path: Path):
    """Whole numbers without a point, empty rows left out, the row's number in the sheet."""
    sheet = [["text", "label"], [], ["good", 5.0], [None, None], ["bad", True], [2.5]]
    location = _workbook(tmp_path / "a.xlsx", sheet)
    assert list(read_rows(location)) == [
        (3, {"text": "good", "label": "5"}),
        (5, {"text": "bad", "label": "TRUE"}),
        (6, {"text": "2.5", "label": ""}),
    ]


@pytest.mark.parametrize(
    ("sheet", "message"),
    [([["a"], ["b", "c"]], "1 columns expected"), ([["a", "a"]], "two columns are called 'a'")],
)
def test_a_ragged_sheet_is_a_problem(tmp_path: Path, sheet: list[list[object]], message: str):
    """Values without a name, and two columns of one name."""
    assert _problem(_workbook(tmp_path / "a.xlsx", sheet)).message == message


def test_a_file_that_is_no_workbook_is_a_problem(tmp_path: Path):
    """A text with that suffix."""
    assert "workbook" in _problem(_write(tmp_path, "a.xlsx", b"no workbook")).message


def test_a_file_url_is_a_path(tmp_path: Path):
    """file:// through fsspec."""
    location = _write(tmp_path, "a.csv", FILES["a.csv"])
    assert [row for _, row in read_rows(f"file://{location}")] == ROWS


@pytest.mark.parametrize("name", ["a.jsonl", "a.csv", "a.csv?version=2", "deep/a.tsv"])
def test_any_fsspec_url_can_be_read(memory: fsspec.AbstractFileSystem, name: str):
    """The kind of file is read from the path, not from a query behind it."""
    memory.pipe(f"/{name}", FILES[name.rpartition("/")[2].partition("?")[0]])
    assert [row for _, row in read_rows(f"memory://{name}")] == ROWS


@pytest.mark.usefixtures("memory")
@pytest.mark.parametrize(
    "location", ["memory://none.jsonl", "nosuchscheme://a.csv", "/no/such/file.jsonl"]
)
def test_what_is_not_there_is_a_problem(location: str):
    """An absent object, an unknown scheme, an absent path."""
    assert "cannot be opened" in _problem(location).message


@pytest.mark.parametrize("name", ["a.xls", "a.txt", "a", "a.jsonl.gz"])
def test_an_unknown_kind_lists_the_known_ones(tmp_path: Path, name: str):
    """The next step stands in the hint."""
    problem = _problem(_write(tmp_path, name, b"x"))
    assert "unknown kind of file" in problem.message
    assert problem.hint == "known: .csv, .json, .jsonl, .parquet, .tsv, .xlsx"


@pytest.mark.parametrize(
    ("name", "data", "line", "message"),
    [
        ("a.csv", b"a,b\n1,2\n1\n", 3, "2 columns expected"),
        ("a.csv", b"a,b\n1,2,3\n", 2, "2 columns expected"),
        ("a.csv", b'a,b\n1,2\n"1,2\n', 3, "cannot be read"),
        ("a.csv", b'a,b\n"1"x,2\n', 2, "cannot be read"),
        ("a.csv", "a,b\n1,2\né,1\n".encode("latin-1"), 3, "can't decode byte 0xe9"),
        ("a.tsv", "a\tb\n1\t2\n".encode("utf-16"), 1, "can't decode byte 0xff"),
        ("a.jsonl", b'{"a":1}\n{"a":\n', 2, "cannot be read"),
        ("a.jsonl", b'{"a":1}\n[1]\n', 2, "cannot be read: Expected `object`, got `array`"),
        ("a.jsonl", '{"a":1}\n\n{"a":"é"}\n'.encode("latin-1"), 3, "cannot be read"),
    ],
)
def test_a_broken_row_names_its_line(
    tmp_path: Path, name: str, data: bytes, line: int, message: str
):
    """Ragged rows, open quotes, other encodings, broken JSON."""
    problem = _problem(_write(tmp_path, name, data))
    assert problem.line == line
    assert message in problem.message


def test_a_wrong_byte_deep_in_a_csv_is_found(tmp_path: Path):
    """Python decodes in blocks; the line is right all the same."""
    data = b"a,b\n" + b"1,2\n" * 50_000 + b"1,\xe9\n" + b"1,2\n" * 5
    assert _problem(_write(tmp_path, "a.csv", data)).line == 50_002


def test_an_oversized_line_is_a_problem(tmp_path: Path):
    """What is longer than a case may be was not meant to be one."""
    data = b'{"a":1}\n{"a":"' + b"x" * MAX_LINE + b'"}\n'
    problem = _problem(_write(tmp_path, "a.jsonl", data))
    assert problem.line == 2
    assert "8,388,6" in problem.message


def test_a_long_document_fits_into_a_csv_cell(tmp_path: Path):
    """Half a megabyte is more than Python's own limit and less than ours."""
    location = _write(tmp_path, "a.csv", b"text\n" + b"x" * 500_000 + b"\n")
    assert [len(row["text"]) for _, row in read_rows(location)] == [500_000]


def test_rows_are_streamed(tmp_path: Path):
    """The first row comes before a broken second one is reached."""
    rows = read_rows(_write(tmp_path, "a.jsonl", b'{"a":1}\nbroken\n'))
    assert next(rows) == (1, {"a": 1})
    with pytest.raises(DataError):
        next(rows)


@pytest.mark.skipif(
    importlib.util.find_spec("datasets") is not None, reason="the extra 'datasets' is installed"
)
def test_a_data_set_without_its_package_names_the_extra(tmp_path: Path):
    """From the hub, and a folder that save_to_disk wrote."""
    for location in ("hf://someone/something/test", str(tmp_path)):
        with pytest.raises(MissingExtraError, match=r"prompted-vs-tuned\[datasets\]"):
            list(read_rows(location))


def test_a_data_set_needs_a_split():
    """The hint shows one that is complete."""
    problem = _problem("hf://nosplit")
    assert "names no split" in problem.message
    assert "hf://" in problem.hint


@pytest.mark.parametrize(
    ("location", "url"), [("a/b.csv", False), ("s3://a/b.csv", True), ("hf://a/b", True)]
)
def test_a_url_has_a_scheme(location: str, url: bool):
    """Everything else is a path of the suite's folder."""
    assert is_url(location) is url
