"""What a conversion loses is said in words, and nothing else is."""

from __future__ import annotations

from typing import Any

import pytest

from harness.training.shapes import (
    Shape,
    conversion_gaps,
    conversion_losses,
    parse_row,
    render_row,
)
from harness.training.shapes.losses import DIVISION, EARLIER, REJECTED, WHOSE
from harness.values.example import Example

SYSTEM = {"role": "system", "content": "s"}
USER = {"role": "user", "content": "q"}
ANSWER = {"role": "assistant", "content": "a"}
CALL = {"id": "1", "type": "function", "function": {"name": "f", "arguments": "{}"}}
TOOL = {"type": "function", "function": {"name": "f"}}


def _example(shape: Shape, row: dict[str, Any]) -> Example:
    example = parse_row(row, shape, file="f", line=1).example
    assert example is not None
    return example


def _chat(*messages: dict[str, Any], **more: Any) -> Example:
    return _example("chat", {"messages": list(messages), **more})


PAIR = _example("completion", {"prompt": "q", "completion": "a", "label": 1})
TEXT = _example("text", {"text": "t"})
GRADED = _example("reinforcement", {"messages": [USER], "target": "7"})
PREFERENCE = _example("trl_preference", {"prompt": "q", "chosen": "a", "rejected": "b"})
GEMINI = _example(
    "gemini",
    {
        "systemInstruction": {"parts": [{"text": "s"}]},
        "contents": [
            {"role": "user", "parts": [{"text": "q"}]},
            {"role": "model", "parts": [{"text": "a"}]},
        ],
        "generationConfig": {"temperature": 0},
    },
)

LOSSES: list[tuple[Example, Shape, set[str]]] = [
    (_chat(USER, ANSWER), "completion", set()),
    (_chat(USER, ANSWER, label=1), "completion", set()),
    (_chat(SYSTEM, USER, ANSWER), "completion", {WHOSE}),
    (_chat(USER, ANSWER, USER, ANSWER), "completion", {WHOSE, EARLIER}),
    (_chat(USER, {**ANSWER, "weight": 0}, USER, ANSWER), "completion", {WHOSE}),
    (_chat(USER, {**ANSWER, "weight": 1}), "completion", set()),
    (_chat(USER, {**ANSWER, "weight": 0}), "completion", {"the weight of the answer"}),
    (_chat({**USER, "name": "Ann"}, ANSWER), "completion", {"names of speakers"}),
    (_chat(USER, {**ANSWER, "refusal": "no"}), "completion", {"the message key 'refusal'"}),
    (_chat(USER, {**ANSWER, "refusal": None}), "completion", set()),
    (
        _chat(USER, {**ANSWER, "tool_calls": [CALL]}, tools=[TOOL], parallel_tool_calls=False),
        "question_answer",
        {"calls of tools", "the declarations of tools", "the key 'parallel_tool_calls'"},
    ),
    (
        _chat({"role": "user", "content": [{"type": "image_url", "image_url": {}}]}, ANSWER),
        "completion",
        {"parts of messages that are no text"},
    ),
    (_chat(USER, ANSWER), "text", {DIVISION}),
    (PAIR, "text", {DIVISION}),
    (TEXT, "completion", set()),
    (PAIR, "chat", set()),
    (PAIR, "question_answer", set()),
    (PAIR, "conversational", set()),
    (PAIR, "bedrock", {"the key 'label'"}),
    (GRADED, "gemini", set()),
    (PREFERENCE, "completion", {REJECTED}),
    (PREFERENCE, "chat", {REJECTED}),
    (PREFERENCE, "preference", set()),
    (_chat(USER, ANSWER), "reinforcement", {"the answer"}),
    (_chat(USER, ANSWER, USER, ANSWER), "conversational", {EARLIER}),
    (_chat(SYSTEM, USER, ANSWER), "bedrock", set()),
    (_chat(USER, SYSTEM, ANSWER), "bedrock", {"system messages that are not the first"}),
    (
        _chat(USER, {"role": "tool", "content": "1", "tool_call_id": "1"}, ANSWER),
        "gemini",
        {"messages of the role 'tool'", "which call a message answers"},
    ),
    (_chat(SYSTEM, USER, ANSWER), "gemini", set()),
    (_chat(USER, {**ANSWER, "weight": 0}), "gemini", {"weights of messages"}),
    (GEMINI, "chat", {"the key 'generationConfig'"}),
    (
        _example("instruction", {"instruction": "i", "input": "q", "output": "a", "system": "s"}),
        "chat",
        {"the key 'system'"},
    ),
    (_example("instruction", {"instruction": "i", "input": "q", "output": "a"}), "chat", set()),
]


