"""Replies: answers and failures as tagged values, and the sets that decide what happens next."""

from __future__ import annotations

import msgspec
import pytest

from harness.values.reply import (
    ARM_ENDING_KINDS,
    FAILURE_KINDS,
    RETRIED_KINDS,
    Answer,
    Failure,
    Reply,
    Usage,
    assistant,
)
from harness.values.request import Message


@pytest.mark.parametrize(
    "reply",
    [
        Answer(assistant("5"), usage=Usage(10, 4, 0, 1, 0), model="m", latency=0.5),
        Answer(Message("assistant", [{"type": "text", "text": "a"}]), finish="length"),
        Failure("rate_limited", "slow down", 429, 1.5),
    ],
)
def test_a_reply_survives_json(reply: Reply):
    """decode(encode(x)) == x, and the tag tells an answer from a failure."""
    assert msgspec.json.decode(msgspec.json.encode(reply), type=Answer | Failure) == reply


def test_the_text_of_parts_is_joined():
    """Parts without text, such as an image, add nothing."""
    parts = [{"type": "text", "text": "a"}, {"type": "image"}, {"type": "text", "text": "b"}]
    assert Answer(Message("assistant", parts)).text == "ab"
    assert Answer(assistant("plain")).text == "plain"


def test_what_ends_an_arm_is_not_retried():
    """The two sets are disjoint, and both name real kinds."""
    assert not RETRIED_KINDS & ARM_ENDING_KINDS
    assert set(FAILURE_KINDS) > RETRIED_KINDS | ARM_ENDING_KINDS
