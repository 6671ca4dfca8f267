"""The models of a suite in, until when they answer and what is kept of them out."""

from __future__ import annotations

from datetime import date

from harness.analysis.advice.ending import Answering, Ending
from harness.store.suite import Suite
from harness.values.arm import ResolvedArm
from harness.values.endpoint import AnthropicSpec, EndpointSpec, OpenAISpec, RecordedSpec
from harness.workflows.shutdown import shutdown_of_arm, unrecorded


def ending_of(suite: Suite, today: date) -> Ending:
    """Every arm that asks a model."""
    return Ending(
        suite=suite.name,
        today=today,
        horizon=suite.file.fixtures.shutdown_warning_days,
        arms=[_answering(suite, arm) for arm in suite.arms.values() if not arm.classical],
    )


def _answering(suite: Suite, arm: ResolvedArm) -> Answering:
    known = shutdown_of_arm(suite, arm, {})
    training = suite.trainings.get(arm.training or "")
    missing = {} if known is None else unrecorded(suite, arm)
    spec = suite.settings.endpoints[arm.endpoint]
    return Answering(
        arm=arm.name,
        model=arm.model,
        base=training.base if training else arm.model,
        hosted=_is_hosted(spec),
        frozen=arm.frozen or isinstance(spec, RecordedSpec),
        day=None if known is None else known.day,
        source="" if known is None else known.source,
        missing=tuple(missing),
        commands=tuple(missing.values()),
    )


def _is_hosted(spec: EndpointSpec) -> bool:
    """Whether somebody else runs the model: a server of one's own has no key."""
    return isinstance(spec, OpenAISpec | AnthropicSpec) and bool(spec.key_env)
