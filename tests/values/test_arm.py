"""A resolved arm: its derived kind, its replicates, and what its digest holds."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from harness.values.arm import ResolvedArm
from harness.values.request import Sampling
from harness.values.suite import Shots

SHOTS = Shots("random", k=4, seeds=(1, 2, 3))
ARM = ResolvedArm(name="a", endpoint="local", model="m", form="chat", prompt="{{ text }}")


def _with(**changes: Any) -> ResolvedArm:
    return msgspec.structs.replace(ARM, **changes)


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({}, "zero_shot"),
        ({"shots": SHOTS}, "few_shot"),
        ({"training": "lora"}, "fine_tuned"),
        ({"training": "lora", "shots": SHOTS}, "fine_tuned"),
        ({"classical": True}, "classical"),
    ],
)
def test_the_kind_is_derived(changes: dict[str, Any], kind: str):
    """A training makes an arm fine-tuned even with shots; else shots make it few-shot."""
    assert _with(**changes).kind == kind


@pytest.mark.parametrize(
    ("shots", "seeds"),
    [
        (None, (0,)),
        (SHOTS, (1, 2, 3)),
        (Shots("stratified", k=4, seeds=(5, 6)), (5, 6)),
        (Shots("similar", k=4, seeds=(1, 2)), (0,)),
        (Shots("fixed", ids=("a",), seeds=(1, 2)), (0,)),
    ],
)
def test_only_chance_is_repeated(shots: Shots | None, seeds: tuple[int, ...]):
    """A policy without chance has one replicate whatever its seeds say."""
    assert _with(shots=shots).shot_seeds == seeds


@pytest.mark.parametrize(
    "prose",
    [{"name": "b"}, {"frozen": True}, {"training": "lora"}, {"endpoint": "other"}],
)
def test_names_and_states_are_not_in_the_digest(prose: dict[str, Any]):
    """Renaming or freezing an arm makes nothing stale."""
    assert _with(**prose).digest == ARM.digest


@pytest.mark.parametrize(
    "change",
    [
        {"prompt": "{{ text }}!"},
        {"system": "Be brief."},
        {"model": "m2"},
        {"adapter": "abc"},
        {"form": "responses"},
        {"sampling": Sampling(temperature=0.0)},
        {"shots": SHOTS},
        {"reasoning_effort": "low"},
        {"extra": {"seed": 1}},
    ],
)
def test_whatever_decides_an_answer_is_in_the_digest(change: dict[str, Any]):
    """Each of them makes recorded runs of the arm another thing."""
    assert _with(**change).digest != ARM.digest


def test_equal_shots_have_equal_digests():
    """`seeds = [0]` written out is the default, also when it was read from a file."""
    read = msgspec.convert({"policy": "random", "k": 2, "seeds": [0]}, Shots)
    assert read == Shots("random", k=2)
    assert _with(shots=read).digest == _with(shots=Shots("random", k=2)).digest
