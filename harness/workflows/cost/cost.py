"""What arms cost: recorded replies and prices in, money per request and the break-even out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import msgspec

from harness.analysis.cost.costed import About, Costed, costed
from harness.analysis.cost.terms import Terms
from harness.errors import UsageError
from harness.store.suite import Suite
from harness.values.case import Split
from harness.workflows.compare.compare import Sides, compared_sides
from harness.workflows.compare.notes import compare_notes
from harness.workflows.compare.sources import Named
from harness.workflows.cost.arms import (
    Asked,
    asked_arms,
    assumed_notes,
    estimate_notes,
    hour_notes,
    priced_arm,
    untold_notes,
)
from harness.workflows.cost.question import Question, checked
from harness.workflows.cost.scenario_checks import refuse_faulty
from harness.workflows.cost.what_if import WhatIf, what_if_of
from harness.workflows.run import open_suite

__all__ = ["Costed", "Terms", "cost", "cost_with_scenarios", "costs_of_sides"]


def cost(
    suite: str | Path | Suite,
    *,
    arms: Sequence[str] = (),
    runs: Sequence[str] = (),
    split: Split = "test",
    what_if: Sequence[str] = (),
    terms: Terms | None = None,
    today: date | None = None,
) -> Costed:
    """What the recorded arms of a suite cost (or `arms`; or those of past `runs`).

    No model is asked.
    `what_if` holds the name of a scenario of harness.toml, ARM=MODEL, or both. What is not known is
    None in the result, never 0.

    Raises:
        UsageError: an unknown arm, run or scenario, or terms that cannot mean anything.
        DataError: a run is broken, or a scenario names a price that nobody knows.
        ReplayMissError: the recordings do not fit the suite any more.
    """
    opened = suite if isinstance(suite, Suite) else open_suite(suite)
    assumed = what_if_of(what_if, opened.settings)
    asked = Question(opened, checked(terms or Terms()), _day(today), assumed)
    named = Named(arms, runs, (), split)
    with compared_sides(opened, named, common=True, least=1) as sides:
        return _costed(asked, sides, arms)


def cost_with_scenarios(
    suite: str | Path | Suite,
    *,
    arms: Sequence[str] = (),
    runs: Sequence[str] = (),
    split: Split = "test",
    terms: Terms | None = None,
    today: date | None = None,
) -> tuple[Costed, tuple[Costed, ...]]:
    """The same at the recorded prices, and under each scenario of harness.toml; replayed once."""
    opened = suite if isinstance(suite, Suite) else open_suite(suite)
    with compared_sides(opened, Named(arms, runs, (), split), common=True, least=1) as sides:
        return costs_of_sides(sides, arms=arms, terms=terms, today=today)


def costs_of_sides(
    sides: Sides,
    *,
    arms: Sequence[str] = (),
    terms: Terms | None = None,
    today: date | None = None,
) -> tuple[Costed, tuple[Costed, ...]]:
    """What sides cost that are compared already, each of another arm.

    Raises:
        DataError: scenarios name prices that nobody knows; all of them are said.
    """
    asked = Question(sides.suite, checked(terms or Terms()), _day(today))
    settings = sides.suite.settings
    tuned = any(one.about.kind == "fine_tuned" for one in asked_arms(sides.suite, sides, arms))
    refuse_faulty(settings, settings.scenarios, asked.today, tuned=tuned)
    own = _costed(asked, sides, arms)
    others = tuple(
        _costed(asked._replace(what_if=WhatIf(name, scenario)), sides, arms)
        for name, scenario in settings.scenarios.items()
    )
    return own, others


def _day(today: date | None) -> date:
    return today or datetime.now(UTC).date()


def _costed(asked: Question, sides: Sides, named: Sequence[str]) -> Costed:
    suite, what_if = asked.suite, asked.what_if
    if what_if.scenario is not None and what_if.scenario.batch:
        asked = asked._replace(terms=msgspec.structs.replace(asked.terms, batch=True))
    found = asked_arms(suite, sides, named)
    _refuse_unpriced(suite, found, what_if)
    arms = [priced_arm(asked, one) for one in found]
    about = About(
        suite=suite.name,
        title=suite.file.title,
        split=sides.entrants[0].split,
        scenario=what_if.name,
        basis=_basis(what_if),
        notes=(
            *compare_notes(sides.entrants, sides.shared),
            *untold_notes(found),
            *estimate_notes(found, arms),
            *assumed_notes(found, arms, what_if),
            *hour_notes(arms),
        ),
    )
    return costed(about, arms, asked.terms, asked.today)


def _basis(what_if: WhatIf) -> str:
    parts = [what_if.scenario.title or what_if.name] if what_if.scenario else []
    parts += [f"{arm} priced as {model}" for arm, model in what_if.models.items()]
    return "; ".join(parts)


def _refuse_unpriced(suite: Suite, found: Sequence[Asked], what_if: WhatIf) -> None:
    """Raises UsageError for the price of an arm that is not costed, or that asks no model."""
    kinds = {name: arm.kind for name, arm in suite.arms.items()}
    kinds |= {one.name: one.about.kind for one in found}
    costed = [one.name for one in found]
    for arm in what_if.models:
        if kinds.get(arm) == "classical":
            raise UsageError(f"--what-if {arm}=…: {arm} asks no model, and has no price")
        if arm not in costed:
            raise UsageError(
                f"--what-if {arm}=…: no arm {arm!r} is costed here; these are: {', '.join(costed)}"
            )
