"""Under pytest-xdist: workers find the plugin by its entry point, and the summary is one."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from .approved_suite import GATE, ApprovedSuite, right

pytest_plugins = ["pytester"]

QUICK = ("-p", "no:hypothesispytest", "-p", "no:syrupy", "-p", "no:asyncio", "-p", "no:anyio")


@pytest.fixture(autouse=True)
def _all_plugins(suite: ApprovedSuite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD")


@pytest.fixture
def suite(made: Callable[..., ApprovedSuite]) -> ApprovedSuite:
    """`plain` is worse than it was, `other` is recorded and not approved."""
    suite = made(gate='[arms.other]\nextends = "plain"\n' + GATE)
    suite.run(arms=["other"], mode="record", results=suite.root / "elsewhere")
    suite.says("no", right(40))
    return suite


def test_two_workers(suite: ApprovedSuite) -> None:
    """Outcomes, failure text, the place of a skip and the summary are those of one process."""
    result = suite.pytester.runpytest_subprocess("suites", "-n", "2", "-rs", *QUICK)
    result.assert_outcomes(passed=3, failed=1, skipped=1)
    result.stdout.fnmatch_lines(
        [
            "failed: not worse than plain *",
            "40 cases were lost:",
            "    now:      wrong: no",
            "harness: arms of demo: 1 tested, 1 skipped",
            "SKIPPED [[]1[]] suites/demo/suite.toml:17: arm other has no approved state *",
        ]
    )


def test_asking(suite: ApprovedSuite) -> None:
    """Workers that would each ask a model for the same replies are refused before they start."""
    result = suite.pytester.runpytest_subprocess(
        "suites", "-n", "2", "--harness-mode", "record", *QUICK
    )
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*add --dist loadscope, or leave -n out"])


def test_asking_by_arm(suite: ApprovedSuite) -> None:
    """With all checks of an arm on one worker they may ask; what is recorded is not asked again."""
    result = suite.pytester.runpytest_subprocess(
        "suites", "-n", "1", "--dist", "loadscope", "--harness-mode", "record", *QUICK
    )
    result.assert_outcomes(passed=3, failed=1, skipped=1)


def test_an_unknown_arm(suite: ApprovedSuite) -> None:
    """A slip in an arm's name is told by the workers too."""
    result = suite.pytester.runpytest_subprocess(
        "suites", "-n", "1", "--harness-arm", "plane", *QUICK
    )
    assert result.ret != 0
    assert "no suite has an arm 'plane'" in result.stdout.str() + result.stderr.str()
