"""Converting a file: everything that would be lost is listed, and nothing is written unasked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from harness.errors import DataError, UsageError
from harness.store.training_rows import read_training_rows
from harness.workflows.data.convert import Marks, convert_file

SYSTEM = {"role": "system", "content": "s"}
USER = {"role": "user", "content": "q"}
ANSWER = {"role": "assistant", "content": "a"}
PLAIN = {"messages": [USER, ANSWER]}
FULL = {"messages": [SYSTEM, USER, {**ANSWER, "weight": 0}], "tools": [{"type": "function"}]}


def _file(folder: Path, rows: list[Any], name: str = "in.jsonl") -> str:
    path = folder / name
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return str(path)


def _rows(path: Path) -> list[Any]:
    return [row.row for row in read_training_rows(str(path))]


def test_a_plain_chat_file_becomes_completion_without_loss(tmp_path: Path):
    """One question and one answer a row."""
    out = tmp_path / "out.jsonl"
    done = convert_file(_file(tmp_path, [PLAIN, PLAIN]), out, "completion")
    assert (done.rows, done.losses) == (2, {})
    assert _rows(out) == [{"prompt": "q", "completion": "a"}] * 2


def test_all_losses_are_listed_and_nothing_is_written(tmp_path: Path):
    """Each with the number of rows and their lines."""
    source = _file(tmp_path, [PLAIN, FULL, FULL])
    with pytest.raises(DataError) as caught:
        convert_file(source, tmp_path / "out.jsonl", "completion")
    said = [str(problem) for problem in caught.value.problems]
    assert len(said) == 3
    for text in ("declarations of tools", "which message is whose", "weight of the answer"):
        assert any(text in line and "2 rows: 2, 3" in line for line in said)
    assert all("--accept-loss" in line for line in said)
    assert [path.name for path in tmp_path.iterdir()] == ["in.jsonl"]


def test_a_loss_that_is_accepted_is_counted(tmp_path: Path):
    """The rows are written, and what was lost is told."""
    out = tmp_path / "out.jsonl"
    done = convert_file(_file(tmp_path, [PLAIN, FULL]), out, "completion", allow_loss=True)
    assert {(lost.count, lost.first) for lost in done.losses.values()} == {(1, (2,))}
    assert _rows(out)[1] == {"prompt": "s\n\nq", "completion": "a"}


def test_only_the_first_ten_lines_are_named(tmp_path: Path):
    """However many rows lose the same."""
    out = tmp_path / "out.jsonl"
    done = convert_file(_file(tmp_path, [FULL] * 25), out, "completion", allow_loss=True)
    assert {(lost.count, lost.first) for lost in done.losses.values()} == {
        (25, tuple(range(1, 11)))
    }


def test_what_is_missing_cannot_be_accepted(tmp_path: Path):
    """A preference needs a second answer."""
    source = _file(tmp_path, [PLAIN])
    with pytest.raises(DataError, match="preference needs a second answer"):
        convert_file(source, tmp_path / "out.jsonl", "preference", allow_loss=True)
    assert not (tmp_path / "out.jsonl").exists()


def test_a_row_that_cannot_be_read_is_no_small_loss(tmp_path: Path):
    """It is refused with its line, whatever is accepted."""
    source = Path(_file(tmp_path, [PLAIN, {"messages": "x"}]))
    source.write_text(source.read_text() + "{broken\n")
    with pytest.raises(DataError) as caught:
        convert_file(str(source), tmp_path / "out.jsonl", "chat", allow_loss=True)
    assert [problem.line for problem in caught.value.problems] == [2, 3]


def test_hundreds_of_broken_rows_are_one_page(tmp_path: Path):
    """The first hundred, and how many more there are."""
    source = _file(tmp_path, [{"prompt": "p"}] * 150)
    with pytest.raises(DataError) as caught:
        convert_file(source, tmp_path / "out.jsonl", "chat")
    assert len(caught.value.problems) == 101
    assert "50 more rows" in caught.value.problems[-1].message


def test_an_empty_file_is_refused(tmp_path: Path):
    """No file without rows is written."""
    with pytest.raises(DataError, match="the file has no rows"):
        convert_file(_file(tmp_path, []), tmp_path / "out.jsonl", "chat")


def test_neither_the_source_nor_another_file_is_overwritten(tmp_path: Path):
    """The source never, not even under another name; another file only by force."""
    source = _file(tmp_path, [PLAIN])
    before = Path(source).read_text()
    link = tmp_path / "link.jsonl"
    link.symlink_to(source)
    for target in (Path(source), link):
        with pytest.raises(DataError, match="is the file that is read"):
            convert_file(source, target, "completion", force=True)
    out = tmp_path / "out.jsonl"
    out.write_text("old")
    with pytest.raises(DataError, match="exists already"):
        convert_file(source, out, "completion")
    assert (Path(source).read_text(), out.read_text()) == (before, "old")
    convert_file(source, out, "completion", force=True)
    assert _rows(out) == [{"prompt": "q", "completion": "a"}]


def test_the_same_shape_with_a_mark_for_azure(tmp_path: Path):
    """Nothing is lost on the way to the same shape, whatever the rows hold."""
    out = tmp_path / "out.jsonl"
    convert_file(_file(tmp_path, [FULL]), out, "chat", bom=True)
    assert out.read_bytes().startswith(b"\xef\xbb\xbf")
    assert _rows(out) == [FULL]


@pytest.mark.parametrize("suffix", [".csv", ".tsv", ".xlsx", ".parquet"])
def test_flat_rows_as_a_table_and_back(tmp_path: Path, suffix: str):
    """The suffix of the target names the kind of file."""
    pytest.importorskip({".xlsx": "openpyxl", ".parquet": "pyarrow"}.get(suffix, "csv"))
    table, back = tmp_path / f"a{suffix}", tmp_path / "back.jsonl"
    convert_file(_file(tmp_path, [PLAIN, PLAIN]), table, "completion")
    convert_file(str(table), back, "chat")
    assert _rows(back) == [PLAIN, PLAIN]


def test_a_value_that_becomes_text_in_a_cell_is_a_loss(tmp_path: Path):
    """A label 5 would come back as '5'."""
    source = _file(tmp_path, [{"prompt": "p", "completion": "c", "label": 5}])
    with pytest.raises(DataError, match="what kind of value 'label' is"):
        convert_file(source, tmp_path / "a.csv", "completion")


def test_a_shape_that_cannot_be_told_is_given(tmp_path: Path):
    """Bedrock rows without a system text look like chat, and are held to Bedrock's rules then."""
    source = _file(tmp_path, [{"messages": [{"role": "system", "content": "s"}, USER, ANSWER]}])
    with pytest.raises(DataError, match="has the role 'system'"):
        convert_file(source, tmp_path / "out.jsonl", "chat", source_shape="bedrock")


def test_marks_for_the_legacy_format(tmp_path: Path):
    """Behind every prompt and every completion."""
    out = tmp_path / "out.jsonl"
    source = _file(tmp_path, [{**PLAIN, "id": "1"}])
    convert_file(source, out, "completion", marks=Marks(" ->", "\n"))
    assert _rows(out) == [{"id": "1", "prompt": "q ->", "completion": "a\n"}]


def test_marks_belong_to_completion(tmp_path: Path):
    """Chat has roles instead."""
    with pytest.raises(UsageError, match="belong to the shape completion"):
        convert_file(_file(tmp_path, [PLAIN]), tmp_path / "o.jsonl", "chat", marks=Marks("x"))
