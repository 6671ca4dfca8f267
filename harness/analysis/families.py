"""The p values of a family of tests in, p values adjusted for their number out. Pure.

Adjusted values keep the given order and compare with the same level as a single p value. None, a
test that could not be made, stays None and is not counted in the family. Sources: Bonferroni as
in Dunn (1961); Holm (1979); Benjamini & Hochberg (1995).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import accumulate

from harness.analysis.interval import CONFIDENCE
from harness.errors import UsageError

Adjusted = tuple[float | None, ...]


def bonferroni(ps: Sequence[float | None]) -> Adjusted:
    """Each p value times the number of tests, at most 1: family-wise error under any dependence.

    Raises:
        UsageError: a p value outside [0, 1].
    """
    return _adjusted(ps, lambda ranked: [len(ranked) * p for p in ranked])


def holm(ps: Sequence[float | None]) -> Adjusted:
    """Holm's step-down: family-wise error under any dependence, never above Bonferroni's values.

    Raises:
        UsageError: a p value outside [0, 1].
    """
    return _adjusted(ps, _step_down)


def benjamini_hochberg(ps: Sequence[float | None]) -> Adjusted:
    """The step-up for the false discovery rate, of tests independent or positively dependent.

    Raises:
        UsageError: a p value outside [0, 1].
    """
    return _adjusted(ps, _step_up)


def simultaneous_confidence(tests: int, confidence: float = CONFIDENCE) -> float:
    """The confidence of each of `tests` intervals that are to hold together (Bonferroni).

    Raises:
        UsageError: fewer than one test, or confidence not between 0 and 1.
    """
    if tests < 1:
        raise UsageError(f"a family has at least one test, and not {tests!r}")
    if not 0 < confidence < 1:
        raise UsageError(f"a confidence lies between 0 and 1, and not at {confidence!r}")
    return 1 - (1 - confidence) / tests


def _step_down(ranked: Sequence[float]) -> list[float]:
    return list(accumulate(((len(ranked) - i) * p for i, p in enumerate(ranked)), max))


def _step_up(ranked: Sequence[float]) -> list[float]:
    tests = len(ranked)
    from_last = (tests * ranked[rank - 1] / rank for rank in range(tests, 0, -1))
    return list(accumulate(from_last, min))[::-1]


def _adjusted(
    ps: Sequence[float | None], procedure: Callable[[Sequence[float]], list[float]]
) -> Adjusted:
    """What a procedure on ascending p values says, at most 1, each in the place of its own."""
    made = {place: _checked(p) for place, p in enumerate(ps) if p is not None}
    order = sorted(made, key=lambda place: made[place])
    values = dict(zip(order, procedure([made[place] for place in order]), strict=True))
    return tuple(min(1.0, values[place]) if place in values else None for place in range(len(ps)))


def _checked(p: float) -> float:
    if not 0 <= p <= 1:
        raise UsageError(f"a p value lies in [0, 1], and not at {p!r}")
    return p
