"""Shots: k distinct training cases, seeded, and never the answer to the question at hand."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from harness.prompting.shots import ShotPool
from harness.values.case import Case
from harness.values.suite import Shots

LABELS = ("good", "bad", "mixed")
TRAIN = [Case(f"t{i}", {"text": f"text {i}"}, LABELS[i % 3], group=f"g{i // 4}") for i in range(24)]
OUTSIDE = Case("test-1", {"text": "new"}, "good")
POLICIES = st.sampled_from(["random", "stratified"])


@st.composite
def _pools(draw: st.DrawFn) -> list[Case]:
    """Training cases with few different texts and groups, so that cases often collide."""
    row = st.tuples(st.integers(0, 6), st.sampled_from(LABELS), st.sampled_from("xyz") | st.none())
    rows = draw(st.lists(row, min_size=1, max_size=15))
    return [Case(f"t{i}", {"text": f"{t}"}, e, group=g) for i, (t, e, g) in enumerate(rows)]


@st.composite
def _questions(draw: st.DrawFn) -> Case:
    group = draw(st.sampled_from("xyz") | st.none())
    return Case("q", {"text": f"{draw(st.integers(0, 7))}"}, "good", group=group)


@given(
    _pools(),
    _questions(),
    st.sampled_from(["random", "stratified", "similar", "fixed"]),
    st.integers(1, 6),
    st.integers(0, 99),
)
def test_a_case_never_sees_its_own_input_or_group(
    train: list[Case], case: Case, policy: str, k: int, seed: int
):
    """Under every policy the shots are distinct, at most k, and none gives the answer away."""
    shots = Shots(policy, k=k, ids=tuple(c.id for c in train[:k]))
    pool = ShotPool(shots, train, {case.input_digest: range(len(train))})
    chosen = pool.choose(case, case.input_digest, seed)
    others = [c for c in train if c.input != case.input]
    fitting = [c for c in others if case.group is None or c.group != case.group]
    assert len(set(chosen)) == len(chosen)
    assert all(train[i] in fitting for i in chosen)
    if policy != "fixed":
        assert len(chosen) == min(k, len(fitting))


@given(POLICIES, st.integers(1, 24), st.integers(0, 999))
def test_the_same_seed_gives_the_same_shots(policy: str, k: int, seed: int):
    """In another pool object too: the choice depends on ids and seed alone."""
    first, second = (ShotPool(Shots(policy, k=k), TRAIN) for _ in range(2))
    digest = OUTSIDE.input_digest
    chosen = first.choose(OUTSIDE, digest, seed)
    assert chosen == second.choose(OUTSIDE, digest, seed) == first.choose(OUTSIDE, digest, seed)
    assert len(set(chosen)) == k


@given(POLICIES, st.integers(1, 23), st.integers(0, 999))
def test_more_shots_begin_with_the_fewer(policy: str, k: int, seed: int):
    """With k + 1 shots they are the k shots and one more, so that k can be compared on one seed."""
    few, more = (ShotPool(Shots(policy, k=n), TRAIN) for n in (k, k + 1))
    digest = OUTSIDE.input_digest
    assert more.choose(OUTSIDE, digest, seed)[:k] == few.choose(OUTSIDE, digest, seed)


def test_seeds_give_different_shots():
    """Ten seeds choose at least nine different sets of four out of 24."""
    pool = ShotPool(Shots("random", k=4), TRAIN)
    sets = {frozenset(pool.choose(OUTSIDE, OUTSIDE.input_digest, seed)) for seed in range(10)}
    assert len(sets) >= 9


@given(st.integers(3, 24), st.integers(0, 99), st.sampled_from([OUTSIDE, *TRAIN]))
def test_stratified_shots_cover_every_label(k: int, seed: int, case: Case):
    """Counts differ by one at most, also for a case whose own row or group is passed over."""
    pool = ShotPool(Shots("stratified", k=min(k, 15)), TRAIN)
    chosen = pool.choose(case, case.input_digest, seed)
    counts = [sum(TRAIN[i].expected == label for i in chosen) for label in LABELS]
    assert max(counts) - min(counts) <= 1


def test_a_rare_label_runs_out_and_the_others_go_on():
    """One 'bad' among ten: it is shown once, the rest is 'good'."""
    train = [Case(f"t{i}", {"text": f"{i}"}, "good" if i else "bad") for i in range(10)]
    chosen = ShotPool(Shots("stratified", k=6), train).choose(OUTSIDE, OUTSIDE.input_digest, 1)
    assert [train[i].expected for i in chosen].count("bad") == 1
    assert len(chosen) == 6


def test_labels_take_turns_in_changing_order():
    """The last shot weighs most with some models: over 60 seeds each label stands there often."""
    pool = ShotPool(Shots("stratified", k=6), TRAIN)
    last = [pool.choose(OUTSIDE, OUTSIDE.input_digest, seed)[-1] for seed in range(60)]
    assert min([TRAIN[i].expected for i in last].count(label) for label in LABELS) >= 8


@given(st.permutations([case.id for case in TRAIN]), st.integers(1, 8), st.integers(0, 99))
def test_fixed_shots_keep_their_order(ids: list[str], count: int, seed: int):
    """As the suite lists them, whatever the seed."""
    pool = ShotPool(Shots("fixed", ids=tuple(ids[:count])), TRAIN)
    chosen = pool.choose(OUTSIDE, OUTSIDE.input_digest, seed)
    assert pool.ids(chosen) == tuple(ids[:count])


def test_the_most_similar_shot_stands_last():
    """Next to the question; the case's own row is skipped and the next in line moves up."""
    case = TRAIN[5]
    pool = ShotPool(Shots("similar", k=3), TRAIN, {case.input_digest: [5, 9, 13, 17, 21]})
    assert pool.choose(case, case.input_digest, 0) == (17, 13, 9)


def test_a_template_sees_inputs_and_expected_of_a_shot():
    """Names of inputs as the cases have them, and `expected`; ids go to the record."""
    pool = ShotPool(Shots("random", k=1), TRAIN)
    assert pool.values([3]) == [{"text": "text 3", "expected": "good"}]
    assert pool.ids([3, 0]) == ("t3", "t0")


def test_values_that_are_no_text_are_labels_too():
    """`expected` may be any JSON value; equal values are one label whatever their key order."""
    train = [
        Case(f"t{i}", {"text": f"{i}"}, {"a": i % 2, "b": 1} if i < 4 else {"b": 1, "a": i % 2})
        for i in range(8)
    ]
    chosen = ShotPool(Shots("stratified", k=2), train).choose(OUTSIDE, OUTSIDE.input_digest, 1)
    assert {train[i].expected["a"] for i in chosen} == {0, 1}
