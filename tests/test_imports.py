"""Nothing heavy is imported until it is used, in a fresh interpreter."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent
HEAVY = {
    "openai",
    "aiohttp",
    "pandas",
    "sklearn",
    "scipy",
    "torch",
    "xllamacpp",
    "pyarrow",
    "numpy",
}


def loaded_by(statement: str) -> set[str]:
    """The top-level modules that a statement loads."""
    code = f"import sys; {statement}; print(*{{name.partition('.')[0] for name in sys.modules}})"
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
    )
    return set(done.stdout.split())


def test_import_harness() -> None:
    """Neither a client, nor statistics, nor templates."""
    assert not loaded_by("import harness") & (HEAVY | {"jinja2", "jsonschema", "click", "rich"})


@pytest.mark.parametrize(
    "module", ["workflows.run", "workflows.check", "workflows.recorded", "cli.main"]
)
def test_workflows(module: str) -> None:
    """Replay needs no client and no statistics."""
    assert not loaded_by(f"import harness.{module}") & HEAVY


def test_a_replayed_run_stays_light(tmp_path: Path) -> None:
    """Not even running from recordings loads a client, pandas, scikit-learn or scipy."""
    statement = (
        "from pathlib import Path; from harness.workflows.init import init; import harness; "
        f"root = Path({str(tmp_path)!r}); init('x', root); suite = root / 'suites' / 'x'; "
        "harness.run(suite, arms=['zero_shot', 'few_shot'], mode='record'); "
        "harness.run(suite, arms=['zero_shot', 'few_shot'])"
    )
    assert not loaded_by(statement) & HEAVY


@pytest.mark.parametrize("name", ["run", "load_run", "open_suite", "Case", "Score", "Run"])
def test_public_names(name: str) -> None:
    """They are there, although nothing was imported for them."""
    assert name in loaded_public()


def loaded_public() -> list[str]:
    import harness

    return [name for name in harness.__all__ if getattr(harness, name) is not None]
