"""From HTTP errors to kinds of Failure."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.providers.failures import failure_of, unreached
from harness.values.reply import FAILURE_KINDS, RETRIED_KINDS, Failure


def failed(status: int, body: Any, **headers: str) -> Failure:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return failure_of(status, named, json.dumps(body).encode())


def anthropic(kind: str, message: str = "m") -> dict[str, Any]:
    return {"type": "error", "error": {"type": kind, "message": message}}


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, "bad_request"),
        (401, "auth"),
        (402, "quota"),
        (403, "auth"),
        (404, "not_found"),
        (408, "server_error"),
        (409, "server_error"),
        (413, "bad_request"),
        (418, "bad_request"),
        (422, "bad_request"),
        (429, "rate_limited"),
        (500, "server_error"),
        (502, "server_error"),
        (503, "overloaded"),
        (504, "server_error"),
        (524, "server_error"),
        (529, "overloaded"),
    ],
)
def test_kind_by_status(status: int, kind: str) -> None:
    """The status decides where the body has nothing to add."""
    failure = failure_of(status, {}, b"")
    assert (failure.kind, failure.status) == (kind, status)
    assert str(status) in failure.detail


@pytest.mark.parametrize(
    ("status", "kind", "expected"),
    [
        (400, "invalid_request_error", "bad_request"),
        (401, "authentication_error", "auth"),
        (402, "billing_error", "quota"),
        (403, "permission_error", "auth"),
        (404, "not_found_error", "not_found"),
        (413, "request_too_large", "bad_request"),
        (429, "rate_limit_error", "rate_limited"),
        (500, "api_error", "server_error"),
        (529, "overloaded_error", "overloaded"),
    ],
)
def test_anthropic_errors(status: int, kind: str, expected: str) -> None:
    """Anthropic's types come out alike with their own status and inside a 200."""
    assert failed(status, anthropic(kind)).kind == expected
    assert failed(200, anthropic(kind)).kind == expected


@pytest.mark.parametrize(
    ("status", "error", "kind"),
    [
        (429, {"code": "insufficient_quota", "message": "m"}, "quota"),
        (429, {"type": "insufficient_quota", "code": None, "message": "m"}, "quota"),
        (400, {"message": "Your credit balance is too low to access the API"}, "quota"),
        (400, {"code": "content_policy_violation", "message": "m"}, "filtered"),
        (400, {"code": "x", "innererror": {"code": "ResponsibleAIPolicyViolation"}}, "filtered"),
        (403, {"code": 403, "message": "m", "metadata": {"flagged_input": "t"}}, "filtered"),
        (400, {"code": "model_not_found", "message": "m"}, "not_found"),
    ],
)
def test_names_decide_before_the_status(status: int, error: dict[str, Any], kind: str) -> None:
    """An empty account and a filter are not what their status says."""
    assert failed(status, {"error": error}).kind == kind


def test_error_inside_an_answer_of_200() -> None:
    """OpenRouter's own code decides; Retry-After of a 200 is ignored."""
    failure = failed(200, {"error": {"code": 429, "message": "busy"}}, retry_after="30")
    assert failure == Failure("rate_limited", detail="busy", status=429)


def test_error_of_a_choice() -> None:
    """OpenRouter puts an upstream's error into the choice."""
    choice = {"finish_reason": "error", "error": {"code": "502", "message": "upstream"}}
    assert failed(200, {"choices": [choice]}).kind == "server_error"


@pytest.mark.parametrize(
    "body",
    [
        {"error": "model is loading"},
        {"message": "model is loading"},
        {"detail": "model is loading"},
        {"object": "error", "message": "model is loading", "code": 400},
        {"error": {"message": "model is loading"}},
    ],
)
def test_message_of_many_servers(body: dict[str, Any]) -> None:
    """The detail is the server's own message, wherever it stands."""
    assert failed(400, body).detail == "model is loading"


def test_structured_detail_is_shown() -> None:
    """FastAPI's list of problems is shown as JSON."""
    assert "field required" in failed(422, {"detail": [{"msg": "field required"}]}).detail


@pytest.mark.parametrize(("status", "kind"), [(429, "bad_request"), (500, "bad_request")])
def test_server_forbids_a_retry(status: int, kind: str) -> None:
    """`x-should-retry: false` makes a kind that is not retried."""
    failure = failed(status, {"error": {"message": "m"}}, x_should_retry="false")
    assert failure.kind == kind
    assert failure.kind not in RETRIED_KINDS


def test_server_forbids_what_is_never_retried() -> None:
    """`x-should-retry: false` changes nothing for an error that is final anyway."""
    assert failed(401, {"error": {"message": "m"}}, x_should_retry="false").kind == "auth"


def test_page_of_a_proxy_becomes_words() -> None:
    """HTML is shown as text."""
    page = b"<html><style>b {}</style><h1>502</h1>\n <p>Bad gateway</p></html>"
    assert failure_of(502, {}, page).detail == "502 Bad gateway"


def test_garbage_shows_how_the_answer_begins() -> None:
    """A body of 200 that cannot be read is retried and can be recognised."""
    failure = failure_of(200, {}, b"<html>captive portal", reason="not JSON")
    assert failure.kind == "garbage"
    assert "captive portal" in failure.detail


def test_key_across_the_cut_is_hidden() -> None:
    """A key at the end of a long message leaves no half of itself."""
    body = json.dumps({"error": {"message": "x " * 245 + "k3y-of-no-known-shape"}}).encode()
    failure = failure_of(400, {}, body, key="k3y-of-no-known-shape")
    assert "k3y" not in failure.detail


@given(st.integers(200, 599), st.binary(max_size=300))
def test_any_bytes_make_a_failure(status: int, body: bytes) -> None:
    """Whatever a server sends, the outcome is a Failure of a known kind."""
    assert failure_of(status, {}, body).kind in FAILURE_KINDS


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["error", "code", "type", "message", "metadata", "choices", "x"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(st.integers(200, 599), JSON)
def test_any_json_makes_a_failure(status: int, body: Any) -> None:
    """Error objects of any make are read without an exception."""
    assert failed(status, body).detail


@pytest.mark.parametrize("location", ["http://[bad", "//[", "http://\udcff/", "", "/other"])
def test_redirect_to_anywhere(location: str) -> None:
    """A Location of any make is named or passed over, never raised, and can be written down."""
    failure = failure_of(302, {"location": location}, b"")
    assert failure.kind == "bad_request"
    assert failure.detail.encode()


def test_choices_within_choices() -> None:
    """An error body as deep as the decoder allows is read without an exception."""
    body = b'{"choices":[' * 450 + b"]}" * 450
    assert failure_of(500, {}, body).kind == "server_error"


def test_unreached_names_the_cause() -> None:
    """A time-out deep in a chain of causes is a time-out; anything else is the connection."""
    error = OSError("outer")
    error.__cause__ = TimeoutError()
    assert unreached(error, 1.5) == Failure("timeout", detail="no whole answer within 1.5 s")
    group = OSError()
    group.__context__ = ExceptionGroup("all", [ConnectionRefusedError()])
    assert "refused" in unreached(group, 1).detail
