"""The sides of a comparison in, where everything of their cases stands out: a value to send.

Whoever packs a part of the cases reads them from there, in this process or in another one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from harness.reports.page.values import GridArm
from harness.values.baseline import BaselineCase
from harness.values.case import Split
from harness.values.price import Price
from harness.workflows.compare.compare import Sides
from harness.workflows.entrants import Entrant

BASELINE_KIND = "baseline"
PART_CASES = 10_000
"""Parts have as many cases on every machine, however many processes pack them."""


class AskedCase(msgspec.Struct, frozen=True, array_like=True):
    """A case by id, its digest when it was asked, and its place in the split of the suite.

    `place` is None where the suite does not hold the case any more.
    """

    id: str
    digest: str
    place: int | None


class GridColumn(msgspec.Struct, frozen=True, kw_only=True):
    """One side: the folder of the run that has its replies; or a baseline's lines by case.

    `shot_seed` is None where every replicate is shown.
    """

    arm: str
    graded: bool
    price: Price | None
    run: str | None
    shot_seed: int | None
    approved: dict[str, BaselineCase] = {}


class GridSource(msgspec.Struct, frozen=True, kw_only=True):
    """All that a page shows of its cases: `arms` and `columns` are the sides, reference first.

    `runs` has the digests that the arms had, by the folder of their run and by name. A part has
    `part_cases` of the cases, the last one what is left.
    """

    split: Split
    arms: tuple[GridArm, ...]
    columns: tuple[GridColumn, ...]
    runs: dict[str, dict[str, str]]
    cases: list[AskedCase]
    part_cases: int

    @property
    def parts(self) -> int:
        """How many parts the cases make."""
        return -(-len(self.cases) // self.part_cases)

    def part(self, number: int) -> list[AskedCase]:
        """The cases of a part."""
        return self.cases[number * self.part_cases : (number + 1) * self.part_cases]


def grid_source(sides: Sides) -> GridSource:
    """The cases that all sides have, in the order of the split, and where their replies are."""
    first = sides.entrants[0]
    return GridSource(
        split=first.split,
        arms=grid_arms(sides.entrants),
        columns=tuple(map(_column, sides.entrants)),
        runs={
            str(entrant.run.path): {name: arm.digest for name, arm in entrant.run.info.arms.items()}
            for entrant in sides.entrants
            if entrant.run is not None
        },
        cases=list(_cases(sides)),
        part_cases=PART_CASES,
    )


def grid_arms(entrants: Iterable[Entrant]) -> tuple[GridArm, ...]:
    """The columns, the reference first."""
    return tuple(
        GridArm(
            name=entrant.name,
            kind=_kind(entrant),
            graded=entrant.side.graded,
            currency=entrant.side.price.currency if entrant.side.price else "",
        )
        for entrant in entrants
    )


def _kind(entrant: Entrant) -> str:
    if entrant.run is None:
        return BASELINE_KIND
    return entrant.run.info.arms[entrant.arm].kind.replace("_", "-")


def _column(entrant: Entrant) -> GridColumn:
    lines = entrant.baseline.cases if entrant.run is None and entrant.baseline else ()
    return GridColumn(
        arm=entrant.arm,
        graded=entrant.side.graded,
        price=entrant.side.price,
        run=str(entrant.run.path) if entrant.run is not None else None,
        shot_seed=entrant.shot_seed,
        approved={line.id: line for line in lines},
    )


def _cases(sides: Sides) -> Iterator[AskedCase]:
    """Those that the suite still holds in its order, then the others."""
    first = sides.entrants[0]
    left = dict.fromkeys(sides.shared.common)
    cases = sides.suite.splits.get(first.split)
    for place, id_ in enumerate(cases.ids if cases is not None else ()):
        if id_ in left:
            del left[id_]
            yield AskedCase(id_, first.cases[id_], place)
    for id_ in left:
        yield AskedCase(id_, first.cases[id_], None)
