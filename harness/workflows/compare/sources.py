"""Names of arms, runs and baselines in, the sides of a comparison out, told apart by name."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace

from harness.errors import ReplayMissError, UsageError
from harness.store.runs import find_run
from harness.store.suite import Suite
from harness.values.baseline import Baseline
from harness.values.case import Split
from harness.workflows.entrants import (
    Entrant,
    baseline_entrant,
    entrants_of_past,
    entrants_of_run,
    read_baseline_of,
)
from harness.workflows.replays import is_recorded, recorded_arms, replayed


@dataclass(frozen=True)
class Named:
    """What a caller wants to compare, in the order in which it was named."""

    arms: Sequence[str] = ()
    runs: Sequence[str] = ()
    baselines: Sequence[str] = ()
    split: Split = "test"


@dataclass(frozen=True)
class _Found:
    """A side, and what to call it by where another one is of the same arm."""

    entrant: Entrant
    origin: str


def named_sides(suite: Suite, named: Named, stack: ExitStack) -> list[Entrant]:
    """The sides in the order in which they were named; what is replayed lasts as long as `stack`.

    Raises:
        UsageError: an arm, run or baseline does not exist, or is named twice.
        DataError: a run or baseline is broken.
        ReplayMissError: the recordings do not fit the suite any more.
    """
    arms = list(dict.fromkeys(named.arms))
    if named.runs:
        found = _past(suite, named.runs, arms)
    else:
        found = _recorded(suite, arms or _all(suite, named), named.split, stack)
    for arm in named.baselines:
        found.append(_Found(_baseline(suite, arm, stack), "baseline"))
    return _named_apart(found)


def _all(suite: Suite, named: Named) -> list[str]:
    return [] if named.baselines else recorded_arms(suite)


def _recorded(suite: Suite, arms: Sequence[str], split: Split, stack: ExitStack) -> list[_Found]:
    if unknown := [arm for arm in arms if arm not in suite.arms]:
        names = ", ".join(suite.arms)
        raise UsageError(f"{suite.name} has no arm {unknown[0]!r}; arms: {names}")
    if not arms:
        return []
    run = stack.enter_context(replayed(suite, arms, split=split))
    return [_Found(entrant, "recorded") for entrant in _ordered(entrants_of_run(run), arms)]


def _past(suite: Suite, names: Sequence[str], arms: Sequence[str]) -> list[_Found]:
    found: list[_Found] = []
    known: list[str] = []
    for name in names:
        run, sides = entrants_of_past(find_run(suite.settings.results, suite.name, name), arms)
        known += run.info.arms
        found += [_Found(entrant, run.info.id) for entrant in _ordered(sides, arms)]
    if unknown := [arm for arm in arms if arm not in known]:
        names_known = ", ".join(dict.fromkeys(known))
        raise UsageError(f"no run that was named has an arm {unknown[0]!r}; arms: {names_known}")
    return found


def _ordered(entrants: Sequence[Entrant], arms: Sequence[str]) -> list[Entrant]:
    """As they were named, where they were: the first may be the reference."""
    return sorted(entrants, key=lambda one: arms.index(one.arm) if one.arm in arms else 0)


def _baseline(suite: Suite, arm: str, stack: ExitStack) -> Entrant:
    """A baseline with the replies that it approved, where they are recorded as they were."""
    baseline = read_baseline_of(suite, arm)
    return baseline_entrant(suite, baseline, _recorded_side(suite, baseline, stack))


def _recorded_side(suite: Suite, baseline: Baseline, stack: ExitStack) -> Entrant | None:
    """What is recorded of a baseline's arm today; None where that cannot be replayed any more.

    A baseline stands by itself: a prompt that changed since is no reason not to compare with it.
    """
    arm, seed = baseline.header.arm, baseline.header.shot_seed
    if not is_recorded(suite, arm) or seed not in suite.arms[arm].shot_seeds:
        return None
    try:
        run = stack.enter_context(replayed(suite, [arm], split=baseline.header.split))
    except ReplayMissError:
        return None
    return entrants_of_run(run, [arm], {arm: seed})[0]


def _named_apart(found: Sequence[_Found]) -> list[Entrant]:
    """Two sides of one arm are told apart by where they come from."""
    arms = [one.entrant.arm for one in found]
    entrants = [
        one.entrant if arms.count(one.entrant.arm) == 1 else _with_origin(one) for one in found
    ]
    names = [entrant.name for entrant in entrants]
    if twice := [name for name in names if names.count(name) > 1]:
        raise UsageError(f"{twice[0]} is named twice: it cannot be compared with itself")
    return entrants


def _with_origin(one: _Found) -> Entrant:
    side = replace(one.entrant.side, name=f"{one.entrant.arm} ({one.origin})")
    return replace(one.entrant, side=side)
