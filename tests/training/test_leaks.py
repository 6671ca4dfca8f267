"""Leaks between learned texts and cases: the four kinds, prompts with templates, real counts."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz import fuzz

from harness.errors import UsageError
from harness.text.normalise import plain
from harness.training import leaks
from harness.training.leaks import (
    Leak,
    Learned,
    find_leaks,
    find_leaks_in_prompts,
    unwrapped,
)

REVIEWS = [
    "The kettle leaked after two days.",
    "Wonderful boots, warm and dry in the snow.",
    "It arrived late and the box was open!",
]
FOLDER = "13_intent_train_test_sets"


def rows(prefix: str, texts: list[str], groups: list[str | None] | None = None) -> list[Learned]:
    names = groups or [None] * len(texts)
    pairs = zip(texts, names, strict=True)
    return [Learned(f"{prefix}{i}", text, group) for i, (text, group) in enumerate(pairs)]


def test_the_same_text_is_an_exact_leak() -> None:
    """The learned row that is named is the first of several equal ones."""
    learned = rows("t", ["other", REVIEWS[0], REVIEWS[0]])
    assert find_leaks(learned, rows("c", [REVIEWS[0]])) == [Leak("exact", "t1", "c0", 100.0)]


def test_case_width_and_blanks_make_no_difference() -> None:
    """'Refund  me' was learned as 'refund me', however short."""
    found = find_leaks(rows("t", ["refund\nme"]), rows("c", ["Refund  ME", "Refund me?"]))
    assert found == [Leak("normalised", "t0", "c0", 100.0)]


def test_a_near_duplicate_names_the_most_alike_row() -> None:
    """Of two learned texts within the threshold the one with the higher ratio counts."""
    learned = rows("t", ["the kettle leaked after two dayz at", "the kettle leaked after 2 days"])
    (found,) = find_leaks(learned, rows("c", [REVIEWS[0]]))
    assert (found.kind, found.learned) == ("near-duplicate", "t1")
    assert found.ratio == fuzz.ratio(plain(learned[1].text), plain(REVIEWS[0]))


def test_threshold_and_length_decide() -> None:
    """A short text is never a near-duplicate; a higher threshold finds less."""
    learned, cases = rows("t", ["where is my card?"]), rows("c", ["where is my card"])
    assert find_leaks(learned, cases) == []
    assert find_leaks(learned, cases, min_length=10)
    near = rows("t", ["the kettle leaked after 2 days"])
    assert find_leaks(near, rows("c", [REVIEWS[0]]), threshold=99.0) == []
    with pytest.raises(UsageError):
        find_leaks(near, cases, threshold=10.0)


def test_a_shared_group_is_a_leak_with_the_first_mate() -> None:
    """No group is no shared group; a group of hundreds is one leak for each case."""
    learned = rows("t", ["a", "b", "c"], [None, "g", "g"])
    found = find_leaks(learned, rows("c", ["x", "y", "z"], ["g", "h", None]))
    assert found == [Leak("group", "t1", "c0", 0.0)]


def test_a_pair_has_its_strongest_kind_only() -> None:
    """An exact copy of the same group is no second leak; another row of the group is."""
    learned = rows("t", [REVIEWS[0]], ["g"])
    case = rows("c", [REVIEWS[0]], ["g"])
    assert [leak.kind for leak in find_leaks(learned, case)] == ["exact"]
    more = rows("t", ["mate", REVIEWS[0]], ["g", "g"])
    assert [leak[:2] for leak in find_leaks(more, case)] == [("group", "t0"), ("exact", "t1")]


def test_ordered_by_case() -> None:
    """The order is that of the cases, whatever the kinds."""
    learned = rows("t", ["same", "SAME too"], ["g", None])
    found = find_leaks(learned, rows("c", ["x", "same too", "same"], ["g", None, None]))
    assert [leak.case for leak in found] == ["c0", "c1", "c2"]


def test_empty_sides() -> None:
    """Nothing learned or nothing asked is no leak."""
    assert find_leaks([], rows("c", ["x"])) == find_leaks(rows("t", ["x"]), []) == []
    assert find_leaks_in_prompts([], rows("c", ["x"])) == []


@given(st.lists(st.text(max_size=30)), st.lists(st.text(max_size=30)))
def test_every_equal_text_is_found_and_no_pair_twice(learned: list[str], cases: list[str]) -> None:
    """Whatever the texts: a case that was learned word for word is exact, and pairs are unique."""
    found = find_leaks(rows("t", learned), rows("c", cases))
    exact = {leak.case for leak in found if leak.kind == "exact"}
    assert exact == {f"c{i}" for i, text in enumerate(cases) if text in learned}
    pairs = [(leak.case, leak.learned) for leak in found]
    assert len(pairs) == len(set(pairs))


def test_nothing_is_lost_against_brute_force() -> None:
    """Of 2,000 texts with edited copies, every case that rapidfuzz finds is found (recall 1)."""
    chance = random.Random(7)
    words = [f"{a}{b}" for a in ("re", "un", "in", "de") for b in ("fund", "card", "pay", "lost")]
    texts = [" ".join(chance.choices(words, k=chance.randint(4, 9))) for _ in range(2000)]
    cases = [_edited(chance.choice(texts), chance) for _ in range(60)]
    found = {leak.case for leak in find_leaks(rows("t", texts), rows("c", cases))}
    expected = {
        f"c{i}" for i, case in enumerate(cases) if any(fuzz.ratio(case, t) >= 90 for t in texts)
    }
    assert len(expected) > 30
    assert found >= expected


@pytest.mark.parametrize("few", [0, 10**9])
def test_small_suites_are_compared_the_same_way(few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the index of shingles and without it, the leaks and ratios are the same."""
    monkeypatch.setattr(leaks, "FEW_PAIRS", few)
    learned = rows("t", [*REVIEWS, "short one", "the kettle leaked after two dayz at"])
    cases = rows("c", ["Kettle leaked, after two days", "Short one.", "It arrived late, box open"])
    found = find_leaks(learned, cases, threshold=80.0)
    assert [(leak.learned, leak.case, round(leak.ratio, 2)) for leak in found] == [
        ("t0", "c0", 93.33),
        ("t2", "c2", 80.0),
    ]


