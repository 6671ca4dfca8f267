"""The shipped suites keep what their READMEs promise: counts, balance, no copies, agreement."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date
from typing import Any

import pytest
from sklearn.metrics import cohen_kappa_score

from harness.store.settings import read_settings
from harness.store.suite import Suite, read_suite
from harness.text.similarity import near_duplicates
from tests.conftest import PROJECT

SUITES = PROJECT / "suites"


def _suite(name: str) -> Suite:
    return read_suite(SUITES / name, read_settings(PROJECT))


def _readers(name: str) -> list[tuple[Any, Any]]:
    """The author's and the second reader's label of every test case."""
    lines = (SUITES / name / "data" / "second_reader.jsonl").read_text().splitlines()
    second = {row["id"]: row["label"] for row in map(json.loads, lines)}
    cases = list(_suite(name).splits["test"])
    assert set(second) == {case.id for case in cases}
    return [(case.expected, second[case.id]) for case in cases]


@pytest.mark.parametrize(
    ("name", "sizes"), [("review_stars", (300, 120, 240)), ("order_fields", (200, 80, 150))]
)
def test_splits_have_their_sizes(name: str, sizes: tuple[int, ...]) -> None:
    """Train, validation and test are as large as the README says."""
    assert tuple(len(cases) for cases in _suite(name).splits.values()) == sizes


def test_reviews_are_balanced() -> None:
    """Every language has every number of stars equally often, in each split."""
    for cases in _suite("review_stars").splits.values():
        cells = Counter((case.tags["language"], case.expected) for case in cases)
        assert len(cells) == 15
        assert len(set(cells.values())) == 1


@pytest.mark.parametrize("name", ["review_stars", "order_fields"])
def test_no_near_duplicates_within_or_across_splits(name: str) -> None:
    """No two texts of a suite are copies, not even nearly."""
    texts = [
        str(v) for cases in _suite(name).splits.values() for c in cases for v in c.input.values()
    ]
    assert list(near_duplicates(texts)) == []


@pytest.mark.parametrize("name", ["review_stars", "order_fields"])
def test_a_writing_batch_belongs_to_one_split(name: str) -> None:
    """Groups never cross splits, so that no test case shares its batch with a shot."""
    split_of: dict[str | None, str] = {}
    for split, cases in _suite(name).splits.items():
        for case in cases:
            assert case.group is not None
            assert split_of.setdefault(case.group, split) == split


def test_the_agreement_of_reviews() -> None:
    """The published ceiling is what the two readers' labels give, by scikit-learn."""
    pairs = [(int(a[8]), int(b[8])) for a, b in _readers("review_stars")]
    authors, second = zip(*pairs, strict=True)
    kappa = cohen_kappa_score(authors, second)
    weighted = cohen_kappa_score(authors, second, weights="quadratic")
    assert sum(a == b for a, b in pairs) == 239
    readme = (SUITES / "review_stars" / "README.md").read_text()
    assert f"239 / 240 = 99.6 % | {kappa:.3f} | {weighted:.3f} |" in readme


def test_the_agreement_of_orders() -> None:
    """Field by field and as a whole, as published."""
    pairs = _readers("order_fields")
    assert all(a == b for a, b in pairs)
    assert "| the whole form | 150 / 150 | |" in (SUITES / "order_fields" / "README.md").read_text()


def test_forms_follow_their_own_rules() -> None:
    """Order and product stand in the message; quantities, wishes and dates are of their kinds."""
    wishes = {"refund", "exchange", "cancel", "track", "change_address", "invoice"}
    for cases in _suite("order_fields").splits.values():
        for case in cases:
            message, form = case.input["message"], case.expected
            assert form["order"] in message
            assert form["product"] in message.lower()
            assert form["quantity"] >= 1
            assert form["wish"] in wishes
            assert form["date"] is None or date.fromisoformat(form["date"])
