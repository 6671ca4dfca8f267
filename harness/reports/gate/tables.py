"""A decision in, what people read of it out: the ruling in a sentence, checks, lost cases. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from harness.analysis.comparison import Comparison
from harness.reports.notes import WARNING
from harness.reports.table import Column, Table
from harness.reports.wording import one_line
from harness.text.wording import counted
from harness.values.baseline import Decision
from harness.values.score import Outcome
from harness.values.verdict import CheckStatus, Ruling

STATUS_WORDS: dict[CheckStatus, str] = {
    "passed": "passed",
    "failed": "FAILED",
    "inconclusive": "inconclusive",
    "invalid": "INVALID",
}
_RULINGS = {
    Ruling.PROMOTE: "{candidate} may replace {incumbent}",
    Ruling.REJECT: "{candidate} must not replace {incumbent}",
    Ruling.INCONCLUSIVE: "these cases cannot tell whether {candidate} may replace {incumbent}",
    Ruling.INVALID: "nothing can be said about {candidate} against {incumbent}",
}
_MOST_TRANSITIONS = 6
_IDS_NAMED = 8
_LONGEST = 300


def ruling_sentence(decision: Decision) -> str:
    """'PROMOTE: fine_tuned may replace few_shot'; an arm's own past is 'the approved few_shot'."""
    incumbent = _before(decision.incumbent.arm, decision.candidate.arm)
    sides = {"candidate": decision.candidate.arm, "incumbent": incumbent}
    return f"{decision.ruling.upper()}: {_RULINGS[decision.ruling].format(**sides)}"


def _before(incumbent: str, candidate: str) -> str:
    return f"the approved {incumbent}" if incumbent == candidate else incumbent


def gate_heading(decision: Decision, title: str, *, preview: bool) -> str:
    """The ruling, what it was about, and which decision this is."""
    place = "a preview, not written down" if preview else f"decision {decision.number}"
    about = f"{title} ({decision.suite}, {decision.split}), {place}"
    return f"{one_line(ruling_sentence(decision), _LONGEST)}\n{one_line(about, _LONGEST)}"


def gate_tables(decision: Decision, comparison: Comparison | None) -> Iterator[Table]:
    """The checks, then what became of the cases that moved."""
    yield checks_table(decision)
    if comparison is not None and (comparison.gained or comparison.lost):
        yield moved_table(comparison)


def checks_table(decision: Decision) -> Table:
    """One row per check: its evidence in one line; the next steps as notes."""
    rows = tuple(
        (check.name, STATUS_WORDS[check.status], check.evidence) for check in decision.checks
    )
    columns = (Column("check", "left"), Column("result", "left"), Column("evidence", "left"))
    return Table("Checks", columns, rows, tuple(_notes(decision)))


def _notes(decision: Decision) -> Iterator[str]:
    for check in decision.checks:
        if check.status != "passed" and check.next_step:
            yield f"Next ({check.name}): {check.next_step}."
    yield from (note for note in decision.notes if note.startswith(WARNING))
    yield from (note for note in decision.notes if not note.startswith(WARNING))


def moved_table(comparison: Comparison) -> Table:
    """What became of the cases: from which outcome to which, the most frequent first."""
    moves = [
        (count, before, after)
        for before, row in comparison.transitions.items()
        for after, count in row.items()
        if before != after
    ]
    moves.sort(key=lambda move: (-move[0], move[1], move[2]))
    rows = tuple(
        (before.replace("_", " "), after.replace("_", " "), f"{count:g}", _kind(before, after))
        for count, before, after in moves[:_MOST_TRANSITIONS]
    )
    columns = (
        Column(f"with {_before(comparison.reference, comparison.candidate)}", "left"),
        Column(f"with {comparison.candidate}", "left"),
        Column("cases"),
        Column("", "left"),
    )
    notes = [
        f"{what.capitalize()}: {counted(len(ids), 'case')} ({_named(ids)})."
        for what, ids in (("lost", comparison.lost), ("gained", comparison.gained))
        if ids
    ]
    return Table("Cases that moved", columns, rows, tuple(notes))


def _kind(before: Outcome, after: Outcome) -> str:
    if after == Outcome.CORRECT:
        return "gained"
    return "lost" if before == Outcome.CORRECT else ""


def _named(ids: tuple[str, ...]) -> str:
    shown = ", ".join(ids[:_IDS_NAMED])
    return f"{shown}, …" if len(ids) > _IDS_NAMED else shown


def gate_json(decision: Decision, comparison: Comparison | None, *, preview: bool) -> Any:
    """The decision as it is written down, with the ids of the cases that moved."""
    return {
        **msgspec.to_builtins(decision),
        "exit_code": decision.ruling.exit_code,
        "preview": preview,
        "gained": list(comparison.gained) if comparison else None,
        "lost": list(comparison.lost) if comparison else None,
    }
