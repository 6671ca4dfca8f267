"""A comparison in, what repeating its cases is worth and the choice of shots does, out. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from harness.analysis.compared import Compared, Replicated
from harness.analysis.repeats import (
    Repeats,
    SelectionSpread,
    pass_at_k,
    repeats,
    selection_spread,
)
from harness.errors import UsageError
from harness.reports.compare.words import points
from harness.reports.table import Column, Row, Table
from harness.reports.wording import one_line
from harness.text.wording import mean, percent

if TYPE_CHECKING:
    from harness.analysis.side import Numbers

_SEVERAL = 2
_WHAT_REPEATS_SAY = (
    "Standard deviations (sd) of replies and standard errors of the mean, which more cases make "
    "smaller, and more replicates down to the last column. Cases are taken as independent."
)


def repeats_table(compared: Compared, pass_at: Sequence[int] = ()) -> Table | None:
    """Arms with several replicates of every case: spread within and between, pass@k.

    Raises:
        UsageError: pass@k is asked for, and no arm was repeated so often.
    """
    refuse_passes(compared, pass_at)
    found = repeats_of(compared)
    if not found:
        return None
    headings = [
        "replicates",
        "sd within a case",
        "sd between cases",
        "error now",
        "with one replicate",
        "with very many",
        *(f"pass@{k}" for k in pass_at),
    ]
    rows = tuple(
        (
            *_repeats_row(name, one, graded=compared.graded),
            *(percent(passes(compared.replicated[name], k)) for k in pass_at),
        )
        for name, one in found.items()
    )
    columns = (Column("arm", "left"), *map(Column, headings))
    return Table("Repeats", columns, rows, tuple(_repeats_notes(compared, pass_at)))


def repeats_of(compared: Compared) -> dict[str, Repeats]:
    """By side; without those of a single case, which say nothing."""
    found = {name: repeats(one.values) for name, one in compared.replicated.items()}
    return {name: one for name, one in found.items() if one is not None}


def passes(found: Replicated, k: int) -> float:
    """The chance that one of k replicates is correct.

    Raises:
        UsageError: there are fewer than k replicates, or k is below 1.
    """
    correct = [int(count) for count in found.correct.sum(axis=1)]
    return pass_at_k(correct, found.correct.shape[1], k)


def refuse_passes(compared: Compared, pass_at: Sequence[int]) -> None:
    """Say why there is no such pass@k, where there is none.

    Raises:
        UsageError: no arm was repeated, or one was not repeated so often.
    """
    if not pass_at:
        return
    if not compared.replicated:
        raise UsageError(
            "pass@k needs an arm with several replies to every case, and there is none: repeat "
            "cases with harness run --trials, or leave out --pass-at"
        )
    for name, one in compared.replicated.items():
        most = len(one.replicates)
        if not all(1 <= k <= most for k in pass_at):
            raise UsageError(
                f"{name} has {most} replies to a case: --pass-at goes from 1 to {most}"
            )


def _repeats_row(name: str, one: Repeats, *, graded: bool) -> Row:
    numbers = (
        one.within,
        one.between,
        one.standard_error,
        one.standard_error_one,
        one.standard_error_many,
    )
    return (
        one_line(name),
        f"{one.replicates:,}",
        *(_spread(number, graded=graded) for number in numbers),
    )


def _spread(number: float, *, graded: bool) -> str:
    """A deviation in points or in scores: a percentage would look like one of something."""
    return points(number, graded=graded).removeprefix("+")


def _repeats_notes(compared: Compared, pass_at: Sequence[int]) -> list[str]:
    unit = "" if compared.graded else " All in percentage points."
    notes = [f"{_WHAT_REPEATS_SAY}{unit}"]
    if any(_seeds(one) >= _SEVERAL for one in compared.replicated.values()):
        notes.append("Replicates of several shot seeds differ in their shots as well as by chance.")
    if pass_at:
        notes.append("pass@k: the chance that at least one of k replies to a case is correct.")
    return notes


def selection_table(compared: Compared) -> Table | None:
    """How far the mean moves with the seed that selects the shots; None without several."""
    found = selections_of(compared)
    if not found:
        return None
    headings = ("seeds", "lowest", "highest", "sd of the means", "expected by chance", "beyond it")
    rows = tuple(
        (
            one_line(name),
            f"{one.seeds:,}",
            *(mean(number, graded=compared.graded) for number in (one.low, one.high)),
            *(
                _spread(number, graded=compared.graded)
                for number in (one.spread, one.expected, one.beyond)
            ),
        )
        for name, one in found.items()
    )
    note = (
        "How the mean moves with the seed that selects the shots. It is no part of any interval "
        "above: those are for these seeds, and another seed is another arm."
    )
    columns = (Column("arm", "left"), *map(Column, headings))
    return Table("Spread over shot seeds", columns, rows, (note,))


def selections_of(compared: Compared) -> dict[str, SelectionSpread]:
    """By side, from the means of each case and seed; without sides of one seed."""
    found = {
        name: selection_spread(_by_seed(one))
        for name, one in compared.replicated.items()
        if _seeds(one) >= _SEVERAL
    }
    return {name: one for name, one in found.items() if one is not None}


def _seeds(one: Replicated) -> int:
    return len({replicate.shot_seed for replicate in one.replicates})


def _by_seed(one: Replicated) -> Numbers:
    import numpy as np

    seeds = np.array([replicate.shot_seed for replicate in one.replicates])
    return np.stack([one.values[:, seeds == seed].mean(axis=1) for seed in sorted(set(seeds))], 1)
