"""Learning curves: points made once, kept after each, on one basis, with the best prompted arm."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from harness.errors import DataError, UsageError
from harness.store.curves import curve_path, read_curve
from harness.values.tuning import Tuned, TuningTask
from harness.workflows.curve import curve
from harness.workflows.curve_pages import curve_pages
from harness.workflows.report import drifted_pages, write_pages

from .repository import CASES, SCRIPTED, TUNED, Repository
from .test_tune import ESTIMATE, ScriptedTuner, _progress


class Tuners:
    """Makes a scripted tuner per point and remembers what each was to learn."""

    def __init__(self, *, fail_at: int | None = None) -> None:
        self.tasks: list[TuningTask] = []
        self._fail_at = fail_at

    def __call__(self, spec: object, task: TuningTask, folder: Path, **_: Any) -> ScriptedTuner:
        self.tasks.append(task)
        failing = len(self.tasks) - 1 == self._fail_at
        status = "failed" if failing else "succeeded"
        name = f"tuned-{len(task.examples)}-{task.recipe.seed}"
        tuned = Tuned(recipe_digest="a" * 24, hyperparameters={}, model=name)
        return ScriptedTuner(_progress(status, 1), tuned=None if failing else tuned)


class Notes:
    """What an observer of a curve hears."""

    def __init__(self) -> None:
        self.begun: list[tuple[int, int]] = []
        self.sizes: list[int] = []

    def checked(self, report: object, leaks: object) -> None: ...
    def estimated(self, estimate: object) -> None:
        assert estimate == ESTIMATE

    def progressed(self, progress: object) -> None: ...
    def began(self, point: tuple[int, int], number: int, count: int) -> None:
        self.begun.append((number, count))

    def finished(self, point: Any) -> None:
        self.sizes.append(point.size)


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    made = Repository(tmp_path, endpoints=SCRIPTED, arms=TUNED)
    made.run(mode="record", arms=["plain"])
    return made


@pytest.fixture
def tuners(monkeypatch: pytest.MonkeyPatch) -> Tuners:
    made = Tuners()
    monkeypatch.setattr("harness.workflows.curve.open_tuner", made)
    return made


def test_a_point_per_size_and_seed(repository: Repository, tuners: Tuners) -> None:
    """Each learns its nested rows, and has a score per case in their order."""
    grown = curve(repository.open(), "tuned", [2, 4], seeds=[1, 2])
    assert [(p.size, p.seed) for p in grown.ordered()] == [(2, 1), (2, 2), (4, 1), (4, 2)]
    assert {len(point.values) for point in grown.points} == {CASES}
    first, second = ({row.id for row in tuners.tasks[at].examples} for at in (0, 2))
    assert first < second


def test_the_best_prompted_arm_stands_beside(repository: Repository, tuners: Tuners) -> None:
    """Nine of twelve are right, from its recordings; a tuned arm is no reference."""
    grown = curve(repository.open(), "tuned", [2])
    assert grown.reference.arm == "plain"
    assert grown.reference.values.count("1") == 9


def test_points_are_not_made_again(repository: Repository, tuners: Tuners) -> None:
    """A second call with one size more tunes once; both are told to the observer."""
    curve(repository.open(), "tuned", [2, 4])
    notes = Notes()
    grown = curve(repository.open(), "tuned", [2, 4, 6], [notes])
    assert len(tuners.tasks) == 3
    assert notes.begun == [(3, 3)]
    assert notes.sizes == [2, 4, 6]
    assert len(grown.points) == 3


def test_points_of_another_recipe_leave_the_curve(repository: Repository, tuners: Tuners) -> None:
    """What was made with other hyperparameters does not stand beside what is made now."""
    curve(repository.open(), "tuned", [2, 4])
    rank = "[trainings.lora]\nhyperparameters = { rank = 4 }"
    repository.replace("suite.toml", "[trainings.lora]", rank)
    grown = curve(repository.open(), "tuned", [4])
    assert [point.size for point in grown.points] == [4]


def test_all_rows_are_the_recipes_own_training(repository: Repository, tuners: Tuners) -> None:
    """The largest point is the task that `harness tune` has, so that its work is found again."""
    from harness.workflows.tuning_task import tuning_task

    curve(repository.open(), "tuned", [6])
    suite = repository.open()
    assert tuners.tasks[0] == tuning_task(suite, suite.arms["tuned"])


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("prompts/plain.j2", "The text", "A text"),
        ("data/test.jsonl", "test 0", "test zero"),
        ("suite.toml", '" {{ expected }}"', '"{{ expected }}"'),
    ],
)
def test_another_basis_is_another_curve(
    repository: Repository, tuners: Tuners, file: str, old: str, new: str
) -> None:
    """Points made with other templates, cases or completions do not stand on one curve."""
    curve(repository.open(), "tuned", [2])
    repository.replace(file, old, new)
    repository.run(mode="record", arms=["plain"])
    curve(repository.open(), "tuned", [2])
    assert len(tuners.tasks) == 2


def test_a_tuning_that_fails_keeps_the_points_before(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two of three are in the file; the next call makes the third alone."""
    monkeypatch.setattr("harness.workflows.curve.open_tuner", Tuners(fail_at=2))
    with pytest.raises(DataError, match="half-way"):
        curve(repository.open(), "tuned", [2, 4, 6])
    kept = read_curve(curve_path(repository.folder, "lora"))
    assert [point.size for point in kept.ordered()] == [2, 4]
    again = Tuners()
    monkeypatch.setattr("harness.workflows.curve.open_tuner", again)
    curve(repository.open(), "tuned", [2, 4, 6])
    assert len(again.tasks) == 1


@pytest.mark.parametrize(
    ("sizes", "seeds", "said"),
    [
        ([], [1], "at least"),
        ([2], [], "at least"),
        ([7], [1], "7 rows"),
        ([0], [1], "0"),
    ],
)
def test_sizes_that_cannot_be(
    repository: Repository, tuners: Tuners, sizes: list[int], seeds: list[int], said: str
) -> None:
    """None, none at all, more than there are."""
    with pytest.raises(UsageError, match=said):
        curve(repository.open(), "tuned", sizes, seeds=seeds)


def test_pages_are_made_and_checked(repository: Repository, tuners: Tuners) -> None:
    """Page and picture come from the file alone; CI sees when they differ from it."""
    curve(repository.open(), "tuned", [2, 4, 6])
    pages = curve_pages(repository.open())
    assert sorted(path.name for path in pages) == ["demo.lora.curve.md", "demo.lora.curve.svg"]
    write_pages(repository.root)
    assert drifted_pages(repository.root) == []
    path = curve_path(repository.folder, "lora")
    grown = read_curve(path)
    fewer = msgspec.structs.replace(grown, points=grown.points[:2])
    from harness.store.curves import write_curve

    write_curve(path, fewer)
    assert {path.name for path in drifted_pages(repository.root)} == {path.name for path in pages}


def test_a_broken_file_of_a_curve(repository: Repository, tuners: Tuners) -> None:
    """It is named, and nothing is tuned on top of it."""
    repository.write("suites/demo/training/lora.curve.json", "{")
    with pytest.raises(DataError, match=r"lora\.curve\.json"):
        curve(repository.open(), "tuned", [2])
    assert tuners.tasks == []


def test_a_frozen_arm_has_no_new_points(repository: Repository, tuners: Tuners) -> None:
    """Each of its points would be the same recordings."""
    repository.replace("suite.toml", 'training = "lora"', 'training = "lora"\nfrozen = true')
    with pytest.raises(UsageError, match="frozen"):
        curve(repository.open(), "tuned", [2])
    assert tuners.tasks == []
