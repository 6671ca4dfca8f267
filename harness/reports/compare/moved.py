"""A comparison in, the cases that it lost and gained out, with what each side said. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from harness.analysis.compared import Compared, Moved
from harness.analysis.comparison import Comparison
from harness.analysis.side import Side
from harness.reports.compare.words import against
from harness.reports.table import Column, Row, Table
from harness.reports.wording import natural_key, one_line, reply_text
from harness.text.wording import listing, percent
from harness.values.score import OUTCOMES

NOT_AVAILABLE = "(not available)"
EMPTY = "(an empty text)"

_ALL = 100_000
_LONGEST = 36
_LEAD = 12  # of what two texts share, so much is shown before they differ


def moved_table(
    compared: Compared, found: Comparison, moved: Sequence[Moved], most: int | None
) -> Table | None:
    """The first `most` cases that moved, lost ones before gained; None where there are none."""
    if not moved or most == 0:
        return None
    lost = frozenset(found.lost)
    ordered = sorted(moved, key=lambda one: (one.case not in lost, natural_key(one.case)))
    shown = ordered[:most]
    sides = [_Outcomes(compared.side(name)) for name in (found.reference, found.candidate)]
    rows = tuple(_row(one, sides, lost=one.case in lost) for one in shown)
    names = ("case", "", "expected", one_line(found.reference), one_line(found.candidate))
    columns = tuple(Column(name, "left") for name in names)
    title = f"Lost and gained: {against(found)}"
    return Table(title, columns, rows, tuple(_notes(found, lost, shown)))


def _notes(found: Comparison, lost: frozenset[str], shown: Sequence[Moved]) -> Iterator[str]:
    count = sum(one.case in lost for one in shown)
    rest = ((len(found.lost) - count, "lost"), (len(found.gained) - len(shown) + count, "gained"))
    hidden = [f"{count:,} {word}" for count, word in rest if count]
    if hidden:
        yield f"Not shown: {listing(hidden)}; --cases all shows every one."


class _Outcomes:
    """What became of each case on one side, in a word or two."""

    def __init__(self, side: Side) -> None:
        self._side = side
        self._places = {id_: place for place, id_ in enumerate(side.ids)}

    def of(self, case: str) -> str:
        side, place = self._side, self._places[case]
        outcomes = [
            outcome.replace("_", " ")
            for outcome, share in zip(OUTCOMES, side.shares[place], strict=True)
            if share > 0
        ]
        if side.graded:
            return f"{side.values[place]:.3f} {'/'.join(outcomes)}"
        if len(outcomes) == 1:
            return outcomes[0]
        return f"{percent(float(side.values[place]))} correct"


def _row(one: Moved, sides: Sequence[_Outcomes], *, lost: bool) -> Row:
    before, after = sides
    known = bool(one.input) or one.expected is not None
    texts = (reply_text(one.reference), reply_text(one.candidate))
    expected, *said = _cut(_text(one.expected) if known else None, *texts)
    return (
        one_line(one.case),
        "lost" if lost else "gained",
        expected,
        f"{before.of(one.case)}: {said[0]}",
        f"{after.of(one.case)}: {said[1]}",
    )


def _cut(expected: str | None, *texts: str | None) -> Iterator[str]:
    """Each in one line; long texts that begin alike are shown from where they first differ."""
    flat = [None if text is None else one_line(text, _ALL) for text in (expected, *texts)]
    said = [text for text in flat[1:] if text is not None]
    same = _shared_start(*said) if len(said) > 1 else ""
    start = max(0, len(same) - _LEAD)
    longest = max(map(len, said), default=0)
    for text in flat:
        if text is None:
            yield NOT_AVAILABLE
        elif longest > _LONGEST and start > _LEAD and text.startswith(same[:start]):
            yield one_line(f"…{text[start:]}", _LONGEST)
        else:
            yield one_line(text, _LONGEST) or EMPTY


def _shared_start(one: str, other: str) -> str:
    pairs = enumerate(zip(one, other, strict=False))
    return one[: next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
