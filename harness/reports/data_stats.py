"""The statistics of a training file in, tables out: what it holds and what tuning takes. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from harness.reports.table import Column, Row, Table
from harness.reports.wording import UNKNOWN, clock_time
from harness.text.wording import NOTHING, counted, percent
from harness.training.stats import FileStats, Quantiles
from harness.values.training import Spent
from harness.values.tuning import Estimate

MOST_LABELS = 50


def stats_tables(stats: FileStats) -> list[Table]:
    """Lengths, shapes and roles, labels where there are any, and the estimate."""
    tables = [_lengths(stats), _counts("Rows by shape", "shape", stats.shapes)]
    if stats.roles:
        tables.append(_counts("Messages by role", "role", stats.roles))
    if stats.labels:
        tables.append(_counts("Rows by label", "label", stats.labels))
    return [*tables, estimate_table(stats.estimate)]


def _lengths(stats: FileStats) -> Table:
    measures = {
        "tokens": stats.tokens,
        "tokens of the prompt": stats.prompt_tokens,
        "tokens learned": stats.completion_tokens,
        "characters": stats.characters,
        "messages": stats.turns,
    }
    rows = tuple(_spread(name, found) for name, found in measures.items() if found)
    headings = ("min", "5%", "median", "mean", "95%", "max", "total")
    columns = (Column("per row", "left"), *map(Column, headings))
    return Table(f"Lengths of {counted(stats.rows, 'row')}", columns, rows, tuple(_notes(stats)))


def _spread(name: str, found: Quantiles) -> Row:
    ends = (found.min, found.p5, found.median, found.mean, found.p95, found.max)
    return (name, *map(_number, ends), f"{found.total:,.0f}")


def _number(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) else f"{value:,.1f}"


def _notes(stats: FileStats) -> list[str]:
    notes = [f"Tokens are of the vocabulary {stats.estimate.vocabulary}."]
    if stats.roles:
        notes.append("A chat's tokens are an estimate: platforms add 3 for each message.")
    if stats.limit is not None:
        notes.append(f"{counted(stats.over_limit, 'row')} longer than {stats.limit:,} tokens.")
    if stats.unreadable:
        notes.append(f"{counted(stats.unreadable, 'row')} could not be read and count nowhere.")
    return notes


def _counts(title: str, noun: str, counts: Mapping[str, int]) -> Table:
    total = sum(counts.values())
    shown = list(counts.items())[:MOST_LABELS]
    rows = tuple((name, f"{number:,}", percent(number / total)) for name, number in shown)
    more = len(counts) - len(shown)
    notes = (f"{more:,} more are not shown.",) if more else ()
    return Table(title, (Column(noun, "left"), Column("count"), Column("share")), rows, notes)


def estimate_table(found: Estimate) -> Table:
    """What a tuning takes: tokens, epochs, time, money; `unknown` where it is."""
    rows = (
        ("rows", f"{found.rows:,}"),
        ("tokens of one epoch", f"{found.tokens:,}"),
        ("epochs", f"{found.epochs:,}"),
        ("trained tokens", f"{found.tokens * found.epochs:,}"),
        ("rows that are cut", f"{found.truncated:,}" if found.truncated else NOTHING),
        ("time", UNKNOWN if found.seconds is None else clock_time(found.seconds)),
        ("cost", UNKNOWN if found.spent is None else money(found.spent)),
    )
    notes = (_source(found.spent),) if found.spent else ()
    return Table("What tuning takes", (Column("", "left"), Column("estimate")), rows, notes)


def money(spent: Spent) -> str:
    """'$0.40', '<$0.01', '12.00 EUR'."""
    low = 0 < spent.amount < 0.005  # noqa: PLR2004 - half a cent
    amount = "0.01" if low else f"{spent.amount:,.2f}"
    mark = "<" if low else ""
    return f"{mark}${amount}" if spent.currency == "USD" else f"{mark}{amount} {spent.currency}"


def _source(spent: Spent) -> str:
    return f"Price of {spent.as_of}; source: {spent.source}."
