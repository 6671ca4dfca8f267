"""[scenarios] of harness.toml: read, and refused at the line that is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.errors import DataError
from harness.store.settings import read_settings
from harness.values.scenario import Scenario, TrainingPrice

GOOD = """\
[scenarios.mini]
title = "Mini"
prompted = "openai/gpt-4.1-mini"
tuned = "openai/ft:gpt-4.1-mini"
batch = true
[scenarios.mini.training]
per_million = 5
as_of = "2026-11-21"
source = "a list"
"""


def read(root: Path, text: str):
    (root / "harness.toml").write_text(text)
    return read_settings(root).scenarios


def test_scenarios_are_read(tmp_path: Path):
    """With what they say of training."""
    assert read(tmp_path, GOOD) == {
        "mini": Scenario(
            title="Mini",
            prompted="openai/gpt-4.1-mini",
            tuned="openai/ft:gpt-4.1-mini",
            batch=True,
            training=TrainingPrice(per_million=5.0, as_of="2026-11-21", source="a list"),
        )
    }


@pytest.mark.parametrize(
    ("old", "new", "place", "message"),
    [
        ('title = "Mini"', 'title = ""', ":2:", "or leave it out"),
        ('prompted = "openai/gpt-4.1-mini"\n', "", ":1:", "write the name of a price"),
        ('tuned = "openai', 'tune = "openai', ":4:", "did you mean 'tuned'?"),
        ("per_million = 5\n", "", ":6:", "neither an amount nor per_million"),
        ("per_million = 5", "per_million = 5\namount = 3", ":6:", "both an amount and per_million"),
        ("per_million = 5", "per_million = -5", ":7:", ">= 0.0"),
        ("per_million = 5", "per_million = nan", ":7:", ">= 0.0"),
        ("per_million = 5", "amount = inf", ":7:", "no amount that a training costs"),
        ("per_million = 5", "amount = 1e300", ":7:", "no amount that a training costs"),
        ("per_million = 5", "per_million = 5e6", ":7:", "more than 10,000 per million"),
        ('"2026-11-21"', '"2026-11-31"', ":8:", "there is no such day"),
        ('as_of = "2026-11-21"\n', "", ":6:", "training.as_of is missing"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(
    tmp_path: Path, old: str, new: str, place: str, message: str
):
    """Each key by itself, and what no single key shows."""
    assert old in GOOD
    with pytest.raises(DataError) as error:
        read(tmp_path, GOOD.replace(old, new, 1))
    assert message in str(error.value)
    assert place in str(error.value)
    assert len(error.value.problems) == 1


def test_a_title_may_be_left_out(tmp_path: Path):
    """The name of a scenario is enough."""
    assert read(tmp_path, GOOD.replace('title = "Mini"\n', ""))["mini"].title is None
