"""Balance of labels, and what is no label."""

from __future__ import annotations

from .files import chat, findings, pair


def rows(**counts: int):
    """As many rows of each label."""
    return [pair(f"{label} {i} ->", f" {label}") for label, n in counts.items() for i in range(n)]


def test_rare_labels_are_named_with_their_counts():
    """Fewer than five rows; the place is the label's first row."""
    found = findings(rows(often=20, seldom=4))["rare-label"]
    assert "1 of 2 labels have fewer than 5 rows: 'seldom' (4)" in found.message
    assert found.line == 21


def test_more_than_ten_times_is_an_imbalance():
    """Ten times is not."""
    assert "label-imbalance" not in findings(rows(often=50, seldom=5))
    found = findings(rows(often=51, seldom=5))
    assert "'often' has 51 rows, label 'seldom' has 5" in found["label-imbalance"].message
    assert "rare-label" not in found


def test_texts_are_no_labels():
    """More different answers than a third of the rows, or long ones, are not counted."""
    free = [chat(f"q{i}", f"answer {i}") for i in range(30)]
    long = [chat(f"q{i}", "word " * 20 + str(i % 2 * (i > 27))) for i in range(30)]
    for some in (free, long):
        assert not findings(some).keys() & {"rare-label", "label-imbalance"}
