"""Texts in, the beginning and the ending that all of them share out, one text at a time. Pure."""

from __future__ import annotations

from collections.abc import Sequence

# Marks that end ordinary sentences: a model meets them everywhere, so they separate nothing.
SENTENCE_MARKS = frozenset(".,;!?…。！？")  # noqa: RUF001 - the full-width marks are meant


class Affixes:
    """The common prefix and suffix of the texts added so far; `same` while all are equal."""

    __slots__ = ("count", "prefix", "same", "suffix")

    def __init__(self) -> None:
        self.count = 0
        self.prefix = ""
        self.suffix = ""
        self.same = True

    def add(self, text: str) -> None:
        """One more text."""
        self.count += 1
        if self.count == 1:
            self.prefix = self.suffix = text
            return
        if self.same and text != self.prefix:
            self.same = False
        if not text.startswith(self.prefix):
            self.prefix = shared_start(self.prefix, text)
        if not text.endswith(self.suffix):
            self.suffix = _common_suffix(self.suffix, text)


class FreeMarks:
    """Which of some marks stand in no text: those can separate or end."""

    __slots__ = ("marks",)

    def __init__(self, marks: Sequence[str]) -> None:
        self.marks = list(marks)

    def add(self, text: str) -> None:
        """One more text."""
        if any(mark in text for mark in self.marks):
            self.marks = [mark for mark in self.marks if mark not in text]

    @property
    def first(self) -> str | None:
        """The first mark that no text holds."""
        return self.marks[0] if self.marks else None


def is_separator(suffix: str) -> bool:
    """Whether a common suffix says 'the input ends here': not letters or a full stop alone.

    A line end counts, and so does any mark that does not end sentences: '->', '###', 'Stars:'.
    """
    marks = [c for c in suffix if not c.isalnum() and not c.isspace() and c not in SENTENCE_MARKS]
    return bool(marks) or "\n" in suffix


def shared_start(one: str, other: str) -> str:
    """What both texts begin with."""
    pairs = enumerate(zip(one, other, strict=False))
    return one[: next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))]


def _common_suffix(one: str, other: str) -> str:
    return shared_start(one[::-1], other[-len(one) :][::-1])[::-1] if one else ""
