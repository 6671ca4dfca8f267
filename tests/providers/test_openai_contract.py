"""One contract for both transports: equal requests on the wire, equal Replies out of it."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from typing import Any, Literal

import msgspec
import pytest
from fake_server import ANSWER, FAILURES, KEY, FakeServer

from harness.errors import UsageError
from harness.providers.openai.endpoint import open_endpoint
from harness.text.secrets import REDACTED
from harness.values.endpoint import Endpoint, OpenAISpec
from harness.values.reply import Answer, Failure, Reply, Usage
from harness.values.request import Form, Message, ModelIdentity, Request, Sampling

Transport = Literal["fast", "sdk"]
TRANSPORTS: tuple[Transport, ...] = ("fast", "sdk")
TIMEOUT = 0.5

EXPECTED = {
    "429-wait": ("rate_limited", 429, 7.0),
    "429-ms": ("rate_limited", 429, 0.25),
    "429-bare": ("rate_limited", 429, None),
    "429-quota": ("quota", 429, None),
    "429-final": ("bad_request", 429, None),
    "500": ("server_error", 500, None),
    "503": ("overloaded", 503, None),
    "400": ("bad_request", 400, None),
    "400-filter": ("filtered", 400, None),
    "401": ("auth", 401, None),
    "404": ("not_found", 404, None),
    "200-429": ("rate_limited", 429, None),
    "garbage": ("garbage", 200, None),
    "text": ("garbage", 200, None),
    "empty": ("garbage", 200, None),
    "no-choices": ("garbage", 200, None),
    "200-utf8": ("garbage", 200, None),
    "200-surrogate": ("garbage", 200, None),
    "200-deep": ("garbage", 200, None),
    "500-utf8": ("server_error", 500, None),
    "400-deep": ("bad_request", 400, None),
    "half": ("connection", None, None),
    "closed": ("connection", None, None),
    "not-http": ("connection", None, None),
    "silence": ("timeout", None, None),
    "redirect": ("bad_request", 307, None),
    "redirect-nowhere": ("bad_request", 302, None),
}


def request(model: str = "m", form: Form = "chat", **fields: Any) -> Request:
    asked: dict[str, Any] = (
        {"prompt": "Capital of France?"}
        if form == "completion"
        else {"messages": (Message("user", "Capital of France?"),)}
    )
    return Request(form=form, model=ModelIdentity(model), **(asked | fields))


def spec(fake: FakeServer, transport: Transport, **fields: Any) -> OpenAISpec:
    return OpenAISpec(base_url=f"{fake.url}/v1", transport=transport, timeout=TIMEOUT, **fields)


def without_latency(reply: Reply) -> Reply:
    return msgspec.structs.replace(reply, latency=0.0)


async def ask_both(fake: FakeServer, asked: Request, **fields: Any) -> list[Reply]:
    replies = []
    for transport in TRANSPORTS:
        async with open_endpoint(spec(fake, transport, **fields)) as endpoint:
            replies.append(without_latency(await endpoint.complete(asked)))
    return replies


@pytest.fixture(params=TRANSPORTS)
async def endpoint(fake: FakeServer, request: pytest.FixtureRequest) -> AsyncIterator[Endpoint]:
    async with open_endpoint(spec(fake, request.param)) as opened:
        yield opened


def test_every_failure_of_the_fake_is_expected() -> None:
    """No failure of the fake stands outside the contract."""
    assert set(EXPECTED) == set(FAILURES)


@pytest.mark.parametrize("model", FAILURES)
@pytest.mark.parametrize("form", ["chat", "responses"])
async def test_transports_fail_alike(fake: FakeServer, model: str, form: Form) -> None:
    """Both give the same Failure, of the kind, status and wait that the contract names."""
    fast, sdk = await ask_both(fake, request(model, form))
    assert isinstance(fast, Failure)
    assert (fast.kind, fast.status, fast.retry_after) == EXPECTED[model]
    assert fast == sdk
    assert KEY not in fast.detail
    assert fast.detail


@pytest.mark.parametrize("form", ["chat", "completion", "responses"])
async def test_transports_answer_alike(fake: FakeServer, form: Form) -> None:
    """Both give the same Answer and send the same path and body."""
    fast, sdk = await ask_both(fake, request(form=form, trial=3, extra={"user": "u"}))
    assert isinstance(fast, Answer)
    assert fast == sdk
    assert fast.text == ANSWER
    (path, _, body), (sdk_path, _, sdk_body) = fake.received
    assert (path, body) == (sdk_path, sdk_body)
    assert body["user"] == "u"
    assert "trial" not in body


async def test_key_travels_as_bearer(endpoint: Endpoint, fake: FakeServer) -> None:
    """The key stands in one header, JSON is declared."""
    await endpoint.complete(request())
    _, headers, _ = fake.received[0]
    assert headers["authorization"] == f"Bearer {KEY}"
    assert headers["content-type"] == "application/json"
    assert "api-key" not in headers


async def test_organization_and_project_travel(
    fake: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """OPENAI_ORG_ID, OPENAI_PROJECT_ID and OPENAI_BASE_URL are honoured by both transports."""
    monkeypatch.setenv("OPENAI_ORG_ID", "org-1")
    monkeypatch.setenv("OPENAI_PROJECT_ID", "proj-1")
    monkeypatch.setenv("OPENAI_BASE_URL", f"{fake.url}/v1/")
    for transport in TRANSPORTS:
        async with open_endpoint(OpenAISpec(transport=transport)) as opened:
            assert isinstance(await opened.complete(request()), Answer)
    for _, headers, _ in fake.received:
        assert (headers["openai-organization"], headers["openai-project"]) == ("org-1", "proj-1")


async def test_server_without_keys(fake: FakeServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """`key_env = ""` sends no Authorization, even where OPENAI_API_KEY is set."""
    fast, sdk = await ask_both(fake, request(), key_env="")
    assert isinstance(fast, Answer)
    assert fast == sdk
    assert all("authorization" not in headers for _, headers, _ in fake.received)


@pytest.mark.parametrize("form", ["chat", "completion", "responses"])
async def test_key_comes_back_unseen(fake: FakeServer, form: Form) -> None:
    """A server that says the key in its answer, its model's name or its header is not quoted."""
    fast, sdk = await ask_both(fake, request("echo", form))
    assert isinstance(fast, Answer)
    assert fast == sdk
    assert fast.text == f"a {REDACTED} b"
    assert KEY not in repr(fast)


