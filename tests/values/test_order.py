"""Seeded orders: permutations that stay put when rows come and go, in proportion everywhere."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from harness.values.order import rank, seeded_order, stratified_order

IDS = st.lists(st.text(min_size=1, max_size=6), unique=True, max_size=60)
SEEDS = st.integers(0, 10_000)


@st.composite
def _stratified(draw: st.DrawFn, most: int) -> tuple[list[str], list[int]]:
    strata = draw(st.lists(st.integers(0, most - 1), min_size=1, max_size=120))
    return [f"case-{i}" for i in range(len(strata))], strata


def _worst_gap(strata: list[int], order: list[int], stratum: int) -> float:
    """The largest distance between what a prefix holds of a stratum and its exact share."""
    share = strata.count(stratum) / len(strata)
    held, worst = 0, 0.0
    for length, index in enumerate(order, 1):
        held += strata[index] == stratum
        worst = max(worst, abs(held - share * length))
    return worst


@given(IDS, SEEDS)
def test_a_seeded_order_is_a_permutation(ids: list[str], seed: int):
    """Every index once."""
    assert sorted(seeded_order(ids, seed)) == list(range(len(ids)))


@given(IDS, SEEDS, st.data())
def test_new_rows_leave_the_order_of_the_others(ids: list[str], seed: int, data: st.DataObject):
    """The rank of an id depends on nothing but itself and the seed."""
    kept = data.draw(st.lists(st.sampled_from(ids), unique=True) if ids else st.just([]))
    whole = [ids[i] for i in seeded_order(ids, seed)]
    assert [kept[i] for i in seeded_order(kept, seed)] == [id_ for id_ in whole if id_ in kept]


def test_ranks_are_pinned():
    """A golden value: the order of a published run can be repeated on any machine."""
    assert rank(1, "case") == 5_311_270_916_786_273_908
    assert seeded_order(list("abcdef"), 7) == [1, 4, 3, 2, 0, 5]


def test_seeds_give_different_orders():
    """Twenty seeds, twenty orders of thirty rows."""
    ids = [f"case-{i}" for i in range(30)]
    assert len({tuple(seeded_order(ids, seed)) for seed in range(20)}) == 20


def test_every_place_is_as_likely():
    """Over 3,000 seeds each of five rows stands first about 600 times (five sigma are 110)."""
    firsts = Counter(seeded_order(list("abcde"), seed)[0] for seed in range(3000))
    assert all(abs(count - 600) < 110 for count in firsts.values())


@given(_stratified(6), SEEDS)
def test_a_stratified_order_is_a_permutation(rows: tuple[list[str], list[int]], seed: int):
    """Every index once, whatever the strata."""
    ids, strata = rows
    assert sorted(stratified_order(ids, strata, seed)) == list(range(len(ids)))


@given(_stratified(3), SEEDS)
def test_every_prefix_is_in_proportion(rows: tuple[list[str], list[int]], seed: int):
    """With up to three strata each prefix is within two cases of the exact share of each."""
    ids, strata = rows
    order = list(stratified_order(ids, strata, seed))
    assert all(_worst_gap(strata, order, stratum) < 2 for stratum in set(strata))


@given(_stratified(8), SEEDS)
def test_the_gap_is_bounded_for_any_number_of_strata(rows: tuple[list[str], list[int]], seed: int):
    """Systematic sampling: (1 - p) + p (S - 1) bounds the gap of a stratum of share p among S."""
    ids, strata = rows
    order = list(stratified_order(ids, strata, seed))
    count = len(set(strata))
    for stratum in set(strata):
        share = strata.count(stratum) / len(strata)
        bound = (1 - share) + share * (count - 1)
        assert _worst_gap(strata, order, stratum) <= bound + 1e-9


@given(_stratified(4), SEEDS, st.data())
def test_inside_a_stratum_the_seeded_order_holds(
    rows: tuple[list[str], list[int]], seed: int, data: st.DataObject
):
    """So that a longer run of the same seed begins with the cases of a shorter one."""
    ids, strata = rows
    stratum = data.draw(st.sampled_from(strata))
    inside = [i for i in stratified_order(ids, strata, seed) if strata[i] == stratum]
    assert inside == [i for i in seeded_order(ids, seed) if strata[i] == stratum]


def test_no_stratum_always_comes_first():
    """The random start of each stratum: over 200 seeds each of two halves leads often."""
    ids, strata = [f"c{i}" for i in range(10)], [i % 2 for i in range(10)]
    leads = Counter(strata[stratified_order(ids, strata, seed)[0]] for seed in range(200))
    assert min(leads[0], leads[1]) > 60


def test_a_rare_case_may_stand_anywhere():
    """Its place is uniform, not the middle: a short prefix must be able to hold it."""
    ids, strata = [f"c{i}" for i in range(30)], [int(i == 0) for i in range(30)]
    places = [list(stratified_order(ids, strata, seed)).index(0) for seed in range(300)]
    for third in range(3):
        held = sum(place // 10 == third for place in places)
        assert 65 < held < 135  # 100 expected, four sigma are 33
