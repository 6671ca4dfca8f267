"""Digests: equal values have equal digests, everywhere and for ever."""

from __future__ import annotations

import random
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from harness.values.digest import digest, digest_all, digest_bytes

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def _shuffled(value: Any, rng: random.Random) -> Any:
    """The same value, with the keys of every object in another order."""
    if isinstance(value, dict):
        keys = rng.sample(list(value), len(value))
        return {key: _shuffled(value[key], rng) for key in keys}
    if isinstance(value, list):
        return [_shuffled(one, rng) for one in value]
    return value


@given(JSON, st.randoms(use_true_random=False))
def test_the_order_of_keys_does_not_matter(value: Any, rng: random.Random):
    """JSON objects have no order, at any depth."""
    assert digest(_shuffled(value, rng)) == digest(value)


@given(JSON, JSON)
def test_different_values_have_different_digests(left: Any, right: Any):
    """Two JSON texts with sorted keys are equal exactly when the digests are."""
    same = msgspec.json.encode(left, order="sorted") == msgspec.json.encode(right, order="sorted")
    assert (digest(left) == digest(right)) == same


def test_the_recipe_is_pinned():
    """A golden value: whoever changes the recipe makes every recorded digest stale."""
    assert digest({"b": [1, "é", None], "a": {"x": 1.5}}) == "ec296840f6b247fbec9548ec"
    assert digest_bytes(b"abc") == "48b4f1f9042a2d5033b382b5"
    assert digest_all(["ab", "c"]) == "692418ebb81c6b2efa58dce3"


@given(st.lists(st.text(max_size=3), max_size=4), st.lists(st.text(max_size=3), max_size=4))
def test_a_digest_of_parts_keeps_their_borders(left: list[str], right: list[str]):
    """['ab', 'c'] and ['a', 'bc'] differ; equal lists agree."""
    assert (digest_all(left) == digest_all(right)) == (left == right)


def test_parts_are_read_one_by_one():
    """A generator is enough: nothing is held together in memory."""
    assert digest_all(str(n) for n in range(3)) == digest_all(["0", "1", "2"])
