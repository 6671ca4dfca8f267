"""A suite's own Python: found by name, one module per suite, failures in words."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.errors import UsageError
from harness.store.own import load_function


def _module(folder: Path, text: str) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "scoring.py").write_text(text)
    return folder


def test_two_suites_can_both_have_a_module_of_one_name(tmp_path: Path) -> None:
    """Each is loaded under its own name; neither shadows the other."""
    one = load_function(_module(tmp_path / "one", "def f():\n    return 1\n"), "scoring:f")
    two = load_function(_module(tmp_path / "two", "def f():\n    return 2\n"), "scoring:f")
    assert (one(), two()) == (1, 2)


@pytest.mark.parametrize(
    ("text", "name", "said"),
    [
        ("", "nosuch:f", r"nosuch\.py"),
        ("", "scoring:f", "no function 'f'"),
        ("f = 1", "scoring:f", "no function 'f'"),
        ("1 / 0", "scoring:f", "ZeroDivisionError"),
        ("def", "scoring:f", "SyntaxError"),
    ],
)
def test_what_cannot_be_loaded_is_a_usage_error(
    tmp_path: Path, text: str, name: str, said: str
) -> None:
    """With the file, and what went wrong in it."""
    with pytest.raises(UsageError, match=said):
        load_function(_module(tmp_path / "suite", text), name)
