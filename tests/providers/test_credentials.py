"""Keys: read by the name of a variable, hidden in every text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.errors import UsageError
from harness.providers.credentials import DETAIL_LIMIT, read_key, scrub, without
from harness.text.secrets import REDACTED

SECRET = "Zq9x8w7v6u5t"


@pytest.mark.parametrize("value", [None, "", "  "])
def test_missing_key(value: str | None) -> None:
    """The message names the variable and the way out."""
    environ = {} if value is None else {"MY_KEY": value}
    with pytest.raises(UsageError, match=r"MY_KEY.*key_env"):
        read_key("MY_KEY", environ)


def test_key_that_no_header_can_hold() -> None:
    """A line break or a curly quote in a key is found before the first call, and not shown."""
    with pytest.raises(UsageError, match="MY_KEY") as caught:
        read_key("MY_KEY", {"MY_KEY": f"{SECRET}\n{SECRET}"})
    assert SECRET not in str(caught.value)


def test_no_name_means_no_key() -> None:
    """An empty name is a server without keys, whatever the environment holds."""
    assert read_key("", {"": SECRET}) == ""


@pytest.mark.parametrize(
    "text",
    [
        f"Incorrect API key provided: {SECRET}.",
        f"Incorrect API key provided: sk-proj-{SECRET}****{SECRET}. You can find",
        f"header Authorization: Bearer {SECRET}",
        f"GET /v1?key={SECRET}&alt=json",
        f'{{"api_key": "{SECRET}"}}',
        f"x-api-key: {SECRET}",
        f"gsk_{SECRET * 2} is not valid",
        f"https://user:{SECRET}@host/path",
        f"AIza{SECRET * 3}",
        f"eyJhbGciOi.{SECRET}.c2ln",
    ],
)
def test_scrub_hides_what_looks_like_a_key(text: str) -> None:
    """Keys of many providers, in headers, queries, JSON and prose."""
    assert SECRET not in scrub(text)
    assert REDACTED in scrub(text)


@pytest.mark.parametrize(
    "text",
    [
        "The model `ft:gpt-4o-mini-2024-07-18:org::abc123` does not exist",
        "Unrecognized key: 'temprature'",
        "max_tokens is too large: 300000; request req_011CVEA3SF7rnb3DuBZytqQa",
        "This model's maximum context length is 4096 tokens",
    ],
)
def test_scrub_leaves_what_helps(text: str) -> None:
    """Model names, parameters and request ids are needed to mend an error."""
    assert scrub(text) == text


@given(st.text(max_size=2000))
def test_scrub_is_short(text: str) -> None:
    """A detail never fills a page."""
    assert len(scrub(text)) <= DETAIL_LIMIT


def test_exact_key_is_hidden_and_placeholders_are_not() -> None:
    """A key of no known shape is hidden as it stands; `none` is no key."""
    assert without(SECRET, f"no {SECRET}!".encode()) == f"no {REDACTED}!".encode()
    assert without("none", b"none of these") == b"none of these"
    assert without("", b"text") == b"text"
