"""`harness promote` through a real process: who is refused, what is said, what is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Command
from tests.workflows.gate.gate_repository import BAD, GOOD, GateRepository


@pytest.fixture
def stand(tmp_path: Path) -> GateRepository:
    """Both arms recorded, nothing approved."""
    made = GateRepository(tmp_path)
    made.record(plain=GOOD, other=GOOD)
    return made


def test_from_the_first_to_a_promotion(harness: Command, stand: GateRepository) -> None:
    """First, gate, promote: each says what it wrote and what is in production."""
    first = harness("promote", "demo", "plain", "--reason", "what we run")
    assert first.returncode == 0
    path = Path("baselines") / "demo" / "plain.jsonl"
    assert f"wrote {path}: 40 of 40 correct" in first.stdout
    assert "in production: plain, since " in first.stdout
    assert "(what we run)" in first.stdout
    refused = harness("promote", "demo", "other", "--reason", "better")
    assert refused.returncode == 64
    assert "harness gate demo --candidate other" in refused.stderr
    assert harness("gate", "demo").returncode == 0
    assert harness("promote", "demo", "other", "--reason", "better").returncode == 0
    assert stand.production is not None
    assert (stand.production.arm, stand.production.decision) == ("other", 1)


def test_the_same_again_says_that_nothing_was_written(
    harness: Command, stand: GateRepository
) -> None:
    """And ends well."""
    words = ("promote", "demo", "plain", "--reason", "what we run")
    harness(*words)
    again = harness(*words)
    assert again.returncode == 0
    assert again.stdout == "plain is approved as it is already: nothing to write\n"


def test_flips_are_shown_and_cut(harness: Command, stand: GateRepository) -> None:
    """Twenty of them, the rest as a number."""
    harness("promote", "demo", "plain", "--reason", "what we run")
    stand.record(plain="-" * 23 + GOOD[23:])
    ended = harness("promote", "demo", "plain", "--reason", "tired", "--override")
    assert ended.returncode == 0
    assert ended.stdout.count("correct -> wrong") == 20
    assert "and 3 more cases" in ended.stdout
    assert stand.baseline().header.approval == "override"


def test_an_id_of_others_does_nothing_to_the_terminal(
    harness: Command, stand: GateRepository
) -> None:
    """Ids are foreign text: escapes are shown, not obeyed."""
    rows = stand.lines_of()
    rows[0]["id"] = "\x1b[2Jtest"
    stand.cases("test", rows)
    stand.record(plain=GOOD, other=GOOD)
    harness("promote", "demo", "plain", "--reason", "what we run")
    stand.record(plain=BAD)
    ended = harness("promote", "demo", "plain", "--reason", "\x1b[31mred", "--override")
    assert ended.returncode == 0
    assert "\x1b" not in ended.stdout
    assert "\\u001b[2Jtest: correct -> wrong" in ended.stdout


def test_baseline_only_leaves_production(harness: Command, stand: GateRepository) -> None:
    """And is refused for the arm that is in production."""
    harness("promote", "demo", "plain", "--reason", "what we run")
    ended = harness("promote", "demo", "other", "--reason", "for tests", "--baseline-only")
    assert ended.returncode == 0
    assert stand.production is not None
    assert stand.production.arm == "plain"
    refused = harness("promote", "demo", "plain", "--reason", "for tests", "--baseline-only")
    assert refused.returncode == 64


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("plain",), "--reason"),
        (("plain", "--reason", " "), "needs a reason"),
        (("nosuch", "--reason", "x"), "no arm 'nosuch'"),
        (("plain", "--reason", "x", "--split", "extra"), "--split"),
        (("decisions", "--reason", "x"), "rename it"),
        ((), "ARM"),
    ],
)
def test_usage(harness: Command, stand: GateRepository, words: tuple[str, ...], says: str) -> None:
    """Ends with 64, says what is missing, and writes nothing."""
    ended = harness("promote", "demo", *words)
    assert ended.returncode == 64
    assert says in ended.stderr
    assert "Traceback" not in ended.stderr
    assert not stand.approved.exists()


def test_bad_data(harness: Command, stand: GateRepository) -> None:
    """A split that is not recorded, a broken production.toml, an unwritable folder: 65."""
    words = ("promote", "demo", "plain", "--reason", "x")
    missed = harness(*words, "--split", "validation")
    assert missed.returncode == 65
    assert "--split validation --record" in missed.stderr
    stand.write("baselines/demo/production.toml", "arm = 1\n")
    assert harness(*words).returncode == 65
    (stand.approved / "production.toml").unlink()
    stand.approved.rmdir()
    stand.write("baselines/demo", "a file where the folder should be")
    ended = harness(*words)
    assert ended.returncode == 65
    assert "Traceback" not in ended.stderr


def test_a_clean_subset_without_leaks_is_the_whole(harness: Command, stand: GateRepository) -> None:
    """The option changes nothing where nothing leaked."""
    ended = harness("promote", "demo", "plain", "--reason", "x", "--clean-subset")
    assert ended.returncode == 0
    assert stand.baseline().header.cases == 40
