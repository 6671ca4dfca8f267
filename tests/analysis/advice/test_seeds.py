"""Whether the choice of examples matters: against Cochran's Q by hand and the threshold."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import chi2

from harness.analysis.advice.seeds import Seeds, seed_p, seeds_advice
from harness.analysis.repeats import SelectionSpread, selection_spread


def a_spread(spread: float, expected: float, seeds: int = 3) -> SelectionSpread:
    beyond = max(0.0, spread**2 - expected**2) ** 0.5
    return SelectionSpread(
        seeds=seeds, spread=spread, low=0.4, high=0.5, expected=expected, beyond=beyond
    )


def rule(spread: SelectionSpread | None, seeds: int = 3) -> str:
    (found,) = seeds_advice([Seeds(arm="few", graded=False, seeds=seeds, spread=spread)])
    return found.rule


@pytest.mark.parametrize(
    ("spread", "expected", "found"),
    [
        (0.050, 0.020, "shot-seeds"),
        (0.030, 0.020, "shot-seeds-steady"),
        (0.019, 0.005, "shot-seeds-steady"),
        (0.025, 0.005, "shot-seeds"),
    ],
)
def test_both_thresholds(spread, expected, found):
    """Beyond chance (chi-squared at 5 %: a ratio of 1.73), and by 2 points or more."""
    assert rule(a_spread(spread, expected)) == found


def test_chance_that_nothing_shows_is_no_number():
    """Seeds of the same answers: there is nothing that chance could have made."""
    alike = selection_spread(np.array([[1.0, 1.0, 1.0], [0.0, 0.0, 0.0], [1.0, 1.0, 1.0]]))
    (found,) = seeds_advice([Seeds(arm="few", graded=False, seeds=3, spread=alike)])
    assert found.rule == "shot-seeds-steady"
    assert found.evidence == ("Means of 3 seeds: 66.7% to 66.7%; no case is answered differently.",)


def test_seeds_without_cases_in_common():
    """Enough were drawn, and nothing is known of how they differ."""
    (found,) = seeds_advice([Seeds(arm="few", graded=False, seeds=3, spread=None)])
    assert found.rule == "shot-seeds-unknown"
    assert "too few cases have a reply of every seed" in found.says


def test_too_few_seeds():
    """Two draws say little of a spread, one says nothing."""
    assert rule(None, 1) == "shot-seeds-unknown"
    assert rule(a_spread(0.1, 0.01, 2), 2) == "shot-seeds-unknown"


def test_p_is_that_of_chi_squared():
    """(k - 1) s^2 / e^2 with k - 1 degrees of freedom."""
    assert seed_p(a_spread(0.03, 0.02)) == pytest.approx(chi2.sf(2 * 1.5**2, 2))
    assert seed_p(a_spread(0.0, 0.0)) == 1
    assert seed_p(a_spread(0.1, 0.0)) == 0


def test_equal_seeds_are_found_to_differ_as_often_as_alpha():
    """Three columns of coins, 1,000 times: 5 % within chance of the simulation."""
    random = np.random.default_rng(5)
    ps = [
        seed_p(selection_spread((random.random((200, 3)) < 0.5).astype(float)))
        for _ in range(1_000)
    ]
    assert 0.03 < np.mean(np.array(ps) < 0.05) < 0.07
