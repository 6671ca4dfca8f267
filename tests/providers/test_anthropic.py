"""The Messages API: bodies out, bodies in, and one endpoint against the fake."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from fake_server import ANSWER, FAILURES, KEY, FakeServer
from hypothesis import given
from hypothesis import strategies as st
from test_openai_contract import EXPECTED

from harness.errors import UsageError
from harness.providers.anthropic.endpoint import open_endpoint
from harness.providers.anthropic.wire import decode, encode
from harness.text.secrets import REDACTED
from harness.values.endpoint import AnthropicSpec
from harness.values.reply import Answer, Failure, Reply, Usage
from harness.values.request import Message, ModelIdentity, Request, Sampling, ToolCall

KEYS = st.sampled_from(
    ["content", "type", "text", "input", "stop_reason", "stop_details", "explanation", "usage"]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(["text", "tool_use", "refusal"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=12,
)
USER = Message("user", "Hi")


def request(*messages: Message, model: str = "claude", **fields: Any) -> Request:
    asked = messages or (USER,)
    return Request(form="chat", model=ModelIdentity(model), messages=asked, **fields)


def sent(*messages: Message, **fields: Any) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(encode(request(*messages, **fields)))
    return body


def read(content: list[dict[str, Any]], stop_reason: str, **more: Any) -> Answer:
    body = {"content": content, "stop_reason": stop_reason, "model": "claude", **more}
    reply = decode(200, {}, json.dumps(body).encode(), 0.5)
    assert isinstance(reply, Answer), reply
    return reply


async def ask(fake: FakeServer, asked: Request) -> Reply:
    async with open_endpoint(AnthropicSpec(base_url=fake.url, timeout=0.5)) as endpoint:
        return await endpoint.complete(asked)


def test_bare_request_has_the_default_limit() -> None:
    """`max_tokens` is required by the API."""
    assert sent() == {
        "model": "claude",
        "max_tokens": 1024,
        "messages": [{"role": "user", "content": "Hi"}],
    }


def test_sampling_and_system() -> None:
    """System texts are lifted out, stop has its own name, extra comes last, trial stays home."""
    sampling = Sampling(max_tokens=5, temperature=0.0, top_p=0.9, stop=("\n\n",))
    body = sent(
        Message("system", "Be brief."),
        Message("developer", "Be kind."),
        USER,
        sampling=sampling,
        reasoning_effort="low",
        extra={"top_p": 0.8},
        trial=3,
    )
    assert body == {
        "model": "claude",
        "max_tokens": 5,
        "temperature": 0.0,
        "top_p": 0.8,
        "stop_sequences": ["\n\n"],
        "system": "Be brief.\n\nBe kind.",
        "output_config": {"effort": "low"},
        "messages": [{"role": "user", "content": "Hi"}],
    }


def test_system_in_parts_stays_in_parts() -> None:
    """Parts may carry cache marks, which a joined text would lose."""
    part = {"type": "text", "text": "Be brief.", "cache_control": {"type": "ephemeral"}}
    body = sent(Message("system", [part]), Message("system", "Be kind."), USER)
    assert body["system"] == [part, {"type": "text", "text": "Be kind."}]


def test_tool_calls_of_an_example() -> None:
    """A call becomes a tool_use block whose input is the decoded JSON."""
    turn = Message("assistant", "Let me see", (ToolCall("t1", "look", '{"a": 1}'),))
    assert sent(USER, turn)["messages"][1]["content"] == [
        {"type": "text", "text": "Let me see"},
        {"type": "tool_use", "id": "t1", "name": "look", "input": {"a": 1}},
    ]


@pytest.mark.parametrize(
    ("reason", "finish"),
    [
        ("end_turn", "stop"),
        ("stop_sequence", "stop"),
        ("max_tokens", "length"),
        ("model_context_window_exceeded", "length"),
        ("tool_use", "tool"),
        ("refusal", "filter"),
        ("pause_turn", "other"),
    ],
)
def test_stop_reasons(reason: str, finish: str) -> None:
    """Every stop reason in the harness's words; only a refusal fills `refusal`."""
    answer = read([{"type": "text", "text": "x"}], reason)
    assert answer.finish == finish
    assert (answer.refusal is not None) == (reason == "refusal")


