"""Nearest training cases: in batches the same as one by one, ties in file order."""

from __future__ import annotations

import pytest

from harness.prompting import similar
from harness.prompting.similar import joined_inputs, nearest
from harness.values.case import Case

TEXTS = (
    "the battery lasts for days",
    "the screen is far too dark",
    "delivery took three weeks",
    "the battery died in one day",
)
TRAIN = [Case(f"t{i}", {"text": text}, i) for i, text in enumerate(TEXTS)]


def _case(text: str) -> Case:
    return Case("q", {"text": text}, 0)


def test_the_nearest_case_comes_first():
    """Shared words decide; the whole pool is ranked where it is small."""
    ((digest, ranking),) = nearest(TRAIN, [_case("how long the battery lasts")], 2)
    assert digest == _case("how long the battery lasts").input_digest
    assert ranking[:2] == (0, 3)
    assert sorted(ranking) == [0, 1, 2, 3]


def test_an_equal_text_is_nearest_to_itself():
    """Every training case ranks its own row first (ShotPool then passes over it)."""
    assert [ranking[0] for _, ranking in nearest(TRAIN, TRAIN, 1)] == [0, 1, 2, 3]


def test_ties_go_to_the_earlier_case():
    """A text that shares nothing is equally far from all."""
    ((_, ranking),) = nearest(TRAIN, [_case("zzz")], 4)
    assert ranking == (0, 1, 2, 3)


def test_batches_do_not_change_the_result(monkeypatch: pytest.MonkeyPatch):
    """Three cases at once or one by one: the same rankings, in the order of the cases."""
    whole = list(nearest(TRAIN, TRAIN[1:], 2))
    monkeypatch.setattr(similar, "CELLS", 1)
    assert list(nearest(TRAIN, TRAIN[1:], 2)) == whole


def test_enough_are_kept_for_the_own_group_to_be_passed_over() -> None:
    """Enough remain even when the nearest of all are the largest group of the pool."""
    pool = [Case(f"g{i}", {"text": "red apple pie"}, "x", "own") for i in range(30)]
    pool += [Case(f"o{i}", {"text": f"red thing {i}"}, "x", f"other {i}") for i in range(40)]
    ((_, ranking),) = nearest(pool, [Case("c", {"text": "red apple pie"}, "x", "own")], 3)
    assert sum(pool[i].group != "own" for i in ranking) >= 3
    assert len(ranking) < len(pool)


@pytest.mark.parametrize("text", ["7", "!!!", "?"])
def test_texts_without_words_are_only_far_from_everything(text: str):
    """A pool of digits or signs has rankings too: every case is as near as the next."""
    train = [Case(f"t{i}", {"text": text}, 0) for i in range(3)]
    ((_, ranking),) = nearest(train, [_case("7")], 1)
    assert ranking == (0, 1, 2)


def test_all_inputs_count():
    """In the order of their names, text as it stands, the rest as JSON."""
    assert joined_inputs({"b": "two", "a": [1, "é"]}) == '[1, "é"]\ntwo'
