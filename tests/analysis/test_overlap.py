"""Which cases two sides share: by id and digest, never by row."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from harness.analysis.overlap import overlap

DIGESTS = st.dictionaries(st.sampled_from("abcdefgh"), st.sampled_from("12"), max_size=8)


def test_four_kinds_of_cases():
    """In common, changed, and on one side only, each in the order of its side."""
    found = overlap({"c": "1", "a": "1", "x": "1"}, {"a": "1", "c": "2", "y": "1"})
    assert found.common == ("a",)
    assert found.changed == ("c",)
    assert (found.only_reference, found.only_candidate) == (("x",), ("y",))
    assert not found.whole


@given(DIGESTS, DIGESTS)
def test_every_case_is_in_exactly_one_kind(reference, candidate):
    """Nothing is lost and nothing counted twice."""
    found = overlap(reference, candidate)
    parts = (found.common, found.changed, found.only_reference, found.only_candidate)
    named = [id_ for part in parts for id_ in part]
    assert sorted(named) == sorted({*reference, *candidate})
    assert found.whole == (reference == candidate)


@given(DIGESTS, DIGESTS)
def test_swapped_sides_swap_what_only_one_has(reference, candidate):
    """The rest stays, up to its order."""
    there, back = overlap(reference, candidate), overlap(candidate, reference)
    assert set(there.common) == set(back.common)
    assert set(there.changed) == set(back.changed)
    assert there.only_reference == back.only_candidate


def test_the_order_of_rows_does_not_matter():
    """Equal cases in another order are the same cases."""
    assert overlap({"a": "1", "b": "2"}, {"b": "2", "a": "1"}).whole


def test_it_says_in_words_what_differs_and_names_three():
    """A message that can be acted upon."""
    found = overlap(dict.fromkeys("abcdex", "1"), dict.fromkeys("y", "1"))
    text = str(found)
    assert "0 cases in common" in text
    assert "6 only on the reference side (a, b, c, …)" in text
    assert "1 only on the candidate's side (y)" in text
