"""From a plain specification to an endpoint: which provider answers which kind."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from harness.errors import UsageError
from harness.prompting.similar import joined_inputs
from harness.prompting.template import as_text
from harness.runner.lane import LaneLimits
from harness.store.own import load_function
from harness.store.suite import Suite
from harness.values.arm import ResolvedArm
from harness.values.digest import digest_all
from harness.values.endpoint import (
    AnthropicSpec,
    ClassicalSpec,
    Endpoint,
    EndpointSpec,
    HuggingFaceSpec,
    LocalSpec,
    OpenAISpec,
    RecordedSpec,
    ScriptedSpec,
)
from harness.values.request import ModelIdentity
from harness.workflows.adapters import adapter_files

IN_PROCESS = (ScriptedSpec, ClassicalSpec)


def open_endpoint(spec: EndpointSpec, suite: Suite, arms: Sequence[ResolvedArm]) -> Endpoint:
    """The endpoint that a lane of these arms asks; not yet entered.

    Raises:
        UsageError: a key is missing, or the specification cannot work.
        MissingExtraError: its packages are not installed.
    """
    match spec:
        case OpenAISpec():
            from harness.providers.openai.endpoint import open_endpoint as open_openai

            return open_openai(spec)
        case AnthropicSpec():
            from harness.providers.anthropic.endpoint import open_endpoint as open_anthropic

            return open_anthropic(spec)
        case LocalSpec():
            from harness.providers.local.endpoint import LocalEndpoint

            return LocalEndpoint(spec, adapter_files(suite, spec, arms))
        case HuggingFaceSpec():
            from harness.providers.huggingface.endpoint import HuggingFaceEndpoint

            return HuggingFaceEndpoint(_located(spec))
        case ScriptedSpec():
            from harness.providers.scripted.endpoint import ScriptedEndpoint

            return ScriptedEndpoint(spec)
        case ClassicalSpec():
            return _classical(suite, arms[0])
        case RecordedSpec():
            names = ", ".join(arm.name for arm in arms)
            raise UsageError(
                f'arm {names} answers only from its recordings (kind = "recorded"): import them '
                f"with\n    harness fixtures import {suite.name} {arms[0].name} FILE"
            )


def limits(spec: EndpointSpec) -> LaneLimits:
    """How many requests at once, how many attempts, for how long."""
    match spec:
        case OpenAISpec() | AnthropicSpec():
            return LaneLimits(spec.concurrency, spec.attempts, spec.deadline, spec.rpm, spec.tpm)
        case LocalSpec():
            return LaneLimits(spec.slots, spec.attempts, spec.deadline)
        case HuggingFaceSpec():
            return LaneLimits(spec.batch, spec.attempts, spec.deadline)
        case ScriptedSpec() | ClassicalSpec() | RecordedSpec():
            return LaneLimits(1, 1, 600.0)


def identity_of(arm: ResolvedArm, spec: EndpointSpec, suite: Suite) -> ModelIdentity:
    """Which weights an arm asks, as far as it can be known without asking."""
    if arm.classical:
        from harness.providers.classical.endpoint import identity as classical_identity

        train = suite.splits["train"]
        learned = digest_all([train.inputs_digest, train.expected_digest])
        return classical_identity(arm.model, learned)
    if isinstance(spec, LocalSpec):
        from harness.providers.local.model import identity as local_identity

        return local_identity(spec, arm.model, arm.adapter)
    if isinstance(spec, HuggingFaceSpec):
        from harness.providers.huggingface.files import identity as huggingface_identity
        from harness.providers.local.model import PACKAGED_DIGEST

        return huggingface_identity(spec, arm.model, arm.adapter, PACKAGED_DIGEST)
    return ModelIdentity(arm.model, arm.adapter)


def _located(spec: HuggingFaceSpec) -> HuggingFaceSpec:
    """Without a path it is the packaged model, put together on first use."""
    if spec.path is not None:
        return spec
    from harness.providers.local.model import packaged_gguf

    file = packaged_gguf()
    return msgspec.structs.replace(spec, path=str(file.parent), gguf=file.name)


def _classical(suite: Suite, arm: ResolvedArm) -> Endpoint:
    from harness.providers.classical.endpoint import ClassicalEndpoint

    texts = [joined_inputs(case.input) for case in suite.train]
    labels = [as_text(case.expected) for case in suite.train]
    return ClassicalEndpoint(_estimator(suite, arm.model), texts, labels)


def _estimator(suite: Suite, model: str) -> Callable[[], Any]:
    from harness.providers.classical.endpoint import ESTIMATORS

    return load_function(suite.folder, model) if ":" in model else ESTIMATORS[model]
