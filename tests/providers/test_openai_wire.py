"""OpenAI's wire: bodies that go out, bodies that come in."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.providers.bodies import LARGEST_BODY
from harness.providers.openai.wire import decode, encode
from harness.text.secrets import REDACTED
from harness.values.reply import Answer, Failure, Reply, Usage
from harness.values.request import Form, Message, ModelIdentity, Request, Sampling, ToolCall

ALL = Sampling(
    max_tokens=9,
    temperature=0.0,
    top_p=0.5,
    stop=("\n", "END"),
    seed=7,
    presence_penalty=0.1,
    frequency_penalty=0.2,
    logprobs=3,
)
PLAIN = {
    "temperature": 0.0,
    "top_p": 0.5,
    "stop": ["\n", "END"],
    "seed": 7,
    "presence_penalty": 0.1,
    "frequency_penalty": 0.2,
}
TALK = (Message("system", "Be brief."), Message("user", "Hi"))


def sent(form: Form, **fields: Any) -> tuple[str, dict[str, Any]]:
    request = Request(form=form, model=ModelIdentity("m", adapter="a", settings={"s": 1}), **fields)
    path, body = encode(request, "max_completion_tokens")
    return path, json.loads(body)


def read(form: Form, body: Any, status: int = 200) -> Reply:
    return decode(form, status, {}, json.dumps(body).encode(), 0.25)


def answered(form: Form, body: Any) -> Answer:
    reply = read(form, body)
    assert isinstance(reply, Answer), reply
    return reply


def chat(message: dict[str, Any], finish: str | None = "stop", **more: Any) -> dict[str, Any]:
    return {"choices": [{"message": message, "finish_reason": finish, **more}]}


def test_unset_fields_are_not_sent() -> None:
    """A bare request is model and question, nothing else."""
    assert sent("chat", messages=TALK[1:]) == (
        "/chat/completions",
        {"model": "m", "messages": [{"role": "user", "content": "Hi"}]},
    )
    assert sent("completion", prompt="Hi") == ("/completions", {"model": "m", "prompt": "Hi"})


def test_chat_sends_every_field() -> None:
    """All sampling fields under the chat form's names."""
    _, body = sent("chat", messages=TALK, sampling=ALL, reasoning_effort="low", trial=4)
    assert body == PLAIN | {
        "model": "m",
        "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "Hi"},
        ],
        "max_completion_tokens": 9,
        "logprobs": True,
        "top_logprobs": 3,
        "reasoning_effort": "low",
    }


def test_completion_sends_every_field() -> None:
    """The completion form counts logprobs in one field and keeps `max_tokens`."""
    _, body = sent("completion", prompt="Hi", sampling=ALL)
    assert body == PLAIN | {"model": "m", "prompt": "Hi", "max_tokens": 9, "logprobs": 3}


def test_responses_sends_every_field() -> None:
    """The system message becomes instructions, the effort an object, logprobs an include."""
    path, body = sent("responses", messages=TALK, sampling=ALL, reasoning_effort="low")
    assert path == "/responses"
    assert body == PLAIN | {
        "model": "m",
        "instructions": "Be brief.",
        "input": [{"type": "message", "role": "user", "content": "Hi"}],
        "max_output_tokens": 9,
        "top_logprobs": 3,
        "include": ["message.output_text.logprobs"],
        "reasoning": {"effort": "low"},
    }


def test_token_field_of_compatible_servers() -> None:
    """The name of the chat form's output limit is the endpoint's to choose."""
    request = Request(form="chat", model=ModelIdentity("m"), sampling=Sampling(max_tokens=5))
    assert json.loads(encode(request, "max_tokens")[1])["max_tokens"] == 5


def test_extra_is_merged_last() -> None:
    """What the suite writes wins over what the harness would send."""
    extra = {"temperature": None, "lora": [{"id": 0, "scale": 1.0}]}
    _, body = sent("chat", messages=TALK, sampling=ALL, extra=extra)
    assert body["temperature"] is None
    assert body["lora"] == [{"id": 0, "scale": 1.0}]


def test_tool_calls_of_an_example() -> None:
    """An assistant message with a call has each form's own shape; empty content is sent."""
    turn = Message("assistant", "", (ToolCall("c1", "look", '{"a": 1}'),))
    _, body = sent("chat", messages=(turn,))
    function = {"name": "look", "arguments": '{"a": 1}'}
    assert body["messages"] == [
        {
            "role": "assistant",
            "content": "",
            "tool_calls": [{"id": "c1", "type": "function", "function": function}],
        }
    ]
    _, body = sent("responses", messages=(turn,))
    assert body["input"] == [{"type": "function_call", "call_id": "c1", **function}]


