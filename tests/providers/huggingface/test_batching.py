"""Gathering: who is answered together, and who hears of an error."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.providers.huggingface.batching import Batcher


class Answers:
    """Doubles numbers and keeps the batches; waits for `go` in each."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.go = threading.Event()
        self.go.set()

    def __call__(self, items: Sequence[int]) -> list[int]:
        self.batches.append(list(items))
        assert self.go.wait(10)
        if 13 in items:
            raise ValueError("thirteen")
        return [2 * item for item in items]


@pytest.mark.parametrize("size", [1, 3, 8])
async def test_all_waiting_are_answered_in_full_batches(size: int) -> None:
    """In the order of their coming, `size` at a time."""
    answers = Answers()
    batcher = Batcher(answers, size, lambda _: 0)
    assert await asyncio.gather(*map(batcher.submit, range(7))) == list(range(0, 14, 2))
    assert answers.batches == [list(range(7))[at : at + size] for at in range(0, 7, size)]
    await batcher.close()


@given(items=st.lists(st.integers(14, 40), max_size=30), size=st.integers(1, 9))
def test_nobody_is_lost_and_kinds_never_mix(items: list[int], size: int) -> None:
    """Whatever comes, each gets its own answer, and a batch is of one kind."""
    answers = Answers()

    async def run() -> list[int]:
        batcher = Batcher(answers, size, lambda item: item % 3)
        found = await asyncio.gather(*map(batcher.submit, items))
        await batcher.close()
        return found

    assert asyncio.run(run()) == [2 * item for item in items]
    assert all(len({item % 3 for item in batch}) == 1 for batch in answers.batches)
    assert all(len(batch) <= size for batch in answers.batches)


async def test_an_error_is_told_to_its_batch_alone() -> None:
    """The next batch is answered."""
    batcher = Batcher(Answers(), 2, lambda _: 0)
    found = await asyncio.gather(*map(batcher.submit, (1, 13, 3)), return_exceptions=True)
    assert [str(one) for one in found] == ["thirteen", "thirteen", "6"]
    await batcher.close()


async def test_who_gives_up_before_is_not_asked() -> None:
    """One that waits behind a running batch and leaves is in no batch."""
    answers = Answers()
    answers.go.clear()
    batcher = Batcher(answers, 1, lambda _: 0)
    tasks = [asyncio.create_task(batcher.submit(number)) for number in (1, 2, 3)]
    await asyncio.sleep(0.05)
    tasks[1].cancel()
    answers.go.set()
    assert await asyncio.gather(tasks[0], tasks[2]) == [2, 6]
    assert answers.batches == [[1], [3]]
    await batcher.close()


async def test_closing_frees_those_who_wait() -> None:
    """Nobody waits for ever; the thread is gone."""
    answers = Answers()
    answers.go.clear()
    batcher = Batcher(answers, 1, lambda _: 0)
    tasks = [asyncio.create_task(batcher.submit(number)) for number in (1, 2)]
    await asyncio.sleep(0.05)
    threading.Timer(0.05, answers.go.set).start()
    await batcher.close()
    found = await asyncio.gather(*tasks, return_exceptions=True)
    assert all(isinstance(one, asyncio.CancelledError) for one in found)
    assert not any(thread.name.startswith("huggingface") for thread in threading.enumerate())
