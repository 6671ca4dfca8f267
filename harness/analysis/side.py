"""The columns of one arm in, what it reached on each case out: one side of a comparison. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from harness.analysis.columns import NO_CODE, ArmColumns, Codes, UsageKnown
from harness.analysis.spend import TOKEN_FIELDS, is_known, row_costs
from harness.errors import DataError
from harness.values.baseline import Baseline
from harness.values.case import Case
from harness.values.price import Price
from harness.values.score import INFRASTRUCTURE, OUTCOMES, Outcome

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]
    Integers = NDArray[np.int64]

_CORRECT = OUTCOMES.index(Outcome.CORRECT)
_LOST = [OUTCOMES.index(outcome) for outcome in OUTCOMES if outcome in INFRASTRUCTURE]


@dataclass(frozen=True)
class Side:
    """What one arm reached on each case, replicates averaged, in the order of `ids`.

    `values` is in [0, 1]: correct or not, or the score where the primary scorer is `graded`; what
    was lost to infrastructure counts 0 in it, and `lost` is the share of a case's replicates that
    were. `shares` (cases, outcomes) is the share of each outcome. `groups` codes the clusters, None
    where every case is its own. `tokens` (cases, 4) are means per reply in the order of
    TOKEN_FIELDS, None where some are unknown or the arm has none. `replicates` is the most that
    any case has. `price` is that of the arm's model, None where nobody declared one. `costs`
    (cases,) is the mean money per answered reply at that price, NaN for a case that nobody
    answered, None where it is not known of every answer.
    """

    name: str
    graded: bool
    ids: tuple[str, ...]
    values: Numbers
    lost: Numbers
    shares: Numbers
    groups: Integers | None
    tags: tuple[Mapping[str, str], ...]
    tokens: Numbers | None
    replicates: int
    price: Price | None = None
    costs: Numbers | None = None

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def binary(self) -> bool:
        """Whether each case was answered once and is right or wrong, nothing between.

        A graded scorer may give nothing but 0 and 1, as many a suite's own function does.
        """
        return self.replicates == 1 and bool(((self.values == 0) | (self.values == 1)).all())

    @property
    def mean(self) -> float:
        """The accuracy, or the mean score."""
        return float(self.values.mean())

    def rate(self, outcome: Outcome) -> float:
        """The share of cases with an outcome, replicates averaged within a case first."""
        return float(self.shares[:, OUTCOMES.index(outcome)].mean())

    def chosen(self, places: Sequence[int] | Integers) -> Side:
        """The side on some of its cases, in the order of `places`."""
        import numpy as np

        index = np.asarray(places, dtype=np.int64)
        listed = index.tolist()
        return replace(
            self,
            ids=tuple(map(self.ids.__getitem__, listed)),
            values=self.values[index],
            lost=self.lost[index],
            shares=self.shares[index],
            groups=None if self.groups is None else self.groups[index],
            tags=tuple(map(self.tags.__getitem__, listed)),
            tokens=None if self.tokens is None else self.tokens[index],
            costs=None if self.costs is None else self.costs[index],
        )

    def on(self, ids: Sequence[str]) -> Side:
        """The side on the cases of these ids, in their order: nothing is ever paired by row."""
        places = {id_: place for place, id_ in enumerate(self.ids)}
        return self.chosen([places[id_] for id_ in ids])


def side_of(
    name: str,
    columns: ArmColumns,
    cases: Sequence[str],
    *,
    graded: bool,
    price: Price | None = None,
) -> Side:
    """The side of an arm; `cases` are ids by the numbers that the columns know them by.

    Raises:
        DataError: a replicate of a case stands there twice, or there is no record at all.
    """
    import numpy as np

    if not len(columns):
        raise DataError(f"{name} has no records: there is nothing to compare")
    case = np.asarray(columns.case, dtype=np.int64)
    replicate = np.asarray(columns.replicate, dtype=np.int64)
    _refuse_repeated(name, case, replicate, cases)
    present, place = np.unique(case, return_inverse=True)
    counts = np.bincount(place).astype(float)
    outcome = np.asarray(columns.outcome, dtype=np.int64)
    shares = _table(place, outcome, len(present), len(OUTCOMES)) / counts[:, None]
    score = np.asarray(columns.score)
    values = np.bincount(place, score) / counts if graded else shares[:, _CORRECT].copy()
    first = np.full(len(present), -1, dtype=np.int64)
    first[place[::-1]] = np.arange(len(case))[::-1]
    combinations = columns.tag_codes.combinations
    return Side(
        name=name,
        graded=graded,
        ids=tuple(map(cases.__getitem__, present.tolist())),
        values=values,
        lost=shares[:, _LOST].sum(axis=1),
        shares=shares,
        groups=_groups(np.asarray(columns.group, dtype=np.int64)[first]),
        tags=tuple(combinations[columns.tags[row]] for row in first.tolist()),
        tokens=_tokens(columns, place, len(present)),
        replicates=int(counts.max()),
        price=price,
        costs=None if price is None else _costs(columns, price, place, len(present)),
    )


def case_costs(columns: ArmColumns, price: Price) -> Numbers | None:
    """The costs of a side at another price, in the order of its cases; see Side."""
    import numpy as np

    present, place = np.unique(np.asarray(columns.case, dtype=np.int64), return_inverse=True)
    return _costs(columns, price, place, len(present))


def side_of_baseline(baseline: Baseline, cases: Iterable[Case]) -> Side:
    """The side of a baseline's lines; `cases` tell of their groups and tags, as far as known."""
    import numpy as np

    header, lines = baseline.header, baseline.cases
    about = {case.id: case for case in cases}
    groups = Codes()
    codes = [groups.code(about[line.id].group if line.id in about else None) for line in lines]
    shares = np.zeros((len(lines), len(OUTCOMES)))
    shares[range(len(lines)), [OUTCOMES.index(line.outcome) for line in lines]] = 1
    scores = np.array([line.score for line in lines])
    return Side(
        name=header.arm,
        graded=header.graded,
        ids=tuple(line.id for line in lines),
        values=scores if header.graded else shares[:, _CORRECT].copy(),
        lost=shares[:, _LOST].sum(axis=1),
        shares=shares,
        groups=_groups(np.array(codes, dtype=np.int64)),
        tags=tuple(about[line.id].tags if line.id in about else {} for line in lines),
        tokens=None,
        replicates=1,
    )


