"""The inputs of rows in, kept up to a budget of memory; of later rows only digests. Pure."""

from __future__ import annotations

import sys
from array import array
from functools import cached_property

from harness.training.checks.view import View
from harness.training.leaks import Wrapping, wrapping_of

TEXT_BUDGET = 128 * 1024 * 1024
"""Bytes of inputs that are kept for comparing texts; digests of all rows are kept beyond it."""


class Kept:
    """Line, digests, group and, within the budget, the input of every row."""

    def __init__(self, budget: int = TEXT_BUDGET) -> None:
        self.lines = array("I")
        self.questions = array("Q")
        self.answers = array("Q")
        self.texts: list[str] = []
        self.groups: dict[int, str] = {}
        self._left = budget

    def __len__(self) -> int:
        return len(self.lines)

    def see(self, row: View) -> None:
        """Take in one row."""
        at = len(self.lines)
        self.lines.append(row.line)
        self.questions.append(row.question_key)
        self.answers.append(row.answer_key)
        if row.group is not None:
            self.groups[at] = row.group
        if self._left > 0 and len(self.texts) == at:
            self._left -= sys.getsizeof(row.asked)
            self.texts.append(row.asked)

    def text(self, at: int) -> str:
        """The input of a row by its place; empty beyond the budget."""
        return self.texts[at] if at < len(self.texts) else ""

    @cached_property
    def inputs(self) -> list[str]:
        """The texts without the template that all of them share; to be asked for at the end.

        Without a template the texts stay as they are: outer blanks then belong to the inputs.
        """
        if not any(self.wrapping):
            return self.texts
        return [self.wrapping.off(text).strip() for text in self.texts]

    @cached_property
    def wrapping(self) -> Wrapping:
        """The template that all texts share; to be asked for at the end."""
        found = wrapping_of(self.texts)
        return found if found.before.strip() or found.after.strip() else Wrapping()

    @property
    def unseen(self) -> int:
        """How many rows came after the budget was spent."""
        return len(self.lines) - len(self.texts)
