"""The table of a split."""

from __future__ import annotations

from msgspec.structs import replace

from harness.reports.data_split import MOST_LABELS, split_table
from harness.training.split_summary import SplitSummary

SUMMARY = SplitSummary(
    rows=12,
    seed=3,
    counts={"train": 8, "test": 2},
    labels={"a": {"train": 6, "validation": 0, "test": 2}, "b": {"train": 2, "test": 0}},
    left_out=2,
    clusters=9,
    held=2,
    held_rows=5,
    largest=3,
)


def test_labels_and_all_rows_with_shares() -> None:
    """A split that was not asked for has no column."""
    table = split_table(SUMMARY)
    assert [column.name for column in table.columns] == ["label", "train", "test", "rows"]
    assert table.rows == (
        ("a", "6 (75.0%)", "2 (25.0%)", "8"),
        ("b", "2 (100.0%)", "0 (0.0%)", "2"),
        ("all rows", "8 (80.0%)", "2 (20.0%)", "10"),
    )


def test_notes_say_what_was_held_and_what_cannot_be() -> None:
    """A cluster larger than a split is a warning."""
    notes = split_table(SUMMARY).notes
    assert notes[0] == "Seed 3."
    assert "2 rows left out." in notes
    assert any("2 clusters" in note and "held 5 rows together" in note for note in notes)
    assert notes[-1].startswith("Warning: the largest cluster has 3 rows")


def test_many_labels_and_none() -> None:
    """The table stays readable; without labels it says what that means."""
    many = {f"l{n}": {"train": 1, "test": 0} for n in range(MOST_LABELS + 7)}
    table = split_table(replace(SUMMARY, labels=many, held=0, largest=1))
    assert len(table.rows) == MOST_LABELS + 1
    assert "7 more labels are not shown." in table.notes
    assert any("no labels" in note for note in split_table(replace(SUMMARY, labels={})).notes)
