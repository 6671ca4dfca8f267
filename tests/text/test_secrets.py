"""What looks like a secret is found; prose is not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.text.secrets import REDACTED, find_secret, scrub

SECRETS = {
    "openai": "sk-proj-abcdEFGH1234ijkl5678",
    "anthropic": "sk-ant-api03-abcdefgh12345678",
    "masked": "sk-fake-****************cdef",
    "github": "ghp_abcdefghij1234567890ABCD",
    "hugging face": "hf_abcdefghij1234567890ABCD",
    "aws": "AKIAABCDEFGHIJ123456",
    "google": "AIzaabcdefghijklmnopqrstuvwxyz-12345",
    "slack": "xoxb-1234567890-abcdef",
    "bearer": "Bearer abcdefgh12345678.ijkl",
    "header": "Authorization: abcdef0123456789abcd",
    "basic": "authorization: Basic dXNlcjpwYXNzd29yZA==",
    "json": '{"api_key": "abcdef0123456789abcd"}',
    "toml": "api-key = 'abcdef0123456789abcd'",
    "private key": "-----BEGIN RSA PRIVATE KEY-----",
}
PROSE = [
    "a risk-assessment-for-the-region and a task-oriented-dialogue",
    "desk-research-and-development",
    "the bearer of good news",
    "Which api key do you mean?",
    "ask-me-2-questions-about-anything",
    "AKIA is a prefix",
    "hf_short",
]


@pytest.mark.parametrize("secret", SECRETS.values(), ids=SECRETS)
@pytest.mark.parametrize("frame", ["{}", "before {} after", "line\n{}\nline", "<{}>", '"{}"'])
def test_found_and_scrubbed(secret: str, frame: str) -> None:
    """Wherever it stands it is found, its full text is never shown, and scrubbing removes it."""
    text = frame.format(secret)
    found = find_secret(text)
    assert found is not None
    assert len(found) <= 7
    cleaned = scrub(text)
    assert REDACTED in cleaned
    assert find_secret(cleaned) is None


@pytest.mark.parametrize("text", PROSE)
def test_prose_is_left_alone(text: str) -> None:
    """Hyphenated words are no keys: a false alarm would block a suite for good."""
    assert find_secret(text) is None
    assert scrub(text) == text


@given(st.text())
def test_scrubbing_twice_changes_nothing_more(text: str) -> None:
    """Scrubbed text holds nothing that would be scrubbed again."""
    assert scrub(scrub(text)) == scrub(text)