@pytest.mark.parametrize(
    ("said", "finish"),
    [
        ("stop", "stop"),
        ("length", "length"),
        ("content_filter", "filter"),
        ("tool_calls", "tool"),
        ("function_call", "tool"),
        ("model_length", "length"),
        ("unheard_of", "other"),
        (None, "other"),
    ],
)
def test_finish_of_chat(said: str | None, finish: str) -> None:
    """Every server's word for the end, in the harness's words."""
    assert answered("chat", chat({"content": "x"}, said)).finish == finish


def test_chat_refusal() -> None:
    """A refusal has no content; its text stands in its own field."""
    answer = answered("chat", chat({"content": None, "refusal": "I can't"}))
    assert (answer.text, answer.refusal) == ("", "I can't")


def test_chat_tool_call() -> None:
    """Arguments stay the JSON text as sent; servers that send an object get it as text."""
    calls = [
        {"id": "c1", "type": "function", "function": {"name": "f", "arguments": '{"a":1}'}},
        {"function": {"name": "g", "arguments": {"b": 2}}},
    ]
    answer = answered("chat", chat({"content": None, "tool_calls": calls}, "tool_calls"))
    assert answer.message.tool_calls == (
        ToolCall("c1", "f", '{"a":1}'),
        ToolCall("", "g", '{"b":2}'),
    )


def test_chat_content_in_parts() -> None:
    """Mistral's reasoning models answer in parts; the text is that of the text parts."""
    parts = [{"type": "thinking", "thinking": [{"text": "hm"}]}, {"type": "text", "text": "4"}]
    assert answered("chat", chat({"content": parts})).text == "4"


def test_logprobs_have_one_shape() -> None:
    """One entry a token, for chat and for the old completion form."""
    content = [{"token": "a", "logprob": -0.5, "bytes": [97], "top_logprobs": []}]
    answer = answered("chat", chat({"content": "a"}, logprobs={"content": content}))
    assert answer.logprobs == content
    old = {"tokens": ["a"], "token_logprobs": [-0.5], "top_logprobs": [{"b": -1.0}]}
    found = answered("completion", {"choices": [{"text": "a", "logprobs": old}]}).logprobs
    top = [{"token": "b", "logprob": -1.0}]
    assert found == [{"token": "a", "logprob": -0.5, "top_logprobs": top}]


@pytest.mark.parametrize("usage", [None, {}, {"prompt_tokens": None, "total_tokens": 3}])
def test_usage_is_optional(usage: Any) -> None:
    """A server without counts has no usage, never an error."""
    answer = answered("chat", chat({"content": "x"}) | {"usage": usage, "timings": {"x": 1.5}})
    assert answer.usage in (None, Usage())


@pytest.mark.parametrize(
    ("status", "reason", "finish"),
    [
        ("completed", None, "stop"),
        ("incomplete", "max_output_tokens", "length"),
        ("incomplete", "content_filter", "filter"),
        ("incomplete", "else", "other"),
        ("in_progress", None, "other"),
    ],
)
def test_finish_of_responses(status: str, reason: str | None, finish: str) -> None:
    """A response is complete, or says why not."""
    details = {"reason": reason} if reason else None
    body = {"status": status, "incomplete_details": details, "output": []}
    assert answered("responses", body).finish == finish


def test_responses_output_items() -> None:
    """Text and refusal come from messages, calls from function calls; reasoning is no text."""
    body = {
        "status": "completed",
        "output": [
            {"type": "reasoning", "summary": [], "content": [{"type": "reasoning_text"}]},
            {
                "type": "message",
                "content": [
                    {"type": "output_text", "text": "yes", "logprobs": [{"token": "yes"}]},
                    {"type": "refusal", "refusal": "no"},
                ],
            },
            {"type": "function_call", "call_id": "c", "name": "f", "arguments": "{}"},
            {"type": "web_search_call", "status": "completed"},
        ],
    }
    answer = answered("responses", body)
    assert (answer.text, answer.refusal, answer.finish) == ("yes", "no", "tool")
    assert answer.message.tool_calls == (ToolCall("c", "f", "{}"),)
    assert answer.logprobs == [{"token": "yes"}]


