"""What a conversion of an example would lose, and what the example lacks for it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from harness.training.shapes.bedrock import alternates
from harness.training.shapes.chat import answer_start
from harness.training.shapes.fitted import (
    as_turns,
    asked_and_answers,
    carried_extra,
    carries_tools,
    has_place,
    part_text,
    text_of,
    without_answer,
)
from harness.training.shapes.flat import is_instruction
from harness.training.shapes.names import FLAT_SHAPES, PREFERENCE_SHAPES, Shape
from harness.training.shapes.turns import SYSTEM_ROLES
from harness.values.example import Example, Turn

WHOSE = "which message is whose: all before the answer become one prompt"
DIVISION = "where the prompt ends and the answer begins"
EARLIER = "answers before the last: nothing is learned from them any more"
REJECTED = "the rejected answer"
_UNDERSTOOD = ("content", "loss_weight", "role")  # extra keys of a turn that say nothing more


def conversion_losses(
    example: Example, target: Shape, source: Shape | None = None
) -> tuple[str, ...]:
    """What of this example the target shape cannot carry, in words; empty where nothing.

    `source` is the shape it was read from, where that is known: to its own shape nothing is lost.
    """
    if source == target:
        return ()
    return tuple(dict.fromkeys(_losses(example, target)))


def conversion_gaps(example: Example, target: Shape) -> tuple[str, ...]:
    """What a row of the target shape needs and this example does not have, in words."""
    if target in PREFERENCE_SHAPES:
        return tuple(_preference_gaps(example, target))
    if target == "text":
        return ()
    if target != "completion" and example.prompt is None and example.completion is not None:
        return ("a question: the text is not divided into one and its answer",)
    if target in FLAT_SHAPES:
        answered = example.completion is not None or _answers_in_words(example)
        return () if answered else ("an answer in words at the end",)
    return tuple(_turn_gaps(as_turns(example), target))


def _preference_gaps(example: Example, target: Shape) -> Iterator[str]:
    if not (example.preferred and example.rejected):
        yield "a second answer, to be rejected"
    elif target == "preference" and not asked_and_answers(example)[0]:
        yield "a question that both answers share"


def _turn_gaps(turns: Sequence[Turn], target: Shape) -> Iterator[str]:
    if target == "reinforcement":
        if not without_answer(turns):
            yield "a question"
    elif not any(turn.role == "assistant" for turn in turns):
        yield "an answer"
    elif target == "conversational" and not 0 < answer_start(turns) < len(turns):
        yield "a question with an answer after it"
    elif target == "bedrock" and not alternates(_after_system(turns)):
        yield "messages that alternate from a user's to an assistant's"


def _after_system(turns: Sequence[Turn]) -> list[Turn]:
    return [turn for turn in turns if turn.role not in SYSTEM_ROLES and has_place(turn, "bedrock")]


def _answers_in_words(example: Example) -> bool:
    last = as_turns(example)[-1]
    return last.role == "assistant" and bool(text_of(last))


def _losses(example: Example, target: Shape) -> Iterator[str]:
    yield from _key_losses(example, target)
    if example.tools and not carries_tools(example, target):
        yield "the declarations of tools"
    if target in PREFERENCE_SHAPES:
        return
    if example.preferred:
        yield REJECTED
    if target not in FLAT_SHAPES:
        yield from _conversation_losses(as_turns(example), target)
    elif example.completion is None:
        yield from _flat_losses(as_turns(example), target)
    elif target == "text" and example.prompt:
        yield DIVISION


def _key_losses(example: Example, target: Shape) -> Iterator[str]:
    merged = ("instruction", "input") if is_instruction(example) else ()
    carried = carried_extra(example, target)
    for key, value in example.extra.items():
        if key not in carried and key not in merged and value not in (None, "", []):
            yield f"the key {key!r}"
    if example.id is not None and target == "bedrock":
        yield "the key 'id'"


def _flat_losses(turns: Sequence[Turn], target: Shape) -> Iterator[str]:
    asked = without_answer(turns[-1:]) + list(turns[:-1])
    if target == "text":
        yield DIVISION
    if [turn.role for turn in asked] != ["user"]:
        yield WHOSE
    if any(turn.role == "assistant" and turn.weight != 0 for turn in asked):
        yield EARLIER
    for turn in turns:
        yield from _turn_losses(turn)
    yield from _part_losses(turns)
    if turns[-1].role == "assistant" and turns[-1].weight not in (None, 1):
        yield "the weight of the answer"


def _conversation_losses(turns: Sequence[Turn], target: Shape) -> Iterator[str]:
    if target == "reinforcement" and len(without_answer(turns)) < len(turns):
        yield "the answer"
    if target == "conversational" and _has_earlier_answer(turns):
        yield EARLIER
    if target not in ("bedrock", "gemini"):
        yield from _part_losses(turns, bare_only=("type",))
        return
    for place, turn in enumerate(turns):
        if not has_place(turn, target):
            yield f"messages of the role {turn.role!r}"
        elif place and turn.role in SYSTEM_ROLES:
            yield "system messages that are not the first"
        yield from _turn_losses(turn)
        if turn.role == "assistant" and turn.weight not in (None, 1):
            yield "weights of messages"
    if target == "gemini":
        yield from _part_losses(turns, bare_only=())


def _has_earlier_answer(turns: Sequence[Turn]) -> bool:
    before = turns[: answer_start(turns)]
    return any(turn.role == "assistant" and turn.weight != 0 for turn in before)


def _turn_losses(turn: Turn) -> Iterator[str]:
    if turn.tool_calls:
        yield "calls of tools"
    if turn.tool_call_id is not None:
        yield "which call a message answers"
    if turn.name is not None:
        yield "names of speakers"
    for key, value in turn.extra.items():
        if key not in _UNDERSTOOD and value is not None:
            yield f"the message key {key!r}"


def _part_losses(turns: Sequence[Turn], bare_only: Sequence[str] = ()) -> Iterator[str]:
    parts = [part for t in turns if isinstance(t.content, list) for part in t.content]
    if any(part_text(part) is None and not any(k in part for k in bare_only) for part in parts):
        yield "parts of messages that are no text"
