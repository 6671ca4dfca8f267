"""Single requests in, answers out; those that wait at the same time are answered together."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Generic, TypeVar

Asked = TypeVar("Asked")
Got = TypeVar("Got")

GATHER_SECONDS = 0.003
"""How long a request waits for others to come along."""


class Batcher(Generic[Asked, Got]):
    """Gathers up to `size` waiting items of equal `kind` and gives them to `answer` in a thread.

    One batch is answered at a time; what comes meanwhile makes the next. `answer` returns one
    result an item, in order; what it raises, every item of the batch raises. An item whose waiter
    is cancelled is left out, or its result dropped; the others do not notice.
    """

    def __init__(
        self,
        answer: Callable[[Sequence[Asked]], Sequence[Got]],
        size: int,
        kind: Callable[[Asked], Hashable],
    ) -> None:
        self._answer = answer
        self._size = size
        self._kind = kind
        self._waiting: deque[tuple[Asked, asyncio.Future[Got]]] = deque()
        self._task: asyncio.Task[None] | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="huggingface")

    async def submit(self, item: Asked) -> Got:
        """The result for one item, answered together with others that wait."""
        future: asyncio.Future[Got] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, future))
        if self._task is None:
            self._task = asyncio.create_task(self._drain())
        return await future

    async def close(self) -> None:
        """End the thread once its batch is answered; nobody waits any more."""
        if self._task is not None:
            self._task.cancel()
        for _, future in self._waiting:
            future.cancel()
        self._waiting.clear()
        await asyncio.to_thread(self._thread.shutdown)

    async def _drain(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            while self._waiting:
                if len(self._waiting) < self._size:
                    await asyncio.sleep(GATHER_SECONDS)
                batch = self._take()
                if batch:
                    items = [item for item, _ in batch]
                    done = loop.run_in_executor(self._thread, self._answer, items)
                    await self._settle(batch, done)
        finally:
            self._task = None

    def _take(self) -> list[tuple[Asked, asyncio.Future[Got]]]:
        """The longest waiting item and those like it; the rest keep their order."""
        alive = [pair for pair in self._waiting if not pair[1].done()]
        if not alive:
            self._waiting.clear()
            return []
        first = self._kind(alive[0][0])
        batch = [pair for pair in alive if self._kind(pair[0]) == first][: self._size]
        chosen = {id(future) for _, future in batch}
        self._waiting = deque(pair for pair in alive if id(pair[1]) not in chosen)
        return batch

    async def _settle(
        self,
        batch: Sequence[tuple[Asked, asyncio.Future[Got]]],
        done: asyncio.Future[Sequence[Got]],
    ) -> None:
        try:
            results = await done
        except asyncio.CancelledError:
            for _, future in batch:
                future.cancel()
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, those who wait must hear of it
            for _, future in batch:
                if not future.done():
                    future.set_exception(error)
            return
        for (_, future), result in zip(batch, results, strict=True):
            if not future.done():
                future.set_result(result)
