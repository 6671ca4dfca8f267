"""A pytest without suites loads nothing of the harness and says nothing of it."""

from __future__ import annotations

import pytest

from .approved_suite import PLUGIN

pytest_plugins = ["pytester"]

PRINT_LOADED = """
    import sys

    def pytest_unconfigure():
        ours = [name for name in sys.modules if name.partition(".")[0] == "harness"]
        print("LOADED", *sorted(ours))
        print("HEAVY", *sorted({"msgspec", "numpy", "jinja2", "tomllib"} & set(sys.modules)))
"""


def test_nothing_is_loaded(pytester: pytest.Pytester) -> None:
    """The entry point is active; it loads the package's name and itself, and prints nothing."""
    pytester.makeconftest(PRINT_LOADED)
    pytester.makepyfile("def test_one(): pass")
    pytester.path.joinpath("suite.toml").write_text("[other]\n")
    result = pytester.runpytest_subprocess("-p", "no:syrupy", "-p", "no:hypothesispytest")
    result.assert_outcomes(passed=1)
    assert [line for line in result.outlines if "harness" in line.split()] == [
        "LOADED harness harness.pytest_plugin"
    ]
    result.stdout.fnmatch_lines(["HEAVY tomllib"])


def test_options(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """The options stand in a group of their own."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    text = pytester.runpytest_inprocess(*PLUGIN, "--help").stdout.str()
    group = text.partition("suites of prompted and fine-tuned models (suite.toml):")[2]
    for option in ("--harness-mode=", "--harness-arm=NAME", "--harness-strict"):
        assert option in group
    assert "harness_strict (bool)" in text
