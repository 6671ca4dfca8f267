"""An example in the form that another shape is written from; what does not fit is left out. Pure.

What is left out is said by `harness.training.shapes.losses`: keep the two together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from harness.training.shapes.bedrock import KEYS as BEDROCK_KEYS
from harness.training.shapes.flat import is_instruction
from harness.training.shapes.names import FLAT_SHAPES, PREFERENCE_SHAPES, TURN_SHAPES, Shape
from harness.training.shapes.turns import SYSTEM_ROLES
from harness.values.example import Example, Turn

BETWEEN_TURNS = "\n\n"
_WITH_TOOLS = (TURN_SHAPES | PREFERENCE_SHAPES) - {"bedrock", "gemini"}
_OPENAI_ROW_KEYS = ("functions", "parallel_tool_calls", "tool_choice")
# Keys that mean something to the platform of one shape only.
_OWN_KEYS: dict[str, frozenset[Shape]] = {
    **dict.fromkeys(_OPENAI_ROW_KEYS, _WITH_TOOLS),
    **dict.fromkeys(("generationConfig", "toolConfig"), frozenset[Shape]({"gemini"})),
    "schemaVersion": frozenset({"bedrock"}),
}
_INSTRUCTION_KEYS = ("instruction", "input", "system", "history")


def fitted(example: Example, target: Shape) -> Example:
    """The example with the fields that `target` is written from, and with no others.

    An example that was read from a row of `target` comes back equal.
    """
    example = replace(example, extra=carried_extra(example, target))
    if not carries_tools(example, target):
        example = replace(example, tools=())
    if target in FLAT_SHAPES:
        return _as_text(example) if target == "text" else as_pair(example)
    if target in PREFERENCE_SHAPES:
        return _as_preference(example, target)
    turns = [fitted_turn(turn, target) for turn in as_turns(example) if has_place(turn, target)]
    if target == "reinforcement":
        turns = without_answer(turns)
    return replace(
        example,
        messages=_one_system(turns, target),
        prompt=None,
        completion=None,
        preferred=(),
        rejected=(),
    )


def carried_extra(example: Example, target: Shape) -> dict[str, Any]:
    """The extra keys of a row that go with it into a row of `target`."""
    return {key: value for key, value in example.extra.items() if _goes(key, example, target)}


def _goes(key: str, example: Example, target: Shape) -> bool:
    if target == "bedrock":
        return key in BEDROCK_KEYS
    if target != "instruction" and key in _INSTRUCTION_KEYS and is_instruction(example):
        return False
    return target in _OWN_KEYS.get(key, (target,))


def carries_tools(example: Example, target: Shape) -> bool:
    """Whether the declarations of tools mean the same to `target`."""
    if target == "gemini":
        return all("function" not in tool for tool in example.tools)
    foreign = any("functionDeclarations" in tool for tool in example.tools)
    return target in _WITH_TOOLS and not foreign


def as_turns(example: Example) -> tuple[Turn, ...]:
    """The conversation to learn from: the preferred answer is the last turn of a preference."""
    if example.preferred:
        asked, preferred, _ = asked_and_answers(example)
        return asked + preferred
    if example.messages:
        return example.messages
    asked = (Turn("user", example.prompt),) if example.prompt else ()
    return (*asked, Turn("assistant", example.completion))


def asked_and_answers(
    example: Example,
) -> tuple[tuple[Turn, ...], tuple[Turn, ...], tuple[Turn, ...]]:
    """Question and both answers as turns; what whole conversations share is the question."""
    preferred, rejected = example.preferred, example.rejected
    if example.prompt is not None:
        return (Turn("user", example.prompt),), preferred, rejected
    if example.messages:
        return example.messages, preferred, rejected
    shared = _shared(preferred, rejected)
    return preferred[:shared], preferred[shared:], rejected[shared:]


def as_pair(example: Example) -> Example:
    """The example as one prompt and one completion text."""
    if example.completion is not None:
        return example
    turns = as_turns(example)
    cut = len(turns) - 1 if turns[-1].role == "assistant" else len(turns)
    return replace(
        example,
        prompt=BETWEEN_TURNS.join(map(text_of, turns[:cut])),
        completion="".join(map(text_of, turns[cut:])),
        messages=(),
        preferred=(),
        rejected=(),
    )


def text_of(turn: Turn) -> str:
    """The text of a turn; parts that are no text leave nothing."""
    if isinstance(turn.content, list):
        return "\n".join(text for part in turn.content if (text := part_text(part)))
    return turn.content or ""


def part_text(part: Mapping[str, Any]) -> str | None:
    """The text of a text part, in OpenAI's, Bedrock's, Gemini's or LLaMA-Factory's spelling."""
    text = part.get("text", part.get("value"))
    return text if part.get("type", "text") == "text" and isinstance(text, str) else None


def has_place(turn: Turn, target: Shape) -> bool:
    """Whether a turn's role is known to `target`."""
    known = {"bedrock": ("user", "assistant"), "gemini": ("user", "assistant", "function")}
    return target not in known or turn.role in SYSTEM_ROLES or turn.role in known[target]


