"""Keys: a variable's name in, its value out; and texts without anything like a key. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

from harness.errors import UsageError

DETAIL_LIMIT = 500
SHORTEST_KEY = 8

_HIDDEN = "[hidden]"
_NAMED = r"(?:api|access|auth|secret)[-_ ]?(?:key|token)[\"']?(?:\s+provided)?\s*[:=]\s*"
_ASSIGNED = r"\b(?:key|token|secret|password)\s*=\s*"
_SECRETS = (
    (re.compile(r"(?i)\b(bearer|basic)\s+[^\s\"',;]+"), rf"\1 {_HIDDEN}"),
    (re.compile(r"(?<=//)[^/\s@]+@"), f"{_HIDDEN}@"),
    (re.compile(rf"(?i)({_NAMED}|{_ASSIGNED})[\"']?[^\s\"'&,;]+"), rf"\1{_HIDDEN}"),
    (re.compile(r"\b(?:sk|pk|rk|gsk|xai|hf|r8|nvapi|pplx|fw)[-_][\w*.\-]{4,}"), _HIDDEN),
    (re.compile(r"\bAIza[\w\-]{10,}"), _HIDDEN),
    (re.compile(r"\beyJ[\w\-]+\.[\w\-]+\.?[\w\-]*"), _HIDDEN),
    (re.compile(r"\b[A-Za-z0-9]{32,}\b"), _HIDDEN),
)


def read_key(name: str, environ: Mapping[str, str]) -> str:
    """The key in the variable `name`; an empty name means that the server wants none.

    Raises UsageError naming the variable, never its value, where it is unset, empty or holds
    characters that cannot stand in a header.
    """
    if not name:
        return ""
    key = environ.get(name, "").strip()
    if not key:
        raise UsageError(
            f"the environment variable {name} holds no key: set it, "
            'or write key_env = "" for a server that wants none'
        )
    if not (key.isascii() and key.isprintable()):
        raise UsageError(f"the environment variable {name} holds characters no key can have")
    return key


def without(key: str, body: bytes) -> bytes:
    """An error body with the key hidden. Placeholders such as `none` are too short to be keys."""
    return body.replace(key.encode(), _HIDDEN.encode()) if len(key) >= SHORTEST_KEY else body


def scrub(text: str) -> str:
    """`text` without what looks like a key, at most DETAIL_LIMIT characters long."""
    for pattern, replacement in _SECRETS:
        text = pattern.sub(replacement, text)
    return text if len(text) <= DETAIL_LIMIT else text[: DETAIL_LIMIT - 1] + "…"
