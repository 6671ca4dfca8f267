"""A run in, its finer tables out: by slice, by label, and what is taken for what. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from harness.analysis.columns import ArmColumns
from harness.analysis.summary import Summary, slices
from harness.reports.labels import (
    Pairs,
    answered_labels,
    confusions,
    expected_labels,
    label_scores,
)
from harness.reports.standing import Standing, standings
from harness.reports.table import Column, Row, Table
from harness.reports.wording import interval, natural_key, one_line
from harness.text.wording import NOTHING, counted, mean
from harness.values.run import RunInfo

VALUES_PER_TAG = 20
WIDEST_MATRIX = 12
LONGEST_LIST = 20
NO_LABEL = "unparsed"
_ZERO = "·"

Slice = tuple[str, str]


def slice_table(info: RunInfo, arms: Mapping[str, ArmColumns]) -> Table | None:
    """Accuracy (or score) of every arm on the cases of each tag value; None without tags.

    A tag with very many values shows those with the most cases.
    """
    lines = [line for line in standings(info, arms) if not line.gap]
    found = {line.name: slices(line.columns, graded=info.graded) for line in lines}
    sizes: dict[Slice, int] = {}
    for by_slice in found.values():
        for pair, summary in by_slice.items():
            sizes[pair] = max(sizes.get(pair, 0), summary.cases)
    if not sizes:
        return None
    chosen = _largest_slices(sizes)
    columns = (
        *(Column(name, "left") for name in ("tag", "value", "arm")),
        *map(Column, ("cases", "score" if info.graded else "accuracy", "95% interval")),
    )
    rows: list[Row] = []
    for before, pair in zip([("", ""), *chosen], chosen, strict=False):
        tag = "" if pair[0] == before[0] else one_line(pair[0])
        rows += _slice_rows(info, pair, tag, lines, found)
    notes = ["Slices are for exploring: among many of them some differ by chance alone."]
    if len(chosen) < len(sizes):
        left_out = counted(len(sizes) - len(chosen), "smaller slice")
        notes.append(f"{left_out} are not shown: {VALUES_PER_TAG} values of a tag at most.")
    heading = "Score" if info.graded else "Accuracy"
    return Table(f"{heading} by slice", columns, tuple(rows), tuple(notes))


def _largest_slices(sizes: Mapping[Slice, int]) -> list[Slice]:
    """At most VALUES_PER_TAG values of each tag, in natural order."""

    def order(pair: Slice) -> tuple[Any, Any]:
        return natural_key(pair[0]), natural_key(pair[1])

    by_tag: dict[str, list[Slice]] = {}
    for pair in sorted(sizes, key=lambda pair: (-sizes[pair], order(pair))):
        by_tag.setdefault(pair[0], []).append(pair)
    return sorted((pair for pairs in by_tag.values() for pair in pairs[:VALUES_PER_TAG]), key=order)


def _slice_rows(
    info: RunInfo,
    pair: Slice,
    tag: str,
    lines: Iterable[Standing],
    found: Mapping[str, Mapping[Slice, Summary]],
) -> list[Row]:
    """One row for each arm; tag and value stand in the first of them."""
    rows: list[Row] = []
    for line in lines:
        summary = found[line.name].get(pair)
        if summary is not None:
            lead = ("", "") if rows else (tag, one_line(pair[1]))
            rows.append((*lead, line.name, *_slice_cells(info, summary)))
    return rows


def _slice_cells(info: RunInfo, summary: Summary) -> Row:
    return (
        f"{summary.cases:,}",
        mean(summary.mean, graded=info.graded),
        interval(summary.interval, graded=info.graded),
    )


def label_table(name: str, columns: ArmColumns) -> Table | None:
    """Precision, recall, F1 and support of every label that cases expect; None without classes."""
    pairs = confusions(columns)
    if not pairs:
        return None
    scores = label_scores(pairs)
    rows: list[Row] = [
        (
            one_line(score.label),
            NOTHING if score.precision is None else f"{score.precision:.3f}",
            f"{score.recall:.3f}",
            f"{score.f1:.3f}",
            f"{score.support:,}",
        )
        for score in scores.labels
    ]
    total = f"{sum(score.support for score in scores.labels):,}"
    rows.append(("macro F1", "", "", f"{scores.macro_f1:.3f}", total))
    headings = map(Column, ("precision", "recall", "F1", "support"))
    return Table(f"Labels: {name}", (Column("label", "left"), *headings), tuple(rows))


def confusion_table(name: str, columns: ArmColumns) -> Table | None:
    """What was answered (columns) where each label was expected (rows); None without classes.

    Beyond WIDEST_MATRIX labels no screen holds a matrix: then the most frequent confusions are
    listed instead.
    """
    pairs = confusions(columns)
    if not pairs:
        return None
    if len(answered_labels(pairs)) > WIDEST_MATRIX:
        return _confusion_list(name, pairs)
    answers: list[str | None] = [*answered_labels(pairs), None]
    rows = tuple(_matrix_row(pairs, expected, answers) for expected in expected_labels(pairs))
    heads = (Column(NO_LABEL if answer is None else one_line(answer)) for answer in answers)
    note = f"In replies. '{NO_LABEL}' holds everything without a readable label."
    return Table(f"Confusions: {name}", (Column("expected", "left"), *heads), rows, (note,))


def _matrix_row(pairs: Pairs, expected: str, answers: Sequence[str | None]) -> Row:
    counts = (pairs.get((expected, answer), 0) for answer in answers)
    return (one_line(expected), *(f"{count:,}" if count else _ZERO for count in counts))


def _confusion_list(name: str, pairs: Pairs) -> Table:
    mistakes = [(pair, count) for pair, count in pairs.items() if pair[0] != pair[1]]
    mistakes.sort(key=lambda item: (-item[1], natural_key(item[0][0]), item[0][1] or ""))
    rows = tuple(
        (one_line(expected), NO_LABEL if answer is None else one_line(answer), f"{count:,}")
        for (expected, answer), count in mistakes[:LONGEST_LIST]
    )
    columns = (Column("expected", "left"), Column("answered", "left"), Column("replies"))
    replies = counted(sum(count for _, count in mistakes[LONGEST_LIST:]), "further reply")
    notes = (f"{replies} are spread over rarer confusions.",) if len(mistakes) > len(rows) else ()
    return Table(f"Most frequent confusions: {name}", columns, rows, notes)
