"""Keyword arguments into choices."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.errors import UsageError
from harness.workflows.choices import RunChoices, as_choices


def test_defaults() -> None:
    """Nothing given: replay the whole test split with all arms."""
    choices = as_choices({})
    assert choices == RunChoices()
    assert (choices.mode, choices.split, choices.arms, choices.budget) == ("replay", "test", (), {})


def test_lists_and_paths() -> None:
    """A list of arms and a path as text are what one writes in Python."""
    choices = as_choices({"arms": ["a"], "results": "out", "budget_money": 2})
    assert choices.arms == ("a",)
    assert choices.results == Path("out")
    assert choices.budget == {"money": 2.0}


@pytest.mark.parametrize(
    "given",
    [{"arm": ["a"]}, {"arms": "a"}, {"trials": 0}, {"limit": -1}, {"mode": "x"}, {"seed": 1.5}],
)
def test_mistakes(given: dict[str, object]) -> None:
    """A name, a type or a range that is wrong is a usage error."""
    with pytest.raises(UsageError, match="run: "):
        as_choices(given)
