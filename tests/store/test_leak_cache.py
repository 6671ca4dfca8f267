"""Leak reports kept between runs: found again, broken, unwritable, and under which digest."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness.store.cases import CaseFile, read_cases
from harness.store.leak_cache import cases_digest, keep_report, kept_report, report_path
from harness.values.leaks import Leak, LeakReport
from harness.values.suite import Columns

REPORT = LeakReport(
    status="leaky", compared=3, leaks=(Leak("exact", "t", "c", 100.0),), cases=("c",)
)


def split(path: Path, *rows: dict[str, object], columns: Columns | None = None) -> CaseFile:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    cases = read_cases("test", str(path), columns, [])
    assert cases is not None
    return cases


def row(id_: str, text: str, **more: object) -> dict[str, object]:
    return {"id": id_, "input": {"text": text}, "expected": "x", **more}


def test_a_kept_report_is_found_again(tmp_path: Path) -> None:
    """Under results/leaks, by suite and key."""
    path = report_path(tmp_path, "demo", "k")
    assert kept_report(path) is None
    keep_report(path, REPORT)
    assert path == tmp_path / "leaks" / "demo" / "k.json"
    assert kept_report(path) == REPORT


@pytest.mark.parametrize("text", ["", "{", '{"status":"perhaps"}', "[]", "\xff"])
def test_a_broken_file_is_no_report(tmp_path: Path, text: str) -> None:
    """It is made again, and written over."""
    path = report_path(tmp_path, "demo", "k")
    path.parent.mkdir(parents=True)
    path.write_bytes(text.encode("latin-1"))
    assert kept_report(path) is None
    keep_report(path, REPORT)
    assert kept_report(path) == REPORT


def test_a_folder_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    """The cache only saves time: a file in the folder's place leaves it out."""
    (tmp_path / "leaks").write_text("")
    keep_report(report_path(tmp_path, "demo", "k"), REPORT)
    assert (tmp_path / "leaks").read_text() == ""


def test_the_digest_knows_inputs_and_groups(tmp_path: Path) -> None:
    """A text or a group that changes makes another digest; so does another file of the same."""
    path = tmp_path / "cases.jsonl"
    variants = [row("a", "one"), row("a", "two"), row("a", "one", group="g")]
    assert len({cases_digest(split(path, variant)) for variant in variants}) == 3
    assert cases_digest(split(path, variants[0])) == cases_digest(split(path, variants[0]))


def test_cases_without_a_file_are_read(tmp_path: Path) -> None:
    """Of a folder or a URL, ids, inputs and groups make the digest."""
    one, other = row("a", "one"), row("a", "one", group="g")
    digests = set()
    for number, variant in enumerate((one, other, one)):
        cases = split(tmp_path / f"{number}.jsonl", variant)
        cases.location = f"memory://{number}.jsonl"
        digests.add(cases_digest(cases))
    assert len(digests) == 2
