"""A Hugging Face model as an arm like any other: live, recorded, replayed."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from harness.errors import ReplayMissError
from harness.runner.lane import LaneLimits
from harness.values.endpoint import HuggingFaceSpec
from harness.workflows.endpoints import limits

from .repository import CASES, Repository

pytestmark = pytest.mark.skipif(
    not (find_spec("torch") and find_spec("transformers")), reason="the extra 'tune' is absent"
)


@pytest.fixture
def tiny(tmp_path: Path) -> Iterator[Repository]:
    """The usual suite; its arm asks a random model of two layers in model/."""
    from providers.huggingface.tiny import save_model

    folder = save_model(tmp_path / "model")
    endpoints = f'[endpoints.fake]\nkind = "huggingface"\npath = "{folder}"\nbatch = 4\n'
    repository = Repository(tmp_path / "repository", endpoints)
    repository.replace(
        "suite.toml", 'prompt = "plain"', 'prompt = "plain"\nsampling.max_tokens = 4'
    )
    yield repository
    shutil.rmtree(folder, ignore_errors=True)


def test_recorded_then_replayed(tiny: Repository) -> None:
    """Live and recorded runs agree; the replay asks nothing and finds every reply."""
    live = tiny.run(mode="live")
    recorded = tiny.run(mode="record")
    replayed = tiny.run()
    outcomes = [run.arms["plain"].outcomes() for run in (live, recorded, replayed)]
    assert outcomes[0] == outcomes[1] == outcomes[2]
    info = recorded.info.arms["plain"]
    assert (info.planned, info.replayed) == (CASES, False)
    assert info.served_models == ("model",)
    assert info.server.startswith("transformers ")
    assert replayed.info.arms["plain"].replayed


def test_other_weights_make_recordings_stale(tiny: Repository) -> None:
    """The model's folder is part of what a recording is found by."""
    tiny.run(mode="record")
    folder = tiny.root.parent / "model"
    config = folder / "config.json"
    config.write_text(config.read_text() + "\n")
    with pytest.raises(ReplayMissError):
        tiny.run()


def test_limits_of_its_lane() -> None:
    """As many at once as are answered together."""
    spec = HuggingFaceSpec(batch=3, attempts=2, deadline=9.0)
    assert limits(spec) == LaneLimits(3, 2, 9.0)
