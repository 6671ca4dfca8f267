"""The walkthrough of docs/replacing-a-tuned-model.md does what it says."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "replace_a_tuned_model.sh"


def test_a_prompted_model_does_not_replace_the_tuned_one(tmp_path: Path) -> None:
    """Approved, chosen on validation, rejected on test, with the cases that would be lost."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", str(EXAMPLE), str(tmp_path / "copy")],
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
        env={**os.environ, "PATH": path, "COLUMNS": "110"},
    )
    approved, chosen, gated, lost, classical, count = done.stdout.split("# ")[1:7]
    assert "in production: fine_tuned" in approved
    assert "CHOSEN: few_shot_similar, among 3 arms" in chosen
    assert "REJECT: few_shot_similar must not replace fine_tuned" in gated
    assert "exit code 1" in gated
    assert "few_shot_similar" in lost
    assert "REJECT: classical must not replace fine_tuned" in classical
    assert count.split()[-1] == "2"