def _edited(text: str, chance: random.Random) -> str:
    for _ in range(chance.randint(0, 6)):
        at = chance.randrange(len(text))
        text = text[:at] + chance.choice("xyz") + text[at + 1 :]
    return text


def test_unwrapped_leaves_the_inputs() -> None:
    """Instruction, field name and what follows the input go; the input stays whole."""
    made = [f"How many stars?\nReview: {text}\nRating:" for text in REVIEWS]
    assert unwrapped(made) == REVIEWS


def test_unwrapped_cuts_between_words() -> None:
    """Inputs that happen to begin alike keep their first word."""
    assert unwrapped(["Text: those cats", "Text: them dogs"]) == ["those cats", "them dogs"]


def test_one_text_is_not_unwrapped() -> None:
    """A template cannot be told from an input where there is one text only, or one text twice."""
    assert unwrapped([" Review: x "]) == ["Review: x"]
    assert unwrapped(["Review: x"] * 2) == ["Review: x"] * 2
    assert unwrapped([]) == []


@given(st.lists(st.text("ab ", min_size=1, max_size=8)), st.text("ab :"), st.text("ab :"))
def test_what_remains_is_part_of_the_text(texts: list[str], before: str, after: str) -> None:
    """Unwrapping only takes away, at the ends."""
    wrapped = [before + text + after for text in texts]
    assert all(rest in text for rest, text in zip(unwrapped(wrapped), wrapped, strict=True))


def test_prompts_leak_what_stands_within_their_template() -> None:
    """Rows of one template give exact and normalised leaks, as if the inputs were bare."""
    prompts = rows("p", [f"Stars?\nReview: {text}\nRating:" for text in REVIEWS])
    cases = rows("c", [REVIEWS[1], REVIEWS[2].lower(), "Quite another review of something."])
    found = find_leaks_in_prompts(prompts, cases)
    assert [leak[:3] for leak in found] == [("exact", "p1", "c0"), ("normalised", "p2", "c1")]


def test_prompts_of_different_templates_are_searched() -> None:
    """A case of twenty characters is found inside a prompt, at word borders only."""
    prompts = rows("p", ["Rate it: THE KETTLE leaked after two days!", "Review: x", "y"])
    case = Learned("c0", "kettle leaked, after two days")
    assert find_leaks_in_prompts(prompts, [case]) == [Leak("normalised", "p0", "c0", 100.0)]
    assert find_leaks_in_prompts(prompts, [Learned("c0", "ettle leaked after two days")]) == []
    assert find_leaks_in_prompts(prompts, [Learned("c0", "leaked after")]) == []


def test_several_inputs_may_stand_in_any_order() -> None:
    """Of a question and its context both must be there: a context alone is met by many."""
    prompt = "Context: Lisbon lies on the Tagus river.\nQuestion: Which river?\nAnswer:"
    case = Learned("c0", "Which river?\nLisbon lies on the Tagus river.")
    other = Learned("c1", "Which sea?\nLisbon lies on the Tagus river.")
    prompts = rows("p", [prompt, "Something else altogether"])
    assert [leak.case for leak in find_leaks_in_prompts(prompts, [case, other])] == ["c0"]


@pytest.mark.cases
@pytest.mark.parametrize(
    ("name", "split", "exact", "folded"),
    [
        ("banking77", "test", 0, 7),
        ("clinc_full", "test", 2, 2),
        ("snips", "test", 26, 26),
        ("snips", "valid", 12, 15),
    ],
)
def test_the_counts_of_published_sets(
    cases_folder: Path, name: str, split: str, exact: int, folded: int
) -> None:
    """Exact and lower-cased overlaps are those that were counted by others."""
    counts = json.loads((cases_folder / FOLDER / "expected.json").read_text())[name]["splits"]
    assert counts[split]["rows_whose_text_is_in_train_exact"] == exact
    assert counts[split]["rows_whose_text_is_in_train_lowercase_whitespace"] == folded
    train, cases = (_texts(cases_folder / FOLDER / name / f"{s}.jsonl") for s in ("train", split))
    found = find_leaks(rows("t", train), rows("c", cases), threshold=100.0, min_length=1000)
    kinds = [leak.kind for leak in found]
    assert (kinds.count("exact"), kinds.count("normalised")) == (exact, folded - exact)


def _texts(path: Path) -> list[str]:
    return [json.loads(line)["text"] for line in path.read_text().splitlines()]


def test_short_inputs_that_begin_alike_are_found_in_prompts() -> None:
    """What prompts share by chance is no template: a case that has it too is the same text."""
    prompts = [Learned(str(i), f"Which {word}?") for i, word in enumerate(("cat", "dog", "hen"))]
    cases = [Learned("c", "Which dog?"), Learned("d", "Which owl?")]
    assert [
        (leak.kind, leak.learned, leak.case) for leak in find_leaks_in_prompts(prompts, cases)
    ] == [("exact", "1", "c")]
