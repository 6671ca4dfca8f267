"""Rows and the frame of an arm's prompts in, rows that do not fit it out. Pure.

The frame is what all prompts of an arm share: its system message, and the text before and after
the input. A tuned model must be asked as it was trained.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from harness.training.checks.affixes import Affixes
from harness.training.checks.tally import Tally, finding, rows_of
from harness.training.checks.view import View, content_text
from harness.values.finding import Finding
from harness.values.request import Form

_SYSTEM = frozenset({"system", "developer"})
_SHOWN = 60


class Frame(NamedTuple):
    """What every prompt of the arm `arm` begins and ends with.

    `system` is its system message, "" where it has none; None where it differs by case.
    """

    arm: str
    form: Form
    prefix: str
    suffix: str
    system: str | None = None


def frame_of(arm: str, form: Form, prompts: Sequence[str], systems: Sequence[str]) -> Frame:
    """The frame of rendered prompts: their common beginning and ending, cut at a word's edge."""
    system = systems[0] if len(set(systems)) == 1 else None
    shared = Affixes()
    for prompt in prompts:
        shared.add(prompt)
    if shared.same:  # one prompt does not tell its frame from its input
        return Frame(arm, form, "", "", system)
    prefix, suffix = shared.prefix, shared.suffix
    while prefix and prefix[-1].isalnum():
        prefix = prefix[:-1]
    while suffix and suffix[0].isalnum():
        suffix = suffix[1:]
    return Frame(arm, form, prefix, suffix, system)


class Prompts:
    """A watch that holds rows against a frame."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame
        self._rows = 0
        self._form = Tally()
        self._system = Tally()
        self._prefix = Tally()
        self._suffix = Tally()

    def see(self, row: View) -> None:
        """Take in one row."""
        self._rows += 1
        turns = row.example.messages
        if bool(turns) != (self._frame.form != "completion"):
            self._form.add(row.line, row.asked)
            return
        if turns and self._frame.system is not None:
            said = [content_text(turn.content) for turn in turns if turn.role in _SYSTEM]
            if "\n".join(said) != self._frame.system:
                self._system.add(row.line, "\n".join(said) or row.asked)
        asked = _first_user(row)
        if not asked.startswith(self._frame.prefix):
            self._prefix.add(row.line, asked)
        if not asked.endswith(self._frame.suffix):
            self._suffix.add(row.line, asked[-_SHOWN:])

    def found(self, file: str) -> Iterator[Finding]:
        """One finding: the most telling difference first."""
        arm, frame = self._frame.arm, self._frame
        wants = "a completion prompt" if frame.form == "completion" else "messages"
        differences = (
            (self._form, f"the arm {arm} asks with {wants}"),
            (self._system, f"the arm {arm} has {_named(frame.system)}"),
            (self._prefix, f"the prompts of the arm {arm} begin with {_short(frame.prefix)}"),
            (self._suffix, f"the prompts of the arm {arm} end with {_short(frame.suffix)}"),
        )
        said = [
            f"{what}, and {rows_of(rows.count)} of {self._rows:,} do not"
            for rows, what in differences
            if rows.count
        ]
        if said:
            first = next(rows for rows, _ in differences if rows.count)
            yield finding("prompt-mismatch", file, "; ".join(said), first)


def _first_user(row: View) -> str:
    users = (t for t in row.example.messages if t.role == "user")
    first = next(users, None)
    return row.asked if first is None else content_text(first.content)


def _short(text: str) -> str:
    return repr(text) if len(text) <= _SHOWN else repr(text[: _SHOWN - 1] + "…")


def _named(system: str | None) -> str:
    return f"the system message {_short(system)}" if system else "no system message"
