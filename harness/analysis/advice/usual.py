"""The answer that an arm gives most often in, whether it gives hardly another out. Pure."""

from __future__ import annotations

from typing import NamedTuple

SAME_ANSWER = 0.9
"""An arm that says the same to 9 of 10 cases hardly reads them; a rule of thumb of ours."""

LEAST_EXCESS = 0.1
"""By what that must exceed the share of cases where it is right; a rule of thumb of ours."""

LEAST_CASES = 20
"""Of fewer cases nearly all may have the same answer by chance; a rule of thumb of ours."""


class Usual(NamedTuple):
    """The answer that an arm gives most often, its share of the replies, and what was expected."""

    text: str
    share: float
    expected: float

    def is_stuck(self, cases: int) -> bool:
        """Whether so many cases show that the arm does not do the task."""
        often = self.share >= SAME_ANSWER and self.share - self.expected >= LEAST_EXCESS
        return often and cases >= LEAST_CASES
