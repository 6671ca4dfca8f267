"""Trainings against today's files: nothing edited, nothing said; each edit by its field."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from harness.providers.local.model import PACKAGED_DIGEST
from harness.values.tuning import Tuned
from harness.workflows.check import check
from harness.workflows.provenance import check_trainings, provenance
from harness.workflows.tuning_task import tuning_task

from .repository import Repository
from .test_tune import LOCAL, TUNED

Edit = Callable[[Repository], None]


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """A suite whose arm `tuned` has been trained."""
    from harness.store.trainings import write_training

    made = Repository(tmp_path, endpoints=LOCAL, arms=TUNED)
    made.write("suites/demo/training/lora.gguf", "GGUF adapter")
    suite = made.open()
    arm = suite.arms["tuned"]
    tuned = Tuned(
        recipe_digest="0" * 24,
        hyperparameters={"rank": 8, "alpha": 16.0, "targets": ["q_proj"]},
        adapter=made.folder / "training" / "lora.gguf",
        base_digest=PACKAGED_DIGEST,
    )
    task = tuning_task(suite, arm)
    training = provenance(suite, arm, task, tuned, provider="local", adapter="lora.gguf")
    write_training(suite.folder, "lora", training)
    return made


def _said(repository: Repository) -> list[str]:
    return [str(problem) for problem in check_trainings(repository.open())]


def test_nothing_edited(repository: Repository) -> None:
    """A training is what the suite still holds."""
    assert _said(repository) == []


def _edit_rows(repository: Repository) -> None:
    repository.replace("data/train.jsonl", "train 0", "train zero")


def _edit_validation(repository: Repository) -> None:
    repository.replace("data/validation.jsonl", "validation 0", "validation zero")


def _edit_template(repository: Repository) -> None:
    repository.replace("prompts/plain.j2", "The text", "A text")


def _edit_adapter(repository: Repository) -> None:
    repository.replace("training/lora.gguf", "adapter", "another")


def _edit_recipe(repository: Repository) -> None:
    repository.replace(
        "suite.toml", "[trainings.lora]", "[trainings.lora]\nhyperparameters.rank = 16"
    )


def _edit_completion(repository: Repository) -> None:
    repository.replace("suite.toml", '" {{ expected }}"', '"{{ expected }}"')


def _edit_seed(repository: Repository) -> None:
    repository.replace("suite.toml", "[trainings.lora]", "[trainings.lora]\nseed = 2")


def _edit_base(repository: Repository) -> None:
    repository.replace("training/lora.toml", PACKAGED_DIGEST, "f" * 24)


@pytest.mark.parametrize(
    ("edit", "field"),
    [
        (_edit_rows, "train.digest: data/train.jsonl is now"),
        (_edit_validation, "validation.digest: data/validation.jsonl is now"),
        (_edit_template, "template_digest: the templates of arm tuned are now"),
        (_edit_adapter, "adapter_digest: lora.gguf is now"),
        (_edit_recipe, "hyperparameters.rank: the recipe says 16, and 8 was used"),
        (_edit_completion, "completion: the recipe says '{{ expected }}'"),
        (_edit_seed, "seed: the recipe says 2, and 1 was used"),
        (_edit_base, "base_digest: the adapter was made for m"),
    ],
)
def test_an_edit_is_named_by_its_field(repository: Repository, edit: Edit, field: str) -> None:
    """One problem, of the training's file, with what stands there now."""
    edit(repository)
    (said,) = _said(repository)
    assert field in said
    assert "lora.toml" in said


def test_a_lost_adapter(repository: Repository) -> None:
    """The file that replay never opens is needed to ask the model again."""
    (repository.folder / "training" / "lora.gguf").unlink()
    (said,) = _said(repository)
    assert "lora.gguf" in said


def test_a_frozen_arm_may_be_edited(repository: Repository) -> None:
    """It asks nothing any more: neither its template nor its weights matter."""
    repository.replace("suite.toml", 'training = "lora"', 'training = "lora"\nfrozen = true')
    _edit_template(repository)
    _edit_adapter(repository)
    assert _said(repository) == []


def test_check_fails(repository: Repository) -> None:
    """`harness check` reports it among the problems of the suite."""
    _edit_rows(repository)
    (report,) = check([], repository.root)
    assert any("train.digest" in str(problem) for problem in report.problems)
