"""A run in, its main tables as neutral values out: texts in rows, ready for any renderer. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import msgspec

from harness.analysis.columns import ArmColumns
from harness.analysis.summary import Summary, Tokens
from harness.reports.notes import WARNING, accuracy_notes, replicate_noun, usage_notes
from harness.reports.prices import (
    HEADINGS,
    bills_of,
    cost_cells,
    cost_notes,
    cost_warnings,
    is_priced,
)
from harness.reports.standing import Standing, standings
from harness.reports.wording import UNKNOWN, interval
from harness.text.wording import NOTHING, counted, listing, mean, percent, seconds, span
from harness.values.run import RunInfo
from harness.values.score import INFRASTRUCTURE, Outcome

Align = Literal["left", "right"]
Row = tuple[str, ...]


class Column(msgspec.Struct, frozen=True):
    """A heading, and the side its cells lean to."""

    name: str
    align: Align = "right"


class Table(msgspec.Struct, frozen=True):
    """What every renderer gets. Each row has one text per column; texts are not yet escaped."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()


class _Rate(msgspec.Struct, frozen=True):
    """A way of failing as a column; `absence` completes 'No reply was …' when nobody has it."""

    heading: str
    outcomes: frozenset[Outcome]
    absence: str

    def of(self, summary: Summary) -> float:
        return sum(summary.rates[outcome] for outcome in self.outcomes)


_RATES = (
    _Rate("wrong", frozenset({Outcome.WRONG}), "wrong"),
    _Rate("unparsed", frozenset({Outcome.UNPARSED}), "unparsed"),
    _Rate("refused", frozenset({Outcome.REFUSED}), "refused"),
    _Rate("truncated", frozenset({Outcome.TRUNCATED}), "truncated"),
    _Rate("filtered", frozenset({Outcome.FILTERED}), "filtered"),
    _Rate("errors", INFRASTRUCTURE, "lost to an error"),
)


def accuracy_table(info: RunInfo, arms: Mapping[str, ArmColumns]) -> Table:
    """How good each arm is, how sure that is, and in which ways it fails.

    All shares are of all cases. A way of failing that no arm has loses its column and is named in
    the notes; an arm whose numbers would mislead has words in their place.
    """
    lines = standings(info, arms)
    shown = [line.shown for line in lines if line.shown]
    rates = [rate for rate in _RATES if any(rate.of(summary) > 0 for summary in shown)]
    spread = any(summary.replicate_means for summary in shown)
    columns = [Column("arm", "left"), Column("kind", "left"), Column("cases")]
    columns += [Column("score")] if info.graded else [Column("accuracy")]
    columns.append(Column("95% interval"))
    columns += [Column("accuracy")] if info.graded else []
    columns += [Column("spread")] if spread else []
    columns += [Column(rate.heading) for rate in rates]
    notes = accuracy_notes(info, lines)
    notes += _spread_notes(lines)
    notes += _absence_notes(rates) if shown else []
    rows = tuple(_accuracy_row(info, line, rates, spread=spread) for line in lines)
    heading = "Score" if info.graded else "Accuracy"
    return Table(f"{heading} on the {info.split} split", tuple(columns), rows, tuple(notes))


def _accuracy_row(info: RunInfo, line: Standing, rates: Sequence[_Rate], *, spread: bool) -> Row:
    summary = line.shown
    cases = line.summary.cases if line.summary else 0
    lead = (line.name, line.info.kind.replace("_", "-"), f"{cases:,}")
    if summary is None:
        return (*lead, line.gap, *[NOTHING] * (1 + info.graded + spread + len(rates)))
    return (
        *lead,
        mean(summary.mean, graded=info.graded),
        interval(summary.interval, graded=info.graded),
        *([percent(summary.accuracy)] if info.graded else []),
        *([_spread(info, summary)] if spread else []),
        *(percent(rate.of(summary)) for rate in rates),
    )


def _spread(info: RunInfo, summary: Summary) -> str:
    means = summary.replicate_means
    return span(min(means), max(means), graded=info.graded) if means else NOTHING


