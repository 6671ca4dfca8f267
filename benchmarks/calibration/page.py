"""Everything computed, and put together as docs/calibration.md."""

from __future__ import annotations

from typing import NamedTuple

from benchmarks.calibration import prose, summary, tables
from benchmarks.calibration.cells import Cell, Plan
from benchmarks.calibration.newcombe import FullTables, newcombe_coverage
from benchmarks.calibration.requirements import (
    newcombe_lines,
    share_lines,
    simulated_lines,
    tango_lines,
)
from benchmarks.calibration.shares import Arm, enumerate_shares
from benchmarks.calibration.simulation import Estimated, estimate
from benchmarks.calibration.tango import Exact, enumerate_tango
from benchmarks.calibration.worlds import REPEATS, SAME_REPLY, worlds


class Found(NamedTuple):
    """All that is computed."""

    exact: Exact
    newcombe: list[Cell]
    arms: list[Arm]
    simulated: list[Estimated]


def compute(plan: Plan) -> Found:
    """Two to three minutes of CPU for the whole plan."""
    return Found(
        enumerate_tango(plan),
        [cell for cases in plan.newcombe_cases for cell in newcombe_coverage(FullTables(cases))],
        enumerate_shares(plan),
        [estimate(world, plan, number) for number, world in enumerate(worlds(plan))],
    )


def page(plan: Plan, found: Found) -> str:
    """docs/calibration.md as a whole."""
    parts = [prose.HEAD, *_top(found), prose.METHOD.format(**vars(plan))]
    parts += [prose.PLAIN, tables.plain_table(found.simulated), ""]
    parts += [prose.TANGO.format(scanned=plan.scanned)]
    for cases in plan.cases:
        table = tables.coverage_table(found.exact.coverage, cases)
        parts += [f"### {cases} cases", "", table, ""]
    parts += [prose.PROMOTION]
    for cases in plan.cases:
        table = tables.promotion_table(found.exact, cases)
        parts += [f"### {cases} cases, false promotion", "", table, ""]
    sizes = ", ".join(map(str, plan.newcombe_cases))
    parts += [prose.NEWCOMBE.format(sizes=sizes), tables.newcombe_table(found.newcombe), ""]
    parts += [prose.SHARES, tables.share_table(found.arms), ""]
    parts += [prose.SIMULATED.format(same=SAME_REPLY, repeats=REPEATS)]
    for kind in dict.fromkeys(cell.world.kind for cell in found.simulated):
        own = [cell for cell in found.simulated if cell.world.kind == kind]
        parts += [f"### {kind[0].upper()}{kind[1:]}", "", tables.simulated_table(own), ""]
    return "\n".join(parts).rstrip() + "\n"


def _top(found: Found) -> list[str]:
    """What a reader wants first: the summary, and what became of every requirement."""
    lines = [
        *tango_lines(found.exact),
        *newcombe_lines(found.newcombe),
        *share_lines(found.arms),
        *simulated_lines(found.simulated),
    ]
    return [
        summary.verdict(lines),
        "",
        summary.tango_sentences(found.exact, lines),
        summary.simulated_sentences(found.simulated),
        summary.rare_sentences(found.simulated),
        *summary.other_sentences(lines),
        "",
        summary.plain_sentence(found.simulated),
        "",
        prose.FOLLOWS,
        prose.REQUIREMENTS,
        tables.requirement_table(lines),
        "",
        *summary.missed_lines(lines),
        "",
    ]
