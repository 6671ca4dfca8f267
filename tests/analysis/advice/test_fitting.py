"""Over-fitting by the rule of thumb, told apart from a checkpoint that is the best there is."""

from __future__ import annotations

import pytest

from harness.analysis.advice.fitting import fitting_advice
from harness.values.training import Loss, Training


def advice(*losses: Loss, chosen: int | None = 2):
    training = Training(
        provider="local", base="m", method="lora", model="m", losses=losses, chosen_step=chosen
    )
    (found,) = fitting_advice({"lora": training})
    return found


@pytest.mark.parametrize(
    ("validation", "later", "rule", "status"),
    [
        (1.19, 1.0, "over-fitting-none", "fine"),
        (1.21, 1.3, "over-fitting-stopped", "fine"),
        (1.21, 1.2, "over-fitting", "act"),
        (2.5, 2.6, "over-fitting-stopped", "fine"),
    ],
)
def test_the_ratio_and_the_lowest_validation_loss(validation, later, rule, status):
    """From 1.2 on it has a name; there is something to do only if another checkpoint is better."""
    found = advice(
        Loss(step=2, train=1.0, validation=validation), Loss(step=3, train=0.9, validation=later)
    )
    assert (found.rule, found.status) == (rule, status)
    assert "rule of thumb" in found.evidence[0]


def test_unknown_losses():
    """A platform that reports none tells nothing."""
    for losses in ((), (Loss(step=2, train=1.0),), (Loss(step=2, validation=1.0),)):
        found = advice(*losses)
        assert (found.rule, found.status) == ("losses-unknown", "cannot_tell")
    assert advice(Loss(step=2, train=1.0, validation=1.0), chosen=None).rule == "losses-unknown"
