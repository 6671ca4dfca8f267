"""What is recorded of tunings in, their curves and losses out, as advice needs them."""

from __future__ import annotations

from harness.analysis.advice.rows import Rows, Tunings
from harness.analysis.curve import fit_curve
from harness.store.curves import curve_path, read_curve
from harness.store.suite import Suite
from harness.values.curve import Curve
from harness.values.training import Training
from harness.workflows.advise.measured import Measured
from harness.workflows.untold import how_to_tell, untold_arms


def tunings_of(suite: Suite) -> Tunings:
    """The arms of a suite that were tuned, those that are not frozen first."""
    arms = sorted(suite.arms.values(), key=lambda arm: arm.frozen)
    return Tunings(
        suite=suite.name,
        arms={arm.name: arm.training for arm in arms if arm.training},
        untold={arm: how_to_tell(arm, model) for arm, model in untold_arms(suite).items()},
    )


def rows_of(suite: Suite) -> list[Rows]:
    """The tuned arms that have a recipe, one per training, each with its learning curve.

    An arm without one was trained elsewhere, and a frozen one cannot be asked again: no curve can
    be made of either.
    """
    found: dict[str, Rows] = {}
    for arm in suite.arms.values():
        training = arm.training
        if training not in suite.file.trainings or training in found or arm.frozen:
            continue
        curve = read_curve(curve_path(suite.folder, training))
        found[training] = Rows(
            suite=suite.name,
            arm=arm.name,
            graded=suite.scorers[0].graded,
            rows=len(suite.splits["train"]) if "train" in suite.splits else 0,
            fit=None if curve is None else fit_curve(curve),
            outdated=curve is not None and _is_outdated(suite, curve),
        )
    return list(found.values())


def _is_outdated(suite: Suite, curve: Curve) -> bool:
    cases = suite.splits.get(curve.split)
    if cases is None:
        return True
    then = (curve.inputs_digest, curve.expected_digest, curve.scoring_digest)
    return then != (cases.inputs_digest, cases.expected_digest, suite.scoring_digest)


def trainings_of(seen: Measured) -> dict[str, Training]:
    """The trainings of the arms that were measured."""
    info = seen.run.info
    names = (info.arms[name].training for name in seen.entrants)
    return {name: info.trainings[name] for name in names if name in info.trainings}
