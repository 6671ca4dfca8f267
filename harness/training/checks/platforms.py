"""A target platform and the facts of a file in, what the platform would refuse out. Pure.

Limits of OpenAI and Azure: at least 10 examples, files below 512 MB (which the reader notices);
Azure takes chat only, as UTF-8 with a byte-order mark. Default lengths: 65,536 tokens for an
example of OpenAI's gpt-4o and gpt-4.1 families (its fine-tuning guide), 1,024 for TRL
(`max_length` of its SFTConfig).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple, get_args

from harness.training.checks.tally import finding, rows_of
from harness.training.shapes.names import Shape
from harness.values.finding import Finding

Platform = Literal["openai", "azure", "bedrock", "gemini", "local"]
PLATFORMS: tuple[Platform, ...] = get_args(Platform)

FEWEST_EXAMPLES = 10
HOSTED_BY_OPENAI: tuple[Platform, ...] = ("openai", "azure")

_SHAPES: dict[Platform, frozenset[Shape]] = {
    "openai": frozenset({"chat", "preference", "reinforcement", "completion"}),
    "azure": frozenset({"chat", "preference", "reinforcement"}),
    "bedrock": frozenset({"bedrock"}),
    "gemini": frozenset({"gemini"}),
    "local": frozenset(
        {"text", "chat", "completion", "conversational", "trl_preference", "instruction"}
    ),
}
_LIMITS: dict[Platform, int] = {"openai": 65_536, "azure": 65_536, "local": 1_024}


class FileFacts(NamedTuple):
    """A file's name, and whether it begins with a byte-order mark (None where that is unknown)."""

    file: str
    bom: bool | None = None


def default_limit(platform: Platform | None) -> int | None:
    """Tokens of an example beyond which the platform cuts; None where none is known."""
    return None if platform is None else _LIMITS.get(platform)


def platform_findings(
    facts: FileFacts, shape: Shape | None, rows: int, platform: Platform | None
) -> Iterator[Finding]:
    """What the platform refuses, or would read wrongly."""
    if platform is None or not rows:
        return
    if shape is not None and shape not in _SHAPES[platform]:
        known = ", ".join(sorted(_SHAPES[platform]))
        message = f"{platform} does not read the shape {shape}; it reads {known}"
        yield finding("wrong-shape", facts.file, message)
    if platform not in HOSTED_BY_OPENAI:
        return
    if rows < FEWEST_EXAMPLES:
        message = f"{rows_of(rows)}; {platform} wants at least {FEWEST_EXAMPLES}"
        yield finding("too-few-examples", facts.file, message)
    if platform == "azure" and facts.bom is False:
        message = "the file has no byte-order mark, which Azure asks for"
        yield finding("no-byte-order-mark", facts.file, message)
