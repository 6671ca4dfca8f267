"""One endpoint and the jobs that share it: workers, retries, limits, the ends of arms.

A lane's workers each take a job, ask once and settle the reply. A failed attempt gives its slot
back before it waits; the job returns when its delay is over.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from harness.prompting.template import TemplateProblemError
from harness.runner.budget import Budget
from harness.runner.plan import Job
from harness.runner.rates import rate_gate
from harness.runner.window import Window
from harness.values.endpoint import Endpoint
from harness.values.order import rank
from harness.values.reply import ARM_ENDING_KINDS, RETRIED_KINDS, Answer, Failure, Reply
from harness.values.request import request_key

BAD_REQUESTS_IN_A_ROW = 20
FIRST_DELAY_S = 0.5
LONGEST_DELAY_S = 60.0
BREATH = 64  # jobs after which a worker that never had to wait lets the others run

Settle = Callable[[Job, Reply], None]


@dataclass(frozen=True)
class LaneLimits:
    """What an endpoint declares: requests at once, attempts and seconds per job, rates a minute."""

    concurrency: int | None
    attempts: int
    deadline: float
    rpm: float | None = None
    tpm: float | None = None


class Lane:
    """Runs streams of jobs against one endpoint. `settle` gets each job with its last reply."""

    def __init__(
        self,
        endpoint: Endpoint,
        limits: LaneLimits,
        settle: Settle,
        budget: Budget | None = None,
    ) -> None:
        self.ended: dict[str, str] = {}
        self._endpoint = endpoint
        self._jobs: Iterator[Job] = iter(())
        self._limits = limits
        self._settle = settle
        self._admit = rate_gate(limits.rpm, limits.tpm)
        self._budget = budget
        self._ready: deque[Job] = deque()
        self._delayed = 0
        self._exhausted = False
        self._bad_in_a_row: dict[str, int] = {}
        self._idle: deque[asyncio.Future[None]] = deque()
        self._workers = 0
        self._group: asyncio.TaskGroup
        self._loop = asyncio.get_running_loop()
        self.window = Window(limits.concurrency, self._loop.time())

    async def run(self, jobs: Iterator[Job]) -> None:
        """Ask until no job is left; one stream after another.

        Raises:
            BaseExceptionGroup: what a worker raised; the others are cancelled.
        """
        self._jobs, self._exhausted, self._workers = jobs, False, 0
        async with asyncio.TaskGroup() as group:
            self._group = group
            self._hire()

    def _hire(self) -> None:
        """As many workers as the window has places; those that rest are called back."""
        while self._workers < int(self.window.size):
            self._workers += 1
            self._group.create_task(self._work())
        self._wake_all()

    async def _work(self) -> None:
        asked = 0
        while True:
            if not self.window.open:
                await self._wait()
                continue
            job = self._take()
            if job is None:
                if self._finished:
                    self._wake_all()
                    return
                await self._wait()
                continue
            await self._ask(job)
            asked += 1
            if asked % BREATH == 0:
                await asyncio.sleep(0)

    @property
    def _finished(self) -> bool:
        return self._exhausted and not (self._ready or self._delayed or self.window.in_flight)

    def _take(self) -> Job | None:
        while self._ready:
            job = self._ready.popleft()
            if job.plan.arm.name not in self.ended:
                return job
        if self._exhausted:
            return None
        for job in self._jobs:
            if job.plan.arm.name in self.ended:
                continue
            if self._budget is not None and not self._budget.admits(job.position):
                break
            return job
        self._exhausted = True
        return None

    async def _ask(self, job: Job) -> None:
        self.window.in_flight += 1
        reply: Reply | None = self._prepare(job)
        if reply is None and job.request is not None:
            if self._admit is not None:
                await self._admit(job.request)
            reply = await self._endpoint.complete(job.request)
        if reply is not None:
            before = int(self.window.size)
            self.window.settle(reply, self._loop.time())
            if int(self.window.size) > before:
                self._hire()
            self._judge(job, reply)

    def _prepare(self, job: Job) -> Failure | None:
        """Fill in the request at the first attempt; a failure when it cannot be made."""
        if job.request is not None:
            return None
        job.deadline = self._loop.time() + self._limits.deadline
        try:
            job.request, job.shots = job.plan.ask(job.case, job.input_digest, job.replicate)
        except TemplateProblemError as error:
            return Failure("harness", f"the prompt cannot be made: {error}")
        job.key = request_key(job.request)
        return None

    def _judge(self, job: Job, reply: Reply) -> None:
        name = job.plan.arm.name
        if isinstance(reply, Answer):
            self._bad_in_a_row[name] = 0
        elif reply.kind in RETRIED_KINDS and self._retry(job, reply):
            return
        elif reply.kind in ARM_ENDING_KINDS:
            self.ended.setdefault(name, f"{reply.kind}: {reply.detail}")
        elif reply.kind == "bad_request":
            self._count_bad_request(name, reply)
        self._settle(job, reply)
        job.request = None

    def _count_bad_request(self, name: str, failure: Failure) -> None:
        self._bad_in_a_row[name] = self._bad_in_a_row.get(name, 0) + 1
        if self._bad_in_a_row[name] >= BAD_REQUESTS_IN_A_ROW:
            reason = f"{BAD_REQUESTS_IN_A_ROW} bad requests in a row: {failure.detail}"
            self.ended.setdefault(name, reason)

    def _retry(self, job: Job, failure: Failure) -> bool:
        """Schedule another attempt, or say that there is none left."""
        if len(job.faults) + 1 >= self._limits.attempts:
            return False
        delay = self._delay(job, failure)
        if self._loop.time() + delay > job.deadline:
            return False
        job.faults.append(failure.kind)
        self._delayed += 1
        self._loop.call_later(delay, self._return, job)
        return True

    def _delay(self, job: Job, failure: Failure) -> float:
        """What the server asked for, else doubling from half a second with a seeded jitter."""
        if failure.retry_after is not None:
            return failure.retry_after
        jitter = 0.5 + rank(len(job.faults), job.key) / (1 << 65)
        return min(LONGEST_DELAY_S, FIRST_DELAY_S * 2.0 ** len(job.faults)) * jitter

    def _return(self, job: Job) -> None:
        self._delayed -= 1
        self._ready.append(job)
        self._wake_all()

    async def _wait(self) -> None:
        future: asyncio.Future[None] = self._loop.create_future()
        self._idle.append(future)
        await future

    def _wake_all(self) -> None:
        while self._idle:
            future = self._idle.popleft()
            if not future.done():
                future.set_result(None)
