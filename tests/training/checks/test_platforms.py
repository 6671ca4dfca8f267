"""Limits of platforms."""

from __future__ import annotations

import pytest

from harness.training.check import Wanted
from harness.training.checks.platforms import default_limit

from .files import chat, findings, pair

NINE = [chat(f"q{i}", f"a{i}") for i in range(9)]


def test_openai_wants_ten_examples():
    """Nine are refused, ten are not, and elsewhere nine are enough."""
    assert "too-few-examples" in findings(NINE, wanted=Wanted("openai"))
    assert "too-few-examples" not in findings([*NINE, chat("x", "y")], wanted=Wanted("openai"))
    assert "too-few-examples" not in findings(NINE, wanted=Wanted("local"))


@pytest.mark.parametrize(
    ("platform", "refused"),
    [("azure", True), ("bedrock", True), ("gemini", True), ("openai", False), ("local", False)],
)
def test_a_platform_reads_its_own_shapes(platform, refused):
    """Prompt and completion are not what Azure, Bedrock and Gemini read."""
    found = findings([pair("p ->", " c")], wanted=Wanted(platform))
    assert ("wrong-shape" in found) is refused


@pytest.mark.parametrize(("bom", "found"), [(False, True), (True, False), (None, False)])
def test_azure_asks_for_a_byte_order_mark(bom, found):
    """Where the file is one of JSON lines."""
    assert ("no-byte-order-mark" in findings(NINE, wanted=Wanted("azure"), bom=bom)) is found


def test_limits_of_length_are_known_where_they_are_published():
    """TRL's default is the shortest."""
    assert default_limit("local") == 1024
    assert default_limit("openai") == 65_536
    assert default_limit(None) is default_limit("gemini") is None
