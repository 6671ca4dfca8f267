"""Tuning an arm: what is learned, who is told, what is written, and what refuses."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from harness.errors import DataError, UsageError
from harness.training.check import CheckReport
from harness.values.endpoint import LocalSpec, OpenAISpec
from harness.values.leaks import LeakReport
from harness.values.training import Loss
from harness.values.tuning import Estimate, Tuned, TuningProgress
from harness.workflows.tune import arm_of, estimate, follow, tune
from harness.workflows.tuning_task import tuning_task

from .repository import LOCAL, SCRIPTED, TUNED, Repository

ESTIMATE = Estimate(rows=6, tokens=60, epochs=3)


class ScriptedTuner:
    """A fake that keeps the protocol: it runs through what it is given and notes each call."""

    def __init__(self, *progress: TuningProgress, tuned: Tuned | None = None) -> None:
        self.calls: list[str] = []
        self._progress = list(progress)
        self._tuned = tuned

    def prepare(self) -> Estimate:
        self.calls.append("prepare")
        return ESTIMATE

    def start(self) -> None:
        self.calls.append("start")

    def poll(self) -> TuningProgress:
        return self._progress.pop(0)

    def result(self) -> Tuned:
        self.calls.append("result")
        if self._tuned is None:
            raise DataError("it failed half-way")
        return self._tuned

    def cancel(self) -> None:
        self.calls.append("cancel")


class Notes:
    """An observer that keeps what it is told; `refuse` stops at the estimate."""

    def __init__(self, *, refuse: bool = False) -> None:
        self.told: list[object] = []
        self._refuse = refuse

    def checked(self, report: CheckReport, leaks: dict[str, LeakReport]) -> None:
        self.told.append((report.rows, {split: leaked.status for split, leaked in leaks.items()}))

    def estimated(self, estimate: Estimate) -> None:
        self.told.append(estimate)
        if self._refuse:
            raise UsageError("too dear")

    def progressed(self, progress: TuningProgress) -> None:
        self.told.append(progress)


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path, endpoints=LOCAL, arms=TUNED)


def _progress(status: str, step: int) -> TuningProgress:
    return TuningProgress(status=status, step=step, steps=2)


def test_the_task_is_the_training_split_in_the_arms_words(repository: Repository) -> None:
    """Six rows to learn, four to validate on, as the template renders them."""
    suite = repository.open()
    task = tuning_task(suite, suite.arms["tuned"])
    assert [row.id for row in task.examples] == [f"train{i}" for i in range(6)]
    assert task.examples[0].prompt == "The text says yes, train 0."
    assert task.examples[0].completion == " yes"
    assert len(task.validation) == 4
    assert (task.base, task.form, task.stop) == ("m", "completion", None)


def test_a_part_of_the_rows_is_nested_and_stratified(repository: Repository) -> None:
    """Two rows are among the four; both labels are there."""
    suite = repository.open()
    recipe = suite.file.trainings["lora"]
    parts = [
        tuning_task(suite, suite.arms["tuned"], msgspec.structs.replace(recipe, rows=rows)).examples
        for rows in (2, 4, 6)
    ]
    ids = [{row.id for row in part} for part in parts]
    assert [len(part) for part in ids] == [2, 4, 6]
    assert ids[0] < ids[1] < ids[2]
    assert {row.completion for row in parts[0]} == {" yes", " no"}


def test_a_prepared_file_instead(repository: Repository) -> None:
    """The recipe names a training file of any shape in the suite's folder."""
    repository.replace("suite.toml", "[trainings.lora]", '[trainings.lora]\ntrain = "my.jsonl"')
    repository.write("suites/demo/my.jsonl", '{"prompt": "p", "completion": " c"}\n' * 2)
    suite = repository.open()
    task = tuning_task(suite, suite.arms["tuned"])
    assert [(row.prompt, row.completion) for row in task.examples] == [("p", " c")] * 2
    assert task.validation == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no rows"),
        ('{"prompt": "p", "completion": " c"}\n{"prompt": \n', "my.jsonl:2"),
        ('{"x": 1}\n', "no known shape"),
    ],
)
def test_a_prepared_file_that_is_broken(repository: Repository, text: str, said: str) -> None:
    """Nothing is learned from a file with errors; the line is named."""
    repository.replace("suite.toml", "[trainings.lora]", '[trainings.lora]\ntrain = "my.jsonl"')
    repository.write("suites/demo/my.jsonl", text)
    suite = repository.open()
    with pytest.raises(DataError, match=said):
        tuning_task(suite, suite.arms["tuned"])


def test_following_a_tuning(repository: Repository) -> None:
    """Prepare, estimate, start, look until it has ended, result; observers hear all of it."""
    tuned = Tuned(recipe_digest="d", hyperparameters={})
    tuner = ScriptedTuner(_progress("running", 1), _progress("succeeded", 2), tuned=tuned)
    notes = Notes()
    assert follow(tuner, OpenAISpec(), [notes], pause=0) is tuned
    assert tuner.calls == ["prepare", "start", "result"]
    assert notes.told == [ESTIMATE, _progress("running", 1), _progress("succeeded", 2)]