def with_seed(columns: ArmColumns, shot_seed: int) -> ArmColumns:
    """The rows of one shot seed, first trial: what a deployed arm is.

    Raises:
        DataError: no row has that seed.
    """
    kept = [
        code
        for code, replicate in enumerate(columns.replicates)
        if replicate.shot_seed == shot_seed and replicate.trial == 0
    ]
    if not kept:
        raise DataError(f"there are no replies of shot seed {shot_seed}")
    return columns.only_replicate(kept[0])


def replicate_values(columns: ArmColumns, *, graded: bool) -> Numbers | None:
    """Values by case and replicate (cases, replicates); None unless all cases have all of several.

    Columns of the result are in the order of the sorted replicates.
    """
    import numpy as np

    ordered = sorted(columns.replicates)
    if len(ordered) < 2:  # noqa: PLR2004 - one replicate says nothing of repeats
        return None
    cases, place = np.unique(np.asarray(columns.case, dtype=np.int64), return_inverse=True)
    codes = [ordered.index(replicate) for replicate in columns.replicates]
    column = np.array(codes)[np.asarray(columns.replicate, dtype=np.int64)]
    if len(place) != len(cases) * len(ordered):
        return None
    score = np.asarray(columns.score) if graded else np.asarray(columns.outcome) == _CORRECT
    values = np.full((len(cases), len(ordered)), np.nan)
    values[place, column] = score
    return values


def _refuse_repeated(name: str, case: Integers, replicate: Integers, ids: Sequence[str]) -> None:
    import numpy as np

    keys = case * (int(replicate.max()) + 1) + replicate
    kept, counts = np.unique(keys, return_counts=True)
    if len(kept) < len(keys):
        number = int(kept[counts > 1][0]) // (int(replicate.max()) + 1)
        raise DataError(
            f"{name}: case {ids[number]!r} stands there more than once with the same shot seed and "
            "trial; nobody can say which reply counts"
        )


def _table(rows: Integers, columns: Integers, height: int, width: int) -> Numbers:
    """How often each (row, column) occurs."""
    import numpy as np

    counts = np.bincount(rows * width + columns, minlength=height * width)
    table: Numbers = counts.reshape(height, width).astype(float)
    return table


def _groups(codes: Integers) -> Integers | None:
    """Cluster codes from 0; a case without a group is a cluster of its own."""
    import numpy as np

    alone = codes == NO_CODE
    if alone.all():
        return None
    own = np.where(alone, NO_CODE + 1 + np.arange(len(codes)), codes)
    coded: Integers = np.unique(own, return_inverse=True)[1]
    return coded


def _tokens(columns: ArmColumns, place: Integers, cases: int) -> Numbers | None:
    """Mean tokens per answered reply by case; NaN for a case that nobody answered.

    None where the tokens of an answer are unknown, or nothing was answered.
    """
    import numpy as np

    known = np.asarray(columns.usage, dtype=np.int64)
    counted = known >= UsageKnown.ESTIMATED
    answers = np.bincount(place, counted, minlength=cases)
    if (known == UsageKnown.UNKNOWN).any() or not counted.any():
        return None
    sums = [
        np.bincount(place, np.asarray(getattr(columns, field), dtype=float), minlength=cases)
        for field in TOKEN_FIELDS
    ]
    means: Numbers = np.array(sums).T / np.where(answers > 0, answers, np.nan)[:, None]
    return means


def _costs(columns: ArmColumns, price: Price, place: Integers, cases: int) -> Numbers | None:
    """Mean money per answered reply by case; NaN for a case that nobody answered."""
    import numpy as np

    if not is_known(columns, price):
        return None
    costs = row_costs(columns, price)
    answered = ~np.isnan(costs)
    answers = np.bincount(place, answered, minlength=cases)
    sums = np.bincount(place, np.where(answered, costs, 0.0), minlength=cases)
    means: Numbers = sums / np.where(answers > 0, answers, np.nan)
    return means
