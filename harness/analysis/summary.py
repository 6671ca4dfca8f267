"""Columns in, one summary per arm or slice out: the numbers of the tables. Pure.

Shares are over ALL cases: replicates are averaged within a case first, then cases are averaged.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable, Iterable, Sequence

import msgspec

from harness.analysis.columns import NO_CODE, ArmColumns, UsageKnown
from harness.analysis.interval import Interval, case_interval
from harness.values.score import OUTCOMES, Outcome

_CORRECT = OUTCOMES.index(Outcome.CORRECT)
_RowValue = Callable[[int], float]


class Tokens(msgspec.Struct, frozen=True):
    """Sums over all answers. `per_reply` is input + output, averaged over those with usage.

    `unknown` and `estimated` count the answers whose tokens nobody reported.
    """

    input: int
    cached: int
    cache_write: int
    output: int
    reasoning: int
    per_reply: float
    unknown: int
    estimated: int


class Latency(msgspec.Struct, frozen=True):
    """Seconds of the last attempts of all answers; None where nothing was answered."""

    p50: float | None
    p95: float | None


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a table.

    `cases` is n, `rows` counts replicates too. `mean` is the accuracy, or the mean score when the
    primary scorer is graded. `rates` are shares of cases for each outcome but correct.
    `replicate_means` is the mean of each shot seed or trial, when there are several.
    """

    cases: int
    rows: int
    mean: float
    interval: Interval | None
    clusters: int
    accuracy: float
    rates: dict[Outcome, float]
    tokens: Tokens
    latency: Latency
    attempts: int
    replicate_means: tuple[float, ...]


def summarise(
    columns: ArmColumns, *, graded: bool, rows: Sequence[int] | None = None
) -> Summary | None:
    """The summary of an arm, or of some of its rows; None when there are none."""
    chosen: Sequence[int] = range(len(columns)) if rows is None else rows
    if not chosen:
        return None
    by_case = _ByCase(columns, chosen)
    correct = by_case.means(lambda row: columns.outcome[row] == _CORRECT)
    values = by_case.means(columns.score.__getitem__) if graded else correct
    groups = by_case.groups()
    return Summary(
        cases=len(values),
        rows=len(chosen),
        mean=math.fsum(values) / len(values),
        interval=case_interval(values, groups, graded=graded),
        clusters=len(set(groups)) if groups else len(values),
        accuracy=math.fsum(correct) / len(correct),
        rates=by_case.rates(),
        tokens=_tokens(columns, chosen),
        latency=_latency(columns, chosen),
        attempts=sum(columns.attempts[row] for row in chosen),
        replicate_means=_replicate_means(columns, chosen, graded=graded),
    )


def slices(columns: ArmColumns, *, graded: bool) -> dict[tuple[str, str], Summary]:
    """A summary for each (tag, value), sorted."""
    by_slice: dict[tuple[str, str], list[int]] = {}
    combinations = columns.tag_codes.combinations
    for row, code in enumerate(columns.tags):
        for pair in combinations[code].items():
            by_slice.setdefault(pair, []).append(row)
    summaries = {
        pair: summarise(columns, graded=graded, rows=by_slice[pair]) for pair in sorted(by_slice)
    }
    return {pair: summary for pair, summary in summaries.items() if summary is not None}


class _ByCase:
    """Some rows of an arm, seen by case; arrays over case numbers, because cases can be many."""

    def __init__(self, columns: ArmColumns, rows: Sequence[int]) -> None:
        self._columns = columns
        self._rows = rows
        self._replicates = array("H", bytes(2 * (1 + max(columns.case))))
        for row in rows:
            self._replicates[columns.case[row]] += 1

    def means(self, value: _RowValue) -> array[float]:
        """The mean of a value over the replicates of each case, by case number."""
        sums = array("d", bytes(8 * len(self._replicates)))
        for row in self._rows:
            sums[self._columns.case[row]] += value(row)
        pairs = zip(sums, self._replicates, strict=True)
        return array("d", (total / count for total, count in pairs if count))

    def groups(self) -> array[int] | None:
        """The group of each case, by case number, or None; a case without one is its own."""
        columns = self._columns
        if all(columns.group[row] == NO_CODE for row in self._rows):
            return None
        group_of = array("q", range(-1, -1 - len(self._replicates), -1))
        for row in self._rows:
            if columns.group[row] != NO_CODE:
                group_of[columns.case[row]] = columns.group[row]
        pairs = zip(group_of, self._replicates, strict=True)
        return array("q", (group for group, count in pairs if count))

    def rates(self) -> dict[Outcome, float]:
        """The share of each outcome, replicates averaged within a case first, as accuracy is."""
        tallies: dict[tuple[int, int], int] = {}
        for row in self._rows:
            place = (self._columns.outcome[row], self._replicates[self._columns.case[row]])
            tallies[place] = tallies.get(place, 0) + 1
        cases = sum(count > 0 for count in self._replicates)
        shares = [0.0] * len(OUTCOMES)
        for (outcome, replicates), tally in tallies.items():
            shares[outcome] += tally / replicates / cases
        return {o: shares[code] for code, o in enumerate(OUTCOMES) if o != Outcome.CORRECT}


def _tokens(columns: ArmColumns, rows: Sequence[int]) -> Tokens:
    def total(column: array[int]) -> int:
        return sum(map(column.__getitem__, rows))

    sent, written = total(columns.input), total(columns.output)
    known = bytes(columns.usage[row] for row in rows)
    counted = sum(code >= UsageKnown.ESTIMATED for code in known)
    return Tokens(
        input=sent,
        cached=total(columns.cached),
        cache_write=total(columns.cache_write),
        output=written,
        reasoning=total(columns.reasoning),
        per_reply=(sent + written) / counted if counted else 0.0,
        unknown=known.count(UsageKnown.UNKNOWN),
        estimated=known.count(UsageKnown.ESTIMATED),
    )


def _latency(columns: ArmColumns, rows: Sequence[int]) -> Latency:
    timed = answer_times(columns, rows)
    if not timed:
        return Latency(None, None)
    return Latency(p50=nearest_rank(timed, 0.5), p95=nearest_rank(timed, 0.95))


def answer_times(columns: ArmColumns, rows: Iterable[int]) -> list[float]:
    """The seconds that answers took, sorted; a latency of 0 is one that nobody measured."""
    return sorted(
        seconds
        for row in rows
        if (seconds := columns.latency[row]) > 0 and columns.usage[row] != UsageKnown.NONE
    )


def nearest_rank(ordered: Sequence[float], share: float) -> float:
    """The nearest-rank percentile of sorted values: an observed value, never an interpolation."""
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def _replicate_means(
    columns: ArmColumns, rows: Sequence[int], *, graded: bool
) -> tuple[float, ...]:
    if len(columns.replicates) < 2:  # noqa: PLR2004 - one replicate is the mean itself
        return ()
    sums = [0.0] * len(columns.replicates)
    counts = [0] * len(columns.replicates)
    for row in rows:
        code = columns.replicate[row]
        sums[code] += columns.score[row] if graded else columns.outcome[row] == _CORRECT
        counts[code] += 1
    pairs = sorted(zip(columns.replicates, sums, counts, strict=True))
    return tuple(total / count for _, total, count in pairs if count)
