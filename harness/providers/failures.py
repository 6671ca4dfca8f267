"""Errors of providers: a status, headers and an error body in, one Failure out. Pure."""

from __future__ import annotations

import re
import ssl
from collections.abc import Iterator, Mapping
from socket import gaierror
from typing import Any
from urllib.parse import urlsplit

import msgspec

from harness.providers.bodies import LARGEST_BODY, UNREADABLE
from harness.providers.credentials import scrub, without
from harness.providers.retry_after import retry_after
from harness.values.reply import RETRIED_KINDS, Failure, FailureKind

SUCCESS = range(200, 300)
REDIRECT = range(300, 400)
SERVER_ERROR = range(500, 600)

_BY_STATUS: Mapping[int, FailureKind] = {
    400: "bad_request",
    401: "auth",
    402: "quota",
    403: "auth",
    404: "not_found",
    408: "server_error",
    409: "server_error",
    413: "bad_request",
    422: "bad_request",
    429: "rate_limited",
    503: "overloaded",
    529: "overloaded",
}

# What a provider calls an error, in `code`, `type` or Azure's inner code. These decide before the
# status does: an empty account answers 429 at OpenAI and 400 elsewhere, a filter 400 or 403.
_BY_NAME: Mapping[str, FailureKind] = {
    "insufficient_quota": "quota",
    "billing_error": "quota",
    "billing_hard_limit_reached": "quota",
    "billing_not_active": "quota",
    "content_filter": "filtered",
    "content_policy_violation": "filtered",
    "invalid_prompt": "filtered",
    "moderation_blocked": "filtered",
    "responsibleaipolicyviolation": "filtered",
    "model_not_found": "not_found",
}

# These decide only where the status says nothing: an error object inside an answer of 200.
_BY_NAME_ALONE: Mapping[str, FailureKind] = {
    "invalid_request_error": "bad_request",
    "request_too_large": "bad_request",
    "authentication_error": "auth",
    "invalid_api_key": "auth",
    "permission_error": "auth",
    "not_found_error": "not_found",
    "rate_limit_error": "rate_limited",
    "rate_limit_exceeded": "rate_limited",
    "overloaded_error": "overloaded",
    "api_error": "server_error",
    "server_error": "server_error",
}

_EMPTY_ACCOUNT = re.compile(r"(?i)credit balance is too low|insufficient balance")


class ErrorBody(msgspec.Struct, frozen=True):
    """What an error body says: the provider's names for it, its message, its own status."""

    names: tuple[str, ...] = ()
    message: str = ""
    status: int | None = None
    flagged: bool = False


def failure_of(
    status: int,
    headers: Mapping[str, str],
    body: bytes,
    *,
    latency: float = 0.0,
    now: float | None = None,
    reason: str = "",
    key: str = "",
) -> Failure:
    """The Failure of any HTTP answer that is no answer of a model; latency in seconds.

    `reason` says why a body of status 2xx could not be read; it makes `garbage`, unless the body
    states an error of its own. `key` is what the call carried, which no detail may show. The rest
    as in `classify`.
    """
    body = without(key, body)
    success = status in SUCCESS
    error = _read_error(body, loosely=not success)
    if success and error is None:
        failure = garbage(status, reason, body)
    else:
        failure = classify(status, headers, error, now=now, fallback=_page(body))
    return msgspec.structs.replace(failure, latency=latency)


def _read_error(body: bytes, *, loosely: bool) -> ErrorBody | None:
    try:
        document = msgspec.json.decode(body)
        return stated_error(document) or (loose_error(document) if loosely else None)
    except UNREADABLE:
        return None


def stated_error(document: Any) -> ErrorBody | None:
    """The error that a decoded body calls by this name, or None.

    `{"error": {...}}` (OpenAI, Anthropic, Google), `{"error": "text"}`, and OpenRouter's error of
    the first choice.
    """
    if not isinstance(document, Mapping):
        return None
    choices = document.get("choices")
    if isinstance(choices, list) and choices and isinstance(choices[0], Mapping):
        document = choices[0]
    error = document.get("error")
    if isinstance(error, Mapping):
        return _read_object(error)
    return ErrorBody(message=error) if isinstance(error, str) and error else None


def loose_error(document: Any) -> ErrorBody | None:
    """The error of a body that is known to be one: `message` (Mistral, Bedrock) or `detail`."""
    if not isinstance(document, Mapping):
        return None
    message = document.get("message") or document.get("detail")
    return _read_object({**document, "message": message}) if message else None


