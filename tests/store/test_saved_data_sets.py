"""Hugging Face data sets: a real one saved by the real library, and a hub that is out of reach."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("datasets", reason="the extra 'datasets' is not installed")

SAVE = """
import sys
from datasets import Dataset
rows = [{"text": f"parcel {i}", "label": "delivery" if i % 2 else "billing"} for i in range(6)]
Dataset.from_list(rows).save_to_disk(sys.argv[1])
"""
SUITE = """
title = "From a data set"
[data]
test = "LOCATION"
columns = { input.message = "text", expected = "label" }
[scorer]
primary = "label"
label.labels = ["billing", "delivery"]
[models.m]
endpoint = "scripted"
model = "m"
[arms.a]
model = "m"
form = "chat"
prompt = "p"
"""


def _check(tmp_path: Path, location: str) -> subprocess.CompletedProcess[str]:
    folder = tmp_path / "suites" / "hf"
    (folder / "prompts").mkdir(parents=True)
    (folder / "prompts" / "p.j2").write_text("{{ message }}")
    (folder / "suite.toml").write_text(SUITE.replace("LOCATION", location))
    return subprocess.run(
        [sys.executable, "-m", "harness", "check"],
        cwd=tmp_path,
        env=os.environ | {"HF_HUB_OFFLINE": "1", "HF_HOME": str(tmp_path / "home")},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_a_saved_data_set_is_a_split(tmp_path: Path) -> None:
    """What `save_to_disk` wrote is read with mapped columns; ids come from the inputs."""
    saved = tmp_path / "saved"
    subprocess.run([sys.executable, "-c", SAVE, str(saved)], check=True, capture_output=True)
    ended = _check(tmp_path, str(saved))
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "hf: no problems (cases: 6 test" in ended.stdout


def test_a_hub_out_of_reach_is_a_problem_of_the_file(tmp_path: Path) -> None:
    """Exit 65 with the location; no traceback."""
    ended = _check(tmp_path, "hf://nobody/nothing/test")
    assert ended.returncode == 65
    assert "hf://nobody/nothing/test: cannot be loaded" in ended.stdout
    assert "Traceback" not in ended.stderr
