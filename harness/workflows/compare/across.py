"""Compare two arms on several suites as one family: names in, one table's worth of values out."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from harness.analysis.across import Across, across
from harness.analysis.comparison import Pair, compare_all
from harness.errors import UsageError
from harness.store.suite import Suite
from harness.values.case import Split
from harness.workflows.entrants import entrants_of_run
from harness.workflows.replays import replayed
from harness.workflows.run import open_suite

LEAST_SUITES = 2


def compare_suites(
    suites: Sequence[str | Path | Suite],
    *,
    reference: str,
    candidate: str,
    split: Split = "test",
) -> Across:
    """Compare the recorded replies of two arms that every suite has.

    Raises:
        UsageError: fewer than two suites, or one lacks an arm.
        ReplayMissError: the recordings of a suite do not fit it any more.
    """
    if len(suites) < LEAST_SUITES:
        raise UsageError("a family of suites needs two of them")
    opened = [one if isinstance(one, Suite) else open_suite(one) for one in suites]
    pairs = [_pair(suite, reference, candidate, split) for suite in opened]
    if len({pair.reference.graded for pair in pairs}) > 1:
        raise UsageError("some of the suites have scores and some accuracies: they have no mean")
    return across([suite.name for suite in opened], compare_all(pairs), pairs)


def _pair(suite: Suite, reference: str, candidate: str, split: Split) -> Pair:
    with ExitStack() as stack:
        run = stack.enter_context(replayed(suite, [reference, candidate], split=split))
        by_arm = {entrant.arm: entrant for entrant in entrants_of_run(run)}
    before, after = by_arm[reference], by_arm[candidate]
    side = after.side.on(before.side.ids)
    return Pair(before.side, side, before.measured.replies == after.measured.replies)
