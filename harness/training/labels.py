"""An example in, what it asks and what it answers out, and whether answers are labels. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from harness.values.example import Example, Turn

ROWS_PER_LABEL = 3
"""Answers are labels when there are fewer different ones than rows / 3 (OpenAI's old validator)."""

ASSISTANT = "assistant"
_INSTRUCTING = frozenset({"system", "developer", ASSISTANT})


def answer_of(example: Example) -> str | None:
    """The completion, or the text of the last answer that is learned, without outer white space.

    None where there is no text, as in a call of a tool.
    """
    if example.completion is not None:
        return example.completion.strip() or None
    turns = example.preferred or tuple(turn for turn in example.messages if is_learned(turn))
    return text_of(turns[-1]).strip() or None if turns else None


def question_of(example: Example) -> str:
    """What is asked: the prompt, or the texts of all messages but instructions and answers.

    The text as a whole where nothing is asked.
    """
    if example.prompt:
        return example.prompt
    asked = [text_of(turn) for turn in example.messages if turn.role not in _INSTRUCTING]
    return "\n".join(filter(None, asked)) or example.completion or ""


def is_learned(turn: Turn) -> bool:
    """Whether a message is an answer that something is learned from."""
    return turn.role == ASSISTANT and turn.weight != 0


def text_of(turn: Turn) -> str:
    """The text of a message; of several parts those that are text, one per line."""
    if turn.content is None or isinstance(turn.content, str):
        return turn.content or ""
    texts = (part.get("text", part.get("value")) for part in turn.content)
    return "\n".join(text for text in texts if isinstance(text, str))


def are_labels(answers: Sequence[str | None]) -> bool:
    """Whether answers look like the labels of a classification: few different ones, none absent."""
    return None not in answers and len(set(answers)) * ROWS_PER_LABEL < len(answers)
