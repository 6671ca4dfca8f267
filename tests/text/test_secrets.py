"""What looks like a secret is found; prose is not."""

from __future__ import annotations

from time import process_time

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
    "letters alone": "sk-abcdefghIJKLMNOPqrstuvwx",
    "letters of a project": "sk-proj-abcdefghIJKLMNOPqrstuvwx",
    "groq": "gsk_abcdefghij1234567890ABCD",
    "xai": "xai-abcdefghij1234567890ABCD",
    "gitlab": "glpat-abcdefgh_12345678-AB",
    "google oauth": "ya29.a0AbCdEfGh_12345678-ijk",
    "stripe": "sk_live_abcdefghij1234567890",
    "stripe restricted": "rk_live_abcdefghij1234567890",
    "replicate": "r8_abcdefghij1234567890ABCD",
    "perplexity": "pplx-abcdefghij1234567890ABCD",
    "jwt": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl",
    "password": "password=hunter2hunter2",
    "password in letters": "password=correcthorsebattery",
    "password with a mark": "PASSWORD = 'tr0ub4dor!3-and-more'",
    "password in yaml": "db_password: tr0ub4dor.and.more",
    "token in a query": "https://host/path?token=abc123def456ghi",
    "client secret": '{"client_secret": "abc~123.def-456"}',
    "password in a url": "postgres://user:s3cretpass@host/db",
    "azure": "api-key: 0123456789abcdef0123456789abcdef",
    "azure in prose": "the key is 0123456789ABCDEF0123456789ABCDEF",
    "azure subscription": "Ocp-Apim-Subscription-Key: 0123456789abcdef0123456789abcdef",
}
PROSE = [
    "a risk-assessment-for-the-region and a task-oriented-dialogue",
    "desk-research-and-development",
    "the bearer of good news",
    "Which api key do you mean?",
    "ask-me-2-questions-about-anything",
    "AKIA is a prefix",
    "hf_short",
    "hf_text_classification_pipeline and gsk_rounded_rect_init_from_rect",
    "risk-assessment-plan-for-2026-and-later",
    "sk-learn-based-pipelines-and-transformers",
    "the models pplx-70b-chat-online and xai-explainability-for-everyone",
    "key: d4b83293db0eab2cc6312306",
    "key=d4b83293db0eab2cc6312306",
    "request_key: d4b83293db0eab2cc6312306",
    "md5 9e107d9d372bb6826bd81d3542a419d6 of the file",
    "cache_key=9e107d9d372bb6826bd81d3542a419d6",
    "sha256 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "sorted(rows, key=operator.itemgetter(1))",
    "login(user, password=user_password, token=tokenizer.encode(text))",
    "password = getpassfromuser(prompt)",
    "max_tokens=300000123456 and key=202406150001",
    "the password: at least twelve characters, 1 digit",
    "https://medium.com/@user/a-title-1234 and ssh://git@github.com/a/b",
    "http://localhost:8080/a@b",
    "1f0c7a34-93b1-4a53-8d6e-1c2f5f0d9b1e",
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


@pytest.mark.parametrize(
    "unit",
    [
        "sk-",
        "sk-_",
        "eyJ",
        "eyJaaaaaa.",
        "key ",
        "key",
        "api key provided",
        "password=",
        "bearer ",
        "://a:",
        "-----BEGIN A",
        "key=a",
        "AKIA",
        "A",
        "0",
        "password=a-",
        " ",
        "gsk_",
        "a0=",
    ],
)
def test_time_is_linear(unit: str) -> None:
    """Ten times the text takes about ten times the time, not a hundred, on texts made to hurt."""
    short, long = unit * (20_000 // len(unit)), unit * (200_000 // len(unit))
    assert _seconds(long) < 30 * _seconds(short) + 0.05


def _seconds(text: str) -> float:
    return min(_once(text), _once(text))


def _once(text: str) -> float:
    started = process_time()
    find_secret(text + "\n")
    return process_time() - started
