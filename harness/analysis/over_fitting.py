"""Losses of a checkpoint in, what the rule of thumb calls them out. Pure."""

from __future__ import annotations

from harness.values.training import Loss, Training

OVERFITTING = ((2.0, "severe"), (1.5, "moderate"), (1.2, "mild"))
"""Validation over training loss of the chosen checkpoint, and what it is called from there on.

A rule of thumb from secondary sources; below 1.2 nothing is said.
"""


def chosen_loss(training: Training) -> Loss | None:
    """The losses of the checkpoint whose weights were kept; None where they are not known."""
    return next((loss for loss in training.losses if loss.step == training.chosen_step), None)


def loss_ratio(training: Training) -> float | None:
    """Validation over training loss of the chosen checkpoint; None where one is not known."""
    chosen = chosen_loss(training)
    if chosen is None or not chosen.train or not chosen.validation:
        return None
    return chosen.validation / chosen.train


def over_fitting_word(ratio: float) -> str | None:
    """'severe', 'moderate' or 'mild'; None where the rule of thumb says nothing."""
    return next((word for least, word in OVERFITTING if ratio >= least), None)
