"""Every fault of a row's form has a finding of its own rule."""

from __future__ import annotations

from typing import Any

import pytest

from harness.training.shapes import Shape, parse_row

USER = {"role": "user", "content": "q"}
ANSWER = {"role": "assistant", "content": "a"}
TOOLS = [{"type": "function", "function": {"name": "f"}}]


def _call(arguments: Any, **more: Any) -> dict[str, Any]:
    function = {"name": "f", "arguments": arguments}
    return {
        "role": "assistant",
        "tool_calls": [{"id": "1", "type": "function", "function": function}],
        **more,
    }


def _chat(*messages: Any, **more: Any) -> dict[str, Any]:
    return {"messages": list(messages), **more}


def _rules(row: dict[str, Any], shape: Shape) -> set[tuple[str, str]]:
    found = parse_row(row, shape, file="f", line=7).findings
    assert all(finding.line == 7 for finding in found)
    return {
        (finding.severity, finding.rule)
        for finding in found
        if not finding.rule.startswith("no-sys")
    }


CHAT_FAULTS = {
    "no list": ({"messages": "x"}, {("error", "missing-messages-list")}),
    "empty list": (_chat(), {("error", "missing-messages-list")}),
    "no messages": ({"a": 1}, {("error", "missing-messages-list"), ("warning", "extra-column")}),
    "text as message": (_chat(USER, "a"), {("error", "message-not-an-object")}),
    "no role": (_chat(USER, {"content": "a"}), {("error", "message-missing-key")}),
    "no content": (_chat(USER, ANSWER, {"role": "assistant"}), {("error", "message-missing-key")}),
    "null content": (
        _chat(USER, {"role": "assistant", "content": None}),
        {("error", "empty-content")},
    ),
    "empty content": (_chat(USER, {**ANSWER, "content": ""}), {("error", "empty-content")}),
    "number": (_chat(USER, {**ANSWER, "content": 5}), {("error", "bad-content")}),
    "parts without type": (
        _chat(USER, {**ANSWER, "content": [{"text": "a"}]}),
        {("error", "bad-content")},
    ),
    "role": (
        _chat(USER, ANSWER, {"role": "human", "content": "x"}),
        {("error", "unknown-role"), ("info", "last-turn-not-assistant")},
    ),
    "key": (_chat(USER, {**ANSWER, "label": 1}), {("warning", "message-unknown-key")}),
    "row key": (_chat(USER, ANSWER, label=1), {("warning", "extra-column")}),
    "no answer": (
        _chat(USER),
        {("error", "no-assistant-turn"), ("info", "last-turn-not-assistant")},
    ),
    "no user": (_chat(ANSWER), {("info", "no-user-turn")}),
    "weight": (_chat(USER, {**ANSWER, "weight": 0.5}), {("error", "bad-weight")}),
    "weight true": (_chat(USER, {**ANSWER, "weight": True}), {("error", "bad-weight")}),
    "weight of user": (
        _chat({**USER, "weight": 1}, ANSWER),
        {("warning", "weight-not-on-assistant")},
    ),
    "sound call": (_chat(USER, _call('{"a": 1}'), tools=TOOLS), set()),
    "sound call, null content": (_chat(USER, _call("{}", content=None), tools=TOOLS), set()),
    "undeclared": (_chat(USER, _call("{}")), {("warning", "tool-calls-without-tools")}),
    "twice": (
        _chat(USER, _call('"{\\"a\\": 1}"'), tools=TOOLS),
        {("error", "tool-arguments-encoded-twice")},
    ),
    "no JSON": (_chat(USER, _call("{a}"), tools=TOOLS), {("error", "tool-arguments-not-json")}),
    "list": (_chat(USER, _call("[1]"), tools=TOOLS), {("warning", "tool-arguments-not-an-object")}),
    "object": (_chat(USER, _call({"a": 1}), tools=TOOLS), {("error", "bad-tool-calls")}),
    "old call": (
        _chat(
            USER,
            {"role": "assistant", "function_call": {"name": "f", "arguments": '"{}"'}},
            functions=[{"name": "f"}],
        ),
        {("info", "deprecated-function-call"), ("error", "tool-arguments-encoded-twice")},
    ),
}


@pytest.mark.parametrize("name", CHAT_FAULTS)
def test_a_fault_of_a_chat_row(name: str):
    """Exactly these findings, apart from the missing system message."""
    row, rules = CHAT_FAULTS[name]
    assert _rules(row, "chat") == rules


