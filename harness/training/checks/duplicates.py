"""The kept rows of a file in, its copies, near-copies and contradictions out. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from harness.training.checks.alike import nearly_earlier
from harness.training.checks.kept import Kept
from harness.training.checks.tally import Tally, finding, rows_of
from harness.values.finding import Finding

TEMPLATE_ROWS = 20


class Repeats(NamedTuple):
    """Places of rows, in order.

    `copies` stand a second time with prompt and answer; `disputed` are the rows of prompts that
    have several answers, `prompts` how many such prompts there are.
    """

    copies: NDArray[np.int64]
    disputed: NDArray[np.int64]
    prompts: int


def repeats(kept: Kept) -> Repeats:
    """Rows that repeat or contradict earlier ones, by the digests of prompt and answer."""
    questions = np.frombuffer(kept.questions, np.uint64)
    answers = np.frombuffer(kept.answers, np.uint64)
    order = np.lexsort((np.arange(len(questions)), answers, questions))
    asked, answered = questions[order], answers[order]
    follows = np.zeros(len(order), bool)
    follows[1:] = asked[1:] == asked[:-1]
    same = follows.copy()
    same[1:] &= answered[1:] == answered[:-1]
    several = np.unique(asked[follows & ~same])
    disputed = np.flatnonzero(np.isin(questions, several))
    return Repeats(np.sort(order[same]), disputed, len(several))


def duplicate_findings(kept: Kept, file: str, *, answers: bool) -> Iterator[Finding]:
    """Copies, contradictions (where the shape has `answers`), near-duplicates."""
    if not len(kept):
        return
    found = repeats(kept)
    if found.copies.size:
        rows = _tally(kept, found.copies)
        message = f"{rows_of(rows.count)} stood earlier with the same prompt and answer"
        yield finding("duplicate-rows", file, message, rows)
    if answers and found.prompts:
        rows = _tally(kept, found.disputed)
        inputs = "1 input has" if found.prompts == 1 else f"{found.prompts:,} inputs have"
        message = f"{inputs} different answers, in {rows_of(rows.count)}"
        yield finding("contradiction", file, message, rows)
    yield from _near(kept, frozenset(found.copies.tolist()), file)


def copied_lines(kept: Kept) -> list[int]:
    """The lines of all copies, for removing them."""
    return [kept.lines[at] for at in repeats(kept).copies] if len(kept) else []


def _near(kept: Kept, copies: frozenset[int], file: str) -> Iterator[Finding]:
    first: dict[int, int] = {}
    for at in range(len(kept.texts)):
        first.setdefault(kept.questions[at], at)
    places = list(first.values())
    # What few rows share may as well be their likeness as their template.
    texts = kept.inputs if len(kept) >= TEMPLATE_ROWS else kept.texts
    near = nearly_earlier([texts[at] for at in places])
    rows = Tally()
    for at in sorted(near):
        if places[at] not in copies:
            rows.add(kept.lines[places[at]], kept.texts[places[at]])
    if rows.count:
        one = kept.lines[places[near[min(near)]]]
        share = rows.count / len(kept)
        message = f"{rows_of(rows.count)} ({share:.1%}) are nearly an earlier one, the first line "
        yield finding("near-duplicates", file, f"{message}{one}", rows)
    if kept.unseen:
        message = (
            f"near-duplicates were not looked for in the last {rows_of(kept.unseen)}: the budget "
            "for texts is spent; copies and contradictions were"
        )
        yield finding("near-duplicates-unseen", file, message)


def _tally(kept: Kept, places: NDArray[np.int64]) -> Tally:
    rows = Tally()
    for at in places.tolist():
        rows.add(kept.lines[at], kept.text(at))
    return rows
