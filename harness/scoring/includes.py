"""Inclusion: an expected text occurs somewhere in the answer. Pure."""

from __future__ import annotations

from collections.abc import Callable

from harness.scoring.expected import accepted, unusable
from harness.values.case import Case
from harness.values.reply import Answer
from harness.values.score import Score, Scorer
from harness.values.suite import IncludesOptions


def includes(options: IncludesOptions) -> Scorer:
    """1.0 when the expected text, or one of a list of them, is part of the answer; else 0.0.

    Parts of words count ('hello' is in 'othello'): where that is wrong, use label_lenient or
    regex. A blank expected text would be part of everything and is a DataError.
    """
    form: Callable[[str], str] = str.casefold if options.casefold else str

    def score(case: Case, answer: Answer) -> Score:
        text = form(answer.text)
        wanted = [expected.strip() for expected in accepted(case)]
        if not all(wanted):
            raise unusable(case, "text that is not blank")
        right = any(form(expected) in text for expected in wanted)
        return Score(float(right), answer.text.strip() or None)

    return Scorer("includes", 1, score)
