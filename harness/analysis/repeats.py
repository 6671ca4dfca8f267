"""Several values per case in, what repeating is worth, pass@k and the spread of shots out. Pure.

Sources: variance of a mean over cases and replicates as in Miller (2024), Adding Error Bars to
Evals, arXiv 2411.00640 (resampling): (omega^2 + sigma^2 / K) / n; its parts by the one-way
analysis of variance with random effects (Searle, Casella & McCulloch 1992). pass@k: Chen et al.
(2021), arXiv 2107.03374.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from harness.errors import UsageError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]


class Repeats(msgspec.Struct, frozen=True, kw_only=True):
    """What chance of the single answer adds to the error of a mean over cases.

    All in the unit of the values. `within` is the standard deviation of the replicates of a case,
    `between` that of the true means of cases, 0 where chance within cases explains all.
    `standard_error` is that of the mean as it stands; `standard_error_one` what one replicate per
    case would give, and `standard_error_many` what no number of replicates gets below. Cases are
    taken as independent: clusters of cases are not seen here.
    """

    cases: int
    replicates: int
    mean: float
    within: float
    between: float
    standard_error: float
    standard_error_one: float
    standard_error_many: float


def repeats(values: Numbers) -> Repeats | None:
    """The parts of the variance of a mean, from values of shape (cases, replicates).

    All cases have the same number of replicates; the caller leaves out what is not complete.
    None for fewer than two cases or two replicates, of which a part cannot be told.

    Raises:
        UsageError: the values have no two dimensions.
    """
    cases, replicates = _shape(values)
    if cases < 2 or replicates < 2:  # noqa: PLR2004 - below two there is no spread
        return None
    means = values.mean(axis=1)
    variance = float(means.var(ddof=1))
    variance_within = float(values.var(axis=1, ddof=1).mean())
    variance_between = max(0.0, variance - variance_within / replicates)
    return Repeats(
        cases=cases,
        replicates=replicates,
        mean=float(means.mean()),
        within=math.sqrt(variance_within),
        between=math.sqrt(variance_between),
        standard_error=math.sqrt(variance / cases),
        standard_error_one=math.sqrt((variance_between + variance_within) / cases),
        standard_error_many=math.sqrt(variance_between / cases),
    )


def _shape(values: Numbers) -> tuple[int, int]:
    if values.ndim != 2:  # noqa: PLR2004 - a table
        raise UsageError(
            f"the values have {values.ndim} dimensions: give a row per case, with as many values "
            "in each"
        )
    rows, columns = values.shape
    return rows, columns


def pass_at_k(correct: Sequence[int], replicates: Sequence[int] | int, k: int) -> float:
    """The chance, in [0, 1], that one of k replicates is right: 1 - C(n - c, k) / C(n, k).

    Averaged over cases, of which each was right `correct` times in its `replicates`; one number
    of replicates is that of all cases. Without bias, unlike 1 - (1 - c / n)^k.

    Raises:
        UsageError: k is below 1 or above the replicates of a case, a case was right more often
            than asked, there is no case, or the two sequences differ in length.
    """
    totals = [replicates] * len(correct) if isinstance(replicates, int) else replicates
    if not correct or len(correct) != len(totals):
        raise UsageError(
            f"{len(correct)} cases have a number of right answers and {len(totals)} one of "
            "replicates: give both for each case, and at least one case"
        )
    if not 1 <= k <= min(totals):
        raise UsageError(
            f"k is {k}, and the case with the fewest replicates has {min(totals)}: "
            "k goes from 1 to that"
        )
    if any(not 0 <= c <= n for c, n in zip(correct, totals, strict=True)):
        raise UsageError("a case has fewer right answers than 0 or more than replicates")
    chances = (
        1 - math.comb(n - c, k) / math.comb(n, k) for c, n in zip(correct, totals, strict=True)
    )
    return math.fsum(chances) / len(correct)


class SelectionSpread(msgspec.Struct, frozen=True, kw_only=True):
    """How far the mean over cases moves with the seed that selects the shots.

    All in the unit of the values. `spread` is the standard deviation of the means of the seeds,
    `low` and `high` the least and the greatest of them. `expected` is the spread to be expected
    if no selection were better than another on the whole and answers differed case by case;
    `beyond` is what is left, sqrt(spread^2 - expected^2), and 0 where nothing is.
    """

    seeds: int
    spread: float
    low: float
    high: float
    expected: float
    beyond: float


def selection_spread(values: Numbers) -> SelectionSpread | None:
    """The spread of means over seeds, from values of shape (cases, seeds).

    `expected` is sqrt(residual mean square / cases) of the two-way layout case + seed. The same
    cases stand in every column, so how hard they are moves no mean and is not in it. With one
    answer per case and seed the residual holds both the chance of a single answer and that a
    selection suits some cases and not others; these cannot be told apart, hence `expected` is
    the chance of single answers or more, and `beyond` the effect of selections as a whole or
    less. Cases are taken as independent.

    None for fewer than two cases or two seeds.

    Raises:
        UsageError: the values have no two dimensions.
    """
    cases, seeds = _shape(values)
    if cases < 2 or seeds < 2:  # noqa: PLR2004 - below two there is no spread
        return None
    means = values.mean(axis=0)
    residuals = values - values.mean(axis=1, keepdims=True) - means + means.mean()
    expected = float((residuals**2).sum()) / ((cases - 1) * (seeds - 1)) / cases
    spread = float(means.var(ddof=1))
    return SelectionSpread(
        seeds=seeds,
        spread=math.sqrt(spread),
        low=float(means.min()),
        high=float(means.max()),
        expected=math.sqrt(expected),
        beyond=math.sqrt(max(0.0, spread - expected)),
    )
