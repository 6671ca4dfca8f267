"""`harness report SUITE --html FILE` through a real process."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Command


@pytest.fixture
def recorded(harness: Command, demo: Path) -> Path:
    assert harness("run", "demo", "--record").returncode == 0
    return demo


def test_a_page_is_written_and_its_finding_said(
    harness: Command, recorded: Path, tmp_path: Path
) -> None:
    ended = harness("report", "demo", "--html", "pages/demo.html")
    assert ended.returncode == 0, ended.stderr
    assert "9 cases do not tell few_shot from zero_shot" in ended.stdout
    assert "wrote pages/demo.html: 9 cases, 3 arms, 0." in ended.stdout
    assert (tmp_path / "pages" / "demo.html").read_text().startswith("<!doctype html>")


def test_pages_of_runs_and_of_some_arms(harness: Command, recorded: Path) -> None:
    harness("run", "demo")
    harness("run", "demo")
    words = ("report", "demo", "--html", "page.html", "--run", "newest", "--arm", "zero_shot")
    assert "9 cases, 1 arm, " in harness(*words).stdout


def test_an_unwritable_target_is_bad_data(harness: Command, recorded: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    ended = harness("report", "demo", "--html", "file/page.html")
    assert ended.returncode == 65
    assert "cannot be written" in ended.stderr


@pytest.mark.parametrize("words", [("--arm", "zero_shot"), ("--common",), ("--split", "test")])
def test_choices_of_sides_are_about_a_page(
    harness: Command, recorded: Path, words: tuple[str, ...]
) -> None:
    ended = harness("report", "demo", *words)
    assert ended.returncode == 64
    assert "--html" in ended.stderr


def test_several_runs_are_about_a_page(harness: Command, recorded: Path) -> None:
    ended = harness("report", "demo", "--run", "a", "--run", "b")
    assert ended.returncode == 64
    assert "several make a page" in ended.stderr


def test_nothing_recorded_and_unknown_sides(harness: Command, demo: Path, tmp_path: Path) -> None:
    ended = harness("report", "demo", "--html", "page.html")
    assert ended.returncode == 64
    assert "record" in ended.stderr
    assert not (tmp_path / "page.html").exists()
