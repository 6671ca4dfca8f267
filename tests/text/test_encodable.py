"""Lone surrogates out of texts and JSON values."""

from __future__ import annotations

from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from harness.text.encodable import encodable

texts = st.text(st.characters(exclude_categories=()))
values = st.recursive(
    st.none() | st.booleans() | st.integers() | texts,
    lambda inner: st.lists(inner) | st.dictionaries(texts, inner),
)


@given(values)
def test_everything_can_be_written(value: Any) -> None:
    """Whatever stands in it, and however deep, JSON can hold the result."""
    msgspec.json.encode(encodable(value))


@given(st.recursive(st.none() | st.integers() | st.text(), st.lists))
def test_what_can_be_written_stays(value: Any) -> None:
    """Ordinary texts are not touched."""
    assert encodable(value) == value
