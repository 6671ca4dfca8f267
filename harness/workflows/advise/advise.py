"""What to do next with a suite: its recordings in, advice with the evidence behind it out.

No model is asked, and nothing is written.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

from harness.analysis.advice.advice import Advised
from harness.analysis.advice.approach import approach_advice, beaten_arms
from harness.analysis.advice.cases import cases_advice
from harness.analysis.advice.ending import ending_advice
from harness.analysis.advice.fitting import fitting_advice
from harness.analysis.advice.readability import format_advice
from harness.analysis.advice.rows import rows_advice
from harness.analysis.advice.seeds import seeds_advice
from harness.analysis.advice.trust import trust_advice
from harness.analysis.advice.volume import Volume, volume_advice
from harness.errors import UsageError
from harness.store.suite import Suite
from harness.values.case import Split
from harness.workflows.advise.choice import approach_of, cases_of
from harness.workflows.advise.ending import ending_of
from harness.workflows.advise.measured import (
    Measured,
    measured,
    readability_of,
    seeds_of,
    trust_of,
)
from harness.workflows.advise.tuned import rows_of, trainings_of, tunings_of
from harness.workflows.cost.cost import cost_with_scenarios
from harness.workflows.run import open_suite

__all__ = ["Advised", "advise"]

JUDGED: tuple[Split, ...] = ("test", "validation")


def advise(
    suite: str | Path | Suite, *, split: Split = "test", today: date | None = None
) -> Advised:
    """What to do next, from what is recorded: replies, learning curves, trainings, prices, days.

    Arms are chosen on validation where it is recorded, and judged on `split`. What no run has
    measured is said to be unknown, with the command that measures it.

    Raises:
        UsageError: nothing is recorded on the split, or it is none to judge on.
        DataError: a file is broken.
    """
    opened = suite if isinstance(suite, Suite) else open_suite(suite)
    if split not in JUDGED:
        raise UsageError(f"advice rests on replies to {' or '.join(JUDGED)}, and not to {split}")
    day = today or datetime.now(UTC).date()
    with measured(opened, split) as seen:
        approach = approach_of(seen)
        advice = (
            *trust_advice(trust_of(seen)),
            *cases_advice(cases_of(seen, approach)),
            *format_advice(readability_of(seen, beaten_arms(approach))),
            *approach_advice(approach),
            *seeds_advice(seeds_of(seen)),
            *rows_advice(rows_of(opened), tunings_of(opened)),
            *fitting_advice(trainings_of(seen)),
            *volume_advice(_volume(seen, split, day)),
            *ending_advice(ending_of(opened, day)),
        )
    return Advised(
        suite=opened.name,
        title=opened.file.title,
        split=split,
        day=day.isoformat(),
        advice=advice,
    )


def _volume(seen: Measured, split: Split, day: date) -> Volume:
    arms = tuple(seen.entrants)
    own, scenarios = cost_with_scenarios(seen.suite, arms=arms, split=split, today=day)
    return Volume(suite=seen.suite.name, own=own, scenarios=scenarios)