async def test_key_in_the_server_header_is_unseen(endpoint: Endpoint) -> None:
    """The header goes into manifests and reports."""
    await endpoint.complete(request("echo"))
    assert endpoint.server == f"echo/{REDACTED}"


@pytest.mark.parametrize("lacking", ["openai", "httpx2"])
def test_sdk_without_its_packages(lacking: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the client or what it is built on is missing, the message says what to install."""
    monkeypatch.delitem(sys.modules, "harness.providers.openai.sdk", raising=False)
    monkeypatch.setitem(sys.modules, lacking, None)
    with pytest.raises(UsageError, match=r'transport = "sdk" needs openai >= 3'):
        open_endpoint(OpenAISpec(key_env="", transport="sdk"))


def test_sdk_of_the_wrong_age(monkeypatch: pytest.MonkeyPatch) -> None:
    """A client from before httpx2 is refused, even where httpx2 itself is installed."""
    monkeypatch.setattr("openai.__version__", "2.9.1")
    with pytest.raises(UsageError, match=r"needs openai >= 3: 2\.9\.1 is installed"):
        open_endpoint(OpenAISpec(key_env="", transport="sdk"))


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_missing_key_names_its_variable(
    transport: Transport, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A missing key is a usage error that says which variable to set."""
    monkeypatch.delenv("GROQ_KEY", raising=False)
    with pytest.raises(UsageError, match="GROQ_KEY"):
        open_endpoint(OpenAISpec(key_env="GROQ_KEY", transport=transport))


def test_choosing_a_transport_is_cheap() -> None:
    """Clients load with the endpoint that needs them, not with the function that chooses."""
    code = (
        "import sys, harness.providers.openai.endpoint;"
        "sys.exit(bool({'aiohttp', 'openai', 'httpx2'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


async def test_usage_and_server_are_reported(endpoint: Endpoint) -> None:
    """Cached and reasoning tokens, the model as named, the server header and the seconds."""
    answer = await endpoint.complete(request())
    assert isinstance(answer, Answer)
    assert answer.usage == Usage(input=12, cached=4, output=3, reasoning=1)
    assert answer.model == "m-2026"
    assert endpoint.server == "fake/1"
    assert 0 < answer.latency < TIMEOUT


async def test_nothing_listens(fake: FakeServer) -> None:
    """A refused connection is a Failure that says so, on both transports."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        fake.url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        fast, sdk = await ask_both(fake, request())
    assert fast == sdk
    assert isinstance(fast, Failure)
    assert fast.kind == "connection"
    assert "refused" in fast.detail


async def test_cancellation_passes(endpoint: Endpoint) -> None:
    """A cancelled call raises CancelledError and leaves the endpoint usable."""
    task = asyncio.create_task(endpoint.complete(request("silence")))
    await asyncio.sleep(0.05)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert isinstance(await endpoint.complete(request()), Answer)


async def test_one_attempt_only(endpoint: Endpoint, fake: FakeServer) -> None:
    """Failures that a client likes to retry are asked once: retries belong to the runner."""
    for model in ("429-ms", "500", "closed"):
        await endpoint.complete(request(model))
    assert len(fake.received) == 3


async def test_many_calls_at_once(endpoint: Endpoint) -> None:
    """Fifty calls in flight all get their own answer."""
    asked = [request(f"m{i}", sampling=Sampling(max_tokens=5)) for i in range(50)]
    replies = await asyncio.gather(*map(endpoint.complete, asked))
    assert [r.model for r in replies if isinstance(r, Answer)] == [f"m{i}-2026" for i in range(50)]
