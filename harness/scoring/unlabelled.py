"""Answers to inputs of which nobody knows the answer: kept, and never judged. Pure."""

from __future__ import annotations

from harness.values.case import Case
from harness.values.reply import Answer
from harness.values.score import Score, Scorer


def _unjudged(case: Case, answer: Answer) -> Score:
    del case, answer
    return Score(0.0, reason="nothing is expected of this input")


UNLABELLED_SCORER = Scorer("unlabelled", 1, _unjudged)
"""Stands where a scorer must be; its values mean nothing and no table shows them."""
