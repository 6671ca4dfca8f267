"""The losses of trainings in, whether a model learned its rows by heart out. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from harness.analysis.advice.advice import Advice
from harness.analysis.over_fitting import chosen_loss, loss_ratio, over_fitting_word
from harness.values.training import Training

_THUMB = "a rule of thumb from secondary sources"


def fitting_advice(trainings: Mapping[str, Training]) -> list[Advice]:
    """One advice per training of the arms that were measured."""
    return [_advice(name, training) for name, training in trainings.items()]


def _advice(name: str, training: Training) -> Advice:
    ratio = loss_ratio(training)
    if ratio is None:
        return Advice(
            rule="losses-unknown",
            status="cannot_tell",
            says=f"Whether training {name} over-fitted: its losses on training and validation rows "
            "are not both recorded.",
            next_step=f"tune with a validation file, and keep the losses in training/{name}.toml",
        )
    word = over_fitting_word(ratio)
    lowest = min(loss.validation for loss in training.losses if loss.validation is not None)
    chosen = chosen_loss(training)
    kept = None if chosen is None else chosen.validation
    told = (
        f"Loss of the chosen checkpoint on validation over that on its own rows: {ratio:.2f} "
        f"({word or 'below 1.2'}; {_THUMB})."
    )
    evidence = (told,)
    if word is None:
        return Advice(
            rule="over-fitting-none",
            status="fine",
            says=f"Training {name} shows no over-fitting by the usual rule of thumb.",
            evidence=evidence,
        )
    if kept is not None and kept <= lowest:
        return Advice(
            rule="over-fitting-stopped",
            status="fine",
            says=f"Training {name} fits its own rows better ({word} over-fitting by the usual rule "
            "of thumb), and no checkpoint has a lower validation loss: there is none to go back "
            "to.",
            evidence=evidence,
        )
    return Advice(
        rule="over-fitting",
        status="act",
        says=f"Training {name} went on too long: {word} over-fitting by the usual rule of thumb, "
        "and an earlier or later checkpoint has a lower validation loss.",
        evidence=(*evidence, f"Validation loss: {kept:.3f} chosen, {lowest:.3f} at its lowest."),
        next_step=f"choose the checkpoint with the lowest validation loss in training {name}",
    )
