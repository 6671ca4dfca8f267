"""Calls that fail: out of memory is asked in halves, anything else fails its batch."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from harness.providers.huggingface.generation import Asked, Generated, generate_fitting
from harness.providers.huggingface.model import Loaded, load
from harness.values.endpoint import HuggingFaceSpec
from harness.values.reply import Failure
from harness.values.request import Sampling

from .conftest import Models


class Failing:
    """A model that raises where a batch has more rows than it can hold."""

    def __init__(self, model: Any, rows: int, error: Exception) -> None:
        self._model, self._rows, self._error = model, rows, error
        self.asked: list[int] = []

    def generate(self, **given: Any) -> Any:
        rows = given["input_ids"].shape[0]
        self.asked.append(rows)
        if rows > self._rows:
            raise self._error
        return self._model.generate(**given)


@pytest.fixture
def loaded(models: Models) -> Loaded:
    return load(HuggingFaceSpec(path=models.base))


def batch(count: int) -> list[Asked]:
    return [Asked([1, 40 + n], Sampling(), 3, "") for n in range(count)]


def ask(loaded: Loaded, model: Failing, count: int) -> list[Generated | Failure]:
    fails = Loaded(**{**vars(loaded), "model": model})
    return generate_fitting(fails, batch(count), threading.Event())


def test_out_of_memory_is_asked_in_halves(loaded: Loaded) -> None:
    """Five rows where two fit: all are answered, in order."""
    model = Failing(loaded.model, 2, RuntimeError("CUDA out of memory. Tried to allocate 2 GiB"))
    found = ask(loaded, model, 5)
    assert model.asked == [5, 2, 3, 1, 2]
    assert found == generate_fitting(loaded, batch(5), threading.Event())


def test_one_that_does_not_fit_alone_fails_with_the_reason(loaded: Loaded) -> None:
    """A provider's error with the library's words; nothing is raised."""
    model = Failing(loaded.model, 0, MemoryError("no room"))
    expected = Failure("server_error", "MemoryError: no room")
    assert ask(loaded, model, 3) == [expected] * 3


def test_another_error_fails_its_batch_at_once(loaded: Loaded) -> None:
    """It would not go away in halves."""
    model = Failing(loaded.model, 2, ValueError("bad\n  shape"))
    assert ask(loaded, model, 4) == [Failure("server_error", "ValueError: bad shape")] * 4
    assert model.asked == [4]


def test_halting_ends_at_the_next_token(loaded: Loaded) -> None:
    """Whatever the limits are."""
    halted = threading.Event()
    halted.set()
    (found,) = generate_fitting(loaded, [Asked([1, 40], Sampling(), 50, "")], halted)
    assert isinstance(found, Generated)
    assert found.tokens == 1
