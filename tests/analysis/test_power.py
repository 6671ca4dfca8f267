"""Sizes and power: by enumeration without shortcuts, statsmodels, known figures and inversion."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.power import NormalIndPower
from statsmodels.stats.proportion import proportion_confint

from harness.analysis.mcnemar import mcnemar_asymptotic, mcnemar_exact
from harness.analysis.pairs import PairedTable
from harness.analysis.power import (
    EXACT_CASES,
    cases_needed,
    cases_needed_not_worse,
    discordance_limit,
    minimum_detectable_difference,
    minimum_detectable_graded,
    promotion_power,
)
from harness.analysis.tango import tango_intervals
from harness.errors import UsageError

SHARE = st.floats(0.01, 1)
POWER = st.floats(0.1, 0.99)


def slow_power(cases: int, gain: float, loss: float, margin: float) -> float:
    """The mass of every table (gained, lost) whose Tango bound is above -margin, one by one."""
    pairs = [(b, c) for b in range(cases + 1) for c in range(cases + 1 - b)]
    lows, _ = tango_intervals(*zip(*pairs, strict=True), cases)
    total = 0.0
    for (gained, lost), low in zip(pairs, lows, strict=True):
        ways = math.comb(cases, gained) * math.comb(cases - gained, lost)
        mass = gain**gained * loss**lost * (1 - gain - loss) ** (cases - gained - lost)
        total += ways * mass * (low > -margin)
    return total


@pytest.mark.parametrize("cases", [2, 9, 40])
@pytest.mark.parametrize(
    ("discordance", "difference"), [(0.3, 0.1), (0.5, -0.2), (0.2, 0.2), (1.0, 0.4), (0.0, 0.0)]
)
@pytest.mark.parametrize("margin", [0.0, 0.05, 0.4])
def test_promotion_power_is_a_plain_sum(
    cases: int, discordance: float, difference: float, margin: float
):
    """Over all tables whose Tango bound itself lies above -margin, to 1e-9."""
    gain, loss = (discordance + difference) / 2, (discordance - difference) / 2
    expected = slow_power(cases, gain, loss, margin)
    actual = promotion_power(cases, discordance, difference=difference, margin=margin)
    assert actual == pytest.approx(expected, abs=1e-9)


def mcnemar_power(
    cases: int, gain: float, loss: float, variant: Callable[[PairedTable], float]
) -> float:
    """The probability of p <= 0.05 (two-sided), given how many pairs are discordant."""
    discordance = gain + loss
    total = 0.0
    for discordant in range(cases + 1):
        weight = float(stats.binom.pmf(discordant, cases, discordance))
        if weight < 1e-9:
            continue
        counts = range(discordant + 1)
        found = [variant(PairedTable(0, b, discordant - b, 0)) <= 0.05 for b in counts]
        masses = stats.binom.pmf(counts, discordant, gain / discordance)
        total += weight * float(masses @ found)
    return total


@pytest.mark.parametrize(
    ("cases", "difference", "exact", "asymptotic"),
    [(200, 0.05, 0.38, 0.46), (800, 0.05, 0.95, 0.96), (200, 0.10, 0.97, 0.98)],
)
def test_known_figures_of_paired_comparisons(
    cases: int, difference: float, exact: float, asymptotic: float
):
    """With 15 % discordant. Which variant is asked is worth up to eight points of power.

    The exact test has the lower figures. The asymptotic one is what Tango's bound above 0
    inverts, except that the two-sided test also counts a loss as found.
    """
    gain, loss = (0.15 + difference) / 2, (0.15 - difference) / 2
    assert mcnemar_power(cases, gain, loss, mcnemar_exact) == pytest.approx(exact, abs=0.015)
    found = mcnemar_power(cases, gain, loss, mcnemar_asymptotic)
    assert found == pytest.approx(asymptotic, abs=0.005)
    power = promotion_power(cases, 0.15, difference=difference, margin=0.0)
    assert power == pytest.approx(found, abs=1e-3)


def test_connor_by_hand():
    """(1.95996 sqrt(.15) + 1.64485 sqrt(.15 - .0025))^2 / .05^2 = 773.3: about 800 for .95."""
    assert cases_needed(0.05, 0.15, power=0.95) == 774
    assert cases_needed(-0.05, 0.15, power=0.95) == 774


def test_all_one_way_by_hand():
    """Every case gained: (1.95996 sqrt(1) + 0)^2 = 3.84, four cases."""
    assert cases_needed(1.0, 1.0) == 4


@pytest.mark.parametrize(("difference", "discordance"), [(0.0, 0.2), (0.3, 0.2), (0.1, 0.0)])
def test_no_number_of_cases(difference: float, discordance: float):
    """For no difference, and for one that its discordance does not allow."""
    assert cases_needed(difference, discordance) is None


@given(SHARE, st.floats(0.02, 0.999), st.floats(0.001, 0.1), st.floats(0.5, 0.99))
def test_size_and_reach_invert_each_other(
    discordance: float, fraction: float, alpha: float, power: float
):
    """With the size of a difference, that difference and barely a smaller one is detectable."""
    difference = discordance * fraction
    cases = cases_needed(difference, discordance, alpha=alpha, power=power)
    assert cases is not None
    reach = minimum_detectable_difference(cases, discordance, alpha=alpha, power=power)
    assert reach is not None
    assert reach <= difference * (1 + 1e-6)
    back = cases_needed(reach, discordance, alpha=alpha, power=power)
    assert back in (cases, cases + 1)


@given(st.integers(1, 5000), SHARE, POWER)
def test_reach_shrinks_with_cases(cases: int, discordance: float, power: float):
    """Four times the cases see about half as far down, and never less; within the discordance."""
    few = minimum_detectable_difference(cases, discordance, power=power)
    many = minimum_detectable_difference(4 * cases, discordance, power=power)
    if few is not None:
        assert many is not None
        assert 0 < many < few <= discordance


@pytest.mark.parametrize(("cases", "discordance"), [(0, 0.2), (3, 0.5), (500, 0.0), (30, 0.01)])
def test_too_little_to_detect_anything(cases: int, discordance: float):
    """Not even all discordant cases gained would be found."""
    assert minimum_detectable_difference(cases, discordance) is None


def test_not_worse_without_discordance_by_hand():
    """No case ever differs: the bound -z^2 / (n + z^2) passes -5 % from n = z^2 * 19 = 73 on."""
    assert cases_needed_not_worse(0.05, 0.0) == 73
    assert promotion_power(73, 0.0, margin=0.05) == 1.0
    assert promotion_power(72, 0.0, margin=0.05) == 0.0


@given(st.floats(0.01, 0.3), SHARE, POWER)
def test_not_worse_by_nothing_is_better(difference: float, discordance: float, power: float):
    """With a margin of 0 and half the alpha it is the size of the two-sided test."""
    better = cases_needed_not_worse(0.0, discordance, difference=difference, power=power)
    assert better == cases_needed(difference, discordance, power=power)


@pytest.mark.parametrize("discordance", [0.12, 0.15, 0.4])
@pytest.mark.parametrize(("margin", "difference"), [(0.05, 0.0), (0.05, -0.01), (0.0, 0.04)])
@pytest.mark.parametrize("power", [0.8, 0.95])
def test_the_size_has_the_power(discordance: float, margin: float, difference: float, power: float):
    """Enumerated exactly at the size of Nam's formula, the power is what was asked, to 2 points."""
    cases = cases_needed_not_worse(margin, discordance, difference=difference, power=power)
    assert cases is not None
    reached = promotion_power(cases, discordance, difference=difference, margin=margin)
    assert reached == pytest.approx(power, abs=0.02)


