"""Tokens of rows, and what a limit cuts."""

from __future__ import annotations

from harness.text.tokens import token_counter
from harness.training.check import Wanted
from harness.training.checks import lengths

from .files import chat, findings, pair


def words(text: str) -> int:
    """A counter that anybody can check."""
    return len(text.split())


def with_limit(limit: int | None) -> Wanted:
    return Wanted(tokens=words, vocabulary="words", limit=limit)


def test_a_conversation_is_counted_as_the_cookbook_does():
    """3 for each message, its values, and 3 at the end: 3+1+2, 3+1+1, 3."""
    message = findings([chat("two words", "one")], wanted=with_limit(None))["token-statistics"]
    assert "tokens of a row: 14 to 14" in message.message
    assert "of its answer: 5 to 5" in message.message


def test_rows_over_the_limit_lose_their_end():
    """At the limit nothing is cut; where the prompt fills it the answer is lost."""
    rows = [pair("a b", "c d"), pair("a b", "c d e"), pair("a b c d", "e")]
    found = findings(rows, wanted=with_limit(4))
    assert found["over-limit"].lines == (2, 3)
    assert "AT THE END" in found["over-limit"].message
    assert (found["answer-cut-off"].line, found["answer-cut-off"].severity) == (3, "error")


def test_without_a_limit_nothing_is_cut():
    """There are statistics all the same."""
    found = findings([pair("a b c", "d")], wanted=with_limit(None))
    assert "token-statistics" in found
    assert not found.keys() & {"over-limit", "answer-cut-off"}


def test_of_many_rows_every_tenth_is_counted_and_every_long_one(monkeypatch):
    """What could pass the limit is never left out."""
    monkeypatch.setattr(lengths, "COUNTED", 5)
    rows = [pair("a", "b") for _ in range(13)] + [pair("a " * 50, "b")]
    found = findings(rows, wanted=with_limit(40))
    assert "counted in 6 rows" in found["token-statistics"].message
    assert found["over-limit"].line == 14


def test_real_vocabularies_are_named():
    """The message says with which vocabulary was counted."""
    wanted = Wanted(tokens=token_counter("cl100k_base"), vocabulary="cl100k_base")
    assert "(cl100k_base)" in findings([chat("q", "a")], wanted=wanted)["token-statistics"].message


def test_declared_tools_count():
    """They stand in the prompt: one word of JSON here."""
    row = chat("two words", "one") | {"tools": [{"type": "function"}]}
    message = findings([row], wanted=with_limit(None))["token-statistics"].message
    assert "tokens of a row: 15 to 15" in message
