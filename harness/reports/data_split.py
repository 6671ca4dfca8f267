"""A finished split in, its table out: labels by split, and what had to stay together. Pure."""

from __future__ import annotations

from harness.reports.notes import WARNING
from harness.reports.table import Column, Row, Table
from harness.text.wording import counted, percent
from harness.training.split_summary import SplitSummary

MOST_LABELS = 50


def split_table(summary: SplitSummary) -> Table:
    """One row per label and one for all, a column per split with the share of the rows."""
    splits = list(summary.counts)
    labels = list(summary.labels)[:MOST_LABELS]
    rows = [_row(label, summary.labels[label], splits) for label in labels]
    rows.append(_row("all rows", summary.counts, splits))
    columns = (Column("label", "left"), *map(Column, splits), Column("rows"))
    return Table("Rows by label and split", columns, tuple(rows), tuple(_notes(summary)))


def _row(name: str, counts: dict[str, int], splits: list[str]) -> Row:
    total = sum(counts.values())
    cells = (f"{counts[split]:,} ({percent(counts[split] / total)})" for split in splits)
    return (name, *cells, f"{total:,}")


def _notes(summary: SplitSummary) -> list[str]:
    notes = [f"Seed {summary.seed}."]
    more = len(summary.labels) - MOST_LABELS
    if more > 0:
        notes.append(f"{more:,} more labels are not shown.")
    if not summary.labels:
        notes.append("The answers are no labels: rows are divided by chance alone.")
    if summary.left_out:
        notes.append(f"{counted(summary.left_out, 'row')} left out.")
    if summary.held:
        notes.append(
            f"{counted(summary.held, 'cluster')} of duplicates, near-duplicates or groups "
            f"held {counted(summary.held_rows, 'row')} together, "
            f"at most {summary.largest:,} of them."
        )
    if summary.largest > min(summary.counts.values(), default=0):
        notes.append(
            f"{WARNING}the largest cluster has {counted(summary.largest, 'row')}, more than the "
            "smallest split: sizes and labels cannot be as they were asked."
        )
    return notes
