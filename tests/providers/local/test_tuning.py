"""Tuning end to end in its own process: estimate, kill, going on, result, every way of failing."""

from __future__ import annotations

import os
import shutil
import signal
import time
from pathlib import Path
from typing import Any

import msgspec
import pytest

from harness.errors import DataError, HarnessError, UsageError
from harness.providers.local.adapter import adapter_facts
from harness.providers.local.model import file_digest
from harness.providers.local.recipe import installed_versions
from harness.providers.local.tuning import LocalTuner, recipe_digest
from harness.values.endpoint import LocalSpec
from harness.values.example import Example
from harness.values.training import Hyperparameters, Recipe
from harness.values.tuning import TuningProgress, TuningTask

pytest.importorskip("peft")

WORDS = ("bad", "meh", "fine", "good", "great", "awful", "poor", "okay", "nice", "superb")
EXAMPLES = tuple(
    Example(prompt=f"Review: {word}\nRating:", completion=f" {1 + number % 5} stars")
    for number, word in enumerate(WORDS)
)
HYPERPARAMETERS = Hyperparameters(epochs=3, batch_size=4, learning_rate=0.01, rank=2, max_length=64)


def task(**changes: Any) -> TuningTask:
    whole = TuningTask(
        suite="stars",
        name="lora_10",
        base="tiny",
        form="completion",
        recipe=Recipe(hyperparameters=HYPERPARAMETERS),
        examples=EXAMPLES,
        validation=EXAMPLES[:3],
        stop="\n",
    )
    return msgspec.structs.replace(whole, **changes)


def followed(tuner: LocalTuner) -> tuple[TuningProgress, list[str]]:
    """Poll until it is over; the last progress and all events."""
    events: list[str] = []
    while True:
        progress = tuner.poll()
        events += progress.events
        if progress.status not in ("waiting", "running"):
            return progress, events
        time.sleep(0.05)


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the tiny model is unpacked once for the module."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def build(tiny_gguf: Path, cache: Path, tmp_path: Path) -> Any:
    def tuner(folder: str = "out", **changes: Any) -> LocalTuner:
        spec = LocalSpec(gguf=str(tiny_gguf))
        return LocalTuner(spec, task(**changes), tmp_path / folder, cache=cache)

    return tuner


@pytest.mark.model
def test_a_task_becomes_an_adapter(build: Any, tiny_gguf: Path, tmp_path: Path) -> None:
    """Counted first, then trained, converted and recorded; built again, it is done at once."""
    tuner = build()
    estimate = tuner.prepare()
    assert (estimate.rows, estimate.epochs, estimate.truncated) == (10, 3, 0)
    assert tuner.poll().status == "waiting"
    tuner.start()
    progress, events = followed(tuner)
    assert (progress.status, progress.step, progress.steps) == ("succeeded", 9, 9)
    assert events[-1] == "the adapter is written"
    tuned = tuner.result()
    assert tuned.adapter is not None
    assert adapter_facts(tuned.adapter).rank == 2
    assert len(tuned.losses) == 4
    assert tuned.trained_tokens == 3 * estimate.tokens
    assert tuned.base_digest == file_digest(tiny_gguf)
    assert tuned.recipe_digest == recipe_digest(
        task(), tuned.hyperparameters, installed_versions(), tuned.base_digest
    )
    assert str(tmp_path) not in (tmp_path / "out/peft/adapter_config.json").read_text()
    again = build()
    again.start()
    assert again.poll().status == "succeeded"
    assert again.result() == tuned
    assert build().prepare().seconds is not None


@pytest.mark.model
def test_a_killed_training_goes_on_and_ends_the_same(build: Any, tmp_path: Path) -> None:
    """The trainer is killed after its first epoch; the adapter is the one of a quiet run."""
    whole, killed = build("whole"), build("killed")
    whole.start()
    followed(whole)
    killed.start()
    while not (tmp_path / "killed/checkpoint.pt").exists():
        assert killed.poll().status == "running"
        time.sleep(0.005)
    os.kill(killed._process._process.pid, signal.SIGKILL)
    progress, events = followed(killed)
    assert progress.status == "failed"
    assert "killed by signal 9" in events[-1]
    with pytest.raises(DataError, match="killed by signal 9"):
        killed.result()
    again = build("killed")
    again.start()
    _, events = followed(again)
    assert any(event.startswith("going on after epoch") for event in events)
    assert file_digest(again.result().adapter) == file_digest(whole.result().adapter)
    assert again.result().losses == whole.result().losses


@pytest.mark.model
def test_a_cancelled_training_leaves_no_process(build: Any) -> None:
    """Its status says so, and a second cancel does nothing."""
    tuner = build()
    tuner.cancel()
    tuner.start()
    process = tuner._process
    tuner.cancel()
    tuner.cancel()
    assert tuner.poll().status == "cancelled"
    assert process.running() is False
    with pytest.raises(DataError, match="is not finished"):
        tuner.result()


@pytest.mark.model
def test_bad_rows_are_told_with_their_lines(build: Any) -> None:
    """By prepare, before anything is spent."""
    examples = (*EXAMPLES[:2], Example(line=7, prompt="a", completion=""))
    with pytest.raises(DataError) as caught:
        build(examples=examples).prepare()
    assert [(problem.file, problem.line) for problem in caught.value.problems] == [("lora_10", 7)]


@pytest.mark.model
def test_a_layer_that_the_model_lacks_is_a_usage_error(build: Any) -> None:
    """The reason comes back from the other process as it was raised there."""
    recipe = Recipe(hyperparameters=Hyperparameters(targets=("qkv",)))
    tuner = build(recipe=recipe)
    tuner.start()
    assert followed(tuner)[0].status == "failed"
    with pytest.raises(UsageError, match="the model has no layer qkv"):
        tuner.result()


def test_hosted_hyperparameters_and_methods_are_refused(build: Any) -> None:
    """Before a process is started."""
    with pytest.raises(UsageError, match=r"learning_rate_multiplier = 2\.0"):
        build(recipe=Recipe(hyperparameters=Hyperparameters(learning_rate_multiplier=2.0)))
    with pytest.raises(UsageError, match="method = 'dpo'"):
        build(recipe=Recipe(method="dpo"))
    with pytest.raises(UsageError, match="no row to learn from"):
        build(examples=())


def test_a_broken_record_of_an_earlier_training_is_not_believed(build: Any, tmp_path: Path) -> None:
    """Neither a file of another form nor one whose adapter is gone."""
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "finished.json").write_text('{"recipe": "x"}')
    with pytest.raises(HarnessError, match="is not finished"):
        build().result()
    shutil.rmtree(folder)
    assert build().poll().status == "waiting"
