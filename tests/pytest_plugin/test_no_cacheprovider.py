"""Without pytest's cache, and without its terminal."""

from __future__ import annotations

import pytest

from .approved_suite import ApprovedSuite, right

pytest_plugins = ["pytester"]


def test_no_cache(suite: ApprovedSuite) -> None:
    """-p no:cacheprovider changes nothing, and no cache is left."""
    suite.says("no", right(40))
    result = suite.check("suites", "-p", "no:cacheprovider")
    result.assert_outcomes(passed=2, failed=1)
    assert not (suite.root / ".pytest_cache").exists()


def test_last_failed(suite: ApprovedSuite) -> None:
    """With the cache --lf runs what failed: node ids are stable."""
    suite.says("no", right(40))
    suite.check("suites").assert_outcomes(passed=2, failed=1)
    suite.check("suites", "--lf").assert_outcomes(failed=1, deselected=2)


def test_no_terminal(suite: ApprovedSuite) -> None:
    """-p no:terminal: nothing is printed, and the outcome is the same."""
    result = suite.check("suites", "-p", "no:terminal")
    assert result.ret == pytest.ExitCode.OK
    assert result.outlines == []
