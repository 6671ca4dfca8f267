"""Replies that were collected elsewhere: a file of ids and texts in, fixtures of an arm out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import msgspec

from harness.errors import DataError, Problem, UsageError
from harness.runner.plan import ArmPlan
from harness.store.fixtures import FixtureLine, Origin, add_fixtures, fixture_path
from harness.store.peers.table import REPLY_COLUMNS, ReplyRow, without_blanks
from harness.store.rows import read_rows
from harness.store.suite import Suite
from harness.values.case import Case, Split
from harness.values.request import Replicate, request_key
from harness.workflows.lanes import ArmPlanner
from harness.workflows.tune import arm_of

SERVER = "imported"
MOST_PROBLEMS = 100


class CaseReply(ReplyRow, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One row of the file: the case's id, and what is known of the reply."""

    id: str


class Imported(msgspec.Struct, frozen=True):
    """How many replies were new, how many stood there already, and the cases without any."""

    added: int
    known: int
    missing: tuple[str, ...]


def import_replies(
    suite: Suite, arm: str, source: str, *, split: Split = "test", day: date, model: str = ""
) -> Imported:
    """Make the rows of a JSONL, CSV, TSV or Parquet file recordings of an arm; all or none.

    `day` is when they were collected and `model` who answered, where the rows do not say.

    Raises:
        UsageError: there is no such arm or split.
        DataError: with every row that cannot be used; nothing is written.
    """
    resolved = arm_of(suite, arm)
    cases = suite.splits.get(split)
    if cases is None:
        raise UsageError(f"{suite.name} has no {split} split; splits: {', '.join(suite.splits)}")
    places = {id_: index for index, id_ in enumerate(cases.ids)}
    plan = ArmPlanner(suite, cases, range(len(cases))).plan(resolved, 1)
    named = model or _trained_model(suite, arm) or resolved.model
    problems: list[Problem] = []
    lines: dict[tuple[str, Replicate], FixtureLine] = {}
    for number, row in _rows(source, problems):
        place = places.get(row.id)
        replicate = Replicate(row.shot_seed, row.trial)
        if place is None:
            problems.append(_unknown(source, number, row.id, split))
        elif (row.id, replicate) in lines:
            message = f"a second reply to case {row.id!r}, shot seed {row.shot_seed}"
            problems.append(_problem(source, number, f"{message}, trial {row.trial}"))
        else:
            origin = Origin(row.model or named, SERVER, row.date or day.isoformat())
            line = _line(plan, cases[place], row, split, origin)
            lines[row.id, replicate] = line
    if problems:
        raise DataError(_first(source, problems))
    if not lines:
        raise DataError([_problem(source, 0, "the file has no replies")])
    path = fixture_path(suite.fixtures_folder, arm)
    added = add_fixtures(path, lines.values(), suite.splits)
    answered = {id_ for id_, _ in lines}
    missing = tuple(id_ for id_ in cases.ids if id_ not in answered)
    return Imported(added, len(lines) - added, missing)


def _rows(source: str, problems: list[Problem]) -> Iterator[tuple[int, CaseReply]]:
    for number, row in read_rows(source):
        try:
            yield number, msgspec.convert(without_blanks(row), CaseReply, strict=False)
        except msgspec.ValidationError as error:
            hint = "columns: id, reply; optional: " + ", ".join(REPLY_COLUMNS[1:])
            problems.append(_problem(source, number, str(error), hint))


def _line(plan: ArmPlan, case: Case, row: CaseReply, split: Split, origin: Origin) -> FixtureLine:
    digest = case.input_digest
    replicate = Replicate(row.shot_seed, row.trial)
    request, shots = plan.ask(case, digest, replicate)
    return FixtureLine(
        split=split,
        case=case.id,
        replicate=replicate,
        input_digest=digest,
        key=request_key(request),
        shots=shots,
        origin=origin,
        reply=row.answer(origin.model),
    )


def _trained_model(suite: Suite, arm: str) -> str | None:
    training = suite.trainings.get(suite.arms[arm].training or "")
    return training.model if training else None


def _unknown(source: str, line: int, id_: str, split: Split) -> Problem:
    return _problem(source, line, f"the {split} split has no case {id_!r}")


def _problem(source: str, line: int, message: str, hint: str = "") -> Problem:
    return Problem(file=source, line=line, message=message, hint=hint)


def _first(source: str, problems: list[Problem]) -> list[Problem]:
    more = len(problems) - MOST_PROBLEMS
    rest = [_problem(source, 0, f"and {more:,} more problems")] if more > 0 else []
    return [*problems[:MOST_PROBLEMS], *rest]
