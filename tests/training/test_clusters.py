"""Rows that must stay together: groups, duplicates, near-duplicates, and chains of them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from harness.training.clusters import SplitRow, cluster_rows, distinguishing

LONG = "the battery of this laptop lasts for nine hours"


def _row(number: int, text: str, group: str | None = None) -> SplitRow:
    return SplitRow(f"id {number}", "a", group, text)


def test_groups_duplicates_and_near_duplicates_are_linked_in_chains() -> None:
    """0 and 1 share a group, 1 and 2 a text, 2 and 3 nearly; 4 is alone."""
    rows = [
        _row(0, "hello", "g"),
        _row(1, LONG, "g"),
        _row(2, LONG.upper() + "!"),
        _row(3, LONG + "."),
        _row(4, "quite another thing to say"),
    ]
    assert cluster_rows(rows) == [0, 0, 0, 0, 4]


def test_short_texts_are_linked_only_when_equal() -> None:
    """'yes' and 'yes!' are one after normalisation; 'yet' is another; marks alone are texts."""
    rows = [_row(at, text) for at, text in enumerate(["yes", "Yes!", "yet", "?", "!", "!"])]
    assert cluster_rows(rows) == [0, 0, 2, 3, 4, 4]


def test_rows_without_a_text_or_a_group_are_not_alike() -> None:
    """Nothing in common is not something in common; an equal id is."""
    rows = [_row(0, ""), _row(1, ""), _row(1, "")]
    assert cluster_rows(rows) == [0, 1, 1]


def test_a_threshold_of_100_links_equal_texts_only() -> None:
    """One letter more is another text."""
    rows = [_row(0, LONG), _row(1, LONG + "s"), _row(2, LONG)]
    assert cluster_rows(rows, 100) == [0, 1, 0]


@given(st.lists(st.text("ab", max_size=6), max_size=8), st.text("xy"), st.text("xy"))
def test_a_common_frame_is_taken_off(texts: list[str], before: str, after: str) -> None:
    """What is left still tells the same texts apart, and framing changes nothing."""
    framed = [before + text + after for text in texts]
    found = distinguishing(framed)
    assert all(part in text for part, text in zip(found, framed, strict=True))
    assert [a == b for a in found for b in found] == [a == b for a in texts for b in texts]
    assert all(found) or found == framed


def test_a_long_instruction_does_not_make_everything_alike() -> None:
    """Two short questions in one frame of 200 characters."""
    frame = "Answer the customer in one word, politely and in English. " * 4
    texts = [f"{frame}Where is my parcel?", f"{frame}How do I reset my password?"]
    rows = [_row(at, text) for at, text in enumerate(texts)]
    assert len(set(cluster_rows(rows))) == 1
    apart = [_row(at, text) for at, text in enumerate(distinguishing(texts))]
    assert len(set(cluster_rows(apart))) == 2
