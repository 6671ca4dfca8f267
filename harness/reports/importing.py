"""What an import did in, its tables and sentences out. Pure."""

from __future__ import annotations

from harness.reports.notes import WARNING
from harness.reports.table import Column, Table
from harness.reports.wording import UNKNOWN, one_line
from harness.text.wording import NOTHING, counted, percent
from harness.values.imported import ArmImport, Disagreement, Rescored, SuiteImport

OURS = "imported"
LONGEST_NOTE = 300


def import_tables(done: SuiteImport) -> list[Table]:
    """The arms, and where our scorer and the other tool's score differ."""
    tables = [_arms(done)]
    if done.rescored is not None and done.rescored.disagreements:
        tables.append(_disagreements(done.rescored))
    return tables


def import_notes(done: SuiteImport) -> list[str]:
    """How the replies are judged, and what must be known of them."""
    notes = [_judged(done)]
    notes += [
        f"{arm.arm}: {one_line(note, LONGEST_NOTE)}" for arm in done.arms for note in arm.notes
    ]
    notes += [
        f"{WARNING}{arm.arm} is kept as a run alone, not as recordings: {arm.reason}"
        for arm in done.arms
        if not arm.recorded
    ]
    repeated = max(arm.trials for arm in done.arms)
    if repeated > 1:
        command = f"harness run {done.suite} --trials {repeated}"
        notes.append(f"repetitions are trials: {command} replays them all")
    return notes


def _judged(done: SuiteImport) -> str:
    found, score = done.rescored, one_line(done.score)
    agreed = ""
    if found is not None:
        share = percent(found.equal / found.compared) if found.compared else NOTHING
        agreed = f"{found.scorer} says the same as {score} of "
        agreed += f"{found.equal:,} of {counted(found.compared, 'reply')} ({share})"
    if done.scorer != OURS:
        return f"judged by {done.scorer}" + (f": {agreed}" if agreed else "")
    return f"judged by the imported score {score}" + (
        f", because no scorer here agrees with all of it; {agreed}" if agreed else ""
    )


def _arms(done: SuiteImport) -> Table:
    names = ("arm", "model", "status", "cases", "replies", "errors", "trials")
    columns = [Column(name, "left" if name in names[:3] else "right") for name in names]
    columns += [Column(head) for head, _ in _scores(done, done.arms[0])]
    columns.append(Column("recorded", "left"))
    return Table(
        title="Imported",
        columns=tuple(columns),
        rows=tuple(_arm_row(done, arm) for arm in done.arms),
    )


def _scores(done: SuiteImport, arm: ArmImport) -> list[tuple[str, str]]:
    """Heads and cells of an arm: what the other tool's score says, and what our own scorer says."""
    scores: list[tuple[str, str]] = []
    if done.score:
        given = UNKNOWN if arm.given is None else f"{arm.given:.3f}"
        scores.append((one_line(done.score), given))
    if done.scorer != OURS:
        accuracy = UNKNOWN if arm.accuracy is None else percent(arm.accuracy)
        scores.append((f"accuracy by {one_line(done.scorer)}", accuracy))
    return scores


def _arm_row(done: SuiteImport, arm: ArmImport) -> tuple[str, ...]:
    return (
        arm.arm,
        one_line(arm.model),
        arm.status,
        f"{arm.cases:,}",
        f"{arm.replies:,}",
        f"{arm.failures:,}",
        f"{arm.trials:,}",
        *(cell for _, cell in _scores(done, arm)),
        "yes" if arm.recorded else "no",
    )


def _disagreements(found: Rescored) -> Table:
    names = ("arm", "case", "trial", found.scorer, one_line(found.score), "reply", "reason")
    left = (0, 1, 5, 6)
    return Table(
        title=f"Where {found.scorer} and {one_line(found.score)} differ "
        f"(the first {len(found.disagreements)} of {found.compared - found.equal:,})",
        columns=tuple(Column(n, "left" if i in left else "right") for i, n in enumerate(names)),
        rows=tuple(_disagreement_row(one) for one in found.disagreements),
    )


def _disagreement_row(one: Disagreement) -> tuple[str, ...]:
    ours = NOTHING if one.ours < 0 else f"{one.ours:.3f}"
    words = (one_line(one.reply, 40), one_line(one.reason, 80))
    return (one.arm, one_line(one.case), str(one.trial), ours, f"{one.given:.3f}", *words)
