"""Questions, answers, and whether answers are labels."""

from __future__ import annotations

import pytest

from harness.training.labels import answer_of, are_labels, question_of, text_of
from harness.values.example import Example, Turn
from harness.values.request import ToolCall

CHAT = Example(
    messages=(
        Turn("system", "Be short."),
        Turn("user", "Hi"),
        Turn("assistant", "Hello", weight=0),
        Turn("user", "Bye"),
        Turn("assistant", " See you \n", weight=1),
    )
)


def test_a_chat_asks_with_its_users_and_answers_with_its_last_assistant() -> None:
    """Instructions and answers are no question; outer white space is no answer."""
    assert question_of(CHAT) == "Hi\nBye"
    assert answer_of(CHAT) == "See you"


def test_an_answer_that_is_not_learned_is_none() -> None:
    """Weight 0, a call of a tool, no assistant at all."""
    assert answer_of(Example(messages=CHAT.messages[:3])) is None
    call = Turn("assistant", tool_calls=(ToolCall("1", "look", "{}"),))
    assert answer_of(Example(messages=(call,))) is None
    assert answer_of(Example(messages=CHAT.messages[:2])) is None


def test_other_shapes() -> None:
    """Prompt and completion; a text alone is its own question; preferences prefer."""
    assert question_of(Example(prompt="p", completion=" c")) == "p"
    assert answer_of(Example(prompt="p", completion=" c")) == "c"
    assert question_of(Example(completion="text")) == "text"
    preferred = Example(messages=CHAT.messages[:2], preferred=(Turn("assistant", "good"),))
    assert answer_of(preferred) == "good"


def test_parts_are_read_line_by_line() -> None:
    """An image has no text."""
    parts = [{"type": "text", "text": "a"}, {"type": "image_url"}, {"type": "text", "text": "b"}]
    assert text_of(Turn("user", parts)) == "a\nb"
    assert text_of(Turn("assistant")) == ""


@pytest.mark.parametrize(
    ("answers", "labels"),
    [("aabbaab", True), ("aabbaa", False), ("abc", False), ("", False), ("aaaa", True)],
)
def test_few_different_answers_are_labels(answers: str, labels: bool) -> None:
    """Fewer than a third of the rows."""
    assert are_labels(list(answers)) is labels


def test_a_missing_answer_means_no_labels() -> None:
    """Then nothing is known about the others either."""
    assert not are_labels([*"aaaaaaaa", None])
