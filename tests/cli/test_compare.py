"""`harness compare` through a real process: each option once, and its exit codes."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Command
from tests.workflows.repository import Repository

ARMS = {"zero_shot", "few_shot", "classical"}


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with the demo suite, its three arms recorded: made once, copied per test."""
    root = tmp_path_factory.mktemp("template")
    for words in (["init", "demo"], ["run", "demo", "--record"]):
        subprocess.run([sys.executable, "-m", "harness", *words], cwd=root, check=True)
    return root


@pytest.fixture
def recorded(template: Path, tmp_path: Path) -> Path:
    """The demo suite with its three arms recorded."""
    shutil.copytree(template, tmp_path, dirs_exist_ok=True)
    return tmp_path / "suites" / "demo"


def shown(harness: Command, *words: str) -> str:
    """What is printed, in one line; it must have ended with 0."""
    ended = harness("compare", "demo", *words)
    assert ended.returncode == 0, ended.stderr
    return " ".join(ended.stdout.split())


def numbers(harness: Command, *words: str):
    """--json prints one JSON value and nothing else."""
    ended = harness("compare", "demo", "--json", *words)
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout)


def test_recorded_arms_are_compared_and_nothing_is_asked(
    harness: Command, recorded: Path, tmp_path: Path
) -> None:
    """Tables of sides, differences, outcomes and cases; no run is left behind."""
    before = list((tmp_path / "results").rglob("journal.jsonl"))
    text = shown(harness)
    for part in (*ARMS, "Differences to", "95% interval", "adjusted p", "Outcomes:", "Tokens per"):
        assert part in text
    assert list((tmp_path / "results").rglob("journal.jsonl")) == before


def test_arm_takes_only_what_is_named(harness: Command, recorded: Path) -> None:
    """Twice --arm is one comparison."""
    read = numbers(harness, "--arm", "classical", "--arm", "zero_shot")
    assert [side["arm"] for side in read["sides"]] == ["classical", "zero_shot"]
    assert read["family"] == 1


def test_run_takes_the_arms_of_past_runs(harness: Command, recorded: Path) -> None:
    """By `newest`, by id or by path."""
    assert {side["arm"] for side in numbers(harness, "--run", "newest")["sides"]} == ARMS


def test_baseline_takes_what_was_approved(harness: Command, recorded: Path) -> None:
    """The approved state is the reference of what is recorded now."""
    words = ("promote", "demo", "zero_shot", "--baseline-only", "--reason", "the first state")
    promoted = harness(*words)
    assert promoted.returncode == 0, promoted.stderr
    read = numbers(harness, "--baseline", "zero_shot", "--arm", "zero_shot")
    assert read["reference"] == "zero_shot (baseline)"
    assert read["comparisons"][0]["same_replies"]


def test_split_is_that_of_the_cases(harness: Command, recorded: Path) -> None:
    """Validation has other cases, which have to be recorded first."""
    assert harness("compare", "demo", "--split", "validation").returncode == 65
    assert harness("run", "demo", "--record", "--split", "validation").returncode == 0
    assert numbers(harness, "--split", "validation")["split"] == "validation"


def test_reference_and_all_pairs(harness: Command, recorded: Path) -> None:
    """The one that others are compared with; or each with each, as a matrix too."""
    read = numbers(harness, "--reference", "classical")
    assert {one["reference"] for one in read["comparisons"]} == {"classical"}
    text = shown(harness, "--all-pairs")
    assert "Each against each" in text
    assert len(numbers(harness, "--all-pairs")["comparisons"]) == 3


def test_common_compares_what_both_have(harness: Command, recorded: Path, tmp_path: Path) -> None:
    """Refused with 64 without it; the message names it."""
    folder = tmp_path / "results" / "runs" / "demo"
    (whole,) = folder.iterdir()
    assert harness("run", "demo", "--limit", "4").returncode == 0
    part = next(path for path in folder.iterdir() if path != whole)
    words = ("--arm", "zero_shot", "--run", whole.name, "--run", str(part))
    refused = harness("compare", "demo", *words)
    assert refused.returncode == 64
    assert "--common" in refused.stderr
    assert numbers(harness, *words, "--common")["cases"] == 4


@pytest.mark.parametrize(
    ("name", "text"),
    [("holm", "Holm over"), ("bh", "Benjamini"), ("bonferroni", "Bonferroni over")],
)
def test_adjust_chooses_the_procedure(
    harness: Command, recorded: Path, name: str, text: str
) -> None:
    """Named in the notes."""
    assert text in shown(harness, "--adjust", name)


def test_cases_are_none_some_or_all(harness: Command, recorded: Path) -> None:
    """0 shows no table of cases, all shows every one."""
    assert "Lost and gained" not in shown(harness, "--cases", "0")
    assert "Lost and gained" in shown(harness, "--cases", "1")
    assert "Not shown" not in shown(harness, "--cases", "all")


