"""The walkthrough of docs/from-a-file.md, on real rows that nobody here wrote."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "from_a_file.sh"
LABELS, ROWS = 3, 24
CHANCE = 1 / LABELS


def _few_rows(source: Path, target: Path) -> None:
    """The first rows of the first labels of a file."""
    by_label: dict[str, list[str]] = defaultdict(list)
    for line in source.read_text().splitlines():
        by_label[json.loads(line)["label"]].append(line)
    chosen = [line for label in sorted(by_label)[:LABELS] for line in by_label[label][:ROWS]]
    target.write_text("\n".join(chosen) + "\n")


@pytest.mark.cases
@pytest.mark.model
def test_a_file_of_labelled_texts_becomes_a_tuned_arm(cases_folder: Path, tmp_path: Path) -> None:
    """Checked, split, tuned, asked and in one table; the tuned model has learned the labels."""
    for package in ("xllamacpp", "torch", "peft", "transformers"):
        pytest.importorskip(package)
    source = cases_folder / "13_intent_train_test_sets" / "banking77" / "train.jsonl"
    _few_rows(source, tmp_path / "rows.jsonl")
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        [str(EXAMPLE), str(tmp_path / "rows.jsonl"), str(tmp_path / "made"), "2"],
        env=os.environ | {"PATH": path, "COLUMNS": "110"},
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "no problems" in done.stdout
    words = [sys.executable, "-m", "harness", "run", "intents", "--json"]
    replayed = subprocess.run(words, cwd=tmp_path / "made", capture_output=True, check=True)
    arms = json.loads(replayed.stdout)["arms"]
    assert arms["fine_tuned"]["mean"] > max(CHANCE, arms["zero_shot"]["mean"])
    assert arms["fine_tuned"]["leaks"]["status"] == "clean"
