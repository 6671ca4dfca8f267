"""harness.toml: found from any folder of a repository, with endpoints that need no file."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.errors import DataError, UsageError
from harness.store.settings import Settings, find_suite, read_settings, suite_names
from harness.values.endpoint import (
    ClassicalSpec,
    LocalSpec,
    OpenAISpec,
    RecordedSpec,
    ScriptedSpec,
)

FILE = """\
[endpoints.openai]
kind = "openai"
[endpoints.local]
kind = "local"
threads = 8
[prices."gpt-5.1"]
input = 1.25
output = 10
as_of = "2026-01-01"
source = "a page"
"""


def _repository(root: Path, *suites: str) -> Path:
    for name in suites:
        (root / "suites" / name).mkdir(parents=True)
        (root / "suites" / name / "suite.toml").write_text("")
    return root.resolve()


def test_settings_are_found_from_below(tmp_path: Path):
    """The nearest harness.toml above a folder; its endpoints join the built-in ones."""
    (tmp_path / "harness.toml").write_text(FILE)
    below = tmp_path / "suites" / "a" / "data"
    below.mkdir(parents=True)
    settings = read_settings(below)
    assert settings.root == tmp_path.resolve()
    assert settings.endpoints == {
        "local": LocalSpec(threads=8),
        "scripted": ScriptedSpec(),
        "classical": ClassicalSpec(),
        "recorded": RecordedSpec(),
        "openai": OpenAISpec(),
    }
    assert settings.prices["gpt-5.1"].output == 10.0


def test_without_a_file_the_root_has_the_suites(tmp_path: Path):
    """Where suites/ stands, else where one started; results go beside it."""
    root = _repository(tmp_path / "repository", "a")
    settings = read_settings(root / "suites" / "a")
    assert settings.root == root
    assert settings.results == root / "results"
    assert set(settings.endpoints) == {"local", "scripted", "classical", "recorded"}
    (tmp_path / "alone").mkdir()
    assert read_settings(tmp_path / "alone").root == (tmp_path / "alone").resolve()


def test_the_nearest_file_wins(tmp_path: Path):
    """A repository inside another one is its own."""
    (tmp_path / "harness.toml").write_text(FILE)
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "harness.toml").write_text("")
    assert read_settings(tmp_path / "inner").root == (tmp_path / "inner").resolve()


def test_every_problem_of_the_file_is_raised(tmp_path: Path):
    """With lines: an unknown endpoint key and a price without a source."""
    text = FILE.replace("threads", "treads").replace('source = "a page"\n', "")
    (tmp_path / "harness.toml").write_text(text)
    with pytest.raises(DataError) as caught:
        read_settings(tmp_path)
    assert [problem.line for problem in caught.value.problems] == [5, 6]
    assert "did you mean 'threads'?" in str(caught.value)
    assert "prices.gpt-5.1.source is missing" in str(caught.value)


def test_two_settings_do_not_share_their_endpoints(tmp_path: Path):
    """The built-in endpoints are copied."""
    assert Settings(tmp_path).endpoints is not Settings(tmp_path).endpoints


def test_a_suite_is_a_name_or_a_path(tmp_path: Path):
    """A name is looked up from any folder of the repository."""
    root = _repository(tmp_path, "one", "two")
    (root / "docs").mkdir()
    assert find_suite("one", root / "docs") == root / "suites" / "one"
    assert find_suite("suites/two", root) == root / "suites" / "two"
    assert find_suite(str(root / "suites" / "two"), root / "docs") == root / "suites" / "two"
    assert find_suite(".", root / "suites" / "one") == root / "suites" / "one"


def test_an_unknown_suite_lists_the_known_ones(tmp_path: Path):
    """A folder without suite.toml is none, nor is a hidden one, which init writes in."""
    root = _repository(tmp_path, "two", "one")
    (root / "suites" / "junk").mkdir()
    (root / "suites" / ".half").mkdir()
    (root / "suites" / ".half" / "suite.toml").write_text("")
    with pytest.raises(UsageError, match=r"no suite 'junk': suites in .*: one, two"):
        find_suite("junk", root)
    assert suite_names(root / "suites") == ["one", "two"]
    assert suite_names(root / "nowhere") == []
