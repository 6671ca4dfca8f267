"""Rows as OpenAI's guides show them, and the faults that are found in them."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.providers.openai.tuning_rows import (
    BOM,
    LARGEST_FILE,
    encode_rows,
    file_problems,
    row_of,
    row_problems,
)
from harness.values.example import Example, Turn
from harness.values.request import ToolCall

ASKED, ANSWERED = Turn("user", "Where?"), Turn("assistant", "Here.")
CALL = Turn("assistant", tool_calls=(ToolCall("c1", "find", '{"q": 1}'),))


@given(st.lists(st.tuples(st.text(), st.text()), min_size=1), st.booleans())
def test_every_row_is_one_line_that_reads_back(pairs, azure):
    """Any text survives, line separators too; Azure's file differs by its mark alone."""
    examples = [Example(prompt=prompt, completion=answer) for prompt, answer in pairs]
    data = encode_rows(examples, "supervised", BOM if azure else b"")
    lines = data.removeprefix(BOM).decode().split("\n")[:-1]
    read = [[one["content"] for one in json.loads(line)["messages"]] for line in lines]
    assert read == [list(pair) for pair in pairs]


def test_a_conversation_keeps_everything_that_the_platform_knows():
    """Names, weights as integers, calls of tools and their results, unknown keys of turns."""
    messages = (
        Turn("system", "Be brief."),
        Turn("user", "Where?", name="ann", extra={"refusal": None}),
        Turn("assistant", tool_calls=CALL.tool_calls, weight=0.0),
        Turn("tool", "Lisbon", tool_call_id="c1"),
        Turn("assistant", "In Lisbon.", weight=1.0),
    )
    tools = ({"type": "function", "function": {"name": "find"}},)
    extra = {"parallel_tool_calls": False, "note": "ours"}
    row = row_of(Example(messages=messages, tools=tools, extra=extra), "supervised")
    assert row["messages"][1] == {
        "role": "user",
        "content": "Where?",
        "name": "ann",
        "refusal": None,
    }
    assert row["messages"][2] == {
        "role": "assistant",
        "content": None,
        "weight": 0,
        "tool_calls": [
            {
                "id": "c1",
                "type": "function",
                "function": {"name": "find", "arguments": '{"q": 1}'},
            }
        ],
    }
    assert row["messages"][3]["tool_call_id"] == "c1"
    assert type(row["messages"][4]["weight"]) is int
    assert row.keys() == {"messages", "tools", "parallel_tool_calls"}


@pytest.mark.parametrize(
    ("example", "method", "words"),
    [
        (Example(messages=(ASKED,)), "supervised", "assistant message is missing"),
        (Example(messages=(ASKED, ANSWERED, ASKED)), "supervised", "ends with a message of role"),
        (Example(prompt="a", completion=" \n"), "supervised", "the answer is empty"),
        (Example(), "supervised", "assistant message is missing"),
        (
            Example(messages=(ASKED, Turn("assistant", "no", weight=0))),
            "supervised",
            "every answer has weight 0",
        ),
        (Example(messages=(ASKED,), preferred=(ANSWERED,)), "dpo", "rejected answer is missing"),
        (Example(messages=(ASKED,), rejected=(ANSWERED,)), "dpo", "preferred answer is missing"),
        (
            Example(messages=(ASKED,), preferred=(ANSWERED,), rejected=(ANSWERED,)),
            "dpo",
            "both answers are the same",
        ),
        (Example(preferred=(ANSWERED,), rejected=(CALL,)), "dpo", "asks nothing"),
        (Example(messages=(ASKED, ANSWERED)), "reinforcement", "ends with the user's message"),
        (Example(), "reinforcement", "asks nothing"),
    ],
)
def test_a_row_without_an_answer_is_found(example, method, words):
    """Each method's own faults, at the line of the file that is sent."""
    good = {
        "supervised": Example(messages=(ASKED, CALL)),
        "dpo": Example(messages=(ASKED,), preferred=(ANSWERED,), rejected=(CALL,)),
        "reinforcement": Example(prompt="Where?"),
    }
    problems = row_problems([good[method], example], method, "train.jsonl")
    assert [one.line for one in problems] == [2]
    assert words in problems[0].message


@pytest.mark.parametrize(("rows", "few"), [(9, True), (10, False)])
def test_ten_rows_are_the_fewest(rows, few):
    """The platform's own limit, at its edge."""
    assert bool(file_problems(b"{}\n", b"", "t", rows)) is few


def test_a_file_of_the_limit_is_too_large():
    """One byte less passes, in either file; the limit is 512 MiB."""
    assert LARGEST_FILE == 536_870_912
    assert "has 4 bytes" in file_problems(b"row\n", b"", "t", 10, largest=4)[0].message
    assert "validation" in file_problems(b"", b"row\n", "t", 10, largest=4)[0].message
    assert file_problems(b"row\n", b"", "t", 10, largest=5) == []


def test_one_row_that_was_not_learned_makes_a_validation():
    """Only a validation file without any new row is refused; marks are no rows."""
    assert file_problems(BOM + b"a\nb\n", BOM + b"b\n", "t", 10)
    assert file_problems(BOM + b"a\nb\n", BOM + b"b\nc\n", "t", 10) == []