def test_refusal_is_explained() -> None:
    """The provider's explanation, else what the model said, else a word."""
    details = {"type": "refusal", "explanation": "policy"}
    assert read([], "refusal", stop_details=details).refusal == "policy"
    assert read([{"type": "text", "text": "I won't"}], "refusal").refusal == "I won't"
    assert read([], "refusal").refusal == "refusal"


def test_blocks() -> None:
    """Thinking is no text; a tool_use block is a call with JSON text as arguments."""
    answer = read(
        [
            {"type": "thinking", "thinking": "hm", "signature": "s"},
            {"type": "text", "text": "a"},
            {"type": "text", "text": "b"},
            {"type": "tool_use", "id": "t", "name": "f", "input": {"x": 1}},
        ],
        "tool_use",
    )
    assert answer.text == "ab"
    assert answer.message.tool_calls == (ToolCall("t", "f", '{"x":1}'),)


@given(st.integers(200, 599), st.binary(max_size=300) | JSON.map(msgspec.json.encode))
def test_any_bytes_make_a_reply(status: int, body: bytes) -> None:
    """Whatever a server sends, decoding gives a Reply that can be written down."""
    assert msgspec.json.encode(decode(status, {}, body, 0.0))


@pytest.mark.parametrize("count", [-1, 1.5, 2**31, "7", True])
def test_nonsense_counts_are_unknown(count: Any) -> None:
    """An answer is no worse for a count that cannot be: its usage is unknown."""
    usage = {"input_tokens": 2, "cache_read_input_tokens": count}
    assert read([], "end_turn", usage=usage).usage is None


async def test_key_comes_back_unseen(fake: FakeServer) -> None:
    """A server that says the key in its answer or its header is not quoted."""
    async with open_endpoint(AnthropicSpec(base_url=fake.url, timeout=0.5)) as endpoint:
        answer = await endpoint.complete(request(model="echo"))
        assert endpoint.server == f"echo/{REDACTED}"
    assert isinstance(answer, Answer)
    assert answer.text == f"a {REDACTED} b"
    assert KEY not in repr(answer)


async def test_endpoint_answers(fake: FakeServer) -> None:
    """Key and version travel in their headers; cache tokens count into the input."""
    answer = await ask(fake, request())
    assert isinstance(answer, Answer)
    assert answer.text == ANSWER
    assert answer.usage == Usage(input=127, cached=100, cache_write=20, output=2)
    path, headers, _ = fake.received[0]
    assert path == "/v1/messages"
    assert (headers["x-api-key"], headers["anthropic-version"]) == (KEY, "2023-06-01")
    assert "authorization" not in headers


@pytest.mark.parametrize("model", FAILURES)
async def test_endpoint_fails_like_the_others(fake: FakeServer, model: str) -> None:
    """The same failures on the wire make the same Failures as for OpenAI."""
    failure = await ask(fake, request(model=model))
    assert isinstance(failure, Failure)
    assert (failure.kind, failure.status, failure.retry_after) == EXPECTED[model]
    assert KEY not in failure.detail


@pytest.mark.parametrize("form", ["completion", "responses"])
async def test_other_forms_are_refused(fake: FakeServer, form: Any) -> None:
    """A form the API lacks fails without a call."""
    failure = await ask(fake, Request(form=form, model=ModelIdentity("m"), prompt="x"))
    assert isinstance(failure, Failure)
    assert failure.kind == "bad_request"
    assert fake.received == []


def test_missing_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """The variable is named."""
    monkeypatch.delenv("ANTHROPIC_API_KEY", raising=False)
    with pytest.raises(UsageError, match="ANTHROPIC_API_KEY"):
        open_endpoint(AnthropicSpec())
