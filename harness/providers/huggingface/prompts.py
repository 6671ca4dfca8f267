"""What the model is shown: a request and a tokenizer in, token ids or a Failure out."""

from __future__ import annotations

import json
from typing import Any

from harness.values.reply import Failure
from harness.values.request import Message, Request, Sampling

MOST_TOKENS = 256
"""Of an answer, where the arm sets no limit."""

TEMPLATE_OPTIONS = "chat_template_kwargs"
"""The one field of `extra` that means something here: named as vLLM names it."""


class _UnshowableError(Exception):
    """A message holds something that no text template shows."""


def refusal(request: Request) -> Failure | None:
    """Why a request cannot be answered here at all, before it is looked at; None when it can."""
    if request.form == "responses":
        return _bad("a model in process has no form 'responses': write form = 'chat'")
    if request.reasoning_effort is not None:
        return _bad("a model in process has no reasoning_effort: leave it out")
    allowed = {TEMPLATE_OPTIONS} if request.form == "chat" else set()
    if unknown := sorted(request.extra.keys() - allowed):
        return _bad(f"a model in process does not know {unknown[0]!r} of extra")
    return None


def token_ids(request: Request, tokenizer: Any) -> list[int] | Failure:
    """The prompt as the tokenizer begins it (BOS), or the messages in its chat template."""
    if request.form == "completion":
        ids = list(tokenizer(request.prompt or "")["input_ids"])
    else:
        found = _templated(request, tokenizer)
        if isinstance(found, Failure):
            return found
        ids = found
    return ids or _bad("the prompt is empty: it has no tokens")


def room(asked: int, sampling: Sampling, context: int) -> int | Failure:
    """How many tokens an answer may have after a prompt of `asked` tokens."""
    if asked >= context:
        detail = f"the prompt has {asked} tokens, and the context holds {context}"
        return _bad(f"{detail}: shorten it, or raise context where the model allows it")
    return min(sampling.max_tokens or MOST_TOKENS, context - asked)


def _templated(request: Request, tokenizer: Any) -> list[int] | Failure:
    if not tokenizer.chat_template:
        return _bad("the tokenizer has no chat template: write form = 'completion'")
    options = request.extra.get(TEMPLATE_OPTIONS, {})
    if not isinstance(options, dict):
        return _bad(f"{TEMPLATE_OPTIONS} must be a table")
    try:
        messages = [_plain(message) for message in request.messages]
        text = tokenizer.apply_chat_template(
            messages, tokenize=False, add_generation_prompt=True, **options
        )
    except Exception as error:  # noqa: BLE001 - a template is code of the model's and raises anything
        return _bad(f"the chat template refuses the messages: {error}")
    return list(tokenizer(text, add_special_tokens=False)["input_ids"])


def _plain(message: Message) -> dict[str, Any]:
    """A message as templates read it; raises _UnshowableError for a part that is no text."""
    plain: dict[str, Any] = {"role": message.role, "content": _text(message)}
    if message.tool_calls:
        plain["tool_calls"] = [
            {
                "id": call.id,
                "type": "function",
                "function": {"name": call.name, "arguments": json.loads(call.arguments or "{}")},
            }
            for call in message.tool_calls
        ]
    return plain


def _text(message: Message) -> str:
    if isinstance(message.content, str):
        return message.content
    for part in message.content:
        if not isinstance(part.get("text"), str):
            raise _UnshowableError(f"a part of type {part.get('type')!r} is no text")
    return "".join(part["text"] for part in message.content)


def _bad(detail: str) -> Failure:
    return Failure("bad_request", detail)
