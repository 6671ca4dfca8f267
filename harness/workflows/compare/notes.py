"""The sides of a comparison in, what a reader must know of where they come from out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from harness.analysis.overlap import Overlap
from harness.reports.notes import WARNING, warnings
from harness.text.wording import counted
from harness.values.run import RunInfo
from harness.values.score import INFRASTRUCTURE
from harness.workflows.entrants import Entrant


def compare_notes(entrants: Sequence[Entrant], shared: Overlap) -> tuple[str, ...]:
    """Warnings first: leaks, runs that decide nothing, what is missing, what was lost."""
    found = dict.fromkeys([*_run_warnings(entrants), *_entrant_notes(entrants)])
    if not shared.whole:
        found[f"Compared on the common cases alone: {shared}."] = None
    return tuple(sorted(found, key=lambda note: not note.startswith(WARNING)))


def _run_warnings(entrants: Sequence[Entrant]) -> Iterator[str]:
    """What the tables of each run would warn of, about the arms that are compared."""
    infos: dict[str, RunInfo] = {}
    arms: dict[str, list[str]] = {}
    for entrant in entrants:
        if entrant.run is not None:
            infos[str(entrant.run.path)] = entrant.run.info
            arms.setdefault(str(entrant.run.path), []).append(entrant.arm)
    for path, info in infos.items():
        chosen = {name: about for name, about in info.arms.items() if name in arms[path]}
        for text in warnings(msgspec.structs.replace(info, arms=chosen), []):
            place = f"{info.id}: " if len(infos) > 1 and "this run" in text else ""
            yield f"{WARNING}{place}{text.removeprefix(WARNING)}"


def _entrant_notes(entrants: Sequence[Entrant]) -> Iterator[str]:
    for entrant in entrants:
        if entrant.run is None:
            yield (
                f"{entrant.name}: its replies are not recorded any more; texts, tokens and money "
                "are not available."
            )
        elif entrant.run.info.status == "incomplete":
            yield (
                f"{WARNING}{entrant.name} is of a run that is incomplete; what is missing is no "
                "part of the comparison, which decides nothing."
            )
        lost = sum(entrant.columns.outcomes()[o] for o in INFRASTRUCTURE) if entrant.columns else 0
        if lost:
            yield (
                f"{entrant.name} lost {counted(lost, 'reply')} to errors; they count as not "
                "correct, and say nothing of the model."
            )
