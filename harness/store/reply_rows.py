"""The records of runs in, flat rows with fixed columns out: the one schema of frames and files."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, Literal, TypeAlias

import msgspec

from harness.analysis.columns import UsageKnown, tokens_of
from harness.store.journal import read_journal
from harness.values.price import Price, cost
from harness.values.record import Record
from harness.values.reply import Answer, Failure, Usage
from harness.values.request import Replicate
from harness.values.run import ArmInfo, RunInfo
from harness.values.score import INFRASTRUCTURE, Outcome

Kind = Literal["text", "integer", "number", "flag"]
Row: TypeAlias = tuple[Any, ...]
Expected: TypeAlias = Callable[[Record], str | None]

_LEADING: tuple[tuple[str, Kind], ...] = (
    ("suite", "text"),
    ("run", "text"),
    ("split", "text"),
    ("arm", "text"),
    ("kind", "text"),
    ("model", "text"),
    ("served_model", "text"),
    ("case", "text"),
    ("shot_seed", "integer"),
    ("trial", "integer"),
    ("outcome", "text"),
    ("correct", "flag"),
)
_TRAILING: tuple[tuple[str, Kind], ...] = (
    ("expected", "text"),
    ("label", "text"),
    ("text", "text"),
    ("finish", "text"),
    ("failure", "text"),
    ("detail", "text"),
    ("tokens.input", "integer"),
    ("tokens.cached", "integer"),
    ("tokens.cache_write", "integer"),
    ("tokens.output", "integer"),
    ("tokens.reasoning", "integer"),
    ("tokens.estimated", "flag"),
    ("cost", "number"),
    ("currency", "text"),
    ("latency", "number"),
    ("attempts", "integer"),
    ("recalled", "flag"),
    ("group", "text"),
    ("shots", "text"),
)

_NO_TOKENS = Usage()
_encode = msgspec.json.Encoder().encode


class Field(msgspec.Struct, frozen=True):
    """A column: its name, and the kind of its values, any of which may be None."""

    name: str
    kind: Kind


class Source(msgspec.Struct, frozen=True):
    """A run to take rows from. Records of arms that `info` does not name are passed over."""

    info: RunInfo
    journal: Path


def unknown(record: Record) -> None:
    """What was expected, where there is no suite to ask."""
    del record


class ReplyRows:
    """The replies of some runs, row by row, as often as they are asked for.

    One row per record; a record that repeats an infrastructure failure takes its place, and the
    attempts of both count. `fields` are the same for all rows: the columns that every run has, then
    those of the scorers and tags of these runs. What is appended to a journal after this was made
    is not seen. `expected` says as text what a record was judged against, or None.

    Raises:
        DataError: a journal is absent or broken (also while rows are read).
    """

    def __init__(self, sources: Sequence[Source], expected: Expected = unknown) -> None:
        self._sources = [(source, _Scan(source)) for source in sources]
        self._expected = expected
        self._scorers = list(dict.fromkeys(n for source in sources for n in source.info.scorers))
        self._tags = sorted({name for _, scan in self._sources for name in scan.tags})
        self.fields = self._fields()

    def __len__(self) -> int:
        return sum(scan.rows for _, scan in self._sources)

    def __iter__(self) -> Iterator[Row]:
        for source, scan in self._sources:
            arms = {name: _Arm(source.info, name) for name in source.info.arms}
            records = enumerate(islice(read_journal(source.journal), scan.records))
            for number, record in records:
                arm = arms.get(record.arm)
                if arm is not None and number not in scan.replaced:
                    yield self._row(arm, record, scan.earlier.get(number, 0))

    def _fields(self) -> tuple[Field, ...]:
        return (
            *(Field(name, kind) for name, kind in _LEADING),
            *(Field(f"score.{name}", "number") for name in self._scorers),
            *(Field(f"extracted.{name}", "text") for name in self._scorers),
            *(Field(name, kind) for name, kind in _TRAILING),
            *(Field(f"tag.{name}", "text") for name in self._tags),
        )

    def _row(self, arm: _Arm, record: Record, earlier: int) -> Row:
        scores = [record.scores.get(name) for name in self._scorers]
        exchange = record.exchanges[-1] if record.exchanges else None
        reply = exchange.reply if exchange else None
        answer = reply if isinstance(reply, Answer) else None
        failure = reply if isinstance(reply, Failure) else None
        return (
            *arm.leading,
            answer.model if answer else None,
            record.case,
            record.replicate.shot_seed,
            record.replicate.trial,
            str(record.outcome),
            record.outcome == Outcome.CORRECT,
            *(None if score is None else float(score.value) for score in scores),
            *(None if score is None else as_text(score.extracted) for score in scores),
            self._expected(record),
            record.label,
            answer.text if answer else None,
            answer.finish if answer else None,
            failure.kind if failure else None,
            failure.detail if failure else None,
            *arm.spent(answer),
            (reply.latency or None) if reply else None,
            earlier + _attempts(record),
            arm.replayed or (exchange is not None and exchange.recalled),
            record.group,
            _encode(record.shots).decode() if record.shots else None,
            *(record.tags.get(name) for name in self._tags),
        )


def as_text(value: Any) -> str | None:
    """A text as it stands, nothing as None, any other JSON value as JSON."""
    if value is None or isinstance(value, str):
        return value
    return _encode(value).decode()


class _Arm:
    """What the rows of one arm have in common."""

    def __init__(self, info: RunInfo, name: str) -> None:
        about: ArmInfo = info.arms[name]
        self.leading = (info.suite, info.id, info.split, name, about.kind, about.model)
        self.replayed = about.replayed
        self._price: Price | None = info.price_of(name)

    def spent(self, answer: Answer | None) -> Row:
        """Five counts of tokens, whether they are estimates, money and currency."""
        counts, known = tokens_of(answer)
        usage = answer.usage if answer and known >= UsageKnown.ESTIMATED else None
        money = self._money(answer, usage)
        tokens = (*counts, usage.estimated) if usage else (None,) * 6
        return (*tokens, money, self._price.currency if self._price and money is not None else None)

    def _money(self, answer: Answer | None, usage: Usage | None) -> float | None:
        """None where the tokens or the seconds that are paid for are unknown."""
        price = self._price
        if answer is None or price is None or (price.per_hour and not answer.latency):
            return None
        if usage is None:
            return None if price.by_token else cost(_NO_TOKENS, price, answer.latency)
        return cost(usage, price, answer.latency)


class _Scan:
    """One pass over a journal: what must be known before the first row."""

    def __init__(self, source: Source) -> None:
        self.records = self.rows = 0
        self.tags: set[str] = set()
        self.replaced: set[int] = set()
        self.earlier: dict[int, int] = {}
        failed: dict[tuple[str, str, Replicate], tuple[int, int]] = {}
        for number, record in enumerate(read_journal(source.journal)):
            self.records = number + 1
            if record.arm not in source.info.arms:
                continue
            self.rows += 1
            self.tags.update(record.tags)
            address = (record.arm, record.case, record.replicate)
            before, attempts = failed.pop(address, (None, 0))
            if before is not None:
                self.rows -= 1
                self.replaced.add(before)
                self.earlier[number] = attempts
            if record.outcome in INFRASTRUCTURE:
                failed[address] = number, attempts + _attempts(record)


def _attempts(record: Record) -> int:
    return 1 + len(record.exchanges[-1].faults) if record.exchanges else 0
