"""Where everything of the cases stands in, every case with all its replies out, from disk."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import msgspec

from harness.reports.page.values import GridCase, GridReply
from harness.store.case_records import CaseRecords
from harness.store.runs import JOURNAL_FILE
from harness.store.suite import Suite
from harness.values.case import Case
from harness.values.price import Price, cost
from harness.values.record import Record
from harness.values.reply import Answer, Failure, Reply
from harness.values.score import Outcome, Score
from harness.workflows.page.prompts import SentPrompts
from harness.workflows.page.source import AskedCase, GridColumn, GridSource
from harness.workflows.replies import is_reply_of


class GridReader:
    """Reads cases of a source from the suite and the journals; a context manager.

    `cases` are those that will be asked for.

    Raises:
        DataError: a journal is broken.
    """

    def __init__(self, suite: Suite, source: GridSource, cases: Sequence[AskedCase]) -> None:
        self._suite = suite
        self._source = source
        self._stack = ExitStack()
        places = [case.place for case in cases if case.place is not None]
        with ExitStack() as stack:
            self._journals = {
                path: _Journal(
                    stack.enter_context(CaseRecords(Path(path) / JOURNAL_FILE)),
                    SentPrompts(suite, digests, source.split, places),
                )
                for path, digests in source.runs.items()
            }
            self._stack = stack.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()

    def read(self, cases: Iterable[AskedCase]) -> Iterator[GridCase]:
        """The cases with the replies of every side; one is held at a time.

        Of a case that the suite does not hold any more as it was asked only the replies are shown.

        Raises:
            DataError: a journal is broken.
        """
        for asked in cases:
            case = self._held(asked)
            shown = case or Case(asked.id, {}, None)
            read = {path: journal.of(asked.id) for path, journal in self._journals.items()}
            yield GridCase(
                id=shown.id,
                input=shown.input,
                expected=shown.expected,
                group=shown.group,
                tags=shown.tags,
                replies=tuple(
                    self._replies(column, read, asked.id, case) for column in self._source.columns
                ),
            )

    def _held(self, asked: AskedCase) -> Case | None:
        """The case as the suite holds it, if that is what was asked."""
        if asked.place is None:
            return None
        case = self._suite.splits[self._source.split][asked.place]
        return case if case.digest == asked.digest else None

    def _replies(
        self,
        column: GridColumn,
        read: Mapping[str, Mapping[str, Sequence[Record]]],
        id_: str,
        case: Case | None,
    ) -> tuple[GridReply, ...]:
        """The replies of a side; `read` has all records of the case by run and arm."""
        if column.run is None:
            line = column.approved.get(id_)
            return (GridReply(outcome=line.outcome, value=line.score, text=None),) if line else ()
        prompts = self._journals[column.run].prompts
        return tuple(
            _reply(column, record, prompts, case)
            for record in read[column.run].get(column.arm, ())
            if is_reply_of(record, column.arm, column.shot_seed)
        )


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


def _reply(
    column: GridColumn, record: Record, prompts: SentPrompts, case: Case | None
) -> GridReply:
    exchange = record.exchanges[-1] if record.exchanges else None
    reply = exchange.reply if exchange else None
    answer = reply if isinstance(reply, Answer) else None
    primary = next(iter(record.scores.values()), None)
    return GridReply(
        outcome=record.outcome,
        value=_value(record, primary, graded=column.graded),
        text=_said(reply),
        failed=answer is None,
        extracted=_as_text(primary.extracted) if primary else None,
        reason=primary.reason if primary else "",
        scores={name: score.value for name, score in record.scores.items()},
        finish=answer.finish if answer else "",
        model=answer.model if answer else "",
        usage=answer.usage if answer else None,
        cost=_cost(answer, column.price),
        latency=(reply.latency or None) if reply else None,
        attempts=1 + len(exchange.faults) if exchange else 0,
        shots=record.shots,
        shot_seed=record.replicate.shot_seed,
        trial=record.replicate.trial,
        prompt=prompts.of(record, case) if case else None,
    )


def _cost(answer: Answer | None, price: Price | None) -> float | None:
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