def test_an_observer_can_refuse_before_anything_starts() -> None:
    """The estimate comes first: whoever raises there has spent nothing."""
    tuner = ScriptedTuner()
    with pytest.raises(UsageError, match="too dear"):
        follow(tuner, OpenAISpec(), [Notes(refuse=True)], pause=0)
    assert tuner.calls == ["prepare"]


@pytest.mark.parametrize(("spec", "stopped"), [(LocalSpec(), True), (OpenAISpec(), False)])
def test_an_interruption(spec: LocalSpec | OpenAISpec, stopped: bool) -> None:
    """Ctrl-C stops what runs here; a hosted job is paid for and goes on."""

    class Interrupting(Notes):
        def progressed(self, progress: TuningProgress) -> None:
            raise KeyboardInterrupt

    tuner = ScriptedTuner(_progress("running", 1))
    with pytest.raises(KeyboardInterrupt):
        follow(tuner, spec, [Interrupting()], pause=0)
    assert ("cancel" in tuner.calls) == stopped


def test_a_job_that_fails_half_way() -> None:
    """Its own words are the error."""
    tuner = ScriptedTuner(_progress("running", 1), _progress("failed", 1))
    with pytest.raises(DataError, match="half-way"):
        follow(tuner, OpenAISpec(), [], pause=0)


def test_what_a_training_keeps(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    """The adapter is copied beside its record; the suite then asks the tuned model by digest."""
    made = repository.root / "made.gguf"
    made.write_bytes(b"GGUF adapter")
    tuned = Tuned(
        recipe_digest="0" * 24,
        hyperparameters={"rank": 8},
        adapter=made,
        base_digest="1" * 24,
        losses=(Loss(step=1, epoch=1, validation=0.5),),
        chosen_step=1,
    )
    tuner = ScriptedTuner(_progress("succeeded", 1), tuned=tuned)
    monkeypatch.setattr("harness.workflows.tune.open_tuner", lambda *_, **__: tuner)
    training = tune(repository.open(), "tuned", pause=0)
    assert (repository.folder / "training" / "lora.gguf").read_bytes() == b"GGUF adapter"
    suite = repository.open()
    assert suite.trainings == {"lora": training}
    assert suite.arms["tuned"].adapter == training.adapter_digest
    assert suite.arms["tuned"].kind == "fine_tuned"
    assert training.train.rows == 6
    assert training.train.file == "data/train.jsonl"


def test_a_hosted_training_renames_the_model(repository: Repository) -> None:
    """The arm asks the tuned model by the name that the platform gave it."""
    text = 'provider = "openai"\nbase = "m"\nmethod = "supervised"\nmodel = "ft:m:x"\n'
    repository.write("suites/demo/training/lora.toml", text)
    assert repository.open().arms["tuned"].model == "ft:m:x"
    assert repository.open().arms["plain"].model == "m"


@pytest.mark.parametrize(
    ("endpoints", "arm", "said"),
    [
        (LOCAL, "plain", "learns nothing"),
        (SCRIPTED, "tuned", "nothing is tuned on an endpoint of kind 'scripted'"),
    ],
)
def test_what_cannot_be_tuned(tmp_path: Path, endpoints: str, arm: str, said: str) -> None:
    """An arm without a training, and an endpoint that cannot tune."""
    repository = Repository(tmp_path, endpoints=endpoints, arms=TUNED)
    with pytest.raises(UsageError, match=said):
        estimate(repository.open(), arm)


def test_no_such_arm(repository: Repository) -> None:
    """The arms that exist are named."""
    with pytest.raises(UsageError, match="arms: plain, tuned"):
        arm_of(repository.open(), "fine")


def test_an_untuned_arm_is_not_run(repository: Repository) -> None:
    """The error has the command that tunes it."""
    with pytest.raises(UsageError, match="harness tune demo tuned"):
        repository.run(mode="live", arms=["tuned"])


def test_an_unknown_training(repository: Repository) -> None:
    """A training that is neither declared nor recorded is a problem of the suite."""
    repository.replace("suite.toml", "[trainings.lora]", "[trainings.other]")
    with pytest.raises(DataError, match="there is no training 'lora'"):
        repository.open()


def test_what_a_frozen_arm_learned_is_not_replaced(repository: Repository) -> None:
    """Its replies stay; a record of another model beside them would be a lie."""
    text = 'provider = "openai"\nbase = "m"\nmethod = "supervised"\nmodel = "ft:m:x"\n'
    repository.write("suites/demo/training/lora.toml", text)
    repository.replace("suite.toml", 'training = "lora"', 'training = "lora"\nfrozen = true')
    with pytest.raises(UsageError, match="arm tuned is frozen"):
        tune(repository.open(), "tuned")
