"""The fixture `harness_run` and the assertion `harness.assert_not_worse` in tests of Python."""

from __future__ import annotations

import pytest

from .approved_suite import ApprovedSuite, right

pytest_plugins = ["pytester"]


def write_test(suite: ApprovedSuite, body: str) -> None:
    indented = "\n".join(f"    {line}" for line in body.splitlines())
    suite.write(
        "tests/test_it.py",
        f"import harness\nimport pytest\n\ndef test_it(harness_run):\n{indented}\n",
    )


def test_a_run(suite: ApprovedSuite) -> None:
    """It gives a Run of the recordings, the same for the same arguments, kept elsewhere."""
    write_test(
        suite,
        'run = harness_run("demo", arms=["plain"])\n'
        "assert isinstance(run, harness.Run)\n"
        'assert run.info.mode == "replay"\n'
        'assert len(run.arms["plain"]) == 200\n'
        'assert harness_run("demo", arms=["plain"]) is run\n'
        'assert harness_run("demo", arms=["plain"], limit=10).info.cases == 10\n'
        'assert harness_run("demo", arms=["plain"], limit=10) is not run',
    )
    suite.check("tests").assert_outcomes(passed=1)
    assert not (suite.root / "results").exists()


def test_the_mode(suite: ApprovedSuite) -> None:
    """--harness-mode holds for it."""
    write_test(suite, 'assert harness_run("demo", arms=["plain"]).info.mode == "live"')
    suite.check("tests", "--harness-mode", "live").assert_outcomes(passed=1)


def test_from_another_folder(suite: ApprovedSuite, monkeypatch: pytest.MonkeyPatch) -> None:
    """A suite's name is looked up from pytest's root too."""
    write_test(suite, 'assert harness_run("demo").info.suite == "demo"')
    monkeypatch.chdir(suite.pytester.mkdir("somewhere"))
    suite.check(str(suite.root / "tests"), "--rootdir", str(suite.root)).assert_outcomes(passed=1)


def test_an_unknown_suite(suite: ApprovedSuite) -> None:
    """It is told with the suites that there are."""
    write_test(suite, 'harness_run("dmo")')
    result = suite.check("tests")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["E *UsageError: there is no suite 'dmo'*demo"])


def test_not_worse(suite: ApprovedSuite) -> None:
    """The assertion passes on what was approved."""
    write_test(
        suite,
        'verdict = harness.assert_not_worse(harness_run("demo", arms=["plain"]), margin=0.1)\n'
        'assert verdict.ruling == "promote"',
    )
    suite.check("tests").assert_outcomes(passed=1)


def test_worse(suite: ApprovedSuite) -> None:
    """It fails at the line of the test, with the lost cases and without our own frames."""
    suite.says("no", right(40))
    write_test(suite, 'harness.assert_not_worse(harness_run("demo", arms=["plain"]), margin=0.1)')
    result = suite.check("tests")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "> *harness.assert_not_worse(*",
            "E *AssertionError: demo: plain: failed: not worse than plain *",
            "E *40 cases were lost:",
            "tests/test_it.py:5: AssertionError",
        ]
    )
    assert "regression.py" not in result.stdout.str()
