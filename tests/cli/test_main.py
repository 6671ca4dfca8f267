"""The command as a whole: help, version, exit codes, what it loads."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from harness import __version__
from tests.cli.conftest import Command


def test_help_lists_every_command(harness: Command) -> None:
    """A stranger sees all commands, each with a line on what it does."""
    shown = harness("--help")
    assert shown.returncode == 0
    for name in ("init", "check", "run", "report", "fixtures"):
        assert f"  {name} " in shown.stdout


def test_version(harness: Command) -> None:
    """The version printed is the package's."""
    assert harness("--version").stdout.strip() == f"harness {__version__}"


def test_help_loads_nothing_heavy() -> None:
    """--help needs neither msgspec nor jinja2, rich, aiohttp or asyncio: it must be instant."""
    script = (
        "import sys; sys.argv = ['harness', '--help']\n"
        "import harness.cli.main as m\n"
        "try: m.main()\n"
        "except SystemExit: pass\n"
        "heavy = {'asyncio', 'jinja2', 'rich', 'aiohttp', 'pandas', 'sklearn', 'openai'}\n"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)"
    )
    shown = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert shown.stderr.strip() == "[]"


def test_what_init_says_to_do_next_can_be_done(harness: Command, tmp_path: Path) -> None:
    """Every command that it prints, in its order: to check, run, record, see and cost the suite."""
    said = harness("init", "demo").stdout.partition("Now:")[2]
    steps = [line.partition("#")[0].split() for line in said.splitlines() if line]
    assert [" ".join(words) for words in steps] == [
        "harness check demo",
        "harness run demo",
        "harness run demo --record",
        "harness report demo --html demo.html",
        "harness cost demo",
    ]
    for words in steps:
        ended = harness(*words[1:])
        assert ended.returncode == 0, ended.stderr
    assert (tmp_path / "demo.html").is_file()


@pytest.mark.parametrize("words", ["report --html page.html", "cost", "export --to a.csv"])
def test_what_needs_recordings_says_how_to_record(harness: Command, demo: Path, words: str) -> None:
    """Nobody asked for a comparison: nothing is recorded, and past runs can be taken instead."""
    command, *more = words.split()
    ended = harness(command, "demo", *more)
    assert ended.returncode == 64
    assert "nothing is recorded for demo: record it with\n    harness run demo --record\n" in (
        ended.stderr
    )
    assert ended.stderr.endswith("with --run newest\n")


@pytest.mark.parametrize(
    "words",
    [
        ["nonsense"],
        ["run"],
        ["run", "--no-such-option", "demo"],
        ["run", "no_such_suite"],
        ["run", "demo", "--arm", "no_such_arm"],
        ["run", "demo", "--limit", "0"],
        ["run", "demo", "--budget", "lots"],
        ["run", "demo", "--resume", "no_such_run"],
        ["run", "demo", "--live", "--budget", "1usd"],
        ["check", "no_such_suite"],
        ["init", "demo"],
        ["init", "Bad-Name"],
        ["report"],
        ["report", "demo", "--run", "newest"],
        ["fixtures", "nonsense"],
    ],
    ids=" ".join,
)
def test_usage_errors_end_with_64(harness: Command, demo: Path, words: list[str]) -> None:
    """What cannot mean anything says so on stderr, in words and not in a traceback."""
    ended = harness(*words)
    assert ended.returncode == 64
    assert ended.stderr.strip()
    assert "Traceback" not in ended.stderr


def test_an_internal_fault_ends_with_70(harness: Command, demo: Path) -> None:
    """A fault of ours is not passed off as the user's: exit 70, with the traceback to report."""
    (demo / "data").rename(demo / "moved")
    (demo / "data").mkdir()
    for split in ("train", "validation", "test"):
        (demo / "data" / f"{split}.jsonl").mkdir()
    ended = harness("run", "demo")
    assert ended.returncode in (65, 70)
    assert "internal error" in ended.stderr or "cannot be" in ended.stderr