def fitted_turn(turn: Turn, target: Shape) -> Turn:
    """A turn as `target` writes it."""
    if target not in ("bedrock", "gemini"):
        return replace(turn, content=_typed(turn.content))
    role = "system" if turn.role in SYSTEM_ROLES else turn.role
    foreign = "type" if target == "gemini" else "value"
    parts = turn.content if isinstance(turn.content, list) else []
    plain = turn.content is None or any(foreign in part for part in parts)
    content = text_of(turn) if plain else turn.content
    return Turn(role, content, extra={} if target == "bedrock" else _gemini_extra(turn))


def without_answer(turns: Sequence[Turn]) -> list[Turn]:
    """Turns up to the last that the model did not generate."""
    kept = list(turns)
    while kept and kept[-1].role == "assistant":
        kept.pop()
    return kept


def _gemini_extra(turn: Turn) -> dict[str, Any]:
    chat_only = ("content", "function_call", "tool_calls", "refusal", "audio", "loss_weight")
    return {key: value for key, value in turn.extra.items() if key not in chat_only}


def _typed(content: str | list[dict[str, Any]] | None) -> str | list[dict[str, Any]] | None:
    """Parts without a type, as Bedrock and Gemini have them, in the chat format's spelling."""
    if not isinstance(content, list) or all("type" in part for part in content):
        return content
    if len(content) == 1 and part_text(content[0]) is not None:
        return part_text(content[0])
    return [
        part if "type" in part else {"type": "text", "text": text}
        for part in content
        if (text := part_text(part)) is not None or "type" in part
    ]


def _one_system(turns: Sequence[Turn], target: Shape) -> tuple[Turn, ...]:
    """For Bedrock and Gemini, system turns other than the first of all have no place."""
    if target not in ("bedrock", "gemini"):
        return tuple(turns)
    return tuple(turn for i, turn in enumerate(turns) if i == 0 or turn.role != "system")


def _as_text(example: Example) -> Example:
    if example.completion is not None and not example.prompt:
        return example
    if example.completion is not None:
        whole = (example.prompt or "") + example.completion
    else:
        whole = BETWEEN_TURNS.join(map(text_of, as_turns(example)))
    return replace(example, prompt=None, completion=whole, messages=(), preferred=(), rejected=())


def _as_preference(example: Example, target: Shape) -> Example:
    if not example.preferred or target == "trl_preference":
        return example
    asked, preferred, rejected = asked_and_answers(example)
    return replace(example, prompt=None, messages=asked, preferred=preferred, rejected=rejected)


def _shared(preferred: Sequence[Turn], rejected: Sequence[Turn]) -> int:
    """How many turns two conversations have in common, of which none is the last of one."""
    most = min(len(preferred), len(rejected)) - 1
    return next((i for i in range(most) if preferred[i] != rejected[i]), most)
