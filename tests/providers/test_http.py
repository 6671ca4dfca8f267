"""The HTTP session against real sockets."""

from __future__ import annotations

from pathlib import Path

import pytest
from fake_server import FakeServer

from harness.errors import UsageError
from harness.providers.http import LARGE_BODY, HttpClient, HttpReply
from harness.values.reply import Failure


async def test_reply_is_status_headers_and_body(fake: FakeServer) -> None:
    """An error status is a reply like any other: wires judge it."""
    async with HttpClient(f"{fake.url}/v1", {"x-test": "1"}, 5, 2) as client:
        reply = await client.post("/chat/completions", b'{"model": "429-wait"}')
    assert isinstance(reply, HttpReply)
    assert (reply.status, reply.headers["Retry-After"]) == (429, "7")
    assert b"Rate limit" in reply.body
    assert reply.latency > 0
    assert fake.received[0][1]["x-test"] == "1"


async def test_redirect_is_not_followed(fake: FakeServer) -> None:
    """The Failure names the host of the Location, which is never called."""
    async with HttpClient(fake.url, {}, 5) as client:
        failure = await client.post("/v1/messages", b'{"model": "redirect"}')
    assert isinstance(failure, Failure)
    assert failure.kind == "bad_request"
    assert "elsewhere.example" in failure.detail


@pytest.mark.parametrize("limit", [20, 1000])
async def test_body_is_bounded(
    fake: FakeServer, monkeypatch: pytest.MonkeyPatch, limit: int
) -> None:
    """More bytes than the limit are a Failure, and the client goes on with a new connection."""
    monkeypatch.setattr("harness.providers.http.LARGEST_BODY", limit)
    async with HttpClient(fake.url, {}, 5, 1) as client:
        for _ in range(2):
            reply = await client.post("/v1/messages", b'{"model": "m"}')
            assert isinstance(reply, Failure) == (limit == 20)
            if isinstance(reply, Failure):
                assert (reply.kind, reply.status) == ("garbage", 200)
                assert reply.latency > 0


async def test_timeout_covers_the_whole_call(fake: FakeServer) -> None:
    """Silence ends after the seconds given, and the latency says so."""
    async with HttpClient(fake.url, {}, 0.2) as client:
        failure = await client.post("/v1/messages", b'{"model": "silence"}')
    assert isinstance(failure, Failure)
    assert failure.kind == "timeout"
    assert 0.2 <= failure.latency < 2


async def test_large_body_arrives(fake: FakeServer) -> None:
    """A prompt beyond aiohttp's limit for raw bytes is sent without a warning."""
    body = b'{"model": "m", "pad": "' + b"x" * LARGE_BODY + b'"}'
    async with HttpClient(fake.url, {"content-type": "application/json"}, 5) as client:
        reply = await client.post("/v1/messages", body)
    assert isinstance(reply, HttpReply)


@pytest.mark.parametrize(
    ("base", "path"),
    [
        ("/v1", "/v1/messages"),
        ("/v1/", "/v1/messages"),
        ("", "/messages"),
        ("/a%20b", "/a b/messages"),
    ],
)
async def test_path_joins_the_base(fake: FakeServer, base: str, path: str) -> None:
    """A slash at the end of base_url changes nothing."""
    async with HttpClient(fake.url + base, {}, 5) as client:
        await client.post("/messages", b'{"model": "400"}')
    assert fake.received[0][0] == path


async def test_proxy_of_the_environment(fake: FakeServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """HTTP_PROXY is used, NO_PROXY excepts from it."""
    monkeypatch.setenv("http_proxy", fake.url)
    monkeypatch.setenv("no_proxy", "")
    async with HttpClient("http://models.example/v1", {}, 5) as client:
        reply = await client.post("/messages", b'{"model": "m"}')
    assert isinstance(reply, HttpReply)
    assert fake.received[0][1]["host"] == "models.example"
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    async with HttpClient(fake.url, {}, 5) as client:
        assert isinstance(await client.post("/v1/messages", b'{"model": "m"}'), HttpReply)


@pytest.mark.parametrize("url", ["api.openai.com/v1", "ftp://host/v1", "http://", "http://[::1"])
def test_bad_base_url(url: str) -> None:
    """What is not an http(s) URL is refused with its value, before any call."""
    with pytest.raises(UsageError, match="base_url"):
        HttpClient(url, {}, 5)


def test_credentials_in_the_url_are_refused_unseen() -> None:
    """A password in base_url would stand beside the key's header; it is not shown."""
    with pytest.raises(UsageError) as caught:
        HttpClient("https://user:s3cret@host/v1", {}, 5)
    assert "s3cret" not in str(caught.value)


async def test_certificates_of_the_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """SSL_CERT_FILE is read for https alone, and a missing file is named."""
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "absent.pem"))
    async with HttpClient("http://127.0.0.1:1", {}, 5):
        pass
    with pytest.raises(UsageError, match=r"absent\.pem"):
        await HttpClient("https://127.0.0.1:1", {}, 5).__aenter__()


async def test_broken_tls_is_a_failure(fake: FakeServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """TLS that cannot be spoken is a Failure, not an exception."""
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    async with HttpClient(fake.url.replace("http:", "https:"), {}, 5) as client:
        failure = await client.post("/v1/messages", b"{}")
    assert isinstance(failure, Failure)
    assert failure.kind == "connection"
    assert "TLS" in failure.detail
