"""--harness-mode: replies come from recordings, from recordings and the model, or the model."""

from __future__ import annotations

import tempfile

import pytest

from .approved_suite import ApprovedSuite, right

pytest_plugins = ["pytester"]


def lose(suite: ApprovedSuite, count: int) -> None:
    """Forget some recordings."""
    gone = set(right(count))
    suite.write_lines([line for line in suite.lines() if line.case not in gone])


def test_a_miss(suite: ApprovedSuite) -> None:
    """A reply that is not recorded fails every check with the command that records it."""
    lose(suite, 2)
    result = suite.check()
    result.assert_outcomes(failed=3)
    result.stdout.fnmatch_lines(
        [
            "replies are not recorded: 2 of arm plain. *",
            "    harness run demo --arm plain --record",
            "harness: arms of demo: 1 not run",
        ]
    )
    assert "Traceback" not in result.stdout.str()


def test_an_arm_is_run_once(suite: ApprovedSuite, monkeypatch: pytest.MonkeyPatch) -> None:
    """All checks of an arm share one run; after the session nothing of it is left."""
    folder = suite.pytester.mkdir("temporary")
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    suite.pytester.makeconftest(
        f"""
        import pathlib

        def pytest_sessionfinish():
            runs = pathlib.Path({str(folder)!r}).glob("harness-*/runs/demo/*")
            print("RUNS", len(list(runs)))
        """
    )
    result = suite.check("suites", "-s")
    result.assert_outcomes(passed=3)
    result.stdout.fnmatch_lines(["*RUNS 1"])
    assert list(folder.iterdir()) == []


def test_record(suite: ApprovedSuite) -> None:
    """`record` asks for what is missing and keeps it: the replay after it needs no model."""
    lose(suite, 2)
    suite.check("suites", "--harness-mode", "record").assert_outcomes(passed=3)
    suite.check("suites").assert_outcomes(passed=3)


def test_live(suite: ApprovedSuite) -> None:
    """`live` asks for all of it and keeps nothing: a recording that says otherwise stays."""
    suite.says("no", right(40))
    before = (suite.fixtures / "plain.jsonl").read_bytes()
    suite.check("suites", "--harness-mode", "live").assert_outcomes(passed=3)
    assert (suite.fixtures / "plain.jsonl").read_bytes() == before


def test_other_modes(suite: ApprovedSuite) -> None:
    """There are three, and a fourth is refused with their names."""
    result = suite.check("suites", "--harness-mode", "guess")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*--harness-mode: invalid choice: 'guess'*replay*record*live*"])


def test_no_network(suite: ApprovedSuite, monkeypatch: pytest.MonkeyPatch) -> None:
    """A replay opens no socket to anywhere."""
    suite.check(
        "suites", "-p", "pytest_socket", "--disable-socket", "--allow-unix-socket"
    ).assert_outcomes(passed=3)
