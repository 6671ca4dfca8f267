"""Secrets in texts: what looks like a key in, its place or a text without it out. Pure.

Patterns follow the issuers' published prefixes (OpenAI, Anthropic, GitHub, GitLab, AWS, Google,
Slack, Stripe, Hugging Face, Groq, xAI, Perplexity, Replicate, NVIDIA, Fireworks) and the general
forms of JSON web tokens, bearer tokens, passwords that are assigned, and private keys. Digests
are no secrets: a run of hex counts only beside the word key. Every repetition that can fail is
bounded or cannot meet its own beginning again, so that the time is linear in the text.
"""

from __future__ import annotations

import re

REDACTED = "[secret removed]"

_GAP = r"\s{0,8}"
_SET = rf"[\"']?{_GAP}[:=]{_GAP}[\"']?"
_EQUALS = rf"[\"']?{_GAP}={_GAP}[\"']?"
_END = r"\s\"'`,;&()\[\]{}<>"
# A letter and a digit within: `key=operator.itemgetter` and `key=202406150001` are none.
_MIXED = rf"(?=[^0-9{_END}]{{0,64}}[0-9])(?=[^A-Za-z{_END}]{{0,64}}[A-Za-z])[^{_END}]{{12}}"
# Letters alone, for a password: `password=user_password` is a variable, `password=get(...)` a call.
_PLAIN = r"[A-Za-z0-9\-!@#$%^*+~]{12,}+(?![\w.(\[])"
_HEX = r"[0-9a-fA-F]"

_PATTERN = re.compile(
    rf"""
    (?P<name>
      (?i:api[-_\ ]?key|authorization){_SET}(?:(?i:basic|bearer|token)\s{{1,8}})?
        (?=[A-Za-z0-9._\-+/]{{16}})
    | (?i:(?:api|access|auth|secret|client)[-_\ ]?(?:key|token|secret)(?:\ provided)?
        |password){_SET}(?={_MIXED})
    | (?i:\b(?:key|token|secret|passwd)){_EQUALS}(?!{_HEX}+\b)(?={_MIXED})
    | (?i:passwd|password){_EQUALS}(?={_PLAIN})
    | (?i:(?<![a-z_])(?:(?:api|access|account|azure|openai|subscription)[-_\ ]?)?key)
        (?:\ (?:is|provided))?["']?{_GAP}[:=]?[\ ]?["']?(?={_HEX}{{32}}(?![A-Za-z0-9]))
    | (?i:bearer)\s{{1,8}}(?=[A-Za-z0-9._~+/\-]{{16}}|{_MIXED})
    )
    [^{_END}]+
  | (?<=://)[^/\s:@]{{1,64}}:(?=[^/\s@0-9]{{0,64}}[0-9])[^/\s@]{{8,128}}@
  | (?<![A-Za-z0-9])(?:
      sk-(?=[A-Za-z_\-]{{0,64}}[0-9*])[A-Za-z0-9_\-*]{{12,}}   # "risk-assessment" is none
    | sk-(?:[a-z0-9]{{1,8}}-){{0,2}}[A-Za-z]{{20,}}            # nor "sk-learn-based-pipelines"
    | (?:gh[opsur]|github_pat)_[A-Za-z0-9_]{{20,}}
    | (?:[sr]k_live|[sr]k_test|hf|gsk|r8|fw)_[A-Za-z0-9]{{20,}}
    | (?:xai|pplx)-[A-Za-z0-9]{{20,}}
    | (?:glpat-|nvapi-|ya29\.)[A-Za-z0-9_\-]{{16,}}
    )
  | (?<![A-Za-z0-9_\-])eyJ[A-Za-z0-9_\-]{{6,}}\.[A-Za-z0-9_\-]{{6,}}\.[A-Za-z0-9_\-.]*
  | A[KS]IA[0-9A-Z]{{16}}
  | AIza[0-9A-Za-z_\-]{{30,}}
  | xox[abeprs]-[A-Za-z0-9\-]{{10,}}
  | -----BEGIN\ [A-Z ]{{0,40}}PRIVATE\ KEY-----
    """,
    re.VERBOSE,
)


def find_secret(text: str) -> str | None:
    """The first few characters of what looks like a secret, enough to find it; None if nothing."""
    match = _PATTERN.search(text)
    return None if match is None else f"{match[0][:6]}…"


def scrub(text: str) -> str:
    """The text with everything that looks like a secret replaced; the word before it stays."""
    return _PATTERN.sub(lambda match: (match["name"] or "") + REDACTED, text)
