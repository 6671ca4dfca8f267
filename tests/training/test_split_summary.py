"""The counts of a finished split."""

from __future__ import annotations

from harness.training.clusters import SplitRow
from harness.training.split_summary import summarise_split

ROWS = [SplitRow(str(at), label, None, "") for at, label in enumerate("bab")]


def test_labels_splits_and_clusters_are_counted() -> None:
    """A row that is left out counts among the rows and nowhere else."""
    found = summarise_split(ROWS, [0, 0, 2], ["train", "train", None], 7)
    assert (found.rows, found.seed, found.left_out) == (3, 7, 1)
    assert found.counts == {"train": 2}
    assert list(found.labels.items()) == [
        ("a", {"train": 1, "validation": 0, "test": 0}),
        ("b", {"train": 1, "validation": 0, "test": 0}),
    ]
    assert (found.clusters, found.held, found.held_rows, found.largest) == (2, 1, 2, 2)
