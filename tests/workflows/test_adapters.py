"""Adapters of arms: found beside their trainings, refused when they are not what was recorded."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.errors import DataError
from harness.providers.local.model import PACKAGED_DIGEST
from harness.values.endpoint import LocalSpec
from harness.workflows.adapters import adapter_files
from harness.workflows.endpoints import identity_of, open_endpoint

from .repository import Repository


def test_the_adapters_of_a_lane(trained: Repository) -> None:
    """Each training's file once, though two arms wear it; an arm without one adds nothing."""
    suite = trained.open()
    arms = [suite.arms["tuned"], suite.arms["plain"], suite.arms["tuned"]]
    files = adapter_files(suite, LocalSpec(), arms)
    assert files == (trained.folder / "training" / "lora.gguf",)


def test_the_digest_is_part_of_what_is_asked(trained: Repository) -> None:
    """Base and tuned model are two identities on one endpoint."""
    suite = trained.open()
    tuned = identity_of(suite.arms["tuned"], LocalSpec(), suite)
    plain = identity_of(suite.arms["plain"], LocalSpec(), suite)
    assert tuned.adapter == suite.trainings["lora"].adapter_digest
    assert plain.adapter is None
    assert tuned.name == plain.name


def test_an_edited_adapter_is_not_served(trained: Repository) -> None:
    """Its replies would be those of another model: the endpoint is not even opened."""
    trained.replace("training/lora.gguf", "adapter", "another")
    suite = trained.open()
    with pytest.raises(DataError, match=r"lora\.gguf is now"):
        open_endpoint(LocalSpec(), suite, [suite.arms["tuned"]])


def test_an_adapter_for_another_base(trained: Repository) -> None:
    """The training names the base it was made for, and the endpoint serves another."""
    trained.replace("training/lora.toml", PACKAGED_DIGEST, "f" * 24)
    suite = trained.open()
    with pytest.raises(DataError, match="the endpoint serves another model"):
        adapter_files(suite, LocalSpec(), [suite.arms["tuned"]])


def test_replay_opens_no_adapter(trained: Repository, tmp_path: Path) -> None:
    """The digest in the record is enough: the file may be gone."""
    (trained.folder / "training" / "lora.gguf").unlink()
    suite = trained.open()
    assert identity_of(suite.arms["tuned"], LocalSpec(), suite).adapter is not None
