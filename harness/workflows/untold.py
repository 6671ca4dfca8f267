"""Arms whose models were tuned, as their names say, and of whose training nothing is written.

Such an arm counts as a prompted one: what its training cost, and what it learned, nobody knows.
"""

from __future__ import annotations

from harness.errors import Problem
from harness.store.prices.tuned import names_tuned, tuned_from
from harness.store.suite import Suite
from harness.store.suite_problems import SUITE_FILE
from harness.store.toml import line_of, read_text
from harness.store.trainings import TRAINING_FOLDER


def is_untold(model: str, training: str | None) -> bool:
    """Whether a model's name says that it was tuned, and its arm names no training."""
    return not training and names_tuned(model)


def how_to_tell(arm: str, model: str) -> str:
    """What to write, so that an arm is a tuned one."""
    provider = "openai" if model.startswith("ft:") else "azure"
    return (
        f'write provider = "{provider}", base = "{tuned_from(model)}", method = "supervised" and '
        f'model = "{model}" into {TRAINING_FOLDER}/{arm}.toml, and training = "{arm}" into '
        f"[arms.{arm}] (docs/tuning.md)"
    )


def untold_arms(suite: Suite) -> dict[str, str]:
    """The models of such arms, by arm."""
    return {
        arm.name: arm.model
        for arm in suite.arms.values()
        if not arm.classical and is_untold(arm.model, arm.training)
    }


def untold_warnings(suite: Suite) -> list[Problem]:
    """One warning for each such arm, at its line."""
    path = suite.folder / SUITE_FILE
    untold = untold_arms(suite)
    text = (read_text(path, []) or "") if untold else ""
    return [
        Problem(
            file=str(path),
            line=line_of(text, ("arms", arm)),
            message=f"arms.{arm}: {model} was tuned, as its name says, and the arm names no "
            "training: it counts as a prompted one, and no break-even is told",
            hint=how_to_tell(arm, model),
        )
        for arm, model in untold.items()
    ]
