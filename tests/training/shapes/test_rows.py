"""Rows of every shape: recognised, understood, and written again as they stood."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.training.shapes import (
    SHAPES,
    Shape,
    conversion_gaps,
    conversion_losses,
    detect_shape,
    parse_row,
    parse_rows,
    render_row,
)
from harness.values.finding import Finding
from tests.training.shapes.strategies import ROWS

PAIR = {"prompt": "p", "completion": "c"}
CHAT = {"messages": [{"role": "user", "content": "p"}, {"role": "assistant", "content": "c"}]}


def _any_row() -> st.SearchStrategy[tuple[Shape, dict[str, Any]]]:
    return st.sampled_from(SHAPES).flatmap(lambda s: st.tuples(st.just(s), ROWS[s]))


@pytest.mark.parametrize("shape", SHAPES)
@given(data=st.data())
def test_a_row_is_written_as_it_stood(shape: Shape, data: st.DataObject):
    """Parsed and rendered it is equal, unknown keys and all; so nothing is said to be lost."""
    row = data.draw(ROWS[shape])
    parsed = parse_row(row, shape, file="f", line=3)
    assert parsed.example is not None
    assert parsed.example.line == 3
    assert render_row(parsed.example, shape) == row
    assert conversion_losses(parsed.example, shape, shape) == ()


def _texts(value: Any) -> list[str]:
    """All texts in a row, but for the names of roles and of kinds of parts."""
    if isinstance(value, dict):
        named = ("role", "type")
        return [text for key, inner in value.items() if key not in named for text in _texts(inner)]
    if isinstance(value, list):
        return [text for inner in value for text in _texts(inner)]
    return [value] if isinstance(value, str) else []


@given(_any_row(), st.sampled_from(SHAPES))
def test_where_no_loss_is_said_every_text_is_kept(drawn: tuple[Shape, dict], target: Shape):
    """Every text of the row stands in the row of the other shape."""
    shape, row = drawn
    example = parse_row(row, shape, file="f", line=1).example
    assert example is not None
    if conversion_gaps(example, target) or conversion_losses(example, target, shape):
        return
    kept = "\0".join(_texts(render_row(example, target)))
    assert [text for text in _texts(row) if text not in kept] == []


@given(_any_row(), st.sampled_from(SHAPES))
def test_a_converted_row_can_be_read(drawn: tuple[Shape, dict], target: Shape):
    """With losses or without: only a gap stands in the way of a row that holds an example."""
    shape, row = drawn
    example = parse_row(row, shape, file="f", line=1).example
    assert example is not None
    if not conversion_gaps(example, target):
        there = parse_row(render_row(example, target), target, file="f", line=1)
        assert there.example is not None


@given(
    st.recursive(
        st.none() | st.integers() | st.text(max_size=3),
        lambda v: (
            st.lists(v)
            | st.dictionaries(
                st.sampled_from(
                    [
                        "role",
                        "content",
                        "parts",
                        "text",
                        "type",
                        "messages",
                        "tool_calls",
                        "function",
                        "arguments",
                        "weight",
                    ]
                ),
                v,
            )
        ),
    ),
    st.sampled_from(SHAPES),
)
def test_no_value_is_too_odd_to_be_read(value: Any, shape: Shape):
    """Whatever stands in the columns of a shape, reading ends with findings, never with a crash."""
    names = (
        "messages",
        "prompt",
        "completion",
        "contents",
        "input",
        "system",
        "chosen",
        "rejected",
        "text",
        "tools",
        "preferred_output",
        "non_preferred_output",
        "systemInstruction",
        "question",
        "answer",
        "instruction",
        "output",
        "functions",
    )
    row = dict.fromkeys(names, value)
    parsed = parse_row(row, shape, file="f", line=1)
    assert parsed.example is not None or parsed.findings
    detect_shape(row)
    if parsed.example is not None:
        for target in SHAPES:
            conversion_losses(parsed.example, target)
            conversion_gaps(parsed.example, target)


@pytest.mark.parametrize(
    ("row", "shape"),
    [
        (PAIR, "completion"),
        ({"Prompt": "p", "COMPLETION": "c"}, "completion"),
        ({"prompt": "p"}, "completion"),
        (CHAT, "chat"),
        ({**CHAT, "label": 1}, "chat"),
        ({"messages": CHAT["messages"][:1]}, "chat"),
        ({"messages": CHAT["messages"][:1], "target": "7"}, "reinforcement"),
        ({**CHAT, "system": "s"}, "bedrock"),
        ({"messages": [{"role": "user", "content": [{"text": "p"}]}]}, "bedrock"),
        ({"contents": []}, "gemini"),
        ({"input": {}, "preferred_output": [], "non_preferred_output": []}, "preference"),
        ({"prompt": "p", "chosen": "a", "rejected": "b"}, "trl_preference"),
        ({"chosen": [], "rejected": []}, "trl_preference"),
        ({"prompt": CHAT["messages"][:1], "completion": CHAT["messages"][1:]}, "conversational"),
        ({"text": "t"}, "text"),
        ({"question": "q", "answer": "a"}, "question_answer"),
        ({"instruction": "i", "input": "", "output": "o"}, "instruction"),
        ({"a": 1}, None),
        ({}, None),
    ],
)
def test_a_shape_is_known_by_its_keys(row: dict[str, Any], shape: Shape | None):
    """One row of every shape, and rows of none."""
    assert detect_shape(row) == shape


def test_a_row_of_another_shape_is_found_once():
    """The finding has both lines; the row is read as what it is, and the file's shape stays."""
    rows = [(1, PAIR, None), (3, CHAT, None), (4, CHAT, None), (5, PAIR, None)]
    parsed = list(parse_rows(rows, file="f"))
    assert [row.shape for row in parsed] == ["completion", "chat", "chat", "completion"]
    mixed = [f for row in parsed for f in row.findings if f.rule == "mixed-shapes"]
    assert [(f.line, f.lines) for f in mixed] == [(3, (1, 3))]


def test_a_chat_file_is_not_mixed_with_a_row_that_lacks_its_answer():
    """Such a row is a faulty row of the file's shape."""
    faulty = {"messages": CHAT["messages"][:1], "label": 1}
    _, parsed = parse_rows([(1, CHAT, None), (2, faulty, None)], file="f")
    assert parsed.shape == "chat"
    assert {"no-assistant-turn", "extra-column"} <= {f.rule for f in parsed.findings}
    assert "mixed-shapes" not in {f.rule for f in parsed.findings}


def test_what_the_reader_found_is_passed_on():
    """A broken line keeps its finding; a row of no shape gets one."""
    broken = Finding(rule="unreadable-row", severity="error", file="f", message="m", line=1)
    first, second = parse_rows([(1, None, broken), (2, {"a": 1}, None)], file="f")
    assert first.findings == (broken,)
    assert [f.rule for f in second.findings] == ["unknown-shape"]


def test_a_shape_that_is_given_holds_for_every_row():
    """Bedrock rows without a system text look like chat."""
    (parsed,) = parse_rows([(1, CHAT, None)], file="f", shape="bedrock")
    assert parsed.shape == "bedrock"


def test_a_secret_does_not_get_into_a_finding():
    """The excerpt of a row is scrubbed."""
    (parsed,) = parse_rows([(1, {"a": "sk-proj-abcdefghijklmnop0123456789"}, None)], file="f")
    assert "abcdefghijklmnop" not in parsed.findings[0].sample
