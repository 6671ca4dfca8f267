"""27 tasks, direct answers against chain of thought: 27 suites in one family (BIG-Bench Hard).

The test of each task is McNemar's without correction (Tango's score test at 0), one reply per case
and no groups. Figures are not given by the source; here they are computed twice.
"""

from __future__ import annotations

import re
from collections import defaultdict
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests

from harness.analysis.across import Across
from harness.workflows.compare.across import compare_suites
from tests.cases.recorded_suites import read_lines, recorded_suite

pytestmark = pytest.mark.cases

# A chain of thought ends in "So the answer is X."; a direct answer is X alone.
SCORING = r'''
import re

from harness import Score

_MARK = re.compile(r"[Tt]he answer is(.*)\Z", re.DOTALL)


def answer(case, answer):
    """What stands after the mark of a chain of thought, without its full stop, else all of it."""
    marked = _MARK.search(answer.text)
    text = (marked[1] if marked else answer.text).strip().removesuffix(".").strip()
    return Score(float(text == case.expected.strip()), text or None)
'''


@pytest.fixture(scope="module")
def tasks(cases_folder: Path) -> dict[str, list[tuple[dict, dict]]]:
    folder = cases_folder / "07_bbh_direct_vs_cot"
    direct, cot = (read_lines(folder / f"{name}.jsonl.gz") for name in ("direct", "cot"))
    by_task: dict[str, list[tuple[dict, dict]]] = defaultdict(list)
    for one, other in zip(direct, cot, strict=True):
        assert (one["task"], one["i"], one["target"]) == (
            other["task"],
            other["i"],
            other["target"],
        )
        by_task[one["task"]].append((one, other))
    return dict(by_task)


@pytest.fixture(scope="module")
def family(tasks: dict, tmp_path_factory: pytest.TempPathFactory) -> Across:
    root = tmp_path_factory.mktemp("bbh")
    suites = []
    for task, rows in tasks.items():
        cases = [
            {"id": f"{one['i']:03}", "input": {"text": one["input"]}, "expected": one["target"]}
            for one, _ in rows
        ]
        replies = {
            "direct": {f"{one['i']:03}": one["prediction"] for one, _ in rows},
            "cot": {f"{one['i']:03}": other["prediction"] for one, other in rows},
        }
        folder = root / "suites" / task
        folder.mkdir(parents=True)
        (folder / "scoring.py").write_text(SCORING)
        suites.append(
            recorded_suite(root, task, cases, replies, scorer='primary = "scoring:answer"')
        )
    return compare_suites(suites, reference="direct", candidate="cot")


def scored(text: str, target: str) -> bool:
    """The same rule once more, by another way."""
    mark = max(text.find("the answer is"), text.find("The answer is"))
    start = min((m.end() for m in re.finditer(r"[Tt]he answer is", text)), default=0)
    shown = text[start:] if mark >= 0 else text
    return re.sub(r"\.$", "", shown.strip()).strip() == target.strip()


def columns(rows: list[tuple[dict, dict]]) -> tuple[np.ndarray, np.ndarray]:
    direct = np.array([scored(one["prediction"], one["target"]) for one, _ in rows])
    cot = np.array([scored(other["prediction"], one["target"]) for one, other in rows])
    return direct, cot


def test_every_task_is_that_of_statsmodels(family: Across, tasks: dict):
    """27 suites, 6,511 cases: accuracies, differences and p from a second reading of the texts."""
    assert family.suites == tuple(tasks)
    assert sum(found.difference.cases for found in family.comparisons) == 6511
    for task, found in zip(family.suites, family.comparisons, strict=True):
        direct, cot = columns(tasks[task])
        assert found.reference_mean == pytest.approx(direct.mean(), abs=1e-12)
        assert found.candidate_mean == pytest.approx(cot.mean(), abs=1e-12)
        gained, lost = (cot & ~direct).sum(), (direct & ~cot).sum()
        table = [[0, gained], [lost, 0]]
        p = mcnemar(table, exact=False, correction=False).pvalue if gained + lost else 1.0
        assert found.difference.p == pytest.approx(p, rel=1e-6)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [("benjamini_hochberg", "fdr_bh"), ("holm", "holm"), ("bonferroni", "bonferroni")],
)
def test_adjusted_p_are_those_of_statsmodels(family: Across, ours: str, theirs: str):
    """And so are the rejections at 5 %."""
    raw = [found.raw for found in family.adjusted]
    rejected, expected, *_ = multipletests(raw, alpha=0.05, method=theirs)
    assert [getattr(found, ours) for found in family.adjusted] == pytest.approx(list(expected))
    assert len(family.rejected(ours)) == rejected.sum()


def test_the_stricter_the_adjustment_the_fewer_differences(family: Across):
    """Raw >= Benjamini-Hochberg >= Holm >= Bonferroni, each a part of the one before."""
    names = ("raw", "benjamini_hochberg", "holm", "bonferroni")
    found = [set(family.rejected(name)) for name in names]
    for larger, smaller in pairwise(found):
        assert smaller <= larger
    assert {name: len(tasks) for name, tasks in zip(names, found, strict=True)} == FIGURES


FIGURES = {"raw": 23, "benjamini_hochberg": 23, "holm": 16, "bonferroni": 16}


def test_macro_and_micro_means(family: Across, tasks: dict):
    """Macro weighs tasks equally, micro cases; each is the mean of what a second reading gives."""
    pairs = [columns(rows) for rows in tasks.values()]
    by_task = [cot.mean() - direct.mean() for direct, cot in pairs]
    by_case = np.concatenate([cot.astype(float) - direct for direct, cot in pairs])
    assert family.means.macro == pytest.approx(np.mean(by_task), abs=1e-12)
    assert family.means.micro == pytest.approx(by_case.mean(), abs=1e-12)


def test_clusters_of_tasks_make_wider_intervals(family: Across):
    """What holds of these 27 tasks is surer than what holds of tasks like them."""
    means = family.means
    for fixed, sampled in (
        (means.macro_fixed, means.macro_sampled),
        (means.micro_fixed, means.micro_sampled),
    ):
        assert fixed is not None
        assert sampled is not None
        assert sampled.low < fixed.low < fixed.high < sampled.high
