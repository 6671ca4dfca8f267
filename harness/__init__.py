"""An evaluation harness that compares prompted models with fine-tuned ones.

    import harness

    run = harness.run("review_stars", arms=["zero_shot"])
    run.to_frame()
    harness.load_run("results/runs/review_stars/20261121T210300-a1b2c3").to_frame()

    for finding in harness.check_file("train.jsonl", test="test.jsonl").findings:
        print(finding)
    harness.tune("review_stars", "fine_tuned")
    harness.gate("review_stars", preview=True).decision.ruling

Nothing heavy is imported until it is used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from harness.analysis.cost.terms import Terms
    from harness.errors import DataError, HarnessError, UsageError
    from harness.store.runs import Run, load_run
    from harness.values.case import Case
    from harness.values.reply import Answer
    from harness.values.score import Score
    from harness.workflows.advise.advise import advise
    from harness.workflows.compare.compare import compare
    from harness.workflows.cost.cost import cost
    from harness.workflows.curve import curve
    from harness.workflows.data.check import check_file, fix_file
    from harness.workflows.data.convert import convert_file
    from harness.workflows.data.split import split_file
    from harness.workflows.data.stats import file_stats
    from harness.workflows.export.export import export
    from harness.workflows.gate.gate import gate
    from harness.workflows.gate.promote import promote
    from harness.workflows.importing.importing import import_logs
    from harness.workflows.page.page import write_page
    from harness.workflows.regression import assert_not_worse
    from harness.workflows.run import open_suite, run
    from harness.workflows.select import select
    from harness.workflows.tune import tune

__version__ = "0.1.0"

__all__ = [
    "Answer",
    "Case",
    "DataError",
    "HarnessError",
    "Run",
    "Score",
    "Terms",
    "UsageError",
    "advise",
    "assert_not_worse",
    "check_file",
    "compare",
    "convert_file",
    "cost",
    "curve",
    "export",
    "file_stats",
    "fix_file",
    "gate",
    "import_logs",
    "load_run",
    "open_suite",
    "promote",
    "run",
    "select",
    "split_file",
    "tune",
    "write_page",
]

_HOMES = {
    "Answer": "harness.values.reply",
    "Case": "harness.values.case",
    "DataError": "harness.errors",
    "HarnessError": "harness.errors",
    "Run": "harness.store.runs",
    "Score": "harness.values.score",
    "Terms": "harness.analysis.cost.terms",
    "UsageError": "harness.errors",
    "advise": "harness.workflows.advise.advise",
    "assert_not_worse": "harness.workflows.regression",
    "check_file": "harness.workflows.data.check",
    "compare": "harness.workflows.compare.compare",
    "convert_file": "harness.workflows.data.convert",
    "cost": "harness.workflows.cost.cost",
    "curve": "harness.workflows.curve",
    "export": "harness.workflows.export.export",
    "file_stats": "harness.workflows.data.stats",
    "fix_file": "harness.workflows.data.check",
    "gate": "harness.workflows.gate.gate",
    "import_logs": "harness.workflows.importing.importing",
    "load_run": "harness.store.runs",
    "open_suite": "harness.workflows.run",
    "promote": "harness.workflows.gate.promote",
    "run": "harness.workflows.run",
    "select": "harness.workflows.select",
    "split_file": "harness.workflows.data.split",
    "tune": "harness.workflows.tune",
    "write_page": "harness.workflows.page.page",
}


def __getattr__(name: str) -> Any:
    """Load a public name from where it lives, at its first use."""
    if name not in _HOMES:
        raise AttributeError(f"module 'harness' has no attribute {name!r}")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
