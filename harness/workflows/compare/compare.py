"""Compare arms on the same cases: a suite, runs and baselines in, paired comparisons out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path

from harness.analysis.compared import Compared, Replicated
from harness.analysis.comparison import ADJUSTMENTS, Pair, compare_all
from harness.analysis.overlap import Overlap, overlap
from harness.analysis.side import replicate_values
from harness.errors import UsageError
from harness.store.baselines import read_production
from harness.store.suite import Suite
from harness.values.case import UNLABELLED, Split
from harness.workflows.compare.notes import compare_notes
from harness.workflows.compare.sources import Named, named_sides
from harness.workflows.entrants import Entrant
from harness.workflows.moved import moved_cases
from harness.workflows.replays import nothing_recorded
from harness.workflows.run import open_suite

__all__ = ["Compared", "compare"]

LEAST_SIDES = 2


@dataclass(frozen=True)
class Sides:
    """What is compared: the reference first, and the cases that all of them have.

    Their journals last as long as the block that `compared_sides` opened.
    """

    suite: Suite
    entrants: tuple[Entrant, ...]
    shared: Overlap
    all_pairs: bool = False

    @property
    def pairs(self) -> list[tuple[Entrant, Entrant]]:
        """Who is compared with whom: each with the reference, or each with each."""
        if self.all_pairs:
            return list(combinations(self.entrants, 2))
        reference, *others = self.entrants
        return [(reference, other) for other in others]


def compare(
    suite: str | Path | Suite,
    *,
    arms: Sequence[str] = (),
    runs: Sequence[str] = (),
    baselines: Sequence[str] = (),
    split: Split = "test",
    reference: str | None = None,
    all_pairs: bool = False,
    common: bool = False,
    adjustment: str = "holm",
) -> Compared:
    """Compare arms: their recorded replies, or those of past runs, and baselines.

    Without `runs` and `baselines` all recorded arms of the suite are compared (or `arms`); of past
    runs all arms are (or `arms`). The others are compared with `reference`, by default the
    incumbent of the policy, else a baseline, else what is in production, else the first;
    `all_pairs` compares each with each. Where the cases are not the same, `common` compares those
    that are.

    Raises:
        UsageError: fewer than two sides, sides that do not belong together, or an unknown name.
        DataError: a run or baseline is broken.
        ReplayMissError: the recordings do not fit the suite any more.
    """
    if adjustment not in ADJUSTMENTS:
        known = ", ".join(ADJUSTMENTS)
        raise UsageError(f"there is no adjustment {adjustment!r}: {known}")
    opened = suite if isinstance(suite, Suite) else open_suite(suite)
    named = Named(arms, runs, baselines, split)
    with compared_sides(
        opened, named, reference=reference, all_pairs=all_pairs, common=common
    ) as sides:
        found = compare_sides(sides, adjustment=adjustment)
        return replace(found, moved=moved_cases(opened, sides.pairs, found.comparisons))


@contextmanager
def compared_sides(
    suite: Suite,
    named: Named,
    *,
    reference: str | None = None,
    all_pairs: bool = False,
    common: bool = False,
    least: int = LEAST_SIDES,
) -> Iterator[Sides]:
    """The sides that a caller named, checked to belong together.

    Raises:
        UsageError: nothing is recorded, fewer than `least` sides, sides that do not belong
            together, or an unknown name.
        DataError: a run or baseline is broken.
        ReplayMissError: the recordings do not fit the suite any more.
    """
    if named.split == UNLABELLED:
        raise UsageError(
            f"the cases of the {UNLABELLED} split have no expected value to compare by"
        )
    with ExitStack() as stack:
        entrants = named_sides(suite, named, stack)
        if not entrants:  # runs and baselines have arms, or were refused
            raise nothing_recorded(suite, "take a past run")
        if len(entrants) < least:
            raise UsageError(
                "a comparison needs two sides, and there is one: record more arms, "
                "or add --run or --baseline"
            )
        _refuse_strangers(entrants)
        against = _reference(suite, entrants, reference)
        ordered = (against, *(entrant for entrant in entrants if entrant is not against))
        yield Sides(suite, ordered, _shared(ordered, common=common), all_pairs)


def compare_sides(sides: Sides, *, adjustment: str = "holm") -> Compared:
    """Everything that tells the sides apart, but for the replies to the cases that moved."""
    reference = sides.entrants[0]
    shared = sides.shared
    on_shared = {entrant.name: entrant.side.on(shared.common) for entrant in sides.entrants}
    comparisons = compare_all(
        [
            Pair(
                on_shared[before.name],
                on_shared[after.name],
                before.measured.replies == after.measured.replies,
            )
            for before, after in sides.pairs
        ],
        adjustment=adjustment,
    )
    replicated = {entrant.name: _replicated(entrant, shared) for entrant in sides.entrants}
    return Compared(
        suite=sides.suite.name,
        title=sides.suite.file.title,
        split=reference.split,
        graded=reference.side.graded,
        sides=tuple(on_shared.values()),
        reference=reference.name,
        comparisons=comparisons,
        adjustment=adjustment,
        shared=shared,
        replicated={name: found for name, found in replicated.items() if found is not None},
        moved=(),
        all_pairs=sides.all_pairs,
        notes=compare_notes(sides.entrants, shared),
    )


def _refuse_strangers(entrants: Sequence[Entrant]) -> None:
    """Sides of other suites, splits or scorers have nothing to say to each other."""
    first, *others = entrants
    for other in others:
        for what, mine, theirs in _identities(first, other):
            if mine != theirs:
                raise UsageError(
                    f"{first.name} and {other.name} cannot be compared: {what} {mine} and {theirs}"
                    ". Old scores never meet new ones: replay both with today's suite"
                )


def _identities(first: Entrant, other: Entrant) -> Iterator[tuple[str, str, str]]:
    yield "they are of the suites", _suite_of(first), _suite_of(other)
    yield "they are of the splits", first.split, other.split
    yield "their scoring has the digests", first.measured.scoring, other.measured.scoring


def _suite_of(entrant: Entrant) -> str:
    if entrant.run is not None:
        return entrant.run.info.suite
    return entrant.baseline.header.suite if entrant.baseline else ""


def _shared(entrants: Sequence[Entrant], *, common: bool) -> Overlap:
    """The cases that all sides have; others are refused unless the intersection is wanted.

    Sorted, because the order in which replies came must not move any digit.
    """
    first, *others = entrants
    shared = overlap(first.cases, first.cases)
    for other in others:
        found = overlap(first.cases, other.cases)
        if not found.whole and not common:
            raise UsageError(
                f"{first.name} and {other.name} have not the same cases: {found}. Compare the "
                "common ones with --common"
            )
        kept = set(found.common)
        shared = Overlap(
            common=tuple(sorted(id_ for id_ in shared.common if id_ in kept)),
            changed=tuple(dict.fromkeys((*shared.changed, *found.changed))),
            only_reference=tuple(dict.fromkeys((*shared.only_reference, *found.only_reference))),
            only_candidate=tuple(dict.fromkeys((*shared.only_candidate, *found.only_candidate))),
        )
    if not shared.common:
        raise UsageError(f"there is nothing to compare: {shared}")
    return shared


def _reference(suite: Suite, entrants: Sequence[Entrant], name: str | None) -> Entrant:
    by_name = {entrant.name: entrant for entrant in entrants}
    if name is not None:
        if name not in by_name:
            raise UsageError(f"there is no side {name!r} to refer to; sides: {', '.join(by_name)}")
        return by_name[name]
    policy = suite.file.gate
    production = read_production(suite.settings.baselines / suite.name)
    declared = by_name.get(policy.incumbent or "") if policy else None
    approved = next((entrant for entrant in entrants if entrant.source == "baseline"), None)
    deployed = by_name.get(production.arm) if production else None
    return declared or approved or deployed or entrants[0]


def _replicated(entrant: Entrant, shared: Overlap) -> Replicated | None:
    """The single values of an arm on the shared cases; None unless all were repeated alike."""
    columns, side = entrant.columns, entrant.side
    if columns is None:
        return None
    values = replicate_values(columns, graded=side.graded)
    correct = replicate_values(columns, graded=False)
    if values is None or correct is None:
        return None
    places = {id_: place for place, id_ in enumerate(side.ids)}
    rows = [places[id_] for id_ in shared.common]
    return Replicated(tuple(sorted(columns.replicates)), values[rows], correct[rows])