@pytest.mark.parametrize(
    ("margin", "discordance", "difference"),
    [(0.05, 0.2, -0.05), (0.05, 0.2, -0.1), (0.1, 0.1, 0.2)],
)
def test_nothing_shows_that_it_is_not_worse(margin: float, discordance: float, difference: float):
    """When it is worse by the margin, and when the difference cannot be."""
    assert cases_needed_not_worse(margin, discordance, difference=difference) is None


@pytest.mark.parametrize("discordance", [0.06, 0.15, 1.0])
@pytest.mark.parametrize("margin", [0.01, 0.05])
def test_a_candidate_at_the_margin_is_rarely_promoted(discordance: float, margin: float):
    """Worse by the margin exactly: near 2.5 %, the error that the gate promises."""
    power = promotion_power(1500, discordance, difference=-margin * 0.999999, margin=margin)
    assert 0.01 < power < 0.035


@settings(max_examples=30)
@given(st.integers(2, 300), SHARE, st.floats(-1, 1), st.floats(0, 0.3))
def test_power_is_a_probability(cases: int, discordance: float, lean: float, margin: float):
    """In [0, 1]; a larger margin or a better candidate never has less of it."""
    difference = discordance * lean
    power = promotion_power(cases, discordance, difference=difference, margin=margin)
    wider = promotion_power(cases, discordance, difference=difference, margin=margin + 0.05)
    best = promotion_power(cases, discordance, difference=discordance, margin=margin)
    assert 0 <= power <= wider + 1e-9
    assert power <= best + 1e-9
    assert wider <= 1


