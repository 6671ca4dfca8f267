"""Which platform stands behind an endpoint. Pure."""

from __future__ import annotations

from harness.training.checks.platforms import Platform
from harness.values.endpoint import EndpointSpec, LocalSpec, OpenAISpec


def provider_of(spec: EndpointSpec) -> str:
    """The platform of an endpoint: its kind, and Azure by its URL."""
    if isinstance(spec, OpenAISpec) and "azure.com" in (spec.base_url or ""):
        return "azure"
    return str(spec.__struct_config__.tag)


def platform_of_endpoint(spec: EndpointSpec) -> Platform | None:
    """The platform whose limits training data must keep; None where nothing is tuned."""
    if isinstance(spec, LocalSpec):
        return "local"
    if isinstance(spec, OpenAISpec):
        return "azure" if provider_of(spec) == "azure" else "openai"
    return None
