"""One example in, what the rules look at out: what is asked, what is answered, all texts. Pure.

Whatever the shape, a row has something it shows and something it teaches. `asked` leaves the
system message out: it stands on every row, and with it all rows would look alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from hashlib import blake2b
from typing import Any, NamedTuple

import msgspec

from harness.training.shapes.names import Shape
from harness.values.example import Example, Turn

KEY_BYTES = 8
_SYSTEM = frozenset({"system", "developer"})
_PLAIN = "\x1f"
_encode = msgspec.json.Encoder(order="sorted", enc_hook=str).encode


class View(NamedTuple):
    """A row as the rules see it.

    `asked` and `answer` are texts for people; `question_key` and `answer_key` are digests of 64
    bits over all that is shown and all that is taught, so that equal keys mean equal rows (two
    unequal ones among a million collide with a probability of about 3 in 10⁸). `answers` is False
    where the shape has no answer to learn, as in reinforcement.
    """

    line: int
    shape: Shape
    example: Example
    asked: str
    answer: str
    question_key: int
    answer_key: int
    group: str | None
    answers: bool


def view_of(example: Example, shape: Shape, line: int) -> View:
    """The view of one row."""
    if example.messages:
        return _of_turns(example, shape, line)
    group = _group(example)
    prompt, completion = example.prompt or "", example.completion or ""
    if shape == "text":
        rest = {key: value for key, value in example.extra.items() if key != "group"}
        keys = _key(completion), _key(_encode(rest).decode()) if rest else 0
        return View(line, shape, example, completion, completion, *keys, group, answers=True)
    if example.preferred or example.rejected:
        completion = turns_text(example.preferred)
        answer_key = _key(_encode([example.preferred, example.rejected]).decode())
    else:
        answer_key = _key(completion)
    keys = _key(prompt), answer_key
    return View(line, shape, example, prompt, completion, *keys, group, answers=True)


def content_text(content: str | Sequence[Any] | None) -> str:
    """The text of a turn's content: parts are joined by line ends, pictures left out."""
    if content is None or isinstance(content, str):
        return content or ""
    texts = (part.get("text", part.get("value")) for part in content if isinstance(part, dict))
    return "\n".join(text for text in texts if isinstance(text, str))


def turns_text(turns: Iterable[Turn]) -> str:
    """What turns say and call, as one text."""
    return "\n".join(filter(None, map(turn_text, turns)))


def turn_text(turn: Turn) -> str:
    """What one turn says; the calls of tools as name and arguments."""
    text = content_text(turn.content)
    if not turn.tool_calls and "function_call" not in turn.extra:
        return text
    calls = [f"{call.name}({call.arguments})" for call in turn.tool_calls]
    if turn.extra.get("function_call"):
        calls.append(_encode(turn.extra["function_call"]).decode())
    return "\n".join(filter(None, [text, *calls]))


def all_texts(row: View) -> Iterator[str]:
    """Every text of a row: prompt, completion, each turn."""
    example = row.example
    yield from filter(None, (example.prompt, example.completion))
    for turn in (*example.messages, *example.preferred, *example.rejected):
        if text := turn_text(turn):
            yield text


def is_learned(turn: Turn) -> bool:
    """Whether a turn is an answer that is not weighed with 0."""
    return turn.role == "assistant" and turn.weight != 0


def split_turns(example: Example) -> tuple[tuple[Turn, ...], tuple[Turn, ...]]:
    """What is shown and what is the last answer: all assistant turns at the end."""
    turns = example.messages
    end = len(turns)
    while end and turns[end - 1].role == "assistant":
        end -= 1
    return turns[:end], turns[end:]


def _of_turns(example: Example, shape: Shape, line: int) -> View:
    shown, answer = split_turns(example)
    spoken = [turn for turn in shown if turn.role not in _SYSTEM]
    asked = "\n".join(content_text(t.content) for t in spoken if t.role == "user")
    taught: object = answer
    if example.preferred or example.rejected:
        taught, answer = (example.preferred, example.rejected), example.preferred
    elif not answer:
        taught = {k: v for k, v in example.extra.items() if k != "group"}
    return View(
        line,
        shape,
        example,
        asked or turns_text(spoken),
        turns_text(answer),
        _turns_key(shown),
        _turns_key(answer) if taught is answer else _key(_encode(taught).decode()),
        _group(example),
        answers=bool(answer),
    )


def _turns_key(turns: Sequence[Turn]) -> int:
    if all(type(turn.content) is str and not turn.extra and not turn.tool_calls for turn in turns):
        return _key(_PLAIN.join([f"{turn.role}{_PLAIN}{turn.content}" for turn in turns]))
    return _key(_encode(turns).decode())


def _key(text: str) -> int:
    data = text.encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(data, digest_size=KEY_BYTES).digest(), "big")


def _group(example: Example) -> str | None:
    group = example.extra.get("group")
    return group if isinstance(group, str) and group else None