@pytest.mark.parametrize(("example", "target", "lost"), LOSSES)
def test_exactly_this_is_lost(example: Example, target: Shape, lost: set[str]):
    """Roles, calls, weights, names, keys, the second answer: each where it has no place."""
    assert set(conversion_losses(example, target)) == lost


@pytest.mark.parametrize(
    ("example", "target", "missing"),
    [
        (_chat(USER, ANSWER), "preference", "a second answer, to be rejected"),
        (GRADED, "completion", "an answer in words at the end"),
        (GRADED, "chat", "an answer"),
        (_chat(ANSWER), "reinforcement", "a question"),
        (TEXT, "chat", "a question: the text is not divided into one and its answer"),
        (_chat(ANSWER), "conversational", "a question with an answer after it"),
        (
            _example("trl_preference", {"chosen": [ANSWER], "rejected": [USER]}),
            "preference",
            "a question that both answers share",
        ),
        (_chat(USER, USER, ANSWER), "bedrock", "messages that alternate"),
        (
            _chat(USER, {"role": "assistant", "tool_calls": [CALL]}, tools=[TOOL]),
            "completion",
            "an answer in words at the end",
        ),
    ],
)
def test_what_an_example_lacks_is_no_loss(example: Example, target: Shape, missing: str):
    """Nobody can accept it away: the row would be wrong."""
    (gap,) = conversion_gaps(example, target)
    assert gap.startswith(missing)


@pytest.mark.parametrize(
    ("example", "target", "row"),
    [
        (_chat(USER, ANSWER), "completion", {"prompt": "q", "completion": "a"}),
        (_chat(SYSTEM, USER, ANSWER), "completion", {"prompt": "s\n\nq", "completion": "a"}),
        (PAIR, "chat", {"messages": [USER, ANSWER], "label": 1}),
        (PAIR, "conversational", {"prompt": [USER], "completion": [ANSWER], "label": 1}),
        (PAIR, "text", {"text": "qa", "label": 1}),
        (TEXT, "completion", {"prompt": "", "completion": "t"}),
        (GEMINI, "chat", {"messages": [SYSTEM, USER, ANSWER]}),
        (_chat(SYSTEM, USER, ANSWER), "bedrock", {"system": "s", "messages": [USER, ANSWER]}),
        (
            _chat(SYSTEM, USER, ANSWER),
            "gemini",
            {
                "systemInstruction": {"parts": [{"text": "s"}]},
                "contents": [
                    {"role": "user", "parts": [{"text": "q"}]},
                    {"role": "model", "parts": [{"text": "a"}]},
                ],
            },
        ),
        (
            PREFERENCE,
            "preference",
            {
                "input": {"messages": [USER]},
                "preferred_output": [ANSWER],
                "non_preferred_output": [{**ANSWER, "content": "b"}],
            },
        ),
        (
            _example("trl_preference", {"chosen": [USER, ANSWER], "rejected": [USER, USER]}),
            "preference",
            {
                "input": {"messages": [USER]},
                "preferred_output": [ANSWER],
                "non_preferred_output": [USER],
            },
        ),
        (_chat(USER, ANSWER), "reinforcement", {"messages": [USER]}),
        (
            _example("bedrock", {"messages": [{**USER, "content": [{"text": "q"}]}, ANSWER]}),
            "chat",
            {"messages": [USER, ANSWER]},
        ),
        (
            _example("instruction", {"instruction": "i", "input": "q", "output": "a"}),
            "completion",
            {"prompt": "i\nq", "completion": "a"},
        ),
        (
            _example("completion", {"prompt": "q", "completion": "a"}),
            "instruction",
            {"instruction": "q", "input": "", "output": "a"},
        ),
    ],
)
def test_a_row_in_another_shape(example: Example, target: Shape, row: dict[str, Any]):
    """Written out by hand from the platforms' pages."""
    assert render_row(example, target) == row
