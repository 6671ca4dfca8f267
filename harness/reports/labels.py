"""Columns of a scorer with classes in, precision, recall and confusions per label out. Pure.

Counts are of replies: a case with three shot seeds counts three times.
"""

from __future__ import annotations

import math
from collections import Counter

import msgspec

from harness.analysis.columns import NO_CODE, ArmColumns
from harness.reports.wording import natural_key

Pairs = dict[tuple[str, str | None], int]


class LabelScore(msgspec.Struct, frozen=True):
    """One label. `precision` is None where the label was never answered."""

    label: str
    precision: float | None
    recall: float
    f1: float
    support: int


class LabelScores(msgspec.Struct, frozen=True):
    """All labels that cases expect, in natural order, and the plain mean of their F1."""

    labels: tuple[LabelScore, ...]
    macro_f1: float


def confusions(columns: ArmColumns) -> Pairs:
    """How often each label was expected and each was answered: (expected, answered) -> replies.

    An answer of None stands for everything without a readable label. Empty for scorers that have
    no classes.
    """
    counts = Counter(zip(columns.label, columns.extracted, strict=True))
    text = columns.labels.text
    return {
        (expected, text(answered)): count
        for (code, answered), count in counts.items()
        if code != NO_CODE and (expected := text(code)) is not None
    }


def expected_labels(pairs: Pairs) -> list[str]:
    """The rows of a confusion matrix."""
    return sorted({expected for expected, _ in pairs}, key=natural_key)


def answered_labels(pairs: Pairs) -> list[str]:
    """Every label that is expected or answered anywhere: the columns of a confusion matrix."""
    answered = {answer for _, answer in pairs if answer is not None}
    return sorted(answered | {expected for expected, _ in pairs}, key=natural_key)


def label_scores(pairs: Pairs) -> LabelScores:
    """Precision, recall and F1 by scikit-learn; a reply without a label is a miss of its label.

    The macro mean is over the labels that cases expect: one that is only ever answered lowers the
    precision of nobody but takes from the recall of the others.
    """
    from sklearn.metrics import precision_recall_fscore_support

    labels = expected_labels(pairs)
    codes = {label: code for code, label in enumerate(answered_labels(pairs))}
    columns = precision_recall_fscore_support(
        [codes[expected] for expected, _ in pairs],
        [-1 if answer is None else codes[answer] for _, answer in pairs],
        labels=[codes[label] for label in labels],
        sample_weight=list(pairs.values()),
        zero_division=math.nan,
    )
    rows = zip(labels, *(column.tolist() for column in columns), strict=True)
    scores = tuple(
        LabelScore(label, None if math.isnan(precision) else precision, recall, f1, round(support))
        for label, precision, recall, f1, support in rows
    )
    return LabelScores(scores, math.fsum(score.f1 for score in scores) / len(scores))
