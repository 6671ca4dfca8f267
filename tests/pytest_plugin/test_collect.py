"""Which suites, arms and checks are collected, under which names, and what that costs: nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from .approved_suite import ITEM, SUITE_FILE, ApprovedSuite

pytest_plugins = ["pytester"]

OTHER = '[arms.other]\nextends = "plain"\n'


def listed(result: pytest.RunResult) -> list[str]:
    return [line for line in result.outlines if "::" in line]


def test_only_lists(suite: ApprovedSuite) -> None:
    """--collect-only names the items of an arm and runs none: recordings may even be broken."""
    (suite.fixtures / "plain.jsonl").write_text("no recording")
    result = suite.check("suites", "--collect-only", "-q")
    assert result.ret == 0
    assert listed(result) == [f"{ITEM}::{name}" for name in ("not_worse", "error_rates", "spend")]


def test_by_node_id(suite: ApprovedSuite) -> None:
    """A node id chooses one check, and an arm's id all of its checks."""
    suite.check(f"{ITEM}::not_worse").assert_outcomes(passed=1)
    suite.check(ITEM).assert_outcomes(passed=3)


@pytest.mark.parametrize(("words", "passed"), [("plain", 3), ("spend", 1), ("not spend", 2)])
def test_by_keyword(suite: ApprovedSuite, words: str, passed: int) -> None:
    """-k chooses by arm and by check."""
    suite.check("-k", words).assert_outcomes(passed=passed, deselected=3 - passed)


def test_an_arm_without_recordings(made: Callable[..., ApprovedSuite]) -> None:
    """What is neither recorded nor approved is no item: there is nothing to replay."""
    result = made(gate=OTHER).check("suites", "--collect-only", "-q")
    assert not [line for line in listed(result) if "::other" in line]


def test_a_control(made: Callable[..., ApprovedSuite]) -> None:
    """An arm that is recorded and not approved has the two checks that need no approved state."""
    suite = made(gate=OTHER)
    suite.run(arms=["other"], mode="record", results=suite.root / "elsewhere")
    names = [line for line in listed(suite.check("--collect-only", "-q")) if "::other" in line]
    assert names == [f"{SUITE_FILE}::other::{name}" for name in ("not_worse", "error_rates")]


def test_must_pass(made: Callable[..., ApprovedSuite]) -> None:
    """Cases that must pass are a check where the policy names some: it fails for those missed."""
    gate = '[gate]\ncandidate = "plain"\nmargin = 0.1\nmust_pass = ["test0", "test3"]\n'
    result = made(gate=gate).check("-k", "must_pass")
    result.assert_outcomes(failed=1, deselected=3)
    result.stdout.fnmatch_lines(
        [
            "failed: must pass: 1 of 2 are not correct: test3",
            "1 case to look at:",
            "  test3",
            "    expected: no",
            "    before:   unparsed",
            "    now:      unparsed: hm",
        ]
    )


def test_a_bare_pytest(suite: ApprovedSuite) -> None:
    """`pytest` alone finds suites as it finds tests."""
    suite.pytester.runpytest_inprocess("-p", "harness.pytest_plugin").assert_outcomes(passed=3)


def test_from_another_folder(suite: ApprovedSuite, monkeypatch: pytest.MonkeyPatch) -> None:
    """Started elsewhere, with another root, the suite's own harness.toml and baselines hold."""
    elsewhere = suite.pytester.mkdir("somewhere")
    monkeypatch.chdir(elsewhere)
    result = suite.check(str(suite.folder), "--rootdir", str(elsewhere), "-v")
    result.assert_outcomes(passed=3)
    result.stdout.fnmatch_lines(["suite.toml::plain::not_worse PASSED*"])


def test_import_mode(suite: ApprovedSuite) -> None:
    """However pytest imports test modules: a suite is none."""
    suite.check("suites", "--import-mode=importlib").assert_outcomes(passed=3)


def test_problems(suite: ApprovedSuite) -> None:
    """A key that does not exist is a collection error with file, line and remedy."""
    suite.replace("suite.toml", "primary =", "primry =")
    result = suite.check()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(
        ["*ERROR collecting suites/demo/suite.toml*", "*suite.toml:8: unknown key scorer.primry"]
    )
    assert "Traceback" not in result.stdout.str()


def test_problems_that_show_later(suite: ApprovedSuite) -> None:
    """What only reading all of the suite finds is told by each check, without a traceback."""
    suite.prompt("plain", "{{ nothing }}")
    result = suite.check()
    result.assert_outcomes(failed=3)
    told = "no input 'nothing', which prompts/plain.j2 asks for"
    result.stdout.fnmatch_lines([f"*/data/train.jsonl:1: {told}"])
    assert result.stdout.str().count(told) == 3 * 3  # splits, checks
    result.stdout.fnmatch_lines(["harness: arms of demo: 1 not run"])
    assert "Traceback" not in result.stdout.str()
