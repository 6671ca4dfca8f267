from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import classification_report, confusion_matrix, f1_score

from harness.reports.labels import answered_labels, confusions, expected_labels, label_scores
from harness.values.score import Outcome

from .runs import LABELS, columns, record

READ = st.tuples(st.sampled_from(LABELS), st.sampled_from((*LABELS, "99", None)))


def read_columns(pairs):
    """Columns of replies to cases that expect the first and were read as the second."""
    return columns(
        record(
            case,
            Outcome.CORRECT if one == other else Outcome.WRONG if other else Outcome.UNPARSED,
            expected=one,
            answered=other,
        )
        for case, (one, other) in enumerate(pairs)
    )


@given(st.lists(READ, min_size=1, max_size=40))
def test_label_scores_are_scikit_learns(pairs):
    """Counting pairs first gives what scikit-learn says of the replies one by one."""
    scores = label_scores(confusions(read_columns(pairs)))
    expected, answered = zip(*((one, other or "-") for one, other in pairs), strict=True)
    names = [score.label for score in scores.labels]
    report = classification_report(
        expected, answered, labels=names, output_dict=True, zero_division=0
    )
    for score in scores.labels:
        theirs = report[score.label]
        assert score.support == theirs["support"]
        assert (score.precision or 0, score.recall, score.f1) == pytest.approx(
            (theirs["precision"], theirs["recall"], theirs["f1-score"])
        )
    macro = f1_score(expected, answered, labels=names, average="macro", zero_division=0)
    assert scores.macro_f1 == pytest.approx(macro)


@given(st.lists(READ, min_size=1, max_size=40))
def test_confusions_are_scikit_learns(pairs):
    """Every reply is counted once, in its own cell."""
    counted = confusions(read_columns(pairs))
    names = [*answered_labels(counted), "-"]
    theirs = confusion_matrix(
        [one for one, _ in pairs], [other or "-" for _, other in pairs], labels=names
    )
    ours = [
        [counted.get((row, None if column == "-" else column), 0) for column in names]
        for row in names
    ]
    assert ours == theirs.tolist()


def test_a_label_that_was_never_answered_has_no_precision():
    """Nothing divided by nothing is unknown, not zero; its F1 is zero because it was missed."""
    scores = label_scores(confusions(read_columns([("1", "2"), ("2", "2")])))
    assert (scores.labels[0].precision, scores.labels[0].f1) == (None, 0.0)


def test_labels_are_sorted_naturally_and_without_strangers():
    """An answer that no case expects is a column, never a row."""
    pairs = confusions(read_columns([("10", "2"), ("2", "99"), ("1", None)]))
    assert expected_labels(pairs) == ["1", "2", "10"]
    assert answered_labels(pairs) == ["1", "2", "10", "99"]


def test_a_scorer_without_classes_has_no_confusions():
    """Free text has no matrix."""
    assert confusions(columns([record(0), record(1, answered="free text")])) == {}
