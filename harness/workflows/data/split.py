"""A file of rows in, train, validation and test files out: rows unchanged, relatives together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from harness.errors import DataError, Problem
from harness.store.atomic import write_atomic
from harness.store.rows import is_url, open_binary
from harness.store.training_rows import read_training_rows
from harness.text.similarity import THRESHOLD
from harness.training.clusters import SplitRow, cluster_rows, distinguishing
from harness.training.labels import answer_of, are_labels, question_of
from harness.training.shapes import detect_shape, parse_row
from harness.training.split import Shares, place_clusters
from harness.training.split_summary import SplitSummary, summarise_split
from harness.values.case import SPLITS, Split
from harness.values.digest import digest
from harness.values.example import Example

DEFAULT_SHARES = Shares(80, 10, 10)
LABEL = "label"
"""The column that holds a row's label where it has one of this name."""

TOO_LARGE = "file-too-large"
_CASE = frozenset({"input", "expected"})
_encode = msgspec.json.Encoder(order="sorted").encode


class _Row(NamedTuple):
    line: int
    row: dict[str, Any]


def split_file(
    location: str,
    folder: Path,
    *,
    shares: Shares | None = None,
    sizes: Shares | None = None,
    label: str | None = None,
    group: str | None = None,
    seed: int = 1,
    threshold: float = THRESHOLD,
    replace: bool = False,
) -> SplitSummary:
    """Write train.jsonl, validation.jsonl and test.jsonl into a folder; a share of 0 writes none.

    `shares` are in any unit (80, 10, 10 unless given), `sizes` in rows: what they do not take is
    left out. `label` and `group` name columns; unset, a row's own `group`, and its `label`,
    `expected` or answer where these are few. Lines of JSONL are copied as they stand.

    Raises:
        DataError: the file cannot be read, a column is missing, a file exists already (unless
            `replace`) or cannot be written. Nothing is written then.
        UsageError: shares or sizes mean nothing, or there are too few rows.
    """
    targets = _targets(folder, sizes or shares or DEFAULT_SHARES)
    if not replace:
        _refuse_existing(targets)
    found = _read(location)
    rows = split_rows_of(location, found, label=label, group=group)
    texts = distinguishing([row.text for row in rows])
    compared = [row._replace(text=text) for row, text in zip(rows, texts, strict=True)]
    clusters = cluster_rows(compared, threshold)
    total = None if sizes is None else len(rows)
    chosen = sizes or shares or DEFAULT_SHARES
    places = place_clusters(rows, clusters, chosen, seed, total=total)
    lines = _lines(location, found)
    for split, path in targets.items():
        pairs = zip(lines, places, strict=True)
        write_atomic(path, [line + b"\n" for line, place in pairs if place == split])
    return summarise_split(rows, clusters, places, seed)


def _targets(folder: Path, shares: Shares) -> dict[Split, Path]:
    return {split: folder / f"{split}.jsonl" for split in SPLITS if getattr(shares, split) > 0}


def _refuse_existing(targets: Mapping[Split, Path]) -> None:
    hint = "give --force to write over it, or another folder"
    problems = [
        Problem(file=str(path), message="exists already", hint=hint)
        for path in targets.values()
        if path.exists()
    ]
    if problems:
        raise DataError(problems)


def _read(location: str) -> list[_Row]:
    """All rows; a row that cannot be read is a problem, and all problems come together."""
    found, problems, too_large = [], [], 0
    for line, row, finding in read_training_rows(location):
        if row is not None:
            found.append(_Row(line, row))
        elif finding is not None:
            too_large += finding.rule == TOO_LARGE
            problem = Problem(
                file=location, line=line, message=finding.message, hint=finding.remedy
            )
            problems.append(problem)
    # A file that is too large to be uploaded is no worse to be divided.
    if len(problems) > too_large or not found:
        raise DataError(problems)
    return found


def split_rows_of(
    location: str,
    found: Sequence[tuple[int, dict[str, Any]]],
    *,
    label: str | None,
    group: str | None,
) -> list[SplitRow]:
    """What decides where each row goes, for cases of the harness and training rows of any shape."""
    _refuse_missing(location, found, [name for name in (label, group) if name is not None])
    examples = [_example(location, line, row) for line, row in found]
    labels = _labels([row for _, row in found], examples, label)
    return [
        SplitRow(
            id=_own_id(row),
            label=name,
            group=_text(row.get(group or "group")),
            text=_text_of(row, example, label),
        )
        for (_, row), example, name in zip(found, examples, labels, strict=True)
    ]


def _refuse_missing(
    location: str, found: Iterable[tuple[int, dict[str, Any]]], names: Sequence[str]
) -> None:
    problems = [
        Problem(
            file=location,
            line=line,
            message=f"there is no column {name!r} (columns: {', '.join(map(str, row))})",
        )
        for line, row in found
        for name in names
        if name not in row
    ]
    if problems:
        raise DataError(problems[:100])


def _labels(
    rows: Sequence[Mapping[str, Any]], examples: Sequence[Example | None], column: str | None
) -> list[str | None]:
    if column is not None:
        return [_text(row[column]) for row in rows]
    pairs = zip(rows, examples, strict=True)
    answers = [_answer(row, example) for row, example in pairs]
    return answers if are_labels(answers) else [None] * len(answers)


def _answer(row: Mapping[str, Any], example: Example | None) -> str | None:
    if row.keys() >= _CASE:
        return _text(row["expected"])
    if LABEL in row:
        return _text(row[LABEL])
    return answer_of(example) if example else None


def _example(location: str, line: int, row: dict[str, Any]) -> Example | None:
    shape = detect_shape(row)
    if shape is None or row.keys() >= _CASE:
        return None
    return parse_row(row, shape, file=location, line=line).example


def _text_of(row: Mapping[str, Any], example: Example | None, label: str | None) -> str:
    """What duplicates are looked for in: the question, without instructions and answers."""
    if example is not None:
        return question_of(example)
    values = row["input"] if row.keys() >= _CASE else {k: v for k, v in row.items() if k != label}
    if not isinstance(values, dict):
        return _text(values) or ""
    return "\n".join(filter(None, (_text(values[name]) for name in sorted(values, key=str))))


def _own_id(row: dict[str, Any]) -> str:
    own = row.get("id")
    return digest(row) if own is None or own == "" else str(own)


def _text(value: Any) -> str | None:
    """A column's value as a text; None where it has none."""
    if value is None or isinstance(value, str):
        return value or None
    return _encode(value).decode()


def _lines(location: str, found: Sequence[_Row]) -> list[bytes]:
    """Each row as a line: of a JSONL file the very bytes, of others its JSON."""
    if not location.endswith(".jsonl") or is_url(location):
        return [msgspec.json.encode(row) for _, row in found]
    with open_binary(location) as file:
        lines = [line.strip() for line in file]
    if lines:
        lines[0] = lines[0].removeprefix(b"\xef\xbb\xbf").strip()
    return [lines[line - 1] for line, _ in found]
