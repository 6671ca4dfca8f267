"""A learning curve: what one recipe reaches with ever more rows, as the file that git keeps. Pure.

Every point is the same recipe, tuned on a part of the training rows that is nested in every
larger part, and judged on the same cases. The file holds a score per case and no text, so that
every number, interval and picture of the curve can be made again without a model.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

import msgspec
from msgspec import Meta

from harness.errors import DataError, Problem
from harness.values.case import Split
from harness.values.request import Count, Seed
from harness.values.table import Fraction, Table, Text
from harness.values.training import Digest, NotNegative

DECIMALS = 6

# A pattern for the text would be checked by msgspec, but 0.22 crashes at exit on a union of such a
# text and a tuple: Curve checks it.
Scores = str | Annotated[tuple[Fraction, ...], Meta(min_length=1)]
"""One score per case, in the order of the cases: '0110' where all are 0 or 1, else numbers."""


def packed(values: Iterable[float]) -> Scores:
    """Scores in [0, 1] in their short form; graded ones are rounded to six decimals."""
    rounded = tuple(round(float(value), DECIMALS) for value in values)
    if all(value in (0.0, 1.0) for value in rounded):
        return "".join("1" if value else "0" for value in rounded)
    return rounded


def unpacked(scores: Scores) -> tuple[float, ...]:
    """The scores as numbers."""
    return tuple(map(float, scores))


class CurvePoint(Table, frozen=True, kw_only=True):
    """The recipe tuned on `size` rows with one seed, and its score on every case.

    `rows_digest` is over the rows that were learned from, the recipe, the base model and how it is
    asked: a point of another one is not of this curve. `recipe_digest` is as in a training.
    `values` are averaged over the replicates of a case. `validation_loss` is that of the chosen
    checkpoint, in nats per learned token; `seconds` is wall time of the tuning.
    """

    size: Count
    seed: Seed
    values: Scores
    rows_digest: Digest | None = None
    recipe_digest: Digest | None = None
    adapter_digest: Digest | None = None
    trained_tokens: Annotated[int, Meta(ge=0)] | None = None
    seconds: NotNegative | None = None
    validation_loss: float | None = None


class Reference(Table, frozen=True, kw_only=True):
    """The best prompted arm, on the same cases. `among` counts the arms it is the best of."""

    arm: Text
    values: Scores
    model: str = ""
    among: Count = 1


class Curve(Table, frozen=True, kw_only=True):
    """A learning curve of one arm on one split.

    `training` names the recipe, `template_digest` is as in a training. `groups` has a number per
    case, equal for cases of one group. `graded` means that the values are scores and not
    correct or wrong. Times are ISO 8601 in UTC. Points may stand in any order; the file has them
    by size and seed.

    Raises:
        ValueError: a point or the reference has not one value per case, or other digits than 0 and
            1, two points have the same size and seed, or `groups` has not one number per case.
    """

    suite: Text
    arm: Text
    training: Text
    split: Split
    cases: Count
    inputs_digest: Digest
    expected_digest: Digest
    scoring_digest: Digest
    template_digest: Digest | None = None
    base: str = ""
    graded: bool = False
    created: str = ""
    finished: str = ""
    versions: dict[str, str] = {}
    groups: tuple[int, ...] | None = None
    reference: Reference | None = None
    points: tuple[CurvePoint, ...] = ()

    def __post_init__(self) -> None:
        seen: set[tuple[int, int]] = set()
        for point in self.points:
            name = f"the point of {point.size:,} rows, seed {point.seed}"
            self._check_count(len(point.values), name)
            if (point.size, point.seed) in seen:
                raise ValueError(f"{name}, stands there twice")
            seen.add((point.size, point.seed))
            _check_digits(point.values, name)
        if self.reference is not None:
            name = f"reference {self.reference.arm!r}"
            self._check_count(len(self.reference.values), name)
            _check_digits(self.reference.values, name)
        if self.groups is not None:
            self._check_count(len(self.groups), "groups")

    def _check_count(self, count: int, name: str) -> None:
        if count != self.cases:
            raise ValueError(f"{name}: {count:,} values for {self.cases:,} cases")

    def ordered(self) -> tuple[CurvePoint, ...]:
        """The points by size and seed."""
        return tuple(sorted(self.points, key=lambda point: (point.size, point.seed)))


def _check_digits(scores: Scores, name: str) -> None:
    if isinstance(scores, str) and set(scores) - {"0", "1"}:
        raise ValueError(f"{name}: values {scores[:20]!r} are not all 0 or 1")


def encode_curve(curve: Curve) -> bytes:
    """The file: JSON with a line per field and a line per point, always in the same order."""
    in_order = msgspec.structs.replace(curve, points=curve.ordered())
    lines = []
    for name, value in msgspec.to_builtins(in_order).items():
        shown = _points(value) if name == "points" else _compact(value)
        lines.append(f'  "{name}": {shown}')
    return ("{\n" + ",\n".join(lines) + "\n}\n").encode()


def _points(points: Iterable[object]) -> str:
    return "[\n" + ",\n".join(f"    {_compact(point)}" for point in points) + "\n  ]"


def _compact(value: object) -> str:
    return msgspec.json.encode(value).decode()


def decode_curve(data: bytes, file: str) -> Curve:
    """The curve of a file's bytes; `file` is its name in messages.

    Raises:
        DataError: it is not a curve, or contradicts itself.
    """
    try:
        return msgspec.json.decode(data, type=Curve)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        hint = "restore the file from git, or remove it and run `harness curve` again"
        raise DataError([Problem(file=file, message=str(error), hint=hint)]) from error
