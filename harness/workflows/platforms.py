"""Which platform stands behind an endpoint. Pure."""

from __future__ import annotations

from harness.providers.openai.tuning_recipe import platform_of
from harness.training.checks.platforms import Platform
from harness.values.endpoint import EndpointSpec, LocalSpec, OpenAISpec


def provider_of(spec: EndpointSpec) -> str:
    """Who tunes on an endpoint: its kind; OpenAI and Azure are told apart by their URL."""
    if isinstance(spec, OpenAISpec):
        return platform_of(spec.base_url or "")
    return str(spec.__struct_config__.tag)


def platform_of_endpoint(spec: EndpointSpec) -> Platform | None:
    """The platform whose limits training data must keep; None where nothing is tuned."""
    if isinstance(spec, LocalSpec):
        return "local"
    return platform_of(spec.base_url or "") if isinstance(spec, OpenAISpec) else None