OTHER_FAULTS: dict[str, tuple[Shape, dict[str, Any], set[tuple[str, str]]]] = {
    "case": ("completion", {"Prompt": "p", "completion": "c"}, {("error", "column-case")}),
    "missing": ("completion", {"prompt": "p"}, {("error", "missing-column")}),
    "extra": (
        "completion",
        {"prompt": "p", "completion": "c", "x": 1},
        {("warning", "extra-column")},
    ),
    "empty": (
        "completion",
        {"prompt": "", "completion": " "},
        {("info", "empty-prompt"), ("error", "empty-completion")},
    ),
    "number": ("completion", {"prompt": "p", "completion": 5}, {("error", "not-text")}),
    "empty text": ("text", {"text": ""}, {("error", "empty-text")}),
    "no output": (
        "instruction",
        {"instruction": "i", "output": ""},
        {("error", "empty-completion")},
    ),
    "graded": (
        "reinforcement",
        _chat(USER, target=1),
        {("info", "no-assistant-turn"), ("info", "last-turn-not-assistant")},
    ),
    "answered": (
        "reinforcement",
        _chat(USER, ANSWER, target=1),
        {("error", "answer-in-reinforcement")},
    ),
    "bad split": (
        "conversational",
        {"prompt": [USER, ANSWER], "completion": [ANSWER]},
        {("error", "bad-split")},
    ),
    "equal": (
        "trl_preference",
        {"prompt": "p", "chosen": "a", "rejected": "a"},
        {("error", "equal-answers")},
    ),
    "empty answer": (
        "trl_preference",
        {"prompt": "p", "chosen": "a", "rejected": " "},
        {("error", "empty-answer")},
    ),
    "one answer": ("trl_preference", {"prompt": "p", "chosen": "a"}, {("error", "missing-column")}),
    "texts without prompt": (
        "trl_preference",
        {"chosen": "ab", "rejected": "ac"},
        {("error", "missing-column")},
    ),
    "equal turns": (
        "preference",
        {
            "input": {"messages": [USER]},
            "preferred_output": [ANSWER],
            "non_preferred_output": [ANSWER],
        },
        {("error", "equal-answers")},
    ),
    "no input": (
        "preference",
        {"preferred_output": [ANSWER], "non_preferred_output": [ANSWER]},
        {("error", "missing-column")},
    ),
    "answered by user": (
        "preference",
        {
            "input": {"messages": [USER]},
            "preferred_output": [USER],
            "non_preferred_output": [ANSWER],
        },
        {("error", "answer-not-assistant")},
    ),
    "one message": (
        "bedrock",
        _chat(USER),
        {
            ("error", "bedrock-too-few-turns"),
            ("error", "bedrock-last-turn"),
            ("error", "no-assistant-turn"),
            ("info", "last-turn-not-assistant"),
        },
    ),
    "assistant first": ("bedrock", _chat(ANSWER, USER, ANSWER), {("error", "bedrock-first-turn")}),
    "two of one role": (
        "bedrock",
        _chat(USER, USER, ANSWER),
        {("error", "bedrock-not-alternating")},
    ),
    "bedrock row key": ("bedrock", _chat(USER, ANSWER, id="1"), {("error", "extra-column")}),
    "bedrock key": (
        "bedrock",
        _chat(USER, {**ANSWER, "weight": 1}),
        {("error", "message-unknown-key")},
    ),
    "bedrock role": (
        "bedrock",
        _chat({"role": "system", "content": "s"}, USER, ANSWER),
        {("error", "unknown-role")},
    ),
    "bedrock empty": (
        "bedrock",
        _chat(USER, {**ANSWER, "content": ""}),
        {("error", "empty-content")},
    ),
    "gemini role": (
        "gemini",
        {"contents": [{"role": "assistant", "parts": [{"text": "a"}]}]},
        {("error", "unknown-role")},
    ),
    "gemini parts": (
        "gemini",
        {"contents": [{"role": "model", "parts": "a"}]},
        {("error", "bad-content")},
    ),
    "gemini empty": (
        "gemini",
        {
            "contents": [
                {"role": "user", "parts": [{"text": "q"}]},
                {"role": "model", "parts": [{"text": ""}]},
            ]
        },
        {("error", "empty-content")},
    ),
}


@pytest.mark.parametrize("name", OTHER_FAULTS)
def test_a_fault_of_another_shape(name: str):
    """Exactly these findings, apart from the missing system message."""
    shape, row, rules = OTHER_FAULTS[name]
    assert _rules(row, shape) == rules


@pytest.mark.parametrize("role", ["system", "developer"])
def test_a_developer_message_is_a_system_message(role: str):
    """Newer models have the one, older ones the other."""
    row = _chat({"role": role, "content": "s"}, USER, ANSWER)
    assert parse_row(row, "chat", file="f", line=1).findings == ()


def test_a_row_that_cannot_be_understood_has_no_example():
    """A message without a role, a column without text."""
    for row in (_chat(USER, {"content": "a"}), _chat(USER, {**ANSWER, "content": 5})):
        assert parse_row(row, "chat", file="f", line=1).example is None
    assert (
        parse_row({"prompt": "p", "completion": 5}, "completion", file="f", line=1).example is None
    )


def test_loss_weight_is_understood_as_weight():
    """LLaMA-Factory's spelling: the weight is known, and the key stays as it stood."""
    row = _chat(USER, {**ANSWER, "loss_weight": 0.0})
    example = parse_row(row, "chat", file="f", line=1).example
    assert example is not None
    assert example.messages[1].weight == 0.0
    assert example.messages[1].extra == {"loss_weight": 0.0}


def test_an_instruction_is_asked_with_its_input():
    """Rows with one instruction and several inputs are different questions."""
    row = {"instruction": "Translate", "input": "Haus", "output": "house"}
    example = parse_row(row, "instruction", file="f", line=1).example
    assert example is not None
    assert example.prompt == "Translate\nHaus"
