"""The folder that `init` writes."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from harness.errors import DataError, UsageError
from harness.store.scaffold import new_suite
from harness.store.settings import read_settings
from harness.store.suite import read_suite


def test_a_readable_suite(tmp_path: Path) -> None:
    """Everything it needs is there, under the name that was asked for."""
    written = new_suite(tmp_path, "tickets")
    assert all(path.is_file() for path in written)
    suite = read_suite(tmp_path / "suites" / "tickets", read_settings(tmp_path))
    assert suite.name == "tickets"
    assert sorted(suite.arms) == ["classical", "few_shot", "zero_shot"]
    assert set(suite.splits) == {"train", "validation", "test"}
    assert (tmp_path / "schemas" / "suite.schema.json").is_file()


def test_the_name_stands_in_the_files(tmp_path: Path) -> None:
    """No placeholder is left."""
    for path in new_suite(tmp_path, "tickets"):
        text = path.read_text()
        assert "@NAME@" not in text
    readme = (tmp_path / "suites" / "tickets" / "README.md").read_text()
    assert "harness check tickets" in readme


@pytest.mark.parametrize("name", ["Tickets", "a b", "../up", "", "a/b", "tickets\n", "ä"])
def test_a_name_that_is_none(tmp_path: Path, name: str) -> None:
    """Only a-z, 0-9 and _; nothing is written otherwise."""
    with pytest.raises(UsageError, match="is no name for a suite"):
        new_suite(tmp_path, name)
    assert list(tmp_path.iterdir()) == []


def test_an_existing_suite_is_safe(tmp_path: Path) -> None:
    """A second time the same name is refused and nothing is overwritten."""
    new_suite(tmp_path, "tickets")
    prompt = tmp_path / "suites" / "tickets" / "prompts" / "instruction.j2"
    prompt.write_text("mine")
    with pytest.raises(UsageError, match="exists already"):
        new_suite(tmp_path, "tickets")
    assert prompt.read_text() == "mine"


def test_an_existing_harness_toml_is_kept(tmp_path: Path) -> None:
    """The example's endpoint is added to its end, once; what stood there stays."""
    mine = '# mine\n[endpoints.other]\nkind = "openai"\n'
    (tmp_path / "harness.toml").write_text(mine)
    new_suite(tmp_path, "one")
    text = (tmp_path / "harness.toml").read_text()
    assert text.startswith(mine)
    assert sorted(tomllib.loads(text)["endpoints"]) == ["demo", "other"]
    new_suite(tmp_path, "two")
    assert (tmp_path / "harness.toml").read_text() == text


@pytest.mark.parametrize(
    "broken", ["[endpoints\n", 'endpoints = { other = { kind = "openai" } }\n']
)
def test_a_harness_toml_that_cannot_be_extended(tmp_path: Path, broken: str) -> None:
    """Broken TOML, or one inline table: the error names the file, and nothing is written."""
    (tmp_path / "harness.toml").write_text(broken)
    with pytest.raises(DataError, match=r"harness\.toml"):
        new_suite(tmp_path, "tickets")
    assert (tmp_path / "harness.toml").read_text() == broken
    assert not (tmp_path / "suites").exists()


@pytest.mark.parametrize("mark", ["harness.toml", "suites"])
def test_a_subfolder_belongs_to_its_repository(tmp_path: Path, mark: str) -> None:
    """A suite goes where the others are, not into a repository within the repository."""
    new_suite(tmp_path, "one")
    if mark == "suites":
        (tmp_path / "harness.toml").unlink()
    below = tmp_path / "docs" / "more"
    below.mkdir(parents=True)
    written = new_suite(below, "two")
    assert (tmp_path / "suites" / "two" / "suite.toml") in written
    assert list(below.iterdir()) == []


def test_a_harness_toml_in_another_encoding(tmp_path: Path) -> None:
    """Its line is named, and nothing is written."""
    (tmp_path / "harness.toml").write_bytes("# fine\n# é\n".encode("latin-1"))
    with pytest.raises(DataError, match=r"harness\.toml:2: byte 0xe9 is not UTF-8"):
        new_suite(tmp_path, "tickets")
    assert [path.name for path in tmp_path.iterdir()] == ["harness.toml"]


def test_half_a_suite_is_none(tmp_path: Path) -> None:
    """When writing fails half-way no folder is left, and a second try succeeds."""
    (tmp_path / "schemas").write_text("in the way")
    with pytest.raises(DataError, match="schemas"):
        new_suite(tmp_path, "tickets")
    assert list((tmp_path / "suites").iterdir()) == []
    (tmp_path / "schemas").unlink()
    assert all(path.is_file() for path in new_suite(tmp_path, "tickets"))
    assert [path.name for path in (tmp_path / "suites").iterdir()] == ["tickets"]


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    """A file where the suites belong."""
    (tmp_path / "suites").write_text("in the way")
    with pytest.raises(DataError, match="tickets: cannot be written"):
        new_suite(tmp_path, "tickets")
