"""Scores and outcomes: how good one answer is, and in which way it failed. Pure."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Any

import msgspec

from harness.values.case import Case
from harness.values.reply import Answer


class Score(msgspec.Struct, frozen=True, omit_defaults=True):
    """How good an answer is: `value` in [0, 1].

    `extracted` is the answer as the scorer read it out of the text; None means that nothing could
    be read, which makes the outcome `unparsed` (or `truncated`, when the text was cut).
    """

    value: float
    extracted: Any = None
    reason: str = ""


class Scorer(msgspec.Struct, frozen=True):
    """A named, versioned, pure function (case, answer) -> Score.

    `label` reads a class out of `expected`, for scorers whose answers form a small set of classes:
    it is what confusion matrices have as rows; None for all others. `graded` is true when values
    between 0 and 1 are usual, so that their mean is called score and not accuracy.
    """

    name: str
    version: int
    function: Callable[[Case, Answer], Score]
    label: Callable[[Any], str | None] | None = None
    graded: bool = False


class Outcome(StrEnum):
    """What became of one case: exactly one of these, in the order in which tables show them."""

    CORRECT = "correct"
    WRONG = "wrong"
    UNPARSED = "unparsed"
    REFUSED = "refused"
    TRUNCATED = "truncated"
    FILTERED = "filtered"
    PROVIDER_ERROR = "provider_error"
    JUDGE_ERROR = "judge_error"
    HARNESS_ERROR = "harness_error"


OUTCOMES: tuple[Outcome, ...] = tuple(Outcome)
INFRASTRUCTURE = frozenset({Outcome.PROVIDER_ERROR, Outcome.JUDGE_ERROR, Outcome.HARNESS_ERROR})
