"""An entrant in, what a gate must know of it out: completeness, leaks, cost, latency, last day."""

from __future__ import annotations

from harness.analysis.decision.contest import Contestant, Cost
from harness.analysis.summary import summarise
from harness.store.suite import Suite
from harness.values.arm import ArmKind
from harness.values.leaks import LeakReport
from harness.workflows.entrants import Entrant
from harness.workflows.shutdown import shutdown_of_arm


def contestant(suite: Suite, entrant: Entrant) -> Contestant:
    """Everything that a verdict on this side may depend on."""
    run, header = entrant.run, entrant.baseline.header if entrant.baseline else None
    about = run.info.arms[entrant.arm] if run is not None else None
    arm = suite.arms.get(entrant.arm)
    kind: ArmKind = about.kind if about else header.kind if header else "zero_shot"
    leaks: LeakReport | None = about.leaks if about else header.leaks if header else None
    recorded = about.recorded if about else header.recorded if header else ()
    return Contestant(
        arm=entrant.arm,
        side=entrant.side,
        kind=kind,
        source=entrant.source,
        measured=entrant.measured,
        status=run.info.status if run is not None else "complete",
        replies=len(entrant.side),
        planned=run.info.cases if run is not None else len(entrant.side),
        shot_seed=entrant.shot_seed or 0,
        ended=about.ended if about else "",
        leaks=leaks,
        served_models=about.served_models if about and kind != "classical" else (),
        recorded=recorded,
        latency_p95=_latency(entrant, kind),
        cost=_cost(entrant),
        shutdown=shutdown_of_arm(suite, arm, {}) if arm is not None else None,
        stale=arm is not None and arm.digest != entrant.measured.arm,
        frozen=arm is not None and arm.frozen,
    )


def _latency(entrant: Entrant, kind: ArmKind) -> float | None:
    """Seconds; of a classifier in this process they say more about the machine."""
    if entrant.columns is None or kind == "classical":
        return None
    summary = summarise(entrant.columns, graded=entrant.side.graded)
    return summary.latency.p95 if summary else None


def _cost(entrant: Entrant) -> Cost | None:
    """Per thousand requests, of the cases that were answered."""
    import numpy as np

    price, costs = entrant.side.price, entrant.side.costs
    if price is None or costs is None:
        return None
    return Cost(float(np.nanmean(costs)) * 1000, price.currency, price.as_of)
