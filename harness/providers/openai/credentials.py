"""Access to a server: a spec and the environment in; base URL, headers and the hidden key out."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

import msgspec

from harness.providers.credentials import read_key
from harness.values.endpoint import OpenAISpec

OPENAI_URL = "https://api.openai.com/v1"
AZURE_HOSTS = (".openai.azure.com", ".services.ai.azure.com", ".cognitiveservices.azure.com")


class Access(msgspec.Struct, frozen=True):
    """Where to call and as whom. Its repr never shows the key."""

    base_url: str
    key: str = ""
    organization: str | None = None
    project: str | None = None

    def __repr__(self) -> str:
        return f"Access(base_url={self.base_url!r})"

    @property
    def headers(self) -> dict[str, str]:
        """What every call carries. Never to be logged.

        Azure's v1 URL takes an account key as `api-key` and as bearer, an Entra token (a JWT) as
        bearer alone.
        """
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if self.key:
            headers["Authorization"] = f"Bearer {self.key}"
        if self.key and not self.key.startswith("eyJ") and self._is_azure():
            headers["api-key"] = self.key
        if self.organization:
            headers["OpenAI-Organization"] = self.organization
        if self.project:
            headers["OpenAI-Project"] = self.project
        return headers

    def _is_azure(self) -> bool:
        return (urlsplit(self.base_url).hostname or "").endswith(AZURE_HOSTS)


def read_access(spec: OpenAISpec, environ: Mapping[str, str]) -> Access:
    """The access that `spec` describes.

    Raises UsageError naming the environment variable of the key where it is not set.
    """
    return Access(
        base_url=spec.base_url or environ.get("OPENAI_BASE_URL") or OPENAI_URL,
        key=read_key(spec.key_env, environ),
        organization=environ.get("OPENAI_ORG_ID") or None,
        project=environ.get("OPENAI_PROJECT_ID") or None,
    )
