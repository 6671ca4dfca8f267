"""Labels: the strict reading, the lenient one, and how they relate."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scoring_cases import read, scored

from harness.errors import DataError, UsageError
from harness.scoring.label import label, label_lenient
from harness.values.suite import LabelOptions

OPTIONS = LabelOptions(
    ("positive", "negative", "very negative", "C", "C+"), {"bom": "positive", "malo": "negative"}
)


@pytest.mark.parametrize(
    ("text", "strict", "lenient"),
    [
        ('**"Positive."**', "positive", "positive"),
        (" VERY\nnegative!", "very negative", "very negative"),
        ("Bom", "positive", "positive"),
        ("C+", "C+", "C+"),
        ("(c)", "C", "C"),
        ("I would say positive, clearly positive.", None, "positive"),
        ("It is very negative.", None, "very negative"),
        ("positive or negative", None, None),
        ("bom e positive", None, "positive"),
        ("nonpositive", None, None),
        ("", None, None),
    ],
)
def test_what_is_read(text: str, strict: str | None, lenient: str | None) -> None:
    """Strictly the whole answer; leniently exactly one distinct label as whole words."""
    assert read(label(OPTIONS), text, "positive") == strict
    assert read(label_lenient(OPTIONS), text, "positive") == lenient


@given(st.sampled_from(OPTIONS.labels), st.text(), st.text())
def test_lenient_keeps_every_strict_reading(one: str, before: str, behind: str) -> None:
    """Leniency only adds readings, it changes none."""
    strict = read(label(OPTIONS), before + one + behind, one)
    assert strict is None or strict == read(label_lenient(OPTIONS), before + one + behind, one)


def test_the_class_of_an_expected_value_is_its_canonical_label() -> None:
    """Rows of a confusion matrix and extracted answers are spelled alike."""
    scorer = label(OPTIONS)
    assert scorer.label is not None
    assert [scorer.label(x) for x in ("Malo", "C+", 3)] == ["negative", "C+", None]
    assert scored(scorer, "negative", "Malo").value == 1


def test_an_expected_value_outside_the_set_is_bad_data() -> None:
    """No answer could be right; the message lists the labels."""
    with pytest.raises(DataError, match="one of the labels"):
        scored(label(OPTIONS), "positive", "neutral")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (LabelOptions(), "closed set"),
        (LabelOptions(("a",), {"b": "c"}), "do not exist: \\['b'\\]"),
        (LabelOptions(("Yes", "yes")), "spells both"),
        (LabelOptions(("a", " ")), "blank"),
    ],
)
def test_options_that_cannot_tell_labels_apart_are_refused(
    options: LabelOptions, message: str
) -> None:
    """When the scorer is built, for both readings."""
    for build in (label, label_lenient):
        with pytest.raises(UsageError, match=message):
            build(options)