def _spread_notes(lines: Sequence[Standing]) -> list[str]:
    counts: dict[str, list[str]] = {}
    for line in lines:
        if line.shown and line.shown.replicate_means:
            number = len(line.shown.replicate_means)
            counts.setdefault(counted(number, replicate_noun(line.columns)), []).append(line.name)
    return [
        f"Spread: the lowest and the highest mean among the {text} of {listing(names)}."
        for text, names in counts.items()
    ]


def _absence_notes(present: Sequence[_Rate]) -> list[str]:
    absent = [rate.absence for rate in _RATES if rate not in present]
    return [f"No reply was {listing(absent, 'or')}."] if absent else []


def spend_table(info: RunInfo, arms: Mapping[str, ArmColumns]) -> Table:
    """What the replies took: tokens, attempts when some were repeated, seconds, money.

    Tokens are sums over all answers; 'per reply' is input and output of one reply to one case.
    Columns for cached and reasoning tokens appear when somebody reports any, those for money when
    any price is known.
    """
    lines = standings(info, arms)
    bills = bills_of(info, lines)
    by_arm = {bill.line.name: bill for bill in bills}
    priced = is_priced(bills)
    known = [line.summary for line in lines if line.summary]
    kinds = [kind for kind in _TOKENS if not kind.rare or any(map(kind.of, known))]
    retried = any(summary.attempts > summary.rows for summary in known)
    headings = ["replies", *(kind.heading for kind in kinds), "tokens per reply"]
    headings += [*(["attempts"] if retried else []), "latency p50", "latency p95"]
    headings += HEADINGS if priced else ()
    rows = tuple(
        _spend_row(line, kinds, retried=retried)
        + (cost_cells(by_arm.get(line.name)) if priced else ())
        for line in lines
    )
    notes = [*(WARNING + text for text in cost_warnings(bills)), *usage_notes(lines)]
    title = "Tokens, time and money" if priced else "Tokens and time"
    return Table(
        f"{title} on the {info.split} split",
        (Column("arm", "left"), *map(Column, headings)),
        rows,
        (*notes, *cost_notes(bills)),
    )


class _TokenKind(msgspec.Struct, frozen=True):
    """A count of tokens as a column; a `rare` one is left out where nobody has any."""

    heading: str
    field: str
    rare: bool = False

    def of(self, summary: Summary) -> int:
        count: int = getattr(summary.tokens, self.field)
        return count


_TOKENS = (
    _TokenKind("tokens in", "input"),
    _TokenKind("of these cached", "cached", rare=True),
    _TokenKind("tokens out", "output"),
    _TokenKind("of these reasoning", "reasoning", rare=True),
)


def _spend_row(line: Standing, kinds: Sequence[_TokenKind], *, retried: bool) -> Row:
    summary = line.summary
    if summary is None:
        return (line.name, "0", *[NOTHING] * (len(kinds) + 1 + retried + 2))
    lead = (line.name, f"{summary.rows:,}")
    attempts = (f"{summary.attempts:,}",) if retried else ()
    if line.info.kind == "classical":
        # Computed in this process: no tokens, and a time that says more about the machine.
        return (*lead, *[NOTHING] * (len(kinds) + 1), *attempts, NOTHING, NOTHING)
    return (
        *lead,
        *(_tokens(summary.tokens, kind.of(summary)) for kind in kinds),
        _per_reply(summary.tokens),
        *attempts,
        _seconds(summary.latency.p50),
        _seconds(summary.latency.p95),
    )


def nothing_known(tokens: Tokens) -> bool:
    """Whether no reply of an arm came with its usage."""
    return tokens.unknown > 0 and not _any_known(tokens)


def _any_known(tokens: Tokens) -> bool:
    return tokens.input > 0 or tokens.output > 0


def _tokens(tokens: Tokens, count: int) -> str:
    if nothing_known(tokens):
        return UNKNOWN
    if not _any_known(tokens):
        return NOTHING
    mark = "~" if tokens.estimated else ""
    return f"{'≥' if tokens.unknown else ''}{mark}{count:,}"


def _per_reply(tokens: Tokens) -> str:
    if tokens.unknown:
        return UNKNOWN
    if not _any_known(tokens):
        return NOTHING
    return f"{'~' if tokens.estimated else ''}{tokens.per_reply:,.1f}"


def _seconds(value: float | None) -> str:
    return NOTHING if value is None else seconds(value)
