"""Trainings: what was written is read again, and what cannot be meant is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.errors import Problem
from harness.store.trainings import read_trainings, write_training
from harness.values.training import DataFile, Loss, Spent, Training

DIGEST = "0123456789abcdef01234567"
FULL = Training(
    provider="local",
    base="gemma-3-270m",
    method="lora",
    base_digest=DIGEST,
    adapter="lora.gguf",
    adapter_digest=DIGEST,
    form="completion",
    template_digest=DIGEST,
    completion=" {{ expected }}",
    train=DataFile(file="data/train.jsonl", digest=DIGEST, rows=300),
    recipe_digest=DIGEST,
    hyperparameters={"rank": 8, "learning_rate": 0.0005, "targets": ["q_proj"]},
    seed=1,
    versions={"torch": "2.13.0"},
    trained_tokens=1200,
    seconds=61.5,
    spent=Spent(amount=0.4, as_of="2026-11-21", source="a price list"),
    losses=(Loss(step=0, epoch=0, validation=4.5), Loss(step=38, epoch=1, train=1.5)),
    chosen_step=38,
    shutdown="2027-01-14",
)


def _read(folder: Path) -> tuple[dict[str, Training], list[Problem]]:
    problems: list[Problem] = []
    return read_trainings(folder, problems), problems


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    """Every field survives TOML."""
    path = write_training(tmp_path, "lora", FULL)
    assert _read(tmp_path) == ({"lora": FULL}, [])
    assert path == tmp_path / "training" / "lora.toml"


def test_a_hand_written_one_needs_three_words(tmp_path: Path) -> None:
    """A model trained elsewhere: who, from what, how."""
    (tmp_path / "training").mkdir()
    text = 'provider = "a colleague"\nbase = "gpt-4o-mini"\nmethod = "supervised"\n'
    (tmp_path / "training" / "old.toml").write_text(text)
    trainings, problems = _read(tmp_path)
    assert not problems
    expected = Training(provider="a colleague", base="gpt-4o-mini", method="supervised")
    assert trainings == {"old": expected}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (
            'adapter_digest = "' + DIGEST + '"\nadapter = "../other/lora.gguf"',
            "no name of a file in training/",
        ),
        ('adapter = "lora.gguf"', "adapter_digest is missing"),
        ('adapter_digest = "short"', "adapter_digest"),
        ('shutdown = "soon"', "shutdown"),
        ("rank = 8", "rank"),
    ],
)
def test_what_cannot_be_meant(tmp_path: Path, line: str, said: str) -> None:
    """Each is a problem of the file, with its name."""
    (tmp_path / "training").mkdir()
    text = 'provider = "p"\nbase = "b"\nmethod = "lora"\n' + line + "\n"
    (tmp_path / "training" / "lora.toml").write_text(text)
    _, problems = _read(tmp_path)
    assert len(problems) == 1
    assert said in str(problems[0])
    assert "lora.toml" in problems[0].file


def test_no_folder(tmp_path: Path) -> None:
    """A suite without trainings has none."""
    assert _read(tmp_path) == ({}, [])
