"""Trainings against today's files: nothing edited, nothing said; each edit by its field."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from harness.providers.local.model import PACKAGED_DIGEST
from harness.providers.openai.tuning_files import write_rows
from harness.providers.openai.tuning_recipe import recipe_digest
from harness.store.trainings import write_training
from harness.values.tuning import Tuned
from harness.workflows.check import check
from harness.workflows.provenance import check_trainings, provenance
from harness.workflows.tuning_task import tuning_task

from .repository import Repository, usual_cases

Edit = Callable[[Repository], None]


def _said(trained: Repository) -> list[str]:
    return [str(problem) for problem in check_trainings(trained.open())]


def test_nothing_edited(trained: Repository) -> None:
    """A training is what the suite still holds."""
    assert _said(trained) == []


def _edit_rows(trained: Repository) -> None:
    trained.replace("data/train.jsonl", "train 0", "train zero")


def _edit_validation(trained: Repository) -> None:
    trained.replace("data/validation.jsonl", "validation 0", "validation zero")


def _edit_template(trained: Repository) -> None:
    trained.replace("prompts/plain.j2", "The text", "A text")


def _edit_adapter(trained: Repository) -> None:
    trained.replace("training/lora.gguf", "adapter", "another")


def _edit_recipe(trained: Repository) -> None:
    trained.replace("suite.toml", "[trainings.lora]", "[trainings.lora]\nhyperparameters.rank = 16")


def _edit_completion(trained: Repository) -> None:
    trained.replace("suite.toml", '" {{ expected }}"', '"{{ expected }}"')


def _edit_seed(trained: Repository) -> None:
    trained.replace("suite.toml", "[trainings.lora]", "[trainings.lora]\nseed = 2")


def _edit_versions(trained: Repository) -> None:
    trained.replace("training/lora.toml", 'torch = "2.0"', 'torch = "2.1"')


def _edit_part(trained: Repository) -> None:
    """The recipe takes a part of the rows by now, and the record was bent to agree."""
    trained.replace("suite.toml", "[trainings.lora]", "[trainings.lora]\nrows = 4")
    trained.replace("training/lora.toml", "rows = 6", "rows = 4")


def _edit_default(trained: Repository) -> None:
    """What was used is no longer asked for: the recipe now means the default."""
    trained.replace("training/lora.toml", "epochs = 4", "epochs = 9")


def _edit_base(trained: Repository) -> None:
    trained.replace("training/lora.toml", PACKAGED_DIGEST, "f" * 24)


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
        (_edit_versions, "recipe_digest: the recipe now gives"),
        (_edit_part, "recipe_digest: the recipe now gives"),
        (_edit_default, "hyperparameters.epochs: the recipe says 4, and 9 was used"),
        (_edit_base, "base_digest: the adapter was made for m"),
    ],
)
def test_an_edit_is_named_by_its_field(trained: Repository, edit: Edit, field: str) -> None:
    """One problem, of the training's file, with what stands there now."""
    edit(trained)
    (said,) = _said(trained)
    assert field in said
    assert "lora.toml" in said


def test_a_lost_adapter(trained: Repository) -> None:
    """The file that replay never opens is needed to ask the model again."""
    (trained.folder / "training" / "lora.gguf").unlink()
    (said,) = _said(trained)
    assert "lora.gguf" in said


def test_a_frozen_arm_may_be_edited(trained: Repository) -> None:
    """It asks nothing any more: neither its template nor its weights matter."""
    trained.replace("suite.toml", 'training = "lora"', 'training = "lora"\nfrozen = true')
    _edit_template(trained)
    _edit_adapter(trained)
    assert _said(trained) == []


def test_a_recipe_that_can_no_longer_be_followed(trained: Repository) -> None:
    """A completion that needs what no row has is a problem like others; the check goes on."""
    trained.replace("suite.toml", '" {{ expected }}"', '" {{ gone }}"')
    trained.replace("training/lora.toml", '" {{ expected }}"', '" {{ gone }}"')
    trained.replace("training/lora.toml", "template_digest", "notes")
    (said,) = _said(trained)
    assert "recipe_digest: the recipe cannot be built again" in said
    assert "gone" in said


@pytest.mark.parametrize("provider", ["openai", "azure"])
def test_a_hosted_recipe_is_built_again(trained: Repository, provider: str) -> None:
    """Its digest is over the very bytes that are uploaded; a suffix is part of the recipe."""
    trained.replace("suite.toml", "[trainings.lora]", '[trainings.lora]\nmethod = "supervised"')
    trained.cases("train", usual_cases("train", 12))
    suite = trained.open()
    arm = suite.arms["tuned"]
    task = tuning_task(suite, arm)
    sent = write_rows(task, trained.root / "work", provider)
    marked = recipe_digest(task, *sent)
    tuned = Tuned(recipe_digest=marked, hyperparameters={}, versions={"openai": "3"}, model="ft:m")
    training = provenance(suite, arm, task, tuned, provider=provider, adapter=None)
    write_training(trained.folder, "lora", training)
    assert _said(trained) == []
    trained.replace("suite.toml", "[trainings.lora]", '[trainings.lora]\nsuffix = "x"')
    (said,) = _said(trained)
    assert "recipe_digest" in said


def test_check_fails(trained: Repository) -> None:
    """`harness check` reports it among the problems of the suite."""
    _edit_rows(trained)
    (report,) = check([], trained.root)
    assert any("train.digest" in str(problem) for problem in report.problems)
