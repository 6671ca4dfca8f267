"""Published vectors of paired tables, shares and families: every number, or why it is not ours.

The file also holds `independent_difference`, intervals of two shares of different cases. Here
both sides answer the same cases, so these are not implemented, and the group is not read.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from statistics import NormalDist
from typing import Any

import pytest

from harness.analysis.clopper_pearson import clopper_pearson
from harness.analysis.families import benjamini_hochberg, bonferroni, holm
from harness.analysis.interval import Interval, wilson
from harness.analysis.mcnemar import (
    mcnemar_asymptotic,
    mcnemar_corrected,
    mcnemar_exact,
    mcnemar_mid_p,
)
from harness.analysis.newcombe import newcombe_interval
from harness.analysis.pairs import PairedTable
from harness.analysis.resample import Range
from harness.analysis.tango import tango_interval, tango_z
from harness.errors import UsageError

pytestmark = pytest.mark.cases

Vector = dict[str, Any]
Computed = float | tuple[float, float]


@pytest.fixture(scope="module")
def vectors(cases_folder: Path) -> Vector:
    return json.loads((cases_folder / "16_statistics_vectors" / "vectors.json").read_text())


def ends(interval: Range | Interval | None) -> tuple[float, float]:
    assert interval is not None
    return interval.low, interval.high


def corrected_z(table: PairedTable) -> float:
    return NormalDist().inv_cdf(1 - mcnemar_corrected(table) / 2)


def score_z(table: PairedTable) -> float:
    return tango_z(table.gained, table.lost, table.cases)


def tango(table: PairedTable) -> tuple[float, float]:
    return ends(tango_interval(table.gained, table.lost, table.cases))


# Each published name with what computes it, and half a unit of its last printed digit.
PAIRED: dict[str, tuple[Callable[[PairedTable], Computed], float]] = {
    "difference": (lambda table: table.difference, 5e-5),
    "mcnemar_asymptotic_p": (mcnemar_asymptotic, 5e-7),
    "mcnemar_z": (score_z, 5e-4),
    "mcnemar_cc_p": (mcnemar_corrected, 5e-7),
    "mcnemar_cc_z_abs": (corrected_z, 5e-4),
    "mcnemar_exact_conditional_p": (mcnemar_exact, 5e-7),
    "mcnemar_mid_p": (mcnemar_mid_p, 5e-7),
    "newcombe_square_and_add": (lambda table: ends(newcombe_interval(table)), 5e-5),
    "tango_score": (tango, 5e-5),
}
# Wald's intervals collapse or leave [-1, 1] in small tables; Tango's and Newcombe's do not.
PAIRED_NOT_OURS = {"wald", "wald_cc", "wald_agresti_min", "wald_bonett_price"}

MORE: dict[str, Callable[[PairedTable], float]] = {
    "p": mcnemar_asymptotic,
    "p_corrected": mcnemar_corrected,
    "exact_p": mcnemar_exact,
    "chi2": lambda table: score_z(table) ** 2,
    "chi2_corrected": lambda table: corrected_z(table) ** 2,
}
# The Wald-like "asymptotic" and Agresti-Coull's leave [0, 1].
SHARES_NOT_OURS = {"asymptotic", "agresti-coull"}

FAMILIES = {"Bonferroni": bonferroni, "Holm": holm, "BH": benjamini_hochberg}
# Hochberg and Sidak need assumptions about dependence; BY costs more than it gives here.
FAMILIES_NOT_OURS = {"Hochberg", "SidakSS", "SidakSD", "BY"}

CAVO, CONCORDANT, ONE_CELL, EMPTY = range(4)
MLXTEND, STATSMODELS = range(2)


def table_of(vector: Vector) -> PairedTable:
    """Rows are the candidate, columns the reference."""
    return PairedTable(*vector["table"][0], *vector["table"][1])


@pytest.mark.parametrize("variant", PAIRED)
def test_cavo_2012(vectors: Vector, variant: str):
    """[[59, 6], [16, 80]] in R's contingencytables: each variant to the last printed digit."""
    vector = vectors["paired_2x2"]["cases"][CAVO]
    function, tolerance = PAIRED[variant]
    assert function(table_of(vector)) == pytest.approx(vector[variant], abs=tolerance * 1.01)


def test_cavo_2012_is_significant_by_one_variant_only(vectors: Vector):
    """At 5 % asymptotic and mid-p reject, corrected and exact do not: reports name theirs."""
    table = table_of(vectors["paired_2x2"]["cases"][CAVO])
    assert max(mcnemar_asymptotic(table), mcnemar_mid_p(table)) < 0.05
    assert min(mcnemar_corrected(table), mcnemar_exact(table)) > 0.05


