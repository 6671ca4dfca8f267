"""A verdict and the cases that speak against it in, the text that explains them out. Pure.

Of each case: what was expected, what became of it before and now, and what was said now. Longer
texts are shown as a diff, against the earlier reply where it is kept, else against what was
expected.
"""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator, Sequence
from difflib import unified_diff
from typing import Any, NamedTuple

from harness.reports.wording import one_line, reply_text
from harness.text.wording import counted
from harness.values.record import Record
from harness.values.score import Outcome
from harness.values.verdict import Check, Verdict

MOST_FLIPS = 10
MOST_DIFF_LINES = 30
_LONGEST_LINE = 200
_LONG_TEXT = 80
_ENTRY = "  "
_FIELD = "    "


class Flip(NamedTuple):
    """A case and what became of it; a text is None where it is not kept."""

    case: str
    expected: Any
    before: Outcome | None
    after: Outcome | None
    text_before: str | None = None
    text_after: str | None = None


def flip(
    case: str,
    expected: Any,
    before: Record | None,
    after: Record | None,
    approved: Outcome | None = None,
) -> Flip:
    """A flip from both records; `approved` is the outcome of a baseline, which keeps no record."""
    return Flip(
        case=case,
        expected=expected,
        before=before.outcome if before else approved,
        after=after.outcome if after else None,
        text_before=reply_text(before),
        text_after=reply_text(after),
    )


def failure_text(verdict: Verdict, flips: Sequence[Flip] = (), *, lost: bool = True) -> str:
    """What does not hold, each with its next step, and the cases; `lost` says they were correct."""
    lines = [line for check in _open(verdict.checks) for line in _check_lines(check)]
    if flips:
        cases = counted(len(flips), "case")
        were = "was" if len(flips) == 1 else "were"
        lines += ["", f"{cases} {were} lost:" if lost else f"{cases} to look at:"]
        lines += flip_lines(flips)
    return "\n".join(lines)


def reason(verdict: Verdict) -> str:
    """The same in one line, without the cases."""
    parts = (f"{check.evidence}; {check.next_step}" for check in _open(verdict.checks))
    return one_line(" | ".join(part.removesuffix("; ") for part in parts), 1000)


def flip_lines(flips: Sequence[Flip], most: int = MOST_FLIPS) -> list[str]:
    """The lines of the first cases, and how many more there are."""
    lines = [line for flip in flips[:most] for line in _flip_lines(flip)]
    if len(flips) > most:
        lines.append(f"{_ENTRY}and {len(flips) - most:,} more")
    return lines


def _open(checks: Sequence[Check]) -> list[Check]:
    """What is not met; first what cannot be trusted, as the ruling has it."""
    order = ("invalid", "failed", "inconclusive")
    return sorted(
        (check for check in checks if check.status in order),
        key=lambda check: order.index(check.status),
    )


def _check_lines(check: Check) -> Iterator[str]:
    yield f"{check.status}: {check.name}: {check.evidence}"
    if check.next_step:
        yield f"{_FIELD}next: {check.next_step}"


def _flip_lines(flip: Flip) -> Iterator[str]:
    yield f"{_ENTRY}{one_line(flip.case, _LONGEST_LINE)}"
    diff = _diff(flip)
    if not (diff and flip.text_before is None):
        yield f"{_FIELD}expected: {_shown(flip.expected)}"
    yield f"{_FIELD}before:   {_became(flip.before, flip.text_before, with_text=not diff)}"
    yield f"{_FIELD}now:      {_became(flip.after, flip.text_after, with_text=not diff)}"
    yield from (f"{_FIELD}{_plain(line)}".rstrip() for line in diff[:MOST_DIFF_LINES])
    if len(diff) > MOST_DIFF_LINES:
        yield f"{_FIELD}and {len(diff) - MOST_DIFF_LINES:,} more lines"


def _became(outcome: Outcome | None, text: str | None, *, with_text: bool) -> str:
    became = "not asked" if outcome is None else str(outcome)
    if text is None or not with_text:
        return became
    return f"{became}: {_shown(text) or '(an empty text)'}"


def _shown(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return one_line(text, _LONGEST_LINE)


def _diff(flip: Flip) -> list[str]:
    """A diff where a short line does not do; empty where it does, or where a side is missing."""
    kept = flip.text_before is not None
    old = flip.text_before if kept else flip.expected
    if flip.text_after is None or old is None:
        return []
    before, after = _lines(old), _lines(flip.text_after)
    decisive = (before, after) if kept else (before,)  # a chatty answer to a label: no diff
    if all(len(lines) <= 1 and len("".join(lines)) <= _LONG_TEXT for lines in decisive):
        return []
    name = "before" if kept else "expected"
    return list(unified_diff(before, after, name, "now", n=2, lineterm=""))


def _lines(value: Any) -> list[str]:
    """A text in lines that can be compared: JSON field by field, long lines wrapped."""
    table = _table(value) if isinstance(value, str) else value
    if table is None:
        return [part for line in value.splitlines() for part in _wrapped(line)]
    return json.dumps(table, ensure_ascii=False, sort_keys=True, indent=1).splitlines()


def _table(text: str) -> dict[str, Any] | list[Any] | None:
    """The object or list that a text is as JSON; None for any other text."""
    try:
        value = json.loads(text)
    except ValueError:
        return None
    return value if isinstance(value, dict | list) else None


def _wrapped(line: str) -> list[str]:
    return textwrap.wrap(line, _LONG_TEXT, drop_whitespace=False, break_on_hyphens=False) or [""]


def _plain(line: str) -> str:
    """A line in which nothing can do anything to a terminal; its blanks stay."""
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode()
        for character in line
    )
