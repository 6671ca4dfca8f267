"""A suite.toml of other tools is theirs; one that is no TOML is told to be."""

from __future__ import annotations

import pytest

from .approved_suite import PLUGIN, ApprovedSuite

pytest_plugins = ["pytester"]


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")


@pytest.mark.parametrize(
    "text",
    [
        'name = "robot"\n[suite]\ntests = ["a"]\n',
        "[arms]\nx = 1\n",
        '[scorer]\nprimary = "label"\n',
        'arms = ["a"]\nscorer = "label"\n',
        "",
    ],
)
def test_of_other_tools(pytester: pytest.Pytester, text: str) -> None:
    """Without tables of arms and of a scorer nothing is collected, and nothing is said."""
    pytester.path.joinpath("suite.toml").write_text(text)
    result = pytester.runpytest_inprocess(*PLUGIN)
    assert result.ret == pytest.ExitCode.NO_TESTS_COLLECTED
    assert "harness" not in result.stdout.str()


def test_other_names(suite: ApprovedSuite) -> None:
    """A file of another name is none, whatever it holds."""
    text = (suite.folder / "suite.toml").read_text()
    (suite.folder / "suite2.toml").write_text(text)
    suite.check().assert_outcomes(passed=3)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"[arms\n", "*suite.toml:1: broken TOML: *"),
        (b'title = "x"\n<<<<<<< HEAD\n', "*suite.toml:2: broken TOML: *"),
        (b'title = "\xff"\n', "*suite.toml:1: byte 0xff is not UTF-8*"),
    ],
)
def test_no_toml(pytester: pytest.Pytester, data: bytes, told: str) -> None:
    """It is a collection error with its line, and not nothing to test."""
    pytester.path.joinpath("suite.toml").write_bytes(data)
    result = pytester.runpytest_inprocess(*PLUGIN)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([told])
    assert "Traceback" not in result.stdout.str()
