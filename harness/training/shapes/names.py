"""The shapes of training rows by name, and what reading one row gives. Pure."""

from __future__ import annotations

from typing import Literal, NamedTuple, TypeAlias, get_args

from harness.values.example import Example
from harness.values.finding import Finding

Shape: TypeAlias = Literal[
    "completion",
    "chat",
    "preference",
    "reinforcement",
    "bedrock",
    "gemini",
    "text",
    "question_answer",
    "labelled",
    "conversational",
    "trl_preference",
    "instruction",
]
"""`preference` is OpenAI's {input, preferred_output, non_preferred_output}; `trl_preference` is
{prompt, chosen, rejected}, texts or messages; `conversational` is {prompt, completion} whose values
are lists of messages; `labelled` is {text, label}, as classifiers learn; `instruction` is Alpaca's
{instruction, input, output}."""

SHAPES: tuple[Shape, ...] = get_args(Shape)
FLAT_SHAPES: frozenset[Shape] = frozenset(
    {"completion", "text", "question_answer", "labelled", "instruction"}
)
PREFERENCE_SHAPES: frozenset[Shape] = frozenset({"preference", "trl_preference"})
TURN_SHAPES: frozenset[Shape] = frozenset(
    {"chat", "reinforcement", "bedrock", "gemini", "conversational"}
)


class ParsedRow(NamedTuple):
    """One row as it was understood: `example` is None where nothing can be learned from it."""

    line: int
    example: Example | None
    shape: Shape | None
    findings: tuple[Finding, ...]
