"""Secrets in texts: what looks like a key in, its place or a text without it out. Pure.

Patterns follow the issuers' published prefixes (OpenAI, Anthropic, GitHub, AWS, Google, Slack,
Hugging Face) and the general forms of bearer tokens and private keys.
"""

from __future__ import annotations

import re

REDACTED = "[secret removed]"

_PATTERN = re.compile(
    r"""
    (?<![A-Za-z0-9])sk-(?=[A-Za-z_\-]*[0-9*])[A-Za-z0-9_\-*]{12,}   # "risk-assessment" is none
  | (?:ghp|gho|ghu|ghs|ghr|github_pat)_[A-Za-z0-9_]{20,}
  | hf_[A-Za-z0-9]{20,}
  | AKIA[0-9A-Z]{16}
  | AIza[0-9A-Za-z_\-]{30,}
  | xox[abprs]-[A-Za-z0-9\-]{10,}
  | (?i:bearer)\s+[A-Za-z0-9._\-]{16,}
  | (?i:api[-_]?key|authorization)["']?\s*[:=]\s*["']?(?:(?i:basic)\s+)?[A-Za-z0-9._\-+/]{16,}
  | -----BEGIN\ [A-Z ]*PRIVATE\ KEY-----
    """,
    re.VERBOSE,
)


def find_secret(text: str) -> str | None:
    """The first few characters of what looks like a secret, enough to find it; None if nothing."""
    match = _PATTERN.search(text)
    return None if match is None else f"{match[0][:6]}…"


def scrub(text: str) -> str:
    """The text with everything that looks like a secret replaced."""
    return _PATTERN.sub(REDACTED, text)
