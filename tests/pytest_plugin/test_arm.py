"""--harness-arm: only the arms that are named."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from .approved_suite import GATE, ApprovedSuite

pytest_plugins = ["pytester"]

ARMS = '[arms.other]\nextends = "plain"\n[arms.third]\nextends = "plain"\n'


@pytest.fixture
def suite(made: Callable[..., ApprovedSuite]) -> ApprovedSuite:
    """`plain` and `other` are recorded and approved, `third` is not."""
    suite = made(gate=ARMS + GATE)
    suite.run(arms=["other"], mode="record", results=suite.root / "elsewhere")
    suite.approve("other")
    return suite


def arms_of(result: pytest.RunResult) -> set[str]:
    return {line.split("::")[1] for line in result.outlines if "::" in line}


@pytest.mark.parametrize(
    ("named", "arms"),
    [([], {"plain", "other"}), (["other"], {"other"}), (["plain", "other"], {"plain", "other"})],
)
def test_named(suite: ApprovedSuite, named: list[str], arms: set[str]) -> None:
    """The option may be given again; without it all recorded arms are tested."""
    options = [word for name in named for word in ("--harness-arm", name)]
    assert arms_of(suite.check("suites", "-v", *options)) == arms


def test_not_recorded(suite: ApprovedSuite) -> None:
    """An arm that is named is tested though nothing is recorded: a scripted one just answers."""
    result = suite.check("suites", "--harness-arm", "third", "-v")
    result.assert_outcomes(passed=1, skipped=1)
    assert arms_of(result) == {"third"}


def test_unknown(suite: ApprovedSuite) -> None:
    """A name that no suite knows is a slip, and told with the names that there are."""
    result = suite.check("suites", "--harness-arm", "plane")
    assert result.ret != 0
    result.stdout.fnmatch_lines(["* no suite has an arm 'plane'; arms: plain, other, third *"])


def test_unknown_beside_tests(suite: ApprovedSuite) -> None:
    """The slip stops a session that has other things to test."""
    suite.write("suites/test_it.py", "def test_it(): pass")
    result = suite.check("suites", "--harness-arm", "plane")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["* no suite has an arm 'plane'; *"])


def test_of_another_suite(suite: ApprovedSuite) -> None:
    """An arm need not be in every suite."""
    text = (suite.folder / "suite.toml").read_text().replace("other", "elsewhere")
    suite.write("suites/second/suite.toml", text)
    assert arms_of(suite.check("suites", "--harness-arm", "other", "-v")) == {"other"}
