"""Recipes against what a hosted platform takes; which platform a URL is; digests."""

from __future__ import annotations

import msgspec
import pytest

from harness.errors import UsageError
from harness.providers.openai.tuning_recipe import (
    check_recipe,
    job_body,
    platform_of,
    recipe_digest,
)
from harness.values.training import Hyperparameters, Recipe


@pytest.mark.parametrize(
    ("url", "platform"),
    [
        ("https://api.openai.com/v1", "openai"),
        ("https://mine.openai.azure.com/openai/v1/", "azure"),
        ("https://mine.services.ai.azure.com/openai/v1/", "azure"),
        ("http://127.0.0.1:8080/openai/v1/", "azure"),
        ("http://127.0.0.1:8080/v1", "openai"),
        ("https://api.groq.com/openai/v1", "openai"),
        ("https://openai.azure.com.example.org/v1", "openai"),
    ],
)
def test_a_platform_is_known_by_its_url(url, platform):
    """By the host; the path alone only on this machine, since others use it too."""
    assert platform_of(url) == platform


def test_everything_that_cannot_be_followed_is_said_at_once():
    """Choices for this machine, a beta without DPO, a suffix, metadata and a seed: one error."""
    recipe = Recipe(
        method="supervised",
        hyperparameters=Hyperparameters(learning_rate=1e-4, rank=8, beta=0.1, epochs=2),
        suffix="",
        seed=-1,
        options={"metadata": {"a": 1}},
    )
    with pytest.raises(UsageError) as caught:
        check_recipe(recipe, "openai")
    for word in ("learning_rate", "rank", "beta", "suffix", "seed", "metadata"):
        assert word in str(caught.value)
    assert "epochs" not in str(caught.value)


@pytest.mark.parametrize(
    ("recipe", "words"),
    [
        (Recipe(), 'method = "lora" is for this machine'),
        (Recipe(method="reinforcement"), "needs a grader"),
        (Recipe(method="dpo", options={"metadata": dict.fromkeys("abcdefghijklmno", "")}), "14"),
    ],
)
def test_a_recipe_of_another_kind_is_refused(recipe, words):
    """LoRA here, no grader, or no room for our two marks among 16 keys of metadata."""
    with pytest.raises(UsageError, match=words):
        check_recipe(recipe, "openai")


def test_the_digest_changes_with_whatever_is_learned_and_with_nothing_else(task):
    """Rows, base, method, hyperparameters, seed, options; not the names of suite and training."""
    plain = task()
    digest = recipe_digest(plain, b"rows", b"")
    others = [
        (plain, b"row", b""),
        (plain, b"rows", b"v"),
        (task(base="o4-mini"), b"rows", b""),
        (task(Recipe(method="dpo")), b"rows", b""),
        (task(Recipe(method="supervised", seed=2)), b"rows", b""),
        (
            task(Recipe(method="supervised", hyperparameters=Hyperparameters(epochs=1))),
            b"rows",
            b"",
        ),
        (task(Recipe(method="supervised", options={"a": 1})), b"rows", b""),
    ]
    found = {recipe_digest(*other) for other in others}
    assert len(found | {digest}) == len(others) + 1
    renamed = msgspec.structs.replace(plain, name="other", suite="other")
    assert recipe_digest(renamed, b"rows", b"") == digest


def test_our_marks_cannot_be_overwritten(task):
    """Metadata of the recipe stand beside the marks by which a job is found again."""
    options = {
        "metadata": {"harness_recipe": "x", "team": "a"},
        "integrations": [{"type": "wandb"}],
    }
    recipe = Recipe(method="supervised", options=options)
    body = job_body(task(recipe), "file-1", None, {"harness_recipe": "ours"})
    assert body["metadata"] == {"harness_recipe": "ours", "team": "a"}
    assert body["integrations"] == [{"type": "wandb"}]
    assert "validation_file" not in body
    assert "suffix" not in body
