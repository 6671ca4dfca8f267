"""The enumerations behind docs/calibration.md add up, and its simulations are of the product."""

from __future__ import annotations

import math
from itertools import product
from statistics import NormalDist

import numpy as np
import pytest

from benchmarks.calibration.cells import ALPHAS, QUICK, Plan
from benchmarks.calibration.newcombe import FullTables, newcombe_coverage
from benchmarks.calibration.shares import share_coverage
from benchmarks.calibration.simulation import SEED, differing, estimate
from benchmarks.calibration.tango import (
    Tables,
    allowed,
    enumerate_tango,
    false_promotion,
    tango_coverage,
)
from benchmarks.calibration.worlds import World, draw, worlds
from harness.analysis.interval import wilson
from harness.analysis.newcombe import newcombe_interval
from harness.analysis.pairs import PairedTable
from harness.analysis.power import promotion_power
from harness.analysis.tango import tango_interval

CASES = 20
TABLES = Tables(CASES)


def slow_coverage(psi: float, truth: float) -> float:
    """Table by table, with whole-number binomials and the interval of one table."""
    gain, loss = (psi + truth) / 2, (psi - truth) / 2
    total = 0.0
    for gained, lost in product(range(CASES + 1), repeat=2):
        rest = CASES - gained - lost
        if rest >= 0:
            interval = tango_interval(gained, lost, CASES)
            assert interval is not None
            if interval.low <= truth <= interval.high:
                ways = math.comb(CASES, gained) * math.comb(CASES - gained, lost)
                total += ways * gain**gained * loss**lost * (1 - psi) ** rest
    return total


@pytest.mark.parametrize(("psi", "ratio"), [(0.05, 0.0), (0.4, 0.25), (0.2, 1.0), (1.0, 0.5)])
def test_the_coverage_is_a_plain_sum(psi: float, ratio: float):
    """Of the masses of all tables whose own interval holds the truth, to 1e-12."""
    (cell,) = tango_coverage(TABLES, [psi], [ratio])
    assert (cell.cases, cell.discordance, cell.difference) == (CASES, psi, ratio * psi)
    assert cell.value == pytest.approx(slow_coverage(psi, ratio * psi), abs=1e-12)


@pytest.mark.parametrize("margin", [0.0, 0.1])
@pytest.mark.parametrize("psi", [0.1, 0.35, 1.0])
def test_false_promotion_is_the_power_at_the_bar(margin: float, psi: float):
    """The product's own exact power, for the difference that is the bar, at both alphas."""
    (cells,) = false_promotion(TABLES, [psi], margin)
    for alpha, cell in zip(ALPHAS, cells, strict=True):
        critical = NormalDist().inv_cdf(1 - alpha)
        power = promotion_power(CASES, psi, difference=-margin, margin=margin, critical=critical)
        assert cell.value == pytest.approx(power, abs=1e-9)
    assert not list(false_promotion(TABLES, [0.01], 0.02))


@pytest.mark.parametrize(("psi", "difference"), [(0.3, 0.1), (0.2, -0.2), (1.0, 0.0), (0.0001, 0)])
def test_probabilities_add_up(psi: float, difference: float):
    """Of all tables, of all numbers of discordant pairs, of all full tables: 1."""
    assert TABLES.mass(psi, difference).sum() == pytest.approx(1)
    assert TABLES.discordant(psi).sum() == pytest.approx(1)
    if allowed(0.5, psi, difference):
        assert FullTables(8).mass(0.5, psi, difference).sum() == pytest.approx(1)


def test_newcombes_bounds_are_those_of_every_table():
    """Half of them are the other half with the sides exchanged."""
    tables = FullTables(7)
    assert tables.counts.shape == (4, math.comb(10, 3))
    for both, gained, lost, neither, low, high in zip(
        *tables.counts.tolist(), tables.low, tables.high, strict=True
    ):
        interval = newcombe_interval(PairedTable(both, gained, lost, neither))
        assert interval is not None
        assert (low, high) == pytest.approx((interval.low, interval.high), abs=1e-12)
    assert all(0.8 < cell.value <= 1 + 1e-9 for cell in newcombe_coverage(tables))


def test_the_coverage_of_one_share_by_hand():
    """Of 3 cases, half of them right: at z = 1 Wilson misses where all or none are, 2 in 8."""
    half = share_coverage(
        lambda right, cases: wilson(right / cases, cases, 1.0), 3, np.array([0.5])
    )
    assert half == pytest.approx(6 / 8)


@pytest.mark.parametrize("kind", ["right or wrong", "graded", "replicates", "stratified"])
def test_simulations_are_of_the_product(kind: str):
    """`paired_difference` has the same intervals, whatever method it takes."""
    for number, world in enumerate(worlds(QUICK)):
        if world.kind.startswith(kind):
            chance = np.random.Generator(np.random.PCG64([SEED, 1, number]))
            assert differing(world, draw(world, 3, chance), 3) < 1e-9


def test_a_few_large_losses_deceive_the_plain_mean():
    """At the bar it promotes in about 11 % where 2.5 % are allowed; the product in about 3 %."""
    steps = ((0.5, 0.003125), (1.0, 0.009375), (-0.5, 0.009375), (-1.0, 0.028125), (0.0, 0.95))
    world = World("graded", 16, "5-15", 0.3, 0.05, steps, graded=True)
    found = estimate(world, Plan(simulations=2_000, checked=2), 1)
    assert found.promoted[0] < 0.04
    assert 0.09 < found.plain[0] < 0.14
    assert found.plain_misses[0] == (True, True)


def test_each_cell_counts_once():
    """What is printed lies in the scan too, and is not counted twice."""
    found = enumerate_tango(QUICK)
    places = [(cell.cases, cell.discordance, cell.difference) for cell in found.every]
    assert len(set(places)) == len(places) < len(found.coverage) + len(found.scanned)
    for alpha in ALPHAS:
        bars = [
            (cell.cases, cell.discordance, cell.difference) for cell in found.every_promoted(alpha)
        ]
        assert len(set(bars)) == len(bars)


@pytest.mark.parametrize("sizes", ["10", "5-15"])
@pytest.mark.parametrize("correlation", [0.0, 0.3])
def test_a_world_is_what_it_says(sizes: str, correlation: float):
    """The mean difference, and the correlation of two cases of a group, over 40,000 groups."""
    steps = ((1.0, 0.3), (-1.0, 0.1), (0.0, 0.6))
    world = World("right or wrong", 10, sizes, correlation, 0.4, steps)
    drawn = draw(world, 4_000, np.random.Generator(np.random.PCG64(1)))
    values = drawn.gained - drawn.lost
    assert world.truth == pytest.approx(0.2)
    assert values.mean() == pytest.approx(0.2, abs=0.01)
    first, last = values[:, 0], values[:, 4]
    assert np.corrcoef(first, last)[0, 1] == pytest.approx(correlation, abs=0.05)


def test_stratified_groups_have_opposite_halves():
    """Even cases are never lost, odd ones never gained, and the mean is the declared one."""
    world = next(world for world in worlds(QUICK) if world.kind == "stratified")
    drawn = draw(world, 2_000, np.random.Generator(np.random.PCG64(1)))
    assert drawn.gained[:, 1::2].sum() == drawn.lost[:, ::2].sum() == 0
    assert (drawn.gained - drawn.lost).mean() == pytest.approx(world.truth, abs=0.01)
