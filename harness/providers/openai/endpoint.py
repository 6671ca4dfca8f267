"""From a spec and the environment to an Endpoint that speaks OpenAI's forms."""

from __future__ import annotations

import os

from harness.errors import UsageError
from harness.providers.openai.credentials import Access, read_access
from harness.values.endpoint import Endpoint, OpenAISpec

OLDEST_OPENAI = 3
NEEDS_OPENAI = f'transport = "sdk" needs openai >= {OLDEST_OPENAI}'


def open_endpoint(spec: OpenAISpec) -> Endpoint:
    """The endpoint, not yet entered, with the transport that `spec` names.

    Raises UsageError where the key's variable is unset, the base URL is none, or the official
    client is missing or too old for the transport that needs it.
    """
    access = read_access(spec, os.environ)
    if spec.transport == "sdk":
        return _open_sdk(spec, access)
    from harness.providers.openai.fast import FastEndpoint

    return FastEndpoint(spec, access)


def _open_sdk(spec: OpenAISpec, access: Access) -> Endpoint:
    """The module of the transport imports openai and httpx2, which came with openai 3."""
    try:
        import openai

        from harness.providers.openai.sdk import SdkEndpoint
    except ImportError as error:
        raise UsageError(f"{NEEDS_OPENAI}: {error}") from error
    if int(openai.__version__.partition(".")[0]) < OLDEST_OPENAI:
        raise UsageError(f"{NEEDS_OPENAI}: {openai.__version__} is installed")
    return SdkEndpoint(spec, access)
