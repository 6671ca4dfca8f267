"""What a failure says of the lost cases."""

from __future__ import annotations

from .approved_suite import ApprovedSuite, right

pytest_plugins = ["pytester"]


def test_each_case(suite: ApprovedSuite) -> None:
    """Ten cases with id, expected value, what was before and what is said now; then how many."""
    suite.says("no", right(40))
    result = suite.check("-k", "not_worse")
    lines = [line for line in result.outlines if line.startswith("  ")]
    start = lines.index("  test0")
    assert lines[start : start + 4] == [
        "  test0",
        "    expected: yes",
        "    before:   correct",
        "    now:      wrong: no",
    ]
    assert [line for line in lines if line.startswith("  test")] == [
        f"  {case}" for case in sorted(right(40))[:10]
    ]
    assert "  and 30 more" in lines
    assert "    read" not in lines


def test_control_characters(suite: ApprovedSuite) -> None:
    """A reply can do nothing to the terminal that shows it."""
    suite.says("\x1b[2Jno\a\nand more", right(40))
    result = suite.check("-k", "not_worse")
    result.stdout.fnmatch_lines([r"    now:      unparsed: \u001b[[]2Jno\u0007 and more"])
    assert "\x1b" not in result.stdout.str()


def test_no_traceback(suite: ApprovedSuite) -> None:
    """Our own code is not shown for an arm that is worse."""
    suite.says("no", right(40))
    text = suite.check().stdout.str()
    assert "Traceback" not in text
    assert "regression.py" not in text
    assert "pytest_plugin.py" not in text
