"""Exchanges recorded with real providers by others, read by the wires."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from harness.providers.anthropic import wire as anthropic
from harness.providers.openai import wire as openai
from harness.values.reply import Answer, Failure, Reply
from harness.values.request import Form

pytestmark = pytest.mark.cases

FOLDER = "20_provider_cassettes"
FORMS: dict[str, Form] = {
    "/chat/completions": "chat",
    "/responses": "responses",
    "/completions": "completion",
}
KINDS = {400: "bad_request", 404: "not_found", 429: "rate_limited", 200: "garbage"}


def decode(uri: str, status: int, body: bytes) -> Reply:
    """By the wire of the server, or OpenAI's chat for servers the product does not speak to."""
    path = uri.partition("?")[0]
    if "api.anthropic.com" in uri:
        return anthropic.decode(status, {}, body, 0.0)
    form = next((form for end, form in FORMS.items() if path.endswith(end)), "chat")
    return openai.decode(form, status, {}, body, 0.0)


def exchanges(folder: Path) -> Iterator[tuple[dict[str, Any], Reply]]:
    """(what is expected, what the wire reads) of every exchange."""
    for expected in json.loads((folder / FOLDER / "expected.json").read_text()):
        text = (folder / FOLDER / expected["file"]).read_text()
        found = yaml.safe_load(text)["interactions"][expected["interaction"]]["response"]
        body = (
            json.dumps(found["parsed_body"])
            if "parsed_body" in found
            else str(found["body"]["string"])
        )
        yield expected, decode(expected["uri"], expected["status"], body.encode())


def test_answers_have_model_and_tokens(cases_folder: Path) -> None:
    """Every recorded answer of a protocol we speak has the published model and counts."""
    known = [pair for pair in exchanges(cases_folder) if pair[0]["model"]]
    assert len(known) == 16
    for expected, reply in known:
        assert isinstance(reply, Answer), (expected, reply)
        assert reply.usage is not None
        assert reply.model == expected["model"]
        assert reply.usage.input == expected["input_tokens"]
        assert reply.usage.output == expected["output_tokens"]


def test_everything_else_is_a_failure_of_its_kind(cases_folder: Path) -> None:
    """400, 404 and 429 by their status with the provider's message; foreign shapes are garbage."""
    others = [pair for pair in exchanges(cases_folder) if not pair[0]["model"]]
    assert others
    for expected, reply in others:
        assert isinstance(reply, Failure), (expected, reply)
        assert reply.kind == KINDS[expected["status"]], expected
        if expected["error"]:
            assert reply.detail == expected["error"]["message"]


def test_answers_have_text_and_an_end(cases_folder: Path) -> None:
    """A recorded answer has text or a tool call, and an end that is known."""
    for expected, reply in exchanges(cases_folder):
        if isinstance(reply, Answer):
            assert reply.text or reply.message.tool_calls, expected
            assert reply.finish in {"stop", "length", "tool"}, expected
