"""Training rows for OpenAI and Azure: examples in; JSON lines and their faults out. Pure.

A row of the completion form (prompt, completion) becomes a user message and an assistant message:
the models that OpenAI and Azure still tune speak only chat. Shapes: OpenAI's guides "Supervised
fine-tuning", "Direct preference optimization" and "Reinforcement fine-tuning".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec

from harness.errors import Problem
from harness.values.example import Example, Turn

FEWEST_ROWS = 10
LARGEST_FILE = 512 * 1024 * 1024
BOM = b"\xef\xbb\xbf"

_BESIDE_MESSAGES = ("parallel_tool_calls", "functions")


def encode_rows(examples: Iterable[Example], method: str, beginning: bytes = b"") -> bytes:
    """The file of a method: one JSON object a line, after `beginning` (Azure wants a BOM)."""
    encode = msgspec.json.encode
    return beginning + b"".join(encode(row_of(one, method)) + b"\n" for one in examples)


def row_of(example: Example, method: str) -> dict[str, Any]:
    """One row as the platform reads it; `method` is supervised, dpo or reinforcement."""
    messages = [_message(turn) for turn in _asked(example)]
    tools = {"tools": list(example.tools)} if example.tools else {}
    if method == "dpo":
        return {
            "input": {"messages": messages, **tools, **_beside(example)},
            "preferred_output": [_message(turn) for turn in example.preferred],
            "non_preferred_output": [_message(turn) for turn in example.rejected],
        }
    if method == "reinforcement":
        return {"messages": messages, **tools, **example.extra}
    return {"messages": messages, **tools, **_beside(example)}


def _asked(example: Example) -> tuple[Turn, ...]:
    if example.messages or example.prompt is None:
        return example.messages
    prompt = (Turn("user", example.prompt),)
    if example.completion is None:
        return prompt
    return (*prompt, Turn("assistant", example.completion))


def _beside(example: Example) -> dict[str, Any]:
    return {key: example.extra[key] for key in _BESIDE_MESSAGES if key in example.extra}


def _message(turn: Turn) -> dict[str, Any]:
    message: dict[str, Any] = {"role": turn.role, "content": turn.content, **turn.extra}
    if turn.name is not None:
        message["name"] = turn.name
    if turn.weight is not None:
        message["weight"] = int(turn.weight) if turn.weight.is_integer() else turn.weight
    if turn.tool_call_id is not None:
        message["tool_call_id"] = turn.tool_call_id
    if turn.tool_calls:
        message["tool_calls"] = [
            {
                "id": call.id,
                "type": "function",
                "function": {"name": call.name, "arguments": call.arguments},
            }
            for call in turn.tool_calls
        ]
    return message


def texts_of(example: Example) -> list[list[str]]:
    """What is counted as tokens: for each message its texts (content, name, calls of tools)."""
    turns = (*_asked(example), *example.preferred, *example.rejected)
    return [list(_texts(turn)) for turn in turns]


def _texts(turn: Turn) -> Iterator[str]:
    yield turn.role
    if isinstance(turn.content, str):
        yield turn.content
    for part in turn.content if isinstance(turn.content, list) else ():
        yield str(part.get("text", ""))
    if turn.name:
        yield turn.name
    for call in turn.tool_calls:
        yield call.name
        yield call.arguments


def row_problems(examples: Sequence[Example], method: str, file: str) -> list[Problem]:
    """Every row that has no answer to learn from; lines are those of `file`."""
    fault = {"dpo": _dpo_fault, "reinforcement": _reinforcement_fault}.get(method, _fault)
    found = ((line, one, fault(one)) for line, one in enumerate(examples, 1))
    return [
        Problem(file=file, line=line, message=message, hint=source_of(one))
        for line, one, message in found
        if message
    ]


def source_of(example: Example) -> str:
    """Where a row came from, for a hint: its line and id in the user's own file."""
    named = f"made from case {example.id!r}" if example.id else ""
    at = f"line {example.line} of the training data" if example.line else ""
    return ", ".join(part for part in (named, at) if part)


def _fault(example: Example) -> str:
    turns = _asked(example)
    answers = [turn for turn in turns if turn.role == "assistant"]
    if not answers:
        return "the row has no answer: an assistant message is missing"
    if turns[-1].role != "assistant":
        return f"the row ends with a message of role {turns[-1].role!r}, not with an answer"
    if all(turn.weight == 0 for turn in answers):
        return "nothing is learned from the row: every answer has weight 0"
    if not _says_something(turns[-1]):
        return "the answer is empty"
    return ""


def _dpo_fault(example: Example) -> str:
    for name, turns in (("preferred", example.preferred), ("rejected", example.rejected)):
        if not any(_says_something(turn) for turn in turns):
            return f"the {name} answer is missing or empty"
    if not _asked(example):
        return "the row asks nothing: it has no messages"
    return "" if example.preferred != example.rejected else "both answers are the same"


def _reinforcement_fault(example: Example) -> str:
    turns = _asked(example)
    if not turns:
        return "the row asks nothing: it has no messages"
    if turns[-1].role != "user":
        return f"a row for reinforcement ends with the user's message, not {turns[-1].role!r}"
    return ""


def _says_something(turn: Turn) -> bool:
    content = turn.content
    return bool(turn.tool_calls or (content.strip() if isinstance(content, str) else content))


def file_problems(
    train: bytes, validation: bytes, file: str, rows: int, *, largest: int = LARGEST_FILE
) -> list[Problem]:
    """What is wrong with the files as a whole: too few rows, too large, not held out.

    Files have fewer than `largest` bytes.
    """
    problems = []
    if rows < FEWEST_ROWS:
        message = f"{rows} rows; the platform takes no fewer than {FEWEST_ROWS}"
        problems.append(Problem(file=file, message=message, hint="a few hundred are a good start"))
    for name, data in (("training", train), ("validation", validation)):
        if len(data) >= largest:
            message = f"the {name} file has {len(data):,} bytes; the platform takes < {largest:,}"
            problems.append(Problem(file=file, message=message, hint="set `rows` to use a part"))
    held_out = set(validation.removeprefix(BOM).splitlines())
    if held_out and held_out <= set(train.removeprefix(BOM).splitlines()):
        message = "every row of the validation file is a row of the training file"
        hint = "hold rows out: a loss on rows that were learned says nothing"
        problems.append(Problem(file=file, message=message, hint=hint))
    return problems