def test_bootstrap_stands_beside(harness: Command, recorded: Path) -> None:
    """Only when asked for, and at any size when asked for that."""
    assert "BCa" not in shown(harness)
    assert "BCa bootstrap" in shown(harness, "--bootstrap")
    assert "BCa bootstrap" in shown(harness, "--bootstrap-any-size")


def test_exact_is_for_one_reply_per_case(harness: Command, recorded: Path) -> None:
    """Refused with a reason where shot seeds are averaged."""
    assert "Clopper-Pearson" in shown(
        harness, "--exact", "--arm", "zero_shot", "--arm", "classical"
    )
    refused = harness("compare", "demo", "--exact", "--arm", "zero_shot", "--arm", "few_shot")
    assert (refused.returncode, "replies to a case" in refused.stderr) == (64, True)


def test_pass_at_is_for_repeated_cases(harness: Command, recorded: Path) -> None:
    """few_shot has several seeds; nine are too many."""
    assert "pass@1" in shown(harness, "--pass-at", "1", "--pass-at", "2")
    refused = harness("compare", "demo", "--pass-at", "9")
    assert (refused.returncode, "--pass-at goes from 1" in refused.stderr) == (64, True)


def test_markdown_is_a_page(harness: Command, recorded: Path) -> None:
    """Headings and tables; not together with --json."""
    page = harness("compare", "demo", "--markdown")
    assert page.returncode == 0
    assert page.stdout.startswith("# ")
    assert "| arm " in page.stdout
    assert harness("compare", "demo", "--markdown", "--json").returncode == 64


@pytest.mark.parametrize(
    "words",
    [
        ("--arm", "nobody", "--arm", "zero_shot"),
        ("--arm", "zero_shot"),
        ("--run", "nothing"),
        ("--baseline", "zero_shot"),
        ("--reference", "nobody"),
        ("--cases", "many"),
        ("--adjust", "none"),
        ("--split", "extra"),
        ("--pass-at", "0"),
    ],
)
def test_what_cannot_be_meant_ends_with_64(
    harness: Command, recorded: Path, words: tuple[str, ...]
) -> None:
    """One line that says why, and no traceback."""
    ended = harness("compare", "demo", *words)
    assert ended.returncode == 64
    assert "Traceback" not in ended.stderr
    assert ended.stderr


def test_a_broken_file_ends_with_65(harness: Command, recorded: Path, tmp_path: Path) -> None:
    """A run without its journal's end is one thing, a broken one another."""
    (folder,) = (tmp_path / "results" / "runs" / "demo").iterdir()
    copy = folder.with_name("broken")
    shutil.copytree(folder, copy)
    journal = copy / "journal.jsonl"
    journal.write_text("{broken}\n" + journal.read_text())
    ended = harness("compare", "demo", "--run", "broken")
    assert ended.returncode == 65
    assert "journal.jsonl" in ended.stderr


def test_help_names_the_command(harness: Command, demo: Path) -> None:
    """Right after `run`."""
    text = harness("--help").stdout
    assert text.index("\n  run ") < text.index("\n  compare ") < text.index("\n  report ")


def test_several_suites_are_one_family(tmp_path: Path) -> None:
    """Two arms on both suites: raw and adjusted p, and the mean difference; with JSON and pages."""
    root = _two_suites(tmp_path)
    args = ("one", "two", "--arm", "plain", "--arm", "other")
    shown = _run(root, *args)
    assert "other against plain on 2 suites" in shown.stdout
    assert "Benjamini-Hochberg" in shown.stdout
    assert "suites like these" in shown.stdout
    found = json.loads(_run(root, *args, "--json").stdout)
    assert found["suites"] == ["one", "two"]
    assert found["means"]["macro"] == pytest.approx(found["means"]["micro"])
    assert _run(root, *args, "--markdown").stdout.startswith("## The same comparison")


@pytest.mark.parametrize(
    "args", [(), ("--arm", "plain"), ("--arm", "plain", "--arm", "other", "--all-pairs")]
)
def test_a_family_needs_two_arms_and_nothing_else(tmp_path: Path, args: tuple[str, ...]) -> None:
    """Anything else is a usage error that says how to write it."""
    done = _run(_two_suites(tmp_path), "one", "two", *args)
    assert done.returncode == 64
    assert "--arm REFERENCE --arm CANDIDATE" in done.stderr


def _two_suites(root: Path) -> Path:
    """The same suite under two names, both arms recorded."""
    made = Repository(root, arms='[arms.other]\nextends = "plain"\nprompt = "shots"\n')
    made.prompt("shots", "Well: the text says {{ text }}.")
    made.run(mode="record")
    for name in ("one", "two"):
        shutil.copytree(made.folder, root / "suites" / name)
    return root


def _run(root: Path, *args: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "harness", "compare", *args],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
