"""The walkthrough of docs/before-shutdown.md does what it says."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "dying_model.py"


@pytest.mark.model
def test_a_switched_off_model_stays_an_arm() -> None:
    """Recorded, switched off, frozen, its template edited: the same accuracy; a new case: never."""
    pytest.importorskip("xllamacpp")
    done = subprocess.run(
        [sys.executable, str(EXAMPLE)], capture_output=True, text=True, timeout=240, check=True
    )
    steps = done.stdout.split("\n# ")
    warned, recorded, gone, frozen, later = steps[1:]
    assert "recorded: validation 0 of 4, test 0 of 4, extra 0 of 1" in warned
    assert "set frozen = true" in recorded
    assert "4 provider_error" in gone
    row = next(line for line in recorded.splitlines() if line.startswith("tuned"))
    assert row in frozen.splitlines()
    assert "knows only the cases and inputs that it was recorded with" in later
