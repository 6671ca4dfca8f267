"""Settings and the digest of a recipe: what changes it, and what must not."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from harness.errors import UsageError
from harness.providers.local.recipe import as_written, recipe_digest, resolved
from harness.values.example import Example
from harness.values.training import Hyperparameters, Recipe
from harness.values.tuning import TuningTask

TASK = TuningTask(
    suite="s",
    name="n",
    base="b",
    form="completion",
    recipe=Recipe(),
    examples=(Example(line=1, id="a", prompt="p", completion="c"),),
    stop="\n",
)
WRITTEN = as_written(resolved(Hyperparameters()))


def made(**changes: Any) -> str:
    return recipe_digest(msgspec.structs.replace(TASK, **changes), WRITTEN, {"torch": "2"}, "d")


@pytest.mark.parametrize(
    "change",
    [
        {"examples": (Example(prompt="p", completion="C"),)},
        {"examples": ()},
        {"validation": TASK.examples},
        {"stop": None},
        {"form": "chat"},
        {"recipe": Recipe(seed=2)},
    ],
)
def test_what_is_learned_from_changes_the_digest(change: dict[str, Any]) -> None:
    """Rows, validation rows, the end of a completion, form and seed."""
    assert made(**change) != made()


def test_hyperparameters_versions_and_base_change_the_digest() -> None:
    """Any of them may change the weights."""
    others = [
        recipe_digest(TASK, WRITTEN | {"rank": 4}, {"torch": "2"}, "d"),
        recipe_digest(TASK, WRITTEN, {"torch": "3"}, "d"),
        recipe_digest(TASK, WRITTEN, {"torch": "2"}, "e"),
    ]
    assert len({made(), *others}) == 4


def test_names_and_places_do_not_change_the_digest() -> None:
    """A row may move within its file, and a suite may be renamed."""
    moved = (Example(line=9, id="z", prompt="p", completion="c"),)
    assert made(examples=moved, suite="other", name="other") == made()


def test_alpha_is_twice_the_rank_unless_given() -> None:
    """So that another rank does not change the size of what is added."""
    assert resolved(Hyperparameters(rank=4)).alpha == 8.0
    assert resolved(Hyperparameters(rank=4, alpha=5.0)).alpha == 5.0


def test_a_hosted_hyperparameter_is_refused() -> None:
    """It would be ignored, and the record would lie."""
    with pytest.raises(UsageError, match=r"beta = 0\.1"):
        resolved(Hyperparameters(beta=0.1))
