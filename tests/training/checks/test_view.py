"""What rules look at, whatever the shape."""

from __future__ import annotations

import pytest

from harness.training.checks.view import View, view_of
from harness.training.shapes import detect_shape, parse_row

from .files import chat, pair


def view(row) -> View:
    shape = detect_shape(row)
    assert shape is not None
    example = parse_row(row, shape, file="f", line=1).example
    assert example is not None
    return view_of(example, shape, 1)


@pytest.mark.parametrize(
    "row",
    [
        pair("question", "answer"),
        {"question": "question", "answer": "answer"},
        chat("question", "answer", system="long"),
        {
            "input": {"messages": [{"role": "user", "content": "question"}]},
            "preferred_output": [{"role": "assistant", "content": "answer"}],
            "non_preferred_output": [{"role": "assistant", "content": "worse"}],
        },
        {
            "contents": [
                {"role": "user", "parts": [{"text": "question"}]},
                {"role": "model", "parts": [{"text": "answer"}]},
            ]
        },
    ],
)
def test_every_shape_asks_and_answers(row):
    """The system message is not part of what is asked."""
    seen = view(row)
    assert (seen.asked, seen.answer, seen.answers) == ("question", "answer", True)


def test_keys_tell_rows_apart():
    """By what is shown and what is taught, not by id."""
    one, other = view(chat("q", "a") | {"id": "1"}), view(chat("q", "a") | {"id": "2"})
    assert (one.question_key, one.answer_key) == (other.question_key, other.answer_key)
    assert view(chat("q", "b")).answer_key != one.answer_key
    assert view(chat("q", "a", system="s")).question_key != one.question_key
