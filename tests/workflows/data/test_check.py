"""Check and repair files on disk, against other files and against a suite."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness.errors import DataError, UsageError
from harness.workflows.data.check import Target, arm_frame, check_file, fix_file
from harness.workflows.init import init
from harness.workflows.run import open_suite

PAIR = {"prompt": "one ->", "completion": " 1\n"}


def write(path: Path, rows: list[dict], bom: bytes = b"") -> str:
    path.write_bytes(bom + b"".join(json.dumps(row).encode() + b"\n" for row in rows))
    return str(path)


def rules(location: str, **options) -> set[str]:
    return {found.rule for found in check_file(location, **options).findings}


@pytest.fixture
def demo(tmp_path):
    """A suite that `init` wrote, opened."""
    init("demo", tmp_path)
    return open_suite("demo", tmp_path)


def test_a_file_is_compared_with_others(tmp_path):
    """Test, validation and shots each have a finding of their own."""
    text = "a driver left three parcels of paper at the gate"
    train = write(tmp_path / "train.jsonl", [{"prompt": text, "completion": " x"}, PAIR])
    other = write(tmp_path / "o.jsonl", [{"id": "1", "input": {"t": text}, "expected": "x"}])
    report = check_file(train, validation=other, test=other, shots=other)
    leaks = [found for found in report.findings if found.rule == "leak"]
    assert [found.severity for found in leaks] == ["error", "warning", "warning"]


def test_the_training_file_as_its_own_validation_is_an_error(tmp_path):
    """By its rows, not by its name."""
    rows = [PAIR, {"prompt": "two ->", "completion": " 2\n"}]
    train = write(tmp_path / "train.jsonl", rows)
    copy = write(tmp_path / "copy.jsonl", rows[::-1])
    assert "same-file" in rules(train, validation=copy)


def test_azure_sees_the_byte_order_mark(tmp_path):
    """Of the file itself."""
    assert "no-byte-order-mark" in rules(write(tmp_path / "a.jsonl", [PAIR]), platform="azure")
    marked = write(tmp_path / "b.jsonl", [PAIR], b"\xef\xbb\xbf")
    assert "no-byte-order-mark" not in rules(marked, platform="azure")


def test_a_suite_stands_for_its_splits_and_an_arm_for_its_template(tmp_path, demo):
    """A row with the input of a test case leaks; prompts of another form are a mismatch."""
    case = demo.splits["test"][0]
    prompt = str(next(iter(case.input.values())))
    train = write(tmp_path / "train.jsonl", [{"prompt": prompt, "completion": " x"}, PAIR])
    arm = next(name for name, arm in demo.arms.items() if not arm.classical)
    assert {"leak", "prompt-mismatch"} <= rules(train, suite=demo, arm=arm)
    assert "prompt-mismatch" not in rules(train, suite=demo)


def test_a_frame_holds_no_input(demo):
    """What all prompts share stands in each of them, and no case's own text in it."""
    arm = next(name for name, arm in demo.arms.items() if not arm.classical)
    frame = arm_frame(demo, arm)
    inputs = [str(v) for case in list(demo.splits["test"])[:5] for v in case.input.values()]
    assert frame.prefix or frame.suffix or frame.system
    assert all(text not in frame.prefix + frame.suffix for text in inputs)


@pytest.mark.parametrize(
    "options",
    [{"arm": "a"}, {"platform": "nowhere"}, {"vocabulary": "klingon"}, {"limit": 0}],
)
def test_what_means_nothing_is_a_usage_error(tmp_path, options):
    """An arm without a suite, unknown names, no tokens at all."""
    with pytest.raises(UsageError):
        check_file(write(tmp_path / "a.jsonl", [PAIR]), **options)


def test_a_file_that_is_not_there_is_bad_data(tmp_path):
    """Not an empty report."""
    with pytest.raises(DataError):
        check_file(str(tmp_path / "none.jsonl"))


def test_a_repair_writes_a_new_file_and_every_change(tmp_path):
    """The source stays byte for byte; the counts are those of the list."""
    source = write(tmp_path / "a.jsonl", [PAIR, PAIR, {"prompt": "x ->", "completion": ""}])
    before = Path(source).read_bytes()
    out = tmp_path / "fixed.jsonl"
    _, report = fix_file(source, out)
    changes = [json.loads(line) for line in Path(report.changes_file).read_text().splitlines()]
    assert [json.loads(line) for line in out.read_text().splitlines()] == [PAIR]
    assert [(c["line"], c["rule"]) for c in changes] == [
        (2, "duplicate-rows"),
        (3, "empty-completion"),
    ]
    assert (report.rows, report.removed, sum(report.changes.values())) == (1, 2, 2)
    assert Path(source).read_bytes() == before


def test_nothing_is_ever_overwritten(tmp_path):
    """Neither the source nor a file that exists, nor a list of changes."""
    source = write(tmp_path / "a.jsonl", [PAIR])
    (tmp_path / "b.jsonl.changes.jsonl").write_text("")
    for name in ("a.jsonl", "b.jsonl"):
        with pytest.raises(UsageError, match="exists"):
            fix_file(source, tmp_path / name)


def test_leaking_rows_stay_unless_asked_for(tmp_path):
    """They go with `leaks`."""
    text = "a driver left three parcels of paper at the gate"
    source = write(tmp_path / "a.jsonl", [{"prompt": text, "completion": " x"}, PAIR])
    test = write(tmp_path / "t.jsonl", [{"id": "1", "input": {"t": text}, "expected": "x"}])
    _, kept = fix_file(source, tmp_path / "kept.jsonl", Target(test=test))
    _, left = fix_file(source, tmp_path / "left.jsonl", Target(test=test), leaks=True)
    assert (kept.rows, left.rows) == (2, 1)
