"""All six pairs of four systems on 1,319 problems (OpenAI, GSM8K), against statsmodels."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests

from harness.workflows.compare.compare import Compared, compare
from tests.cases.recorded_suites import read_lines, recorded_suite

pytestmark = pytest.mark.cases

# System -> how many are labelled correct, as the source states it. Arm names start with a letter.
SYSTEMS = {
    "6b_finetuning": 286,
    "6b_verification": 515,
    "175b_finetuning": 458,
    "175b_verification": 742,
}
SCORER = 'primary = "number"\nnumber = { after = "A:" }'


@pytest.fixture(scope="module")
def rows(cases_folder: Path) -> list[dict]:
    return read_lines(cases_folder / "01_gsm8k_openai_finetuned/example_model_solutions.jsonl")


@pytest.fixture(scope="module")
def compared(rows: list[dict], tmp_path_factory: pytest.TempPathFactory) -> Compared:
    cases = [
        {"id": f"q{n:04}", "input": {"text": row["question"]}, "expected": row["ground_truth"]}
        for n, row in enumerate(rows)
    ]
    replies = {
        f"gpt3_{system}": {f"q{n:04}": row[system]["solution"] for n, row in enumerate(rows)}
        for system in SYSTEMS
    }
    root = tmp_path_factory.mktemp("gsm8k")
    suite = recorded_suite(root, "gsm8k", cases, replies, scorer=SCORER)
    return compare(suite, all_pairs=True)


def test_the_sides_have_the_published_accuracies(compared: Compared):
    """286, 515, 458 and 742 of 1,319."""
    right = {side.name.removeprefix("gpt3_"): round(side.mean * 1319) for side in compared.sides}
    assert right == SYSTEMS


def test_every_pair_is_that_of_statsmodels(compared: Compared, rows: list[dict]):
    """Difference, McNemar without correction, exact McNemar: from the labels of the source."""
    assert len(compared.comparisons) == 6
    pairs = combinations(SYSTEMS, 2)
    for (before, after), found in zip(pairs, compared.comparisons, strict=True):
        old = np.array([row[before]["is_correct"] for row in rows])
        new = np.array([row[after]["is_correct"] for row in rows])
        table = [[(old & new).sum(), (new & ~old).sum()], [(old & ~new).sum(), (~old & ~new).sum()]]
        difference = found.difference
        assert difference.method == "score"
        assert difference.estimate == pytest.approx(new.mean() - old.mean(), abs=1e-12)
        asymptotic = mcnemar(table, exact=False, correction=False).pvalue
        assert difference.p == pytest.approx(asymptotic, rel=1e-6)
        assert difference.sensitivity is not None
        exact = mcnemar(table, exact=True).pvalue
        assert difference.sensitivity.exact_p == pytest.approx(exact, rel=1e-6)
        assert (len(found.gained), len(found.lost)) == (table[0][1], table[1][0])


def test_the_family_is_adjusted_by_holm(compared: Compared):
    """All six p values together, as statsmodels adjusts them."""
    raw = [found.difference.p for found in compared.comparisons]
    expected = multipletests(raw, method="holm")[1]
    adjusted = [found.p_adjusted for found in compared.comparisons]
    assert adjusted == pytest.approx(list(expected), rel=1e-9)


def test_only_one_pair_is_close(compared: Compared):
    """The tuned 175B beats the verified 6B nowhere near as clearly as the other pairs differ."""
    widths = {
        (found.reference.removeprefix("gpt3_"), found.candidate.removeprefix("gpt3_")): found
        for found in compared.comparisons
    }
    close = widths["6b_verification", "175b_finetuning"].difference
    assert close.interval is not None
    assert close.estimate == pytest.approx((458 - 515) / 1319)
    assert close.interval.low < close.estimate < close.interval.high
    others = [found for pair, found in widths.items() if found.difference is not close]
    assert all(found.difference.p < close.p for found in others)  # type: ignore[operator]
