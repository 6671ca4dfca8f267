"""Make the side-by-side page of a suite: names in, one self-contained HTML file out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from harness.analysis.compared import Compared
from harness.analysis.cost.costed import Costed
from harness.analysis.curve import fit_curve
from harness.errors import UsageError
from harness.reports.figures.curve import curve_figure
from harness.reports.figures.figure import Figure
from harness.reports.notes import WARNING
from harness.reports.page.document import page_of_parts
from harness.reports.page.values import Page
from harness.reports.side_by_side.cautions import cautions
from harness.reports.side_by_side.facts import facts
from harness.reports.side_by_side.finding import finding, leading_pair
from harness.reports.side_by_side.sections import sections
from harness.reports.side_by_side.shown import Held, Shown
from harness.store.atomic import write_atomic
from harness.store.curves import curve_paths, read_curve
from harness.store.suite import Suite
from harness.values.case import Split
from harness.workflows.compare.compare import Sides, compare_sides, compared_sides
from harness.workflows.compare.sources import Named
from harness.workflows.cost.cost import costs_of_sides
from harness.workflows.gate.gate import gate
from harness.workflows.page.counting import Nobody, Watcher
from harness.workflows.page.parts import packer
from harness.workflows.page.source import grid_source
from harness.workflows.run import open_suite
from harness.workflows.shutdown import shutdown_warnings

GATED_SPLIT: Split = "test"


@dataclass(frozen=True)
class Written:
    """A page on disk. `cases` and `arms` count what it shows, `size` is in bytes."""

    path: Path
    finding: str
    cases: int
    arms: int
    size: int


def write_page(
    suite: str | Path | Suite,
    path: str | Path,
    *,
    arms: Sequence[str] = (),
    runs: Sequence[str] = (),
    baselines: Sequence[str] = (),
    split: Split = GATED_SPLIT,
    reference: str | None = None,
    common: bool = False,
    today: date | None = None,
    watcher: Watcher | None = None,
) -> Written:
    """Write the page of what `compare` would compare, or of one arm alone.

    The file is written whole or not at all. No model is asked. Where the suite has a policy and
    both its sides are shown as they are recorded, the page opens with the gate's verdict, which is
    a preview: it is not written down as a decision. The cases of a large page are packed by
    several processes.

    Raises:
        UsageError: sides that do not belong together, or an unknown name.
        DataError: a run or baseline is broken, or the file cannot be written.
        ReplayMissError: the recordings do not fit the suite any more.
    """
    opened = suite if isinstance(suite, Suite) else open_suite(suite)
    day = today or datetime.now(UTC).date()
    named = Named(arms, runs, baselines, split)
    watching = watcher or Nobody()
    watching.began(len(opened.splits.get(split, ())))
    with (
        packer(opened, split, watching.packed) as packing,
        compared_sides(opened, named, reference=reference, common=common, least=1) as sides,
    ):
        source = grid_source(sides)
        parts = packing.parts(source)
        shown = shown_sides(sides, named, day)
        page = Page(
            name=opened.name,
            title=opened.file.title,
            subtitle=opened.file.description,
            finding=finding(shown),
            verdict=str(shown.gate.decision.ruling) if shown.gate else "",
            facts=facts(shown),
            warnings=(*shown.warnings, *cautions(shown)),
            sections=sections(shown),
        )
        pair = leading_pair(shown)[::-1]
        pieces = page_of_parts(page, source.arms, parts, pair=pair)
        target = Path(path)
        write_atomic(target, (piece.encode() for piece in pieces))
        return Written(
            path=target,
            finding=page.finding,
            cases=len(sides.shared.common),
            arms=len(sides.entrants),
            size=target.stat().st_size,
        )


def shown_sides(sides: Sides, named: Named, today: date) -> Shown:
    """Everything that the page says of its sides, but for the cases."""
    suite, compared = sides.suite, compare_sides(sides)
    entrants = {entrant.name: entrant for entrant in sides.entrants}
    held, why_not = _held(suite, compared, named, today)
    told = [note.removeprefix(WARNING) for note in compared.notes if note.startswith(WARNING)]
    return Shown(
        compared=compared,
        columns={name: e.columns for name, e in entrants.items() if e.columns is not None},
        infos={
            name: (e.run.info, e.run.info.arms[e.arm])
            for name, e in entrants.items()
            if e.run is not None
        },
        warnings=tuple(dict.fromkeys([*told, *_ending(suite, compared, today), *why_not])),
        gate=held,
        curves=tuple(_curves(suite, compared)),
        costs=_costs(sides, today),
    )


def _costs(sides: Sides, today: date) -> tuple[Costed, ...]:
    """At the prices of the runs, then of every scenario; nothing where an arm stands twice."""
    arms = [entrant.arm for entrant in sides.entrants if entrant.run is not None]
    if not arms or len(set(arms)) < len(arms):
        return ()
    own, others = costs_of_sides(sides, today=today)
    return (own, *others)


def _held(
    suite: Suite, compared: Compared, named: Named, today: date
) -> tuple[Held | None, list[str]]:
    """The verdict of the gate on what is shown; or why there is none, where one was to be had."""
    policy = suite.file.gate
    if policy is None or named.runs or named.baselines or named.split != GATED_SPLIT:
        return None, []
    names = {side.name for side in compared.sides}
    try:
        gated = gate(suite, preview=True, today=today)
    except UsageError as error:
        return None, [f"no verdict: {error}"]
    if not {gated.decision.candidate.arm, gated.decision.incumbent.arm} <= names:
        return None, []
    return Held(gated.decision, gated.comparison), []


def _ending(suite: Suite, compared: Compared, today: date) -> Iterator[str]:
    """Models of the page that stop answering soon."""
    names = {side.name for side in compared.sides}
    for problem in shutdown_warnings(suite, today):
        if any(problem.message.startswith(f"arms.{name}:") for name in names):
            yield problem.message.removeprefix("arms.")


def _curves(suite: Suite, compared: Compared) -> Iterator[Figure]:
    names = {side.name for side in compared.sides}
    for path in curve_paths(suite.folder):
        curve = read_curve(path)
        if curve is not None and curve.arm in names:
            figure = curve_figure(curve, fit_curve(curve), key=f"curve-{curve.training}")
            yield from [figure] if figure else []
