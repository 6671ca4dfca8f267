"""Replies that are the baseline's pass without a test."""

from __future__ import annotations

from collections.abc import Callable

from .approved_suite import ITEM, ApprovedSuite

pytest_plugins = ["pytester"]


def test_passes(suite: ApprovedSuite) -> None:
    """Every check of an arm that says what was approved passes, and the summary says unchanged."""
    result = suite.check("suites", "-v")
    result.assert_outcomes(passed=3)
    result.stdout.fnmatch_lines(
        [f"{ITEM}::not_worse PASSED*", f"{ITEM}::error_rates PASSED*", f"{ITEM}::spend PASSED*"]
    )
    result.stdout.fnmatch_lines(["harness: arms of demo: 1 unchanged"])


def test_needs_no_policy(made: Callable[..., ApprovedSuite]) -> None:
    """A suite without [gate] has no margin, and needs none for equal replies."""
    made(gate="").check().assert_outcomes(passed=3)


def test_nothing_is_written(suite: ApprovedSuite) -> None:
    """A session leaves the repository as it was: its runs are kept elsewhere."""
    before = {path: path.read_bytes() for path in suite.root.rglob("*") if path.is_file()}
    suite.check("suites", "-p", "no:cacheprovider").assert_outcomes(passed=3)
    assert {p: p.read_bytes() for p in suite.root.rglob("*") if p.is_file()} == before


def test_other_scores_of_equal_replies(suite: ApprovedSuite) -> None:
    """A scorer that changed its mind about the very same replies is no pass."""
    suite.replace("suite.toml", 'label.labels = ["yes", "no"]', 'label.labels = ["yes"]')
    result = suite.check("-k", "not_worse")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        ["invalid: same scoring: the replies to all 200 cases*judge 100 of them otherwise"]
    )
