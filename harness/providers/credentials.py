"""Keys: a variable's name in, its value out; and what a server said without them. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from harness.errors import UsageError
from harness.text.secrets import REDACTED
from harness.text.secrets import scrub as scrub_secrets

DETAIL_LIMIT = 500
SHORTEST_KEY = 8

LONGEST_SCRUBBED = 20 * DETAIL_LIMIT


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
    r"""A body with the key hidden, also where JSON writes its slashes as `\/`.

    Placeholders such as `none` are too short to be keys.
    """
    if len(key) < SHORTEST_KEY:
        return body
    for spelling in {key, key.replace("/", r"\/")}:
        body = body.replace(spelling.encode(), REDACTED.encode())
    return body


def server_name(headers: Mapping[str, str], key: str) -> str:
    """What the header `server` says, without the key, in characters that can be stored."""
    said = headers.get("server", "").encode(errors="replace")
    return scrub(without(key, said).decode())


def scrub(text: str) -> str:
    """`text` without what looks like a key, at most DETAIL_LIMIT characters long."""
    text = scrub_secrets(text[:LONGEST_SCRUBBED])
    return text if len(text) <= DETAIL_LIMIT else text[: DETAIL_LIMIT - 1] + "…"
