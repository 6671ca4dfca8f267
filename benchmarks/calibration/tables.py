"""What was computed in, Markdown tables out."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.calibration.cells import (
    ACCURACIES,
    ALPHAS,
    DISCORDANCES,
    EXCESS,
    LEAST,
    MARGINS,
    RATIOS,
    Cell,
)
from benchmarks.calibration.requirements import WHATS, Line
from benchmarks.calibration.shares import Arm
from benchmarks.calibration.simulation import Estimated
from benchmarks.calibration.tango import Exact
from benchmarks.measure import markdown_table


def _percent(value: float, *, missed: bool) -> str:
    return f"**{value:.1%}**" if missed else f"{value:.1%}"


def requirement_table(lines: Sequence[Line]) -> str:
    """Method and cells down; what was not asked stands in brackets."""
    rows: dict[tuple[str, str], dict[str, Line]] = {}
    for line in lines:
        rows.setdefault((line.method, line.where), {})[line.what] = line
    shown = []
    for (method, where), found in rows.items():
        cells = max(line.cells for line in found.values())
        asked = [_asked(found.get(what)) for what in WHATS]
        shown.append((f"{method}: {where}", f"{cells:,}", *asked))
    return markdown_table(("method: where", "cells", *WHATS), shown)


def _asked(line: Line | None) -> str:
    if line is None:
        return ""
    if line.reached is None:
        return f"({line.found:.2%})"
    return f"{line.found:.2%}" if line.reached else f"**{line.found:.2%}**"


def plain_table(cells: Sequence[Estimated]) -> str:
    """Kinds down; false promotions of mean ± t · SE beside those of the product."""
    head = ["kind", "cells"]
    for alpha in ALPHAS:
        for method in ("mean ± t · SE", "used"):
            what = f"alpha {alpha:.1%}, {method}"
            head += [f"{what}: clear misses", f"{what}: most"]
    rows = []
    for kind in dict.fromkeys(cell.world.kind for cell in cells):
        own = [cell for cell in cells if cell.world.kind == kind]
        row = [kind, str(len(own))]
        for place in range(len(ALPHAS)):
            row.append(str(sum(cell.plain_misses[place][1] for cell in own)))
            row.append(f"{max(cell.plain[place] for cell in own):.1%}")
            row.append(str(sum(cell.misses[place + 1][1] for cell in own)))
            row.append(f"{max(cell.promoted[place] for cell in own):.1%}")
        rows.append(row)
    return markdown_table(head, rows)


def coverage_table(cells: Sequence[Cell], cases: int) -> str:
    """Psi down, difference / psi across."""
    head = ("psi", "n psi", "n psi (1 - psi)", *(f"difference {r:.0%} of psi" for r in RATIOS))
    own = [cell for cell in cells if cell.cases == cases]
    rows = []
    for psi in DISCORDANCES:
        values = [cell.value for cell in own if cell.discordance == psi]
        shown = [_percent(value, missed=value < LEAST) for value in values]
        rows.append((f"{psi:.1%}", f"{cases * psi:.1f}", f"{cases * psi * (1 - psi):.1f}", *shown))
    return markdown_table(head, rows)


def promotion_table(found: Exact, cases: int) -> str:
    """Psi down, margin and alpha across; empty where the margin exceeds the discordance."""
    columns = [(margin, alpha) for margin in MARGINS for alpha in ALPHAS]
    names = [f"margin {margin:.0%}, alpha {alpha:.1%}" for margin, alpha in columns]
    values = {
        (cell.discordance, *column): cell.value
        for column, cells in found.promoted.items()
        for cell in cells
        if cell.cases == cases
    }
    rows = []
    for psi in DISCORDANCES:
        row = [f"{psi:.1%}", f"{cases * psi:.1f}"]
        for margin, alpha in columns:
            value = values.get((psi, margin, alpha))
            missed = value is not None and value > alpha + EXCESS
            row.append("" if value is None else _percent(value, missed=missed))
        rows.append(row)
    return markdown_table(("psi", "n psi", *names), rows)


def newcombe_table(cells: Sequence[Cell]) -> str:
    """Accuracy and psi down, difference / psi across."""
    values = {
        (c.cases, c.accuracy, c.discordance, round(c.difference / c.discordance, 2)): c.value
        for c in cells
    }
    head = ("n", "accuracy", "psi", *(f"difference {r:.0%} of psi" for r in RATIOS))
    rows = []
    for cases, accuracy, psi in dict.fromkeys(key[:3] for key in values):
        found = [values.get((cases, accuracy, psi, ratio)) for ratio in RATIOS]
        shown = ["" if v is None else _percent(v, missed=v < LEAST) for v in found]
        rows.append((str(cases), f"{accuracy:.0%}", f"{psi:.0%}", *shown))
    return markdown_table(head, rows)


def share_table(arms: Sequence[Arm]) -> str:
    """Interval and cases down, accuracies across."""
    head = ("interval", "n", *(f"accuracy {a:.0%}" for a in ACCURACIES), "mean", "least", "at")
    rows = []
    for name, at_accuracies, cells in arms:
        least = min(cells, key=lambda cell: cell.value)
        rows.append(
            (
                name,
                str(least.cases),
                *(_percent(value, missed=value < LEAST) for value in at_accuracies),
                f"{sum(cell.value for cell in cells) / len(cells):.1%}",
                _percent(least.value, missed=least.value < LEAST),
                f"{least.discordance:.1%}",
            )
        )
    return markdown_table(head, rows)


def simulated_table(cells: Sequence[Estimated]) -> str:
    """One row per world: first without a difference, then with a loss of half the discordance."""
    measured = ("coverage", *(f"promoted, alpha {alpha:.1%}" for alpha in ALPHAS))
    head = ("groups", "cases each", "correlation", "psi", "effective pairs")
    head += tuple(f"{truth}: {what}" for truth in ("no difference", "a loss") for what in measured)
    rows = []
    for equal, less in zip(cells[::2], cells[1::2], strict=True):
        world = equal.world
        row = [str(world.groups), world.sizes, f"{world.correlation}", f"{world.discordance:.0%}"]
        row.append(f"{world.pairs:.1f}")
        for cell in (equal, less):
            shares = (cell.coverage, *cell.promoted)
            for share, (missed, clearly) in zip(shares, cell.misses, strict=True):
                text = _percent(share, missed=clearly)
                row.append(f"*{text}*" if missed and not clearly else text)
        rows.append(row)
    return markdown_table(head, rows)