@pytest.mark.parametrize("cases", [0, 1])
def test_no_bound_is_no_promotion(cases: int):
    """Below two cases nothing is said."""
    assert promotion_power(cases, 0.5, margin=0.1) == 0.0


@pytest.mark.parametrize("discordance", [0.03, 0.15, 0.6])
@pytest.mark.parametrize(("margin", "effect"), [(0.0, 2.5), (0.01, 3.0), (0.02, 1.0)])
def test_beyond_exact_sizes_it_is_nearly_the_same(discordance: float, margin: float, effect: float):
    """At the largest exact size and one more, where the approximation begins, to half a point."""
    cases = EXACT_CASES
    difference = effect * math.sqrt(discordance / cases) - margin
    exact = promotion_power(cases, discordance, difference=difference, margin=margin)
    beyond = promotion_power(cases + 1, discordance, difference=difference, margin=margin)
    assert beyond == pytest.approx(exact, abs=0.005)


@pytest.mark.parametrize("margin", [0.0, 0.01])
def test_many_cases_that_never_differ(margin: float):
    """Without variance the power is 1 above the margin and 0 at it."""
    assert promotion_power(10**6, 0.0, margin=margin) == (1.0 if margin else 0.0)


@given(st.integers(1, 400), st.data())
def test_the_discordance_limit_is_that_of_statsmodels(cases: int, data: st.DataObject):
    """The upper end of the two-sided 90 % beta interval is the one-sided 95 % limit; never 0."""
    discordant = data.draw(st.integers(0, cases))
    limit = discordance_limit(discordant, cases)
    expected = proportion_confint(discordant, cases, alpha=0.1, method="beta")[1]
    assert limit == pytest.approx(expected, abs=1e-9)
    assert limit > discordant / cases or limit == 1


def test_no_pilot_says_nothing():
    """All may be discordant."""
    assert discordance_limit(0, 0) == 1.0


@pytest.mark.parametrize("sd", [0.5, 0.4, 0.25])
@pytest.mark.parametrize("power", [0.8, 0.95])
@pytest.mark.parametrize("cases", [40, 1000])
def test_graded_reach_is_that_of_statsmodels(cases: int, sd: float, power: float):
    """NormalIndPower with ratio 0 (one sample of differences) has that power at the reach."""
    reach = minimum_detectable_graded(cases, sd, power=power)
    assert reach is not None
    found = NormalIndPower().power(reach / sd, cases, 0.05, ratio=0, alternative="larger")
    two_sided = NormalIndPower().power(reach / sd, cases, 0.05, ratio=0, alternative="two-sided")
    assert two_sided == pytest.approx(power, abs=1e-6)
    assert found > two_sided