@pytest.mark.parametrize("variant", ["difference", "newcombe_square_and_add"])
def test_two_concordant_pairs(vectors: Vector, variant: str):
    """[[1, 0], [0, 1]]: two concordant pairs are no certainty."""
    vector = vectors["paired_2x2"]["cases"][CONCORDANT]
    function, tolerance = PAIRED[variant]
    assert function(table_of(vector)) == pytest.approx(vector[variant], abs=tolerance)


@pytest.mark.parametrize(
    "variant",
    [
        "mcnemar_asymptotic_p",
        "mcnemar_cc_p",
        "mcnemar_exact_conditional_p",
        "mcnemar_mid_p",
    ],
)
def test_two_concordant_pairs_have_p_1(vectors: Vector, variant: str):
    """No discordant pair: no division by zero, p = 1."""
    vector = vectors["paired_2x2"]["cases"][CONCORDANT]
    assert PAIRED[variant][0](table_of(vector)) == 1.0


@pytest.mark.parametrize("variant", ["difference", "tango_score"])
def test_all_in_one_discordant_cell(vectors: Vector, variant: str):
    """[[0, 3], [0, 0]]: three of three gained, and still not certainly better."""
    vector = vectors["paired_2x2"]["cases"][ONE_CELL]
    assert PAIRED[variant][0](table_of(vector)) == pytest.approx(vector[variant], abs=5e-4)


def test_an_empty_table(vectors: Vector):
    """The difference is an error, the intervals are nothing; never 0."""
    table = table_of(vectors["paired_2x2"]["cases"][EMPTY])
    with pytest.raises(UsageError, match="no cases"):
        _ = table.difference
    assert newcombe_interval(table) is None
    assert tango_interval(table.gained, table.lost, table.cases) is None


@pytest.mark.parametrize("variant", MORE)
def test_mcnemar_of_mlxtend(vectors: Vector, variant: str):
    """[[101, 121], [59, 33]], every number to 1e-10."""
    vector = vectors["mcnemar_more"][MLXTEND]
    assert MORE[variant](table_of(vector)) == pytest.approx(vector[variant], rel=1e-10)


@pytest.mark.parametrize("variant", sorted(set(MORE) - {"chi2_corrected"}))
def test_mcnemar_of_statsmodels(vectors: Vector, variant: str):
    """[[23, 15], [19, 31]], to 1e-10; of the corrected statistic only the p value is printed."""
    vector = vectors["mcnemar_more"][STATSMODELS]
    assert MORE[variant](table_of(vector)) == pytest.approx(vector[variant], rel=1e-10)


@pytest.mark.parametrize("index", range(11))
def test_share_wilson(vectors: Vector, index: int):
    """R's binom.confint and HypothesisTests, to 1e-7: some are printed to 7 digits."""
    vector = vectors["proportion_intervals"]["cases"][index]
    made = wilson(vector["successes"] / vector["n"], vector["n"])
    assert ends(made) == pytest.approx(tuple(vector["wilson"]), abs=6e-8)


@pytest.mark.parametrize("index", range(8))
def test_share_exact(vectors: Vector, index: int):
    """R's binom.confint, to 1e-7; the last three vectors have Wilson's only."""
    vector = vectors["proportion_intervals"]["cases"][index]
    made = clopper_pearson(vector["successes"], vector["n"])
    assert ends(made) == pytest.approx(tuple(vector["exact"]), abs=6e-8)


@pytest.mark.parametrize("variant", FAMILIES)
@pytest.mark.parametrize("index", range(3))
def test_family(vectors: Vector, index: int, variant: str):
    """R's multtest, to 1e-12."""
    vector = vectors["multiple_testing"]["cases"][index]
    adjusted = FAMILIES[variant](vector["rawp"])
    assert adjusted == pytest.approx(tuple(vector[variant]), abs=1e-12)


def test_no_vector_is_left_out(vectors: Vector):
    """Every number of the four groups is tested above or named as not ours."""
    paired = vectors["paired_2x2"]["cases"]
    assert set(paired[CAVO]) - {"name", "table"} == set(PAIRED) | PAIRED_NOT_OURS
    named = [set(vector) - {"name", "table"} for vector in paired[1:]]
    assert named == [
        {"difference", "newcombe_square_and_add", "mcnemar"},
        {"difference", "tango_score"},
        {"difference", "newcombe_square_and_add"},
    ]
    more = [set(vector) - {"source", "table"} for vector in vectors["mcnemar_more"]]
    assert more == [set(MORE), set(MORE) - {"chi2_corrected"}]
    shares = vectors["proportion_intervals"]["cases"]
    intervals = [set(vector) - {"source", "successes", "n"} for vector in shares]
    assert intervals == [{"wilson", "exact"} | SHARES_NOT_OURS] * 8 + [{"wilson"}] * 3
    families = vectors["multiple_testing"]["cases"]
    assert all(set(v) == {"rawp"} | set(FAMILIES) | FAMILIES_NOT_OURS for v in families)
    assert len(families) == 3
