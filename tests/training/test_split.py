"""Train, validation, test: sizes, labels, relatives together, and what an added row changes."""

from __future__ import annotations

from collections import Counter, defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.errors import UsageError
from harness.training.clusters import SplitRow
from harness.training.split import ORDER, Shares, place_clusters, split_rows

PART = st.sampled_from([0, 1, 1, 2, 3, 8, 8])
SHARES = st.tuples(PART, PART, PART).filter(any)


@st.composite
def _clustered(draw: st.DrawFn, most_labels: int = 10) -> tuple[list[SplitRow], list[int]]:
    """Rows in clusters of up to a few; the rows of one cluster have one label."""
    sizes = draw(st.lists(st.integers(1, draw(st.integers(1, 6))), min_size=1, max_size=40))
    labels = [draw(st.integers(0, most_labels - 1)) for _ in sizes]
    clusters = [at for at, size in enumerate(sizes) for _ in range(size)]
    rows = [SplitRow(f"r{at}", str(labels[c]), str(c), "") for at, c in enumerate(clusters)]
    return rows, clusters


@given(_clustered(), SHARES, st.integers(0, 99))
def test_clusters_stay_whole(
    data: tuple[list[SplitRow], list[int]], shares: tuple[int, int, int], seed: int
) -> None:
    """Every row has a split, a cluster has one, and a share of nought gets nothing."""
    rows, clusters = data
    places = place_clusters(rows, clusters, Shares(*shares), seed)
    together = defaultdict(set)
    for cluster, place in zip(clusters, places, strict=True):
        together[cluster].add(place)
    assert all(len(found) == 1 for found in together.values())
    assert set(places) <= {name for name in ORDER if getattr(Shares(*shares), name)}
    assert split_rows(rows, shares, seed) == places


@given(_clustered(), SHARES, st.integers(0, 99))
def test_sizes_are_within_the_largest_cluster(
    data: tuple[list[SplitRow], list[int]], shares: tuple[int, int, int], seed: int
) -> None:
    """Wherever there is room to give each split a cluster of each label that must be in all."""
    rows, clusters = data
    largest = max(Counter(clusters).values())
    wanted = {name: getattr(Shares(*shares), name) / sum(shares) * len(rows) for name in ORDER}
    per_label = Counter(dict(zip(clusters, (row.label for row in rows), strict=True)).values())
    wide = sum(count >= sum(map(bool, shares)) for count in per_label.values())
    found = Counter(place_clusters(rows, clusters, Shares(*shares), seed))
    if all(wide * largest <= size for size in wanted.values() if size):
        assert all(abs(found[name] - wanted[name]) <= largest + 1e-9 for name in ORDER)


@given(_clustered(most_labels=4), SHARES, st.integers(0, 99))
def test_a_label_with_enough_clusters_is_everywhere(
    data: tuple[list[SplitRow], list[int]], shares: tuple[int, int, int], seed: int
) -> None:
    """Unless there are more such labels than the smallest split has rows."""
    rows, clusters = data
    used = [share for share in shares if share]
    per_label = Counter(dict(zip(clusters, (row.label for row in rows), strict=True)).values())
    wide = [label for label, count in per_label.items() if count >= len(used)]
    places = place_clusters(rows, clusters, Shares(*shares), seed)
    if len(wide) <= min(used) / sum(used) * len(rows):
        for label in wide:
            found = {place for row, place in zip(rows, places, strict=True) if row.label == label}
            assert len(found) == len(used)


@given(_clustered(), SHARES, st.integers(0, 9), st.randoms(use_true_random=False))
def test_the_order_of_the_rows_does_not_matter(
    data: tuple[list[SplitRow], list[int]],
    shares: tuple[int, int, int],
    seed: int,
    random: object,
) -> None:
    """A row goes where its id says, not where it stands in the file."""
    rows, _ = data
    shuffled = list(rows)
    random.shuffle(shuffled)
    one = dict(zip(rows, split_rows(rows, shares, seed), strict=True))
    other = dict(zip(shuffled, split_rows(shuffled, shares, seed), strict=True))
    assert one == other


def test_added_rows_move_few_others() -> None:
    """One more percent of rows moves about one percent of the others."""
    rows = [SplitRow(f"row {at}", f"label {at % 20}", None, "") for at in range(2000)]
    more = rows + [SplitRow(f"new {at}", f"label {at % 20}", None, "") for at in range(20)]
    before = split_rows(rows, (80, 10, 10), 1)
    after = split_rows(more, (80, 10, 10), 1)[:2000]
    assert sum(one != other for one, other in zip(before, after, strict=True)) < 40


def test_a_larger_train_leaves_the_test_split_alone() -> None:
    """The sizes of test and validation stay, and so do their rows."""
    rows = [SplitRow(f"row {at}", str(at % 3), None, "") for at in range(300)]
    places = [
        place_clusters(rows, range(300), Shares(train, 30, 60), 1, total=300) for train in (30, 150)
    ]
    tests = [{at for at, place in enumerate(found) if place == "test"} for found in places]
    assert tests[0] == tests[1]
    assert [Counter(found)["train"] for found in places] == [30, 150]
    assert Counter(places[0])[None] == 180


def test_seeds_differ() -> None:
    """Another seed, another split of the same sizes."""
    rows = [SplitRow(f"row {at}", None, None, "") for at in range(100)]
    one, other = (split_rows(rows, (8, 1, 1), seed) for seed in (1, 2))
    assert one != other
    assert Counter(one) == Counter(other) == {"train": 80, "validation": 10, "test": 10}


def test_a_mixed_cluster_counts_for_its_rarest_label() -> None:
    """Three groups of many common rows and one rare: the rare label is in every split."""
    rows = [
        SplitRow(f"{group} {at}", "rare" if at == 0 else "common", str(group), "")
        for group in range(3)
        for at in range(5)
    ]
    places = split_rows(
        rows + [SplitRow(f"x{n}", "common", None, "") for n in range(30)], (1, 1, 1), 1
    )
    assert {places[0], places[5], places[10]} == set(ORDER)


@pytest.mark.parametrize(
    ("shares", "total"), [((0, 0, 0), None), ((-1, 1, 1), None), ((50, 50, 1), 100)]
)
def test_meaningless_shares_are_refused(shares: tuple[int, int, int], total: int | None) -> None:
    """Nothing, less than nothing, or more than there is."""
    with pytest.raises(UsageError, match=r"shares are 0 or more|101 rows were asked for"):
        place_clusters([], [], Shares(*shares), 1, total=total)
