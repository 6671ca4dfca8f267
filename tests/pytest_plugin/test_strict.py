"""--harness-strict, and harness_strict in the configuration: what is not decided fails."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from .approved_suite import ApprovedSuite, right

pytest_plugins = ["pytester"]


def test_inconclusive(suite: ApprovedSuite) -> None:
    """An inconclusive verdict fails, with the lost cases."""
    suite.says("no", right(15))
    result = suite.check("suites", "--harness-strict")
    result.assert_outcomes(failed=1, passed=2)
    result.stdout.fnmatch_lines(["inconclusive: not worse than *", "15 cases were lost:"])


@pytest.mark.parametrize("strict", [True, False])
def test_configured(suite: ApprovedSuite, strict: bool) -> None:
    """The option of the configuration file does the same, and is off unless it is set."""
    suite.says("no", right(15))
    suite.pytester.makeini(f"[pytest]\nharness_strict = {str(strict).lower()}\n")
    suite.check("-k", "not_worse").assert_outcomes(**{"failed" if strict else "skipped": 1})


def test_no_baseline(made: Callable[..., ApprovedSuite]) -> None:
    """So does an arm that nobody approved, with the command."""
    result = made(approved=False).check("suites", "--harness-strict", "-k", "not_worse")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["    next: harness promote demo plain --baseline-only --reason *"])


def test_no_margin(made: Callable[..., ApprovedSuite]) -> None:
    """And a changed arm without a margin."""
    suite = made(gate="")
    suite.says("no", right(1))
    result = suite.check("suites", "--harness-strict", "-k", "not_worse")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["    next: add [[]gate[]] *", "1 case was lost:"])


def test_unchanged(suite: ApprovedSuite) -> None:
    """What is decided stays decided."""
    suite.check("suites", "--harness-strict").assert_outcomes(passed=3)
