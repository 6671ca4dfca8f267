"""Splitting files: any shape, lines unchanged, nothing overwritten, nothing half done."""

from __future__ import annotations

import json
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from harness.errors import DataError, UsageError
from harness.training.split import Shares
from harness.values.case import SPLITS
from harness.workflows.data.split import split_file

CHATS = [
    {
        "messages": [
            {"role": "system", "content": "Route the message to one team. " * 20},
            {"role": "user", "content": f"Message {n}: {'abcdefghijklmnopqrst'[n % 20] * 30}"},
            {"role": "assistant", "content": ["billing", "support"][n % 2]},
        ]
    }
    for n in range(20)
]
CASES = [
    {"id": f"c{n}", "input": {"text": f"text {n}"}, "expected": n % 2 == 0, "group": f"g{n // 4}"}
    for n in range(40)
]


def _write(path: Path, rows: list[Any]) -> str:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return str(path)


def _lines(folder: Path) -> dict[str, list[bytes]]:
    return {path.stem: path.read_bytes().splitlines() for path in sorted(folder.glob("*.jsonl"))}


def test_lines_are_copied_as_they_stand(tmp_path: Path) -> None:
    """Key order, blanks, escapes and repeated numbers survive; BOM and empty lines do not."""
    lines = [
        b'{"prompt": "one",  "completion":"\\u00e9"}',
        b'{"completion": 1.50, "prompt": "two"}',
        b'{"prompt":"three","completion":"x"}',
    ]
    path = tmp_path / "rows.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + lines[0] + b"\r\n\n" + lines[1] + b"\n" + lines[2])
    split_file(str(path), tmp_path / "out", shares=Shares(1, 1, 1))
    written = [line for found in _lines(tmp_path / "out").values() for line in found]
    assert sorted(written) == sorted(lines)


def test_chats_are_stratified_by_their_answer(tmp_path: Path) -> None:
    """Few answers are labels, and the long instruction they share makes nobody a duplicate."""
    found = split_file(_write(tmp_path / "chat.jsonl", CHATS), tmp_path, shares=Shares(6, 2, 2))
    assert found.labels == {
        "billing": {"train": 6, "validation": 2, "test": 2},
        "support": {"train": 6, "validation": 2, "test": 2},
    }
    assert found.held == 0


def test_cases_of_a_suite_keep_their_groups(tmp_path: Path) -> None:
    """`expected` is the label, of any type, and `group` is obeyed without being told."""
    found = split_file(_write(tmp_path / "cases.jsonl", CASES), tmp_path / "out")
    assert set(found.labels) == {"true", "false"}
    groups = [
        {json.loads(row)["group"] for row in rows} for rows in _lines(tmp_path / "out").values()
    ]
    assert sum(map(len, groups)) == len(set.union(*groups)) == 10


def test_named_columns_of_a_csv_file(tmp_path: Path) -> None:
    """Rows of no known shape are split by the columns one names, and written as JSON lines."""
    path = tmp_path / "rows.csv"
    path.write_text("kind,who,says\n" + "".join(f"k{n},w{n % 5},t{n}\n" for n in range(10)))
    found = split_file(
        str(path), tmp_path / "out", label="kind", group="who", shares=Shares(3, 1, 1)
    )
    assert len(found.labels) == 10
    assert (found.clusters, found.counts) == (5, {"train": 6, "validation": 2, "test": 2})
    (first, *_) = _lines(tmp_path / "out")["test"]
    assert set(json.loads(first)) == {"kind", "who", "says"}


def test_sizes_leave_the_rest_out(tmp_path: Path) -> None:
    """A size of 0 writes no file; more than there is cannot be had."""
    location = _write(tmp_path / "cases.jsonl", [{"text": f"{n} {n}"} for n in range(40)])
    found = split_file(location, tmp_path / "out", sizes=Shares(10, 0, 6))
    assert (found.counts, found.left_out) == ({"train": 10, "test": 6}, 24)
    assert {name: len(rows) for name, rows in _lines(tmp_path / "out").items()} == found.counts
    with pytest.raises(UsageError, match="41 rows were asked for, and there are 40"):
        split_file(location, tmp_path / "more", sizes=Shares(41, 0, 0))


def test_nothing_is_written_over(tmp_path: Path) -> None:
    """One file that exists is enough; `replace` says it is meant."""
    location = _write(tmp_path / "chat.jsonl", CHATS)
    (tmp_path / "test.jsonl").write_text("mine")
    with pytest.raises(DataError, match=r"test\.jsonl: exists already"):
        split_file(location, tmp_path)
    assert not (tmp_path / "train.jsonl").exists()
    split_file(location, tmp_path, replace=True)
    assert (tmp_path / "test.jsonl").read_text() != "mine"


def test_all_bad_lines_come_together_and_nothing_is_written(tmp_path: Path) -> None:
    """A broken line would silently be in no split."""
    path = tmp_path / "bad.jsonl"
    path.write_text('{"prompt": "a", "completion": "b"}\n{broken\n[]\n')
    with pytest.raises(DataError) as caught:
        split_file(str(path), tmp_path / "out")
    assert [problem.line for problem in caught.value.problems] == [2, 3]
    assert not (tmp_path / "out").exists()


def test_a_file_too_large_to_upload_is_split(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That is what one would do with it."""
    monkeypatch.setattr("harness.store.training_rows.MAX_FILE", 10)
    found = split_file(_write(tmp_path / "chat.jsonl", CHATS), tmp_path / "out")
    assert found.rows == 20


@pytest.mark.parametrize("column", ["label", "group"])
def test_a_missing_column_is_named_with_its_lines(tmp_path: Path, column: str) -> None:
    """With the columns there are."""
    location = _write(tmp_path / "rows.jsonl", CHATS)
    with pytest.raises(
        DataError, match=r"rows\.jsonl:1: there is no column 'team' \(columns: mess"
    ):
        split_file(location, tmp_path, **{column: "team"})


def test_an_empty_file_is_no_split(tmp_path: Path) -> None:
    """It says so."""
    (tmp_path / "none.jsonl").write_text("\n")
    with pytest.raises(DataError, match="the file has no rows"):
        split_file(str(tmp_path / "none.jsonl"), tmp_path)


@pytest.mark.cases
def test_banking77_is_split_in_seconds(cases_folder: Path, tmp_path: Path) -> None:
    """10,003 rows of 77 labels: every row once, every label everywhere, no twin across splits."""
    path = cases_folder / "13_intent_train_test_sets" / "banking77" / "train.jsonl"
    started = time.perf_counter()
    found = split_file(str(path), tmp_path)
    assert time.perf_counter() - started < 120  # 3 s on an idle machine
    assert found.counts["train"] == pytest.approx(8002, abs=14)
    assert found.counts["test"] == pytest.approx(1000, abs=14)
    assert len(found.labels) == 77
    assert all(counts[split] for counts in found.labels.values() for split in SPLITS)
    written = Counter(line for rows in _lines(tmp_path).values() for line in rows)
    assert written == Counter(path.read_bytes().splitlines())
    texts = [
        {json.loads(row)["text"].casefold() for row in rows} for rows in _lines(tmp_path).values()
    ]
    assert sum(map(len, texts)) == len(set.union(*texts))
