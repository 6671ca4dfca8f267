"""Published numbers of others: standard errors, bootstrap intervals and paired tests."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from harness.analysis.bootstrap import bca_interval, bootstrap_means
from harness.analysis.clustered import ClusteredMean, clustered_mean, t_p_value

pytestmark = pytest.mark.cases


@pytest.fixture(scope="module")
def vectors(cases_folder: Path):
    return json.loads((cases_folder / "16_statistics_vectors" / "vectors.json").read_text())


def error_of(case) -> float | None:
    """Our standard error, with clusters where the vector has them; None where we say nothing."""
    names = case.get("clusters")
    codes = None if names is None else np.unique(names, return_inverse=True)[1]
    mean = clustered_mean(np.array(case["values"], dtype=float), codes)
    return None if mean is None else mean.standard_error


@pytest.mark.parametrize(
    ("place", "field"),
    [
        pytest.param(0, "stderr", id="inspect, s / sqrt(n)"),
        pytest.param(1, "clustered_stderr", id="inspect, CR0 times sqrt(G / (G - 1))"),
    ],
)
def test_standard_errors_of_inspect(vectors, place: int, field: str):
    """To their three digits; CR0 times sqrt(G / (G - 1)) is the CR1 of a mean."""
    case = vectors["standard_errors"]["cases"][place]
    assert error_of(case) == pytest.approx(case[field], abs=5e-4)


@pytest.mark.parametrize("place", [pytest.param(2, id="inspect, one cluster, they say 0.0")])
def test_one_cluster_says_nothing_here(vectors, place: int):
    """Where inspect returns 0.0 we return None: one cluster does not show how clusters vary."""
    case = vectors["standard_errors"]["cases"][place]
    assert case["clustered_stderr"] == 0.0
    assert error_of(case) is None


def published(vectors, method: str) -> tuple[float, float]:
    """The 95 % interval of R's boot with a million draws."""
    rows = {name: (float(low), float(high)) for name, low, high in vectors["bootstrap"][0]["ci95"]}
    return rows[method]


@pytest.mark.parametrize("seed", [1, 2])
def test_bca_of_r(vectors, seed: int):
    """R boot, BCa (32.31, 91.43): within 0.25 with 400,000 draws."""
    values = np.array(vectors["bootstrap"][0]["x"])
    interval = bca_interval(values, draws=400_000, seed=seed)
    assert interval is not None
    assert (interval.low, interval.high) == pytest.approx(published(vectors, "BCa"), abs=0.25)


@pytest.mark.parametrize("method", ["percentile", "basic"])
def test_draws_of_r(vectors, method: str):
    """The draws themselves: their percentiles (28.86, 84.21), and mirrored (23.77, 79.12)."""
    values = np.array(vectors["bootstrap"][0]["x"])
    means = bootstrap_means(values, np.ones(len(values)), 400_000, np.random.PCG64(1))
    low, high = np.quantile(means, (0.025, 0.975))
    if method == "basic":
        low, high = 2 * values.mean() - high, 2 * values.mean() - low
    assert (low, high) == pytest.approx(published(vectors, method), abs=0.15)


@pytest.mark.parametrize("field", [pytest.param("paired_t_two_sided", id="rtmdrr, paired t")])
def test_a_published_paired_t_is_two_sided_here(vectors, field: str):
    """The t of the one-sided p in their README, tested by us, has their two-sided p.

    The vector holds p values of 1,000 pairs and no scores, so the mean cannot be computed again.
    """
    group = vectors["paired_continuous"]
    degrees = group["n_a"] - 1
    t = float(stats.t.isf(group["readme_p_value"], degrees))
    mean = ClusteredMean(estimate=t, standard_error=1, degrees=degrees, clusters=degrees + 1)
    assert t_p_value(mean) == pytest.approx(group[field], rel=1e-10)