def test_graded_reach_by_hand():
    """(1.95996 + 0.84162) / 3 / sqrt(969) = 0.03; design effect 2: as of half as many cases."""
    assert minimum_detectable_graded(969, 1 / 3) == pytest.approx(0.03, abs=1e-5)
    doubled = minimum_detectable_graded(1938, 1 / 3, design_effect=2.0)
    assert doubled == pytest.approx(0.03, abs=1e-5)


@given(st.integers(1, 10**6), st.floats(1e-3, 10), st.floats(0.1, 50))
def test_a_design_effect_is_as_so_many_times_fewer_cases(cases: int, sd: float, effect: float):
    """The reach grows with its root."""
    reach = minimum_detectable_graded(cases, sd, design_effect=effect)
    plain = minimum_detectable_graded(cases, sd)
    assert reach is not None
    assert plain is not None
    assert reach == pytest.approx(plain * math.sqrt(effect))


def test_graded_nothing():
    """No cases have no reach."""
    assert minimum_detectable_graded(0, 0.5) is None


REFUSED = {
    "negative cases": (lambda: minimum_detectable_difference(-1, 0.2), "-1"),
    "negative cases, power": (lambda: promotion_power(-3, 0.2, margin=0.0), "-3"),
    "negative cases, graded": (lambda: minimum_detectable_graded(-2, 0.2), "-2"),
    "discordance above 1": (lambda: minimum_detectable_difference(9, 1.5), "1.5"),
    "discordance below 0": (lambda: cases_needed(0.1, -0.5), "-0.5"),
    "discordance nan": (lambda: cases_needed(0.1, math.nan), "nan"),
    "discordance, not worse": (lambda: cases_needed_not_worse(0.1, 2.0), "2.0"),
    "discordance, power": (lambda: promotion_power(9, -0.1, margin=0.0), "-0.1"),
    "alpha 0": (lambda: cases_needed(0.1, 0.2, alpha=0.0), "0.0"),
    "alpha 1": (lambda: minimum_detectable_difference(9, 0.2, alpha=1.0), "1.0"),
    "alpha above 1": (lambda: cases_needed_not_worse(0.1, 0.2, alpha_one_sided=1.2), "1.2"),
    "power 1": (lambda: cases_needed(0.1, 0.2, power=1.0), "1.0"),
    "power 0": (lambda: cases_needed(0.1, 0.2, power=0.0), "0.0"),
    "power below alpha": (lambda: minimum_detectable_graded(9, 0.2, power=0.04), "0.04"),
    "margin below 0": (lambda: cases_needed_not_worse(-0.1, 0.2), "-0.1"),
    "margin above 1": (lambda: promotion_power(9, 0.2, margin=1.1), "1.1"),
    "difference above 1": (lambda: cases_needed(1.3, 0.2), "1.3"),
    "difference, not worse": (lambda: cases_needed_not_worse(0.1, 0.2, difference=-2.0), "-2.0"),
    "difference, power": (lambda: promotion_power(9, 0.2, difference=0.3, margin=0.0), "0.3"),
    "difference nan": (lambda: promotion_power(9, 0.2, difference=math.nan, margin=0), "nan"),
    "critical": (lambda: promotion_power(9, 0.2, margin=0.0, critical=-1.0), "-1.0"),
    "deviation 0": (lambda: minimum_detectable_graded(9, 0.0), "0.0"),
    "deviation nan": (lambda: minimum_detectable_graded(9, math.nan), "nan"),
    "design effect": (lambda: minimum_detectable_graded(9, 0.2, design_effect=-1.0), "-1.0"),
    "pilot": (lambda: discordance_limit(12, 10), "12"),
    "confidence": (lambda: discordance_limit(1, 10, 1.5), "1.5"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_planned_is_refused(name: str):
    """With the value that cannot be."""
    call, named = REFUSED[name]
    with pytest.raises(UsageError) as raised:
        call()
    assert named in str(raised.value)
