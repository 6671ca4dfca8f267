"""From a spec and the environment to an Endpoint that speaks OpenAI's forms."""

from __future__ import annotations

import os

from harness.providers.openai.credentials import read_access
from harness.values.endpoint import Endpoint, OpenAISpec


def open_endpoint(spec: OpenAISpec) -> Endpoint:
    """The endpoint, not yet entered, with the transport that `spec` names.

    Raises UsageError where the key's variable is unset or the base URL is none.
    """
    access = read_access(spec, os.environ)
    if spec.transport == "sdk":
        from harness.providers.openai.sdk import SdkEndpoint

        return SdkEndpoint(spec, access)
    from harness.providers.openai.fast import FastEndpoint

    return FastEndpoint(spec, access)
