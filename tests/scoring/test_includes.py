"""Inclusion of an expected text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scoring_cases import scored

from harness.errors import DataError
from harness.scoring.includes import includes
from harness.values.suite import IncludesOptions


@given(st.text(), st.text(min_size=1).filter(str.strip), st.text())
def test_a_text_is_found_between_any_others(before: str, wanted: str, behind: str) -> None:
    """Whatever stands around it."""
    scorer = includes(IncludesOptions(casefold=False))
    assert scored(scorer, before + wanted.strip() + behind, wanted).value == 1


@pytest.mark.parametrize(("casefold", "value"), [(True, 1.0), (False, 0.0)])
def test_case_counts_only_on_request(casefold: bool, value: float) -> None:
    """The default ignores it."""
    scorer = includes(IncludesOptions(casefold=casefold))
    assert scored(scorer, "It is PARIS.", "Paris").value == value
    assert IncludesOptions().casefold


def test_a_blank_expected_text_is_refused() -> None:
    """It would be part of every answer."""
    with pytest.raises(DataError, match="not blank"):
        scored(includes(IncludesOptions()), "x", ["a", " "])