def test_failed_response_is_its_error() -> None:
    """A response of status failed is judged by the error it carries."""
    error = {"code": "rate_limit_exceeded", "message": "slow"}
    reply = read("responses", {"status": "failed", "output": [], "error": error})
    assert reply == Failure("rate_limited", "slow", status=200, latency=0.25)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"choices": []},
        {"choices": [{}]},
        {"choices": [{"message": None}]},
        {"choices": None},
        {"output": None},
        [],
        None,
        "text",
    ],
)
@pytest.mark.parametrize("form", ["chat", "completion", "responses"])
def test_no_answer_is_garbage(form: Form, body: Any) -> None:
    """Valid JSON without an answer is garbage, with the latency of the attempt."""
    reply = read(form, body)
    assert isinstance(reply, Failure)
    assert (reply.kind, reply.status, reply.latency) == ("garbage", 200, 0.25)


FIELDS = """
choices message content tool_calls function name arguments text
logprobs usage prompt_tokens output type error code innererror
"""
KEYS = st.sampled_from(FIELDS.split())
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)  # fmt: skip
FORMS = st.sampled_from(["chat", "completion", "responses"])


@given(FORMS, st.integers(200, 599), st.binary(max_size=300) | JSON.map(msgspec.json.encode))
def test_any_bytes_make_a_reply(form: Form, status: int, body: bytes) -> None:
    """Whatever a server sends, decoding gives a Reply that can be written down."""
    assert msgspec.json.encode(decode(form, status, {}, body, 0.0))


@given(JSON)
def test_any_logprobs_make_a_reply(found: Any) -> None:
    """The old form's logprobs are three lists, or anything."""
    body = {"choices": [{"text": "x", "logprobs": {"tokens": found, "top_logprobs": found}}]}
    assert msgspec.json.encode(decode("completion", 200, {}, msgspec.json.encode(body), 0.0))


def test_logprobs_too_deep_to_be_stored() -> None:
    """What is kept as it stands must also fit through the encoder, from any depth of calls."""
    deep: Any = []
    for _ in range(200):
        deep = [deep]
    reply = read("chat", chat({"content": "x"}, logprobs={"content": deep}))
    assert isinstance(reply, Failure)
    assert (reply.kind, "deeper" in reply.detail) == ("garbage", True)


@pytest.mark.parametrize("count", [-1, 1.5, 2**31, 5_000_000_000, "7", True, [3], 10**30])
def test_nonsense_counts_are_unknown(count: Any) -> None:
    """An answer is no worse for a count that cannot be: its usage is unknown."""
    answer = answered("chat", chat({"content": "x"}) | {"usage": {"prompt_tokens": count}})
    assert (answer.text, answer.usage) == ("x", None)
    body = {"output": [], "usage": {"output_tokens": count}}
    assert answered("responses", body).usage is None
    assert answered("chat", chat({"content": "x"}) | {"usage": [count]}).usage is None


@pytest.mark.parametrize("status", [200, 401])
def test_answer_beyond_the_limit(status: int) -> None:
    """A client that has read it all is told as much, with the latency."""
    reply = decode("chat", status, {}, bytes(LARGEST_BODY + 1), 0.25)
    assert isinstance(reply, Failure)
    assert (reply.kind, reply.status, reply.latency) == ("garbage", status, 0.25)
    assert "64 MiB" in reply.detail


def test_key_with_slashes_is_hidden_as_json_writes_it() -> None:
    r"""Some servers write a slash as `\/`; a key of fewer than eight characters is none."""
    body = rb'{"choices": [{"message": {"content": "none: abcd\/efgh+"}}]}'
    reply = decode("chat", 200, {}, body, 0.0, key="abcd/efgh+")
    assert isinstance(reply, Answer)
    assert reply.text == f"none: {REDACTED}"
    reply = decode("chat", 200, {}, body, 0.0, key="none")
    assert isinstance(reply, Answer)
    assert reply.text == "none: abcd/efgh+"


@given(st.sampled_from(["chat", "completion", "responses"]), st.text(max_size=60), st.booleans())
def test_text_survives_the_wire(form: Form, text: str, inside: bool) -> None:
    """Whatever text a model says comes out as it went in; raw bytes never raise."""
    shapes: dict[Form, Any] = {
        "chat": chat({"content": text}),
        "completion": {"choices": [{"text": text}]},
        "responses": {"output": [{"type": "message", "content": [{"text": text}]}]},
    }
    if inside:
        assert answered(form, shapes[form]).text == text
    else:
        raw = text.encode("utf-8", "replace")
        assert isinstance(decode(form, 200, {}, raw, 0.0), Failure)
