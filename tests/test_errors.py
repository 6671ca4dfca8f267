"""The tree of errors: exit codes as its docstring draws them, and texts that name the place."""

from __future__ import annotations

import pytest

from harness import errors
from harness.errors import Problem

EXIT_CODES = {
    errors.HarnessError: 70,
    errors.UsageError: 64,
    errors.MissingExtraError: 64,
    errors.DataError: 65,
    errors.ReplayMissError: 65,
    errors.JournalBusyError: 65,
}


@pytest.mark.parametrize(("kind", "code"), EXIT_CODES.items())
def test_each_error_ends_the_process_with_its_code(kind: type, code: int):
    """Codes 0 to 3 belong to verdicts; no error may use them."""
    assert kind.exit_code == code
    assert issubclass(kind, errors.HarnessError)


def test_the_docstring_draws_every_error():
    """A reader of the module sees the whole tree."""
    for kind in EXIT_CODES:
        assert f"{kind.__name__} " in (errors.__doc__ or "")


def test_a_data_error_shows_all_its_problems_in_order():
    """One error carries every problem: as values, and one below the other as text."""
    first = Problem(file="a.toml", line=3, message="is wrong", hint="write it right")
    second = Problem(file="b.jsonl", message="is absent")
    error = errors.DataError([first, second])
    assert error.problems == (first, second)
    assert str(error) == "a.toml:3: is wrong\n    write it right\nb.jsonl: is absent"


def test_a_data_error_can_be_one_sentence():
    """A fault that stands in no file is a plain text without problems."""
    error = errors.DataError("the disk is full")
    assert str(error) == "the disk is full"
    assert error.problems == ()


def test_a_missing_extra_names_the_command_that_installs_it():
    """The next step stands in the message."""
    error = errors.MissingExtraError("reading Parquet", "parquet")
    assert "reading Parquet" in str(error)
    assert "pip install 'prompted-vs-tuned[parquet]'" in str(error)
    assert error.extra == "parquet"


@pytest.mark.parametrize(
    ("problem", "text"),
    [
        (Problem(file="a.toml", line=7, message="is wrong"), "a.toml:7: is wrong"),
        (Problem(file="a.toml", message="is absent"), "a.toml: is absent"),
        (Problem(file="a", line=1, message="no", hint="do"), "a:1: no\n    do"),
    ],
)
def test_a_problem_reads_as_file_line_message_hint(problem: Problem, text: str):
    """Editors jump to FILE:LINE; line 0 means the file as a whole and is not printed."""
    assert str(problem) == text
