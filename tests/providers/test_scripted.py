"""The fake that answers by rules."""

from __future__ import annotations

from typing import Any

import pytest

from harness.errors import UsageError
from harness.providers.scripted.endpoint import ScriptedEndpoint
from harness.values.endpoint import ScriptedSpec
from harness.values.reply import FAILURE_KINDS, Answer, Failure, Reply, Usage
from harness.values.request import Message, ModelIdentity, Request

RULES = ((r"(\d+) stars", r"\1"), ("good", "5"))


async def ask(spec: ScriptedSpec, *texts: str, form: Any = "completion") -> Reply:
    messages = tuple(Message("user", text) for text in texts) if form == "chat" else ()
    prompt = None if form == "chat" else texts[0]
    request = Request(form=form, model=ModelIdentity("fake"), messages=messages, prompt=prompt)
    async with ScriptedEndpoint(spec) as endpoint:
        return await endpoint.complete(request)


@pytest.mark.parametrize(
    ("prompt", "text"), [("3 stars, good", "3"), ("good", "5"), ("bad", "?"), ("", "?")]
)
async def test_the_first_rule_found_answers(prompt: str, text: str) -> None:
    """Rules are tried in order; a group of the pattern may stand in the answer."""
    reply = await ask(ScriptedSpec(rules=RULES, default="?"), prompt)
    assert isinstance(reply, Answer)
    assert reply.text == text
    assert reply.model == "fake"


async def test_only_the_last_message_counts() -> None:
    """Shots before the question do not decide the answer."""
    reply = await ask(ScriptedSpec(rules=RULES, default="?"), "good", "bad", form="chat")
    assert isinstance(reply, Answer)
    assert reply.text == "?"


async def test_usage_is_estimated() -> None:
    """Characters / 4, marked as an estimate; an answer is at least one token."""
    reply = await ask(ScriptedSpec(default="x"), "a" * 41)
    assert isinstance(reply, Answer)
    assert reply.usage == Usage(input=10, output=1, estimated=True)


async def test_shots_cost_tokens() -> None:
    """A chat with shots is longer than its question: all messages are counted."""
    reply = await ask(ScriptedSpec(default="x"), "a" * 21, "b" * 21, form="chat")
    assert isinstance(reply, Answer)
    assert reply.usage == Usage(input=10, output=1, estimated=True)


@pytest.mark.parametrize("kind", FAILURE_KINDS)
async def test_failures_by_needle(kind: str) -> None:
    """Every kind of failure can be asked for."""
    reply = await ask(ScriptedSpec(fail={"boom": kind}, default="x"), "a boom")
    assert isinstance(reply, Failure)
    assert reply.kind == kind


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        (ScriptedSpec(rules=(("(", "x"),)), r"'\(' is no pattern"),
        (ScriptedSpec(rules=(("(a)", r"\2"),)), "is no answer to"),
        (ScriptedSpec(rules=(("a", r"\g<b>"),)), "is no answer to"),
        (ScriptedSpec(fail={"x": "explosion"}), "no failure is called 'explosion': rate_limited"),
    ],
)
def test_mistakes_are_named_before_anything_is_asked(spec: ScriptedSpec, message: str) -> None:
    """A broken pattern, an answer that names a group that is not there, an unknown failure."""
    with pytest.raises(UsageError, match=message):
        ScriptedEndpoint(spec)
