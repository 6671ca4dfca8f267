"""One endpoint and the jobs that share it: workers, retries, limits, the ends of arms.

A lane's workers each take a job, ask once and settle the reply. A failed attempt gives its slot
back before it waits; the job returns when its delay is over and goes before new ones. A worker that
has found a job calls another, so that there are never more than there is work for. While the server
is flooded, as the window sees it, nothing begins.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import msgspec

from harness.errors import HarnessError
from harness.prompting.template import TemplateProblemError
from harness.runner.budget import Budget
from harness.runner.plan import Job
from harness.runner.rates import RateGate, rate_gate
from harness.runner.retries import attempts_used, delay, exceeds
from harness.runner.window import Window
from harness.text.encodable import encodable
from harness.values.endpoint import Endpoint
from harness.values.reply import ARM_ENDING_KINDS, RETRIED_KINDS, Answer, Failure, Reply
from harness.values.request import Recall, Request, request_key

BAD_REQUESTS_IN_A_ROW = 20
LEAST_QUIET_S = 30.0  # a shorter deadline says nothing about the other cases
BREATH = 64  # jobs after which a worker that never had to wait lets the others run

Settle = Callable[[Job, Reply], None]


@dataclass(frozen=True)
class LaneLimits:
    """What an endpoint declares: requests at once, attempts and seconds per job, rates a minute.

    A 429 does not count as an attempt; `deadline` alone bounds how often it is asked again.
    """

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
        self._gate = rate_gate(limits.rpm, limits.tpm)
        self._at_gate = False
        self._budget = budget
        self._ready: deque[Job] = deque()
        self._delayed = 0
        self._exhausted = False
        self._pause: asyncio.TimerHandle | None = None
        self._bad_in_a_row: dict[str, int] = {}
        self._answered: dict[str, float] = {}
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
        self._workers += 1
        self._group.create_task(self._work())

    async def _work(self) -> None:
        asked = 0
        while (job := await self._next()) is not None:
            await self._ask(job)
            asked += 1
            if asked % BREATH == 0:
                await asyncio.sleep(0)

    async def _next(self) -> Job | None:
        """The next job as soon as one may begin; None when there will be no more."""
        while True:
            job = self._take() if self._open else None
            if job is not None:
                return job
            if self._finished:
                self._wake_all()
                return None
            future: asyncio.Future[None] = self._loop.create_future()
            self._idle.append(future)
            await future

    @property
    def _open(self) -> bool:
        return self.window.open and self._pause is None and not self._at_gate

    @property
    def _awaited(self) -> bool:
        """Whether there may be a job to take, now or later."""
        return bool(self._ready or self._delayed) or not self._exhausted

    @property
    def _finished(self) -> bool:
        return not (self._awaited or self.window.in_flight or self._at_gate)

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
        try:
            request = job.request or _prepare(job)
        except TemplateProblemError as error:
            self._settle(job, Failure("harness", f"the prompt cannot be made: {error}"))
            return
        if self._gate is not None:
            await self._pass(self._gate, job, request)
        self.window.in_flight += 1
        if not job.deadline:
            job.deadline = self._loop.time() + self._limits.deadline
        if self._open:
            self._call_another()
        reply = await self._complete(request)
        self._give_back(reply)
        self._judge(job, reply)

    async def _pass(self, gate: RateGate, job: Job, request: Request) -> None:
        """Wait for the declared rate: one job at a time, outside the window and the deadline."""
        self._at_gate = True
        arrived = self._loop.time()
        await gate(request)
        self._at_gate = False
        if job.deadline:
            job.deadline += self._loop.time() - arrived

    def _call_another(self) -> None:
        if self._idle:
            self._wake_one()
        elif self._workers < int(self.window.size) and self._awaited:
            self._hire()

    async def _complete(self, request: Request) -> Reply:
        """One attempt; what an endpoint raises by mistake costs this case and not the run."""
        try:
            return await self._endpoint.complete(request)
        except HarnessError:
            raise
        except Exception as error:  # noqa: BLE001 - a fault of ours, whatever it is, on one reply
            return Failure("harness", encodable(f"{type(error).__name__}: {error}"))

    def _give_back(self, reply: Reply) -> None:
        """Free the slot. A wait that ends its arm says nothing about how much the others may ask.

        A flood starts a pause; its end is the timer's, or that of the arm that was refused.
        """
        if exceeds(reply, self._limits.deadline):
            self.window.in_flight -= 1
        elif self.window.settle(reply, self._loop.time()):
            self._resume()
            self._pause = self._loop.call_at(self.window.paused_until, self._resume)

    def _resume(self) -> None:
        if self._pause is not None:
            self._pause.cancel()
            self._pause = None
            self._wake_one()

    def _judge(self, job: Job, reply: Reply) -> None:
        name = job.plan.arm.name
        if isinstance(reply, Answer):
            self._bad_in_a_row[name] = 0
            self._answered[name] = self._loop.time()
        elif reply.kind in RETRIED_KINDS and self._retry(job, reply):
            return
        elif reason := self._why_it_ends(job, reply):
            self.ended.setdefault(name, reason)
            self._resume()
        self._settle(job, reply)
        job.request = None

    def _why_it_ends(self, job: Job, failure: Failure) -> str:
        """Why the arm of a job that has failed for good has no hope left; empty when it has."""
        if failure.kind in ARM_ENDING_KINDS:
            return f"{failure.kind}: {failure.detail}"
        if failure.kind == "bad_request":
            return self._count_bad_request(job.plan.arm.name, failure)
        if failure.kind == "rate_limited":
            return self._why_refused(job, failure)
        return ""

    def _count_bad_request(self, name: str, failure: Failure) -> str:
        self._bad_in_a_row[name] = self._bad_in_a_row.get(name, 0) + 1
        if self._bad_in_a_row[name] < BAD_REQUESTS_IN_A_ROW:
            return ""
        return f"{BAD_REQUESTS_IN_A_ROW} bad requests in a row: {failure.detail}"

    def _why_refused(self, job: Job, failure: Failure) -> str:
        """A wait that no job can outlast, or a job's whole time without one answer to the arm."""
        deadline = self._limits.deadline
        if exceeds(failure, deadline):
            wait = failure.retry_after
            return f"rate limited for {wait:.0f} s, longer than the deadline of {deadline:.0f} s"
        began = job.deadline - deadline
        answered = self._answered.get(job.plan.arm.name, began) > began
        quiet = self._loop.time() - began
        if answered or quiet < LEAST_QUIET_S:
            return ""
        return f"rate limited for {quiet:.0f} s without an answer"

    def _retry(self, job: Job, failure: Failure) -> bool:
        """Schedule another attempt, or say that there is none left."""
        used = attempts_used([*job.faults, failure.kind])
        if failure.kind != "rate_limited" and used >= self._limits.attempts:
            return False
        wait = delay(job.faults, job.key, failure)
        if self._loop.time() + wait > job.deadline:
            return False
        job.faults.append(failure.kind)
        self._delayed += 1
        self._loop.call_later(wait, self._return, job)
        return True

    def _return(self, job: Job) -> None:
        self._delayed -= 1
        self._ready.append(job)
        self._wake_one()

    def _wake_one(self) -> None:
        while self._idle:
            future = self._idle.popleft()
            if not future.done():
                future.set_result(None)
                return

    def _wake_all(self) -> None:
        while self._idle:
            self._wake_one()


def _prepare(job: Job) -> Request:
    """Fill in the request at the first attempt.

    Raises:
        TemplateProblemError: the prompt cannot be made.
    """
    request, job.shots = job.plan.ask(job.case, job.input_digest, job.replicate)
    job.key = request_key(request)
    place = Recall(job.case.id, job.input_digest, job.replicate, job.key)
    job.request = msgspec.structs.replace(request, recall=place)
    return job.request
