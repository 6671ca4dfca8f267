"""Replies as tables: every format reads back as the same values, and none is left half-written."""

from __future__ import annotations

import csv
import io
import json
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.errors import DataError, MissingExtraError, UsageError
from harness.store import written_replies
from harness.store.reply_rows import ReplyRows
from harness.store.written_replies import REPLY_SUFFIXES, reply_frame, write_replies
from harness.values.score import Score

from .journals import answer, failed, info, record, source

HOSTILE = [
    "=1+1",
    "@cmd",
    "-2",
    "a,b",
    'say "hi"',
    "two\nlines",
    "cr\rlf\r\n",
    "nul\x00",
    " ",
    "é\u202e",
]


def _rows(folder: Path, texts: list[str]) -> ReplyRows:
    records = [record(f"c{n}", answer(text)) for n, text in enumerate(texts)]
    return ReplyRows([source(folder, records)])


def _wanted(rows: ReplyRows) -> list[dict[str, Any]]:
    names = [field.name for field in rows.fields]
    return [dict(zip(names, row, strict=True)) for row in rows]


def _read(path: Path) -> list[dict[str, Any]]:
    if path.suffix == ".parquet":
        return pq.read_table(path).to_pylist()
    if path.suffix == ".jsonl":
        return [json.loads(line) for line in path.read_text().splitlines()]
    text = path.read_bytes().decode()
    return list(csv.DictReader(io.StringIO(text, newline="")))


def _as_csv(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


@pytest.mark.parametrize("suffix", REPLY_SUFFIXES)
def test_what_is_written_is_read(tmp_path: Path, suffix: str):
    """Values as they are; of CSV their texts, where nothing and an empty text look alike.

    Formulas of a spreadsheet are what a model said, and stay that.
    """
    records = [record(f"c{n}", answer(text)) for n, text in enumerate(HOSTILE)]
    rows = ReplyRows([source(tmp_path / "r1", [*records, failed("last")])])
    path = tmp_path / f"out{suffix}"
    write_replies(path, rows)
    wanted = _wanted(rows)
    if suffix == ".csv":
        wanted = [{name: _as_csv(value) for name, value in row.items()} for row in wanted]
    assert _read(path) == wanted


@given(text=st.text(st.characters(exclude_categories=["Cs"]), max_size=20))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
def test_any_reply_survives_csv(tmp_path: Path, text: str):
    """Quotes, line ends, commas, NUL."""
    path = tmp_path / "out.csv"
    (tmp_path / "r1" / "journal.jsonl").unlink(missing_ok=True)
    write_replies(path, _rows(tmp_path / "r1", [text]))
    assert _read(path)[0]["text"] == text


@pytest.mark.parametrize("suffix", REPLY_SUFFIXES)
def test_batches_make_no_difference(tmp_path: Path, suffix: str, monkeypatch: pytest.MonkeyPatch):
    """By rows or by characters; in Parquet each batch is a row group."""
    rows = _rows(tmp_path / "r1", ["a", "b" * 100, "c", "d", "e"])
    write_replies(tmp_path / f"whole{suffix}", rows)
    monkeypatch.setattr(written_replies, "BATCH_ROWS", 2)
    monkeypatch.setattr(written_replies, "BATCH_CHARACTERS", 90)
    write_replies(tmp_path / f"parts{suffix}", rows)
    assert _read(tmp_path / f"parts{suffix}") == _read(tmp_path / f"whole{suffix}")
    if suffix == ".parquet":
        assert pq.ParquetFile(tmp_path / "parts.parquet").num_row_groups == 3


@pytest.mark.parametrize("suffix", REPLY_SUFFIXES)
def test_no_rows_are_a_table_all_the_same(tmp_path: Path, suffix: str):
    """With its columns, where the format has them apart from rows."""
    rows = _rows(tmp_path / "r1", [])
    path = tmp_path / f"out{suffix}"
    write_replies(path, rows)
    assert _read(path) == []
    if suffix == ".csv":
        assert path.read_text().startswith("suite,run,split,")
    if suffix == ".parquet":
        assert pq.read_schema(path).names == [field.name for field in rows.fields]


def test_types_do_not_depend_on_what_a_run_holds(tmp_path: Path):
    """Nothing but failures, or nothing at all: two runs still concatenate without a surprise."""
    frames = [
        reply_frame(ReplyRows([source(tmp_path / name, records)]))
        for name, records in (("r1", [record("x")]), ("r2", [failed("x")]), ("r3", []))
    ]
    types = [frame.dtypes.to_dict() for frame in frames]
    assert types[0] == types[1] == types[2]
    whole = pd.concat(frames)
    assert whole.dtypes.to_dict() == types[0]
    assert {str(whole[name].dtype) for name in ("text", "attempts", "cost", "correct")} == {
        "string",
        "Int64",
        "float64",
        "boolean",
    }


def test_a_frame_and_a_parquet_file_are_the_same_table(tmp_path: Path):
    """One schema for both."""
    about = info(scorers={"stars": 1, "exact": 1})
    scores = {"stars": Score(1.0, 5), "exact": Score(0.0)}
    made = source(tmp_path / "r1", [record("x", scores=scores), failed("y")], about)
    rows = ReplyRows([made])
    path = tmp_path / "out.parquet"
    write_replies(path, rows)
    frame = reply_frame(rows)
    back = pd.read_parquet(path).astype(frame.dtypes.to_dict())
    pd.testing.assert_frame_equal(back, frame)


def test_an_unknown_suffix_is_a_usage_error(tmp_path: Path):
    """It says which ones there are."""
    with pytest.raises(UsageError, match=r"\.csv, \.jsonl, \.parquet"):
        write_replies(tmp_path / "out.xlsx", _rows(tmp_path / "r1", ["a"]))


def test_without_pyarrow_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """And no file is left."""
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(MissingExtraError, match=r"prompted-vs-tuned\[parquet\]"):
        write_replies(tmp_path / "out.parquet", _rows(tmp_path / "r1", ["a"]))
    assert not list(tmp_path.glob("*out*"))


@pytest.mark.parametrize("suffix", REPLY_SUFFIXES)
def test_what_breaks_on_the_way_leaves_the_old_file(tmp_path: Path, suffix: str):
    """A journal that is damaged between two looks at it; nothing half-written is left beside it."""
    made = source(tmp_path / "r1", [record("x"), record("y")])
    rows = ReplyRows([made])
    made.journal.write_bytes(made.journal.read_bytes().replace(b'"case":"y"', b'"case":[1]'))
    path = tmp_path / f"out{suffix}"
    path.write_text("old")
    with pytest.raises(DataError, match="no record"):
        write_replies(path, rows)
    assert path.read_text() == "old"
    assert [one.name for one in tmp_path.glob("*out*")] == [path.name]


def test_an_unwritable_target_is_a_problem(tmp_path: Path):
    """A folder that is a file."""
    (tmp_path / "file").write_text("")
    with pytest.raises(DataError, match="cannot be written"):
        write_replies(tmp_path / "file" / "out.csv", _rows(tmp_path / "r1", ["a"]))
