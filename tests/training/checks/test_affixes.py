"""Common beginnings and endings of texts that come one by one."""

from __future__ import annotations

from os.path import commonprefix

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.training.checks.affixes import Affixes, is_separator

TEXTS = st.lists(st.text("ab ", max_size=6), min_size=1, max_size=6)


@given(TEXTS)
def test_affixes_are_those_of_all_texts_together(texts):
    """One by one gives what the whole list gives."""
    shared = Affixes()
    for text in texts:
        shared.add(text)
    assert shared.prefix == commonprefix(texts)  # noqa: RUF071 - of characters, as meant
    assert shared.suffix == commonprefix([text[::-1] for text in texts])[::-1]  # noqa: RUF071
    assert shared.same == (len(set(texts)) == 1)


@pytest.mark.parametrize(
    ("suffix", "expected"),
    [
        ("", False),
        (".", False),
        (" s.", False),
        ("?", False),
        (" ->", True),
        ("\n\n###\n\n", True),
        ("\n", True),
        ("\nStars:", True),
    ],
)
def test_plain_marks_separate_nothing(suffix, expected):
    """What ends an ordinary sentence does not end an input."""
    assert is_separator(suffix) is expected
