"""Request keys: what decides an answer is in them, nothing else, and the recipe never drifts."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.values.request import (
    KeyPattern,
    Message,
    ModelIdentity,
    Replicate,
    Request,
    Sampling,
    recall_request,
    request_key,
)

PLAIN = Request(form="completion", model=ModelIdentity("m"), prompt="Hello")
FULL = Request(
    form="chat",
    model=ModelIdentity("m", adapter="abc", settings={"slots": 1}),
    messages=(Message("system", "Be brief."), Message("user", "Grüß Gott")),
    sampling=Sampling(max_tokens=6, temperature=0.0, stop=("\n",)),
    reasoning_effort="low",
    extra={"b": 1, "a": {"y": 2, "x": 1}},
    trial=2,
)


def test_the_keys_are_pinned():
    """Golden keys: a change of the recipe orphans every recorded reply, so it must be on purpose.

    Whoever changes these raises KEY_VERSION and writes the re-keying.
    """
    assert request_key(PLAIN) == "e973482d1e65355b02d3ac4a"
    assert request_key(FULL) == "cd0a7c919dab72cc707e7bcd"
    recall = recall_request("case-1", "0" * 24, Replicate(1, 2))
    assert request_key(recall) == "9efacaecf54e116553d87b27"


def test_unset_fields_are_not_in_the_key():
    """A new optional field leaves all old keys valid."""
    assert msgspec.json.encode(PLAIN) == (
        b'{"form":"completion","model":{"name":"m"},"prompt":"Hello"}'
    )


@pytest.mark.parametrize(
    "explicit",
    [
        {"sampling": Sampling()},
        {"sampling": msgspec.json.decode(b"{}", type=Sampling)},
        {"extra": {}},
        {"messages": ()},
        {"trial": 0},
        {"model": ModelIdentity("m", settings={})},
    ],
)
def test_a_default_written_out_is_the_same_question(explicit: dict[str, Any]):
    """Equal requests have equal keys, however their fields came to be."""
    request = msgspec.structs.replace(PLAIN, **explicit)
    assert request == PLAIN
    assert request_key(request) == request_key(PLAIN)


@pytest.mark.parametrize(
    "change",
    [
        {"form": "chat"},
        {"prompt": "Hello "},
        {"model": ModelIdentity("m2")},
        {"model": ModelIdentity("m", adapter="abc")},
        {"model": ModelIdentity("m", settings={"slots": 2})},
        {"messages": (Message("user", "Hello"),)},
        {"sampling": Sampling(temperature=0.0)},
        {"reasoning_effort": "high"},
        {"extra": {"seed": 1}},
        {"extra": {"options": {}}},
        {"trial": 1},
    ],
)
def test_whatever_decides_the_answer_changes_the_key(change: dict[str, Any]):
    """Each field of a request is in its key; so is the trial."""
    assert request_key(msgspec.structs.replace(PLAIN, **change)) != request_key(PLAIN)


def test_the_order_of_extra_keys_does_not_matter():
    """JSON objects have no order."""
    turned = msgspec.structs.replace(FULL, extra={"a": {"x": 1, "y": 2}, "b": 1})
    assert request_key(turned) == request_key(FULL)


@pytest.mark.parametrize("request_", [PLAIN, FULL, recall_request("c", "d", Replicate(1, 0))])
def test_a_request_survives_json(request_: Request):
    """decode(encode(x)) == x, and the key stays: requests can travel to another process."""
    again = msgspec.json.decode(msgspec.json.encode(request_), type=Request)
    assert again == request_
    assert request_key(again) == request_key(request_)


def test_each_replicate_of_a_frozen_case_is_recalled_apart():
    """Case, input and replicate name a recorded reply: three different keys for three of them."""
    keys = {
        request_key(recall_request(case, digest, replicate))
        for case in ("a", "b")
        for digest in ("x", "y")
        for replicate in (Replicate(0, 0), Replicate(1, 0), Replicate(0, 1))
    }
    assert len(keys) == 12


def test_replicates_have_an_order():
    """By shot seed, then trial: the order in which files list them."""
    assert sorted([Replicate(1, 0), Replicate(0, 1), Replicate()]) == [
        Replicate(0, 0),
        Replicate(0, 1),
        Replicate(1, 0),
    ]


_TEXTS = st.text(st.characters(exclude_categories=("Cs",)))


@given(_TEXTS, _TEXTS, st.sampled_from(["chat", "completion"]))
def test_a_pattern_gives_the_keys_of_whole_requests(first: str, second: str, form: str):
    """Whatever the texts hold: quotation marks, control characters, the marks of others."""
    marks = ("\x00a\x00", "\x00ab\x00")

    def made(one: str, two: str) -> Request:
        text = f'Say "{one}" and {two}, then {one} again.'
        turns = (Message("system", "ä \x01"), Message("user", text))
        return Request(
            form=form,
            model=ModelIdentity("m"),
            messages=turns if form == "chat" else (),
            prompt=None if form == "chat" else text,
            trial=2,
        )

    texts = dict(zip(marks, (first, second), strict=True))
    assert KeyPattern(made(*marks), marks).key(texts) == request_key(made(first, second))


def test_a_pattern_without_marks_is_one_key():
    request = Request(form="completion", model=ModelIdentity("m"), prompt="hello")
    assert KeyPattern(request, ()).key({}) == request_key(request)
