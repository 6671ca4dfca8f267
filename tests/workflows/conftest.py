"""A repository to work in, and a fake server for it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from providers.fake_server import FakeServer

from harness.providers.local.model import PACKAGED_DIGEST
from harness.providers.local.recipe import as_written, recipe_digest, resolved
from harness.store.trainings import write_training
from harness.values.tuning import Tuned
from harness.workflows.provenance import provenance
from harness.workflows.tuning_task import tuning_task

from .repository import LOCAL, TUNED, Repository, server_in_a_thread


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """A suite `demo` of 12 test cases with a scripted arm `plain`, 9 of them right."""
    return Repository(tmp_path)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeServer]:
    """A fake of the hosted protocols; no proxy stands between."""
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    with server_in_a_thread() as fake:
        yield fake


@pytest.fixture
def trained(tmp_path: Path) -> Repository:
    """A suite whose arm `tuned` has been trained."""
    made = Repository(tmp_path, endpoints=LOCAL, arms=TUNED)
    made.write("suites/demo/training/lora.gguf", "GGUF adapter")
    suite = made.open()
    arm = suite.arms["tuned"]
    task = tuning_task(suite, arm)
    settings = as_written(resolved(task.recipe.hyperparameters))
    versions = {"torch": "2.0"}
    tuned = Tuned(
        recipe_digest=recipe_digest(task, settings, versions, PACKAGED_DIGEST),
        hyperparameters=settings,
        versions=versions,
        adapter=made.folder / "training" / "lora.gguf",
        base_digest=PACKAGED_DIGEST,
    )
    training = provenance(suite, arm, task, tuned, provider="local", adapter="lora.gguf")
    write_training(suite.folder, "lora", training)
    return made