def _read_object(error: Mapping[str, Any]) -> ErrorBody:
    inner, metadata = error.get("innererror"), error.get("metadata")
    names = [error.get("code"), error.get("type"), error.get("status")]
    if isinstance(inner, Mapping):
        names.append(inner.get("code"))
    message = error.get("message") or ""
    return ErrorBody(
        names=tuple(str(name).lower() for name in names if name),
        message=message if isinstance(message, str) else msgspec.json.encode(message).decode(),
        status=_http_status(error.get("code")),
        flagged=isinstance(metadata, Mapping) and bool(metadata.get("flagged_input")),
    )


def _http_status(code: Any) -> int | None:
    text = str(code)
    return int(text) if re.fullmatch(r"[45]\d\d", text) else None


def classify(
    status: int,
    headers: Mapping[str, str],
    error: ErrorBody | None,
    *,
    now: float | None = None,
    fallback: str = "",
) -> Failure:
    """The Failure of an HTTP answer that is an error, by status or by its own body.

    A body inside an answer of 200 is judged by its own code, and its headers ask for nothing.
    `now` is seconds since 1970, for a Retry-After that is a date; without it such a date is
    ignored. `fallback` is the text shown where the body has no message. Secrets are hidden.
    """
    error = error or ErrorBody()
    if status in REDIRECT:
        return redirected(status, headers)
    said = error.status if status in SUCCESS else status
    kind = _kind(said, error)
    detail = error.message or fallback or f"HTTP status {status}"
    if said == status and kind in RETRIED_KINDS and headers.get("x-should-retry") == "false":
        kind, detail = "bad_request", f"the server asks not to retry: {detail}"
    return Failure(
        kind=kind,
        detail=scrub(detail),
        status=said or status,
        retry_after=retry_after(headers, now) if said == status else None,
    )


def _kind(status: int | None, error: ErrorBody) -> FailureKind:
    if error.flagged:
        return "filtered"
    for name in error.names:
        if name in _BY_NAME:
            return _BY_NAME[name]
    if _EMPTY_ACCOUNT.search(error.message):
        return "quota"
    if status is not None:
        other: FailureKind = "server_error" if status in SERVER_ERROR else "bad_request"
        return _BY_STATUS.get(status, other)
    found = [_BY_NAME_ALONE[name] for name in error.names if name in _BY_NAME_ALONE]
    return found[0] if found else "server_error"


def redirected(status: int, headers: Mapping[str, str]) -> Failure:
    """A redirect is never followed: it would send the key to another host."""
    host = _host(headers.get("location", "")) or "another path"
    detail = f"the server redirects to {host}, which is not followed: correct base_url"
    return Failure("bad_request", detail=scrub(detail), status=status)


def _host(location: str) -> str | None:
    try:
        host = urlsplit(location).hostname
    except ValueError:
        return None
    return host and host.encode(errors="replace").decode()


def oversized(status: int) -> Failure:
    """An answer of more bytes than any model says."""
    limit = f"{LARGEST_BODY >> 20} MiB"
    return Failure("garbage", detail=f"the answer has more than {limit}", status=status)


def garbage(status: int, reason: str, body: bytes) -> Failure:
    """An answer that says success and cannot be read; the detail shows how it begins."""
    beginning = scrub(" ".join(body[:2000].decode(errors="replace").split()))[:200]
    return Failure(
        "garbage", detail=scrub(f"{reason}; the answer begins {beginning!r}"), status=status
    )


def _page(body: bytes) -> str:
    """The words of an error body without a message, such as a proxy's page."""
    text = re.sub(r"(?s)<(script|style).*?</\1>|<[^>]*>", " ", body[:4000].decode(errors="replace"))
    return " ".join(text.split())


def unreached(error: BaseException, timeout: float) -> Failure:
    """The Failure of a call without a whole answer, by the exception of any client library."""
    causes = list(_causes(error))
    if any(isinstance(cause, TimeoutError) for cause in causes):
        return Failure("timeout", detail=f"no whole answer within {timeout:g} s")
    for kind, detail in _CONNECTION:
        if any(isinstance(cause, kind) for cause in causes):
            return Failure("connection", detail=detail)
    return Failure("connection", detail="the connection closed before a whole answer had come")


_CONNECTION: tuple[tuple[type[BaseException], str], ...] = (
    (ssl.SSLError, "the server's certificate or TLS cannot be verified (see SSL_CERT_FILE)"),
    (gaierror, "the host name of base_url cannot be resolved"),
    (ConnectionRefusedError, "connection refused: nothing listens at base_url"),
)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    waiting = [error]
    while waiting:
        current = waiting.pop()
        if current is None or id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        waiting += [current.__cause__, current.__context__]
        if isinstance(current, BaseExceptionGroup):
            waiting += current.exceptions
