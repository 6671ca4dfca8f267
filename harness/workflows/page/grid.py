"""The sides of a comparison in, every case with all its replies out, streamed from disk."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from harness.reports.page.values import GridArm, GridCase, GridReply
from harness.store.case_records import CaseRecords
from harness.store.runs import JOURNAL_FILE
from harness.values.baseline import BaselineCase
from harness.values.case import Case
from harness.values.price import cost
from harness.values.record import Record
from harness.values.reply import Answer, Failure, Reply
from harness.values.score import Outcome, Score
from harness.workflows.compare.compare import Sides
from harness.workflows.entrants import Entrant
from harness.workflows.page.prompts import SentPrompts
from harness.workflows.replies import is_reply_of

BASELINE_KIND = "baseline"


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


def grid_cases(sides: Sides) -> Iterator[GridCase]:
    """The cases that all sides have, in the order of the split; one is held at a time.

    Of a case that the suite does not hold any more as it was asked only the replies are shown.

    Raises:
        DataError: a journal is broken.
    """
    with ExitStack() as stack:
        journals = _journals(sides, stack)
        columns = [_column(entrant, journals) for entrant in sides.entrants]
        for case, known in _cases(sides):
            read = {path: journal.of(case.id) for path, journal in journals.items()}
            yield GridCase(
                id=case.id,
                input=case.input,
                expected=case.expected,
                group=case.group,
                tags=case.tags,
                replies=tuple(c.replies(read, case.id, case if known else None) for c in columns),
            )


def _cases(sides: Sides) -> Iterator[tuple[Case, bool]]:
    """Each shared case, and whether the suite still holds it as it was asked."""
    asked = sides.entrants[0].cases
    left = dict.fromkeys(sides.shared.common)
    for case in sides.suite.splits.get(sides.entrants[0].split, ()):
        if case.id in left:
            del left[case.id]
            known = case.digest == asked[case.id]
            yield (case if known else _lost(case.id)), known
    for id_ in left:
        yield _lost(id_), False


def _lost(id_: str) -> Case:
    return Case(id_, {}, None)


@dataclass(frozen=True)
class _Journal:
    """The journal of one run, and how the prompts of its arms are made again."""

    records: CaseRecords
    prompts: SentPrompts

    def of(self, case: str) -> dict[str, list[Record]]:
        """The records of a case by arm, by shot seed and trial."""
        found: dict[str, list[Record]] = {}
        for record in self.records.of(case):
            found.setdefault(record.arm, []).append(record)
        for records in found.values():
            records.sort(key=_replicate)
        return found


@dataclass(frozen=True)
class _Column:
    """One side: where its replies are, or what a baseline says of cases without any."""

    entrant: Entrant
    path: Path | None
    prompts: SentPrompts | None
    approved: Mapping[str, BaselineCase]

    def replies(
        self, read: Mapping[Path, Mapping[str, Sequence[Record]]], id_: str, case: Case | None
    ) -> tuple[GridReply, ...]:
        """The replies to a case; `read` has all its records by run and arm."""
        if self.path is None:
            line = self.approved.get(id_)
            return (GridReply(outcome=line.outcome, value=line.score, text=None),) if line else ()
        arm, seed = self.entrant.arm, self.entrant.shot_seed
        return tuple(
            self._reply(record, case)
            for record in read[self.path].get(arm, ())
            if is_reply_of(record, arm, seed)
        )

    def _reply(self, record: Record, case: Case | None) -> GridReply:
        exchange = record.exchanges[-1] if record.exchanges else None
        reply = exchange.reply if exchange else None
        answer = reply if isinstance(reply, Answer) else None
        primary = next(iter(record.scores.values()), None)
        sent = self.prompts.of(record, case) if self.prompts and case else None
        return GridReply(
            outcome=record.outcome,
            value=_value(record, primary, graded=self.entrant.side.graded),
            text=_said(reply),
            failed=answer is None,
            extracted=_as_text(primary.extracted) if primary else None,
            reason=primary.reason if primary else "",
            scores={name: score.value for name, score in record.scores.items()},
            finish=answer.finish if answer else "",
            model=answer.model if answer else "",
            usage=answer.usage if answer else None,
            cost=self._cost(answer),
            latency=(reply.latency or None) if reply else None,
            attempts=1 + len(exchange.faults) if exchange else 0,
            shots=record.shots,
            shot_seed=record.replicate.shot_seed,
            trial=record.replicate.trial,
            prompt=sent,
        )

    def _cost(self, answer: Answer | None) -> float | None:
        price = self.entrant.side.price
        if answer is None or answer.usage is None or price is None:
            return None
        return cost(answer.usage, price, answer.latency)


def _replicate(record: Record) -> tuple[int, int]:
    return record.replicate.shot_seed, record.replicate.trial


def _value(record: Record, primary: Score | None, *, graded: bool) -> float:
    """What sides are compared by."""
    if graded:
        return primary.value if primary else 0.0
    return float(record.outcome == Outcome.CORRECT)


def _said(reply: Reply | None) -> str | None:
    """What was answered, or how the asking failed."""
    if isinstance(reply, Failure):
        return f"{reply.kind}: {reply.detail}" if reply.detail else reply.kind
    return reply.text if reply else None


def _as_text(extracted: Any) -> str | None:
    if extracted is None or isinstance(extracted, str):
        return extracted
    return msgspec.json.encode(extracted).decode()


def _journals(sides: Sides, stack: ExitStack) -> dict[Path, _Journal]:
    """By the folder of a run: sides of one run share its journal."""
    journals: dict[Path, _Journal] = {}
    for entrant in sides.entrants:
        run = entrant.run
        if run is not None and run.path not in journals:
            records = stack.enter_context(CaseRecords(run.path / JOURNAL_FILE))
            journals[run.path] = _Journal(
                records, SentPrompts(sides.suite, run.info, entrant.split)
            )
    return journals


def _column(entrant: Entrant, journals: Mapping[Path, _Journal]) -> _Column:
    if entrant.run is None:
        lines = entrant.baseline.cases if entrant.baseline else ()
        return _Column(entrant, None, None, {line.id: line for line in lines})
    return _Column(entrant, entrant.run.path, journals[entrant.run.path].prompts, {})
