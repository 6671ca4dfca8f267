"""A loop whose clock jumps, and endpoints that follow a script: for tests of the runner alone."""

from __future__ import annotations

import asyncio
import random
import selectors
from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any, Self, TypeVar

from harness.runner.lane import Lane, LaneLimits
from harness.runner.plan import ArmPlan, Done, Job, interleaved
from harness.values.arm import ResolvedArm
from harness.values.case import Case, Split
from harness.values.reply import Answer, Failure, FailureKind, Reply, Usage, assistant
from harness.values.request import ModelIdentity, Replicate, Request

T = TypeVar("T")
Step = tuple[float, Reply]
"""How many seconds an attempt takes, and what comes of it."""

REAL_PATIENCE_S = 5.0
LIMITS = LaneLimits(concurrency=4, attempts=8, deadline=600.0)


class DeadlockError(Exception):
    """Nothing is scheduled and nothing arrives: whoever waits, waits for ever."""


class _JumpingSelector(selectors.DefaultSelector):
    """Instead of waiting for a timer it moves the clock there."""

    now = 0.0

    def select(self, timeout: float | None = None) -> Any:
        events = super().select(0)
        if events:
            return events
        if timeout is None:
            events = super().select(REAL_PATIENCE_S)  # a thread may still report
            if not events:
                raise DeadlockError
        elif timeout > 0:
            self.now += timeout
        return events


class SimulatedLoop(asyncio.SelectorEventLoop):
    """Seconds pass as fast as they can be computed."""

    def __init__(self) -> None:
        self._clock = _JumpingSelector()
        super().__init__(self._clock)

    def time(self) -> float:
        return self._clock.now


def simulate(work: Coroutine[Any, Any, T]) -> T:
    """Run to the end on a simulated clock that starts at 0."""
    with asyncio.Runner(loop_factory=SimulatedLoop) as runner:
        return runner.run(work)


class CaseList:
    """Cases in memory; counts how often one is read."""

    split: Split = "test"
    inputs_digest = expected_digest = ""

    def __init__(self, count: int) -> None:
        self.ids = [f"c{i}" for i in range(count)]
        self.strata = [0] * count
        self.reads = 0

    def __len__(self) -> int:
        return len(self.ids)

    def __getitem__(self, index: int) -> Case:
        self.reads += 1
        return Case(self.ids[index], {"text": self.ids[index]}, "yes")


def arm(name: str, *, prompt: str = "", **fields: Any) -> ResolvedArm:
    """An arm of which only the name matters."""
    return ResolvedArm(
        name=name, endpoint="e", model="m", form="completion", prompt=prompt, **fields
    )


def arm_plan(
    name: str, replicates: Sequence[Replicate] = (Replicate(),), done: Done = frozenset()
) -> ArmPlan:
    """A plan whose request is `ARM CASE SEED.TRIAL`."""

    def ask(case: Case, digest: str, replicate: Replicate) -> tuple[Request, tuple[str, ...]]:
        text = f"{name} {case.id} {replicate.shot_seed}.{replicate.trial}"
        return Request(form="completion", model=ModelIdentity("m"), prompt=text), ("shot",)

    return ArmPlan(arm(name), ask, tuple(replicates), done)


def answer(text: str = "yes", tokens: int | None = None) -> Answer:
    """An answer; `tokens` of usage when given, half of them output."""
    usage = None if tokens is None else Usage(input=tokens - tokens // 2, output=tokens // 2)
    return Answer(assistant(text), usage=usage, model="m-1")


def failure(kind: FailureKind, retry_after: float | None = None) -> Failure:
    """A failure of a kind."""
    return Failure(kind, f"because of {kind}", retry_after=retry_after)


class Script:
    """An endpoint that plays steps, by the case's id, one per attempt; the last is repeated."""

    def __init__(
        self,
        steps: Mapping[str, Sequence[Step]] | None = None,
        default: Step | None = None,
    ) -> None:
        self.server = "script"
        self.calls: list[tuple[float, str]] = []
        self.in_flight = self.most_in_flight = 0
        self.opened = self.closed = 0
        self._steps = {case: list(of_case) for case, of_case in (steps or {}).items()}
        self._default = default or (0.1, answer())

    async def __aenter__(self) -> Self:
        self.opened += 1
        return self

    async def __aexit__(self, *exc: object) -> None:
        self.closed += 1

    async def complete(self, request: Request) -> Reply:
        self.calls.append((asyncio.get_running_loop().time(), str(request.prompt)))
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        delay, reply = self._step(str(request.prompt).split()[1])
        if delay:
            await asyncio.sleep(delay)
        self.in_flight -= 1
        return reply

    def _step(self, case: str) -> Step:
        steps = self._steps.get(case)
        if not steps:
            return self._default
        return steps.pop(0) if len(steps) > 1 else steps[0]

    def times(self, case: str) -> list[float]:
        """When the attempts of a case began."""
        return [round(at, 6) for at, prompt in self.calls if prompt.split()[1] == case]


class Server(Script):
    """An endpoint that answers after `latency` seconds what `judge`, given the time, lets it."""

    def __init__(self, judge: Callable[[float], Reply], latency: float = 0.2) -> None:
        super().__init__()
        self._judge, self._latency = judge, latency

    def _step(self, case: str) -> Step:
        return self._latency, self._judge(asyncio.get_running_loop().time())


def token_bucket(rate: float, capacity: float, retry_after: float | None) -> Server:
    """Answers `rate` requests a second and `capacity` at once; 429 beyond."""
    tokens, last = capacity, 0.0

    def judge(now: float) -> Reply:
        nonlocal tokens, last
        tokens, last = min(capacity, tokens + (now - last) * rate), now
        if tokens < 1:
            return failure("rate_limited", retry_after)
        tokens -= 1
        return answer()

    return Server(judge)


def flooded_until(end: float, retry_after: float | None) -> Server:
    """429 to everything at first, then answers."""
    return Server(lambda now: answer() if now >= end else failure("rate_limited", retry_after))


def randomly_limited(share: float, retry_after: float | None) -> Server:
    """429 to a seeded random share of requests."""
    generator = random.Random(0)
    return Server(
        lambda _: failure("rate_limited", retry_after) if generator.random() < share else answer()
    )


class Settled:
    """Keeps what a lane settles: (arm, case, reply, faults, time), in order."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, str, Reply, tuple[str, ...], float]] = []

    def __call__(self, job: Job, reply: Reply) -> None:
        now = round(asyncio.get_running_loop().time(), 6)
        row = (job.plan.arm.name, job.case.id, reply, tuple(job.faults), now)
        self.rows.append(row)

    @property
    def cases(self) -> list[str]:
        """Ids in the order of settling."""
        return [case for _, case, *_ in self.rows]

    def of(self, case: str) -> tuple[str, str, Reply, tuple[str, ...], float]:
        """The one row of a case."""
        (row,) = [row for row in self.rows if row[1] == case]
        return row


def run_lane(
    script: Script,
    count: int,
    limits: LaneLimits = LIMITS,
    plans: Sequence[ArmPlan] | None = None,
) -> tuple[Settled, Lane]:
    """One lane over `count` cases, on a simulated clock."""
    settled = Settled()

    async def work() -> Lane:
        lane = Lane(script, limits, settled)
        cases = CaseList(count)
        await lane.run(interleaved(plans or [arm_plan("a")], cases, range(count)))
        return lane

    return settled, simulate(work())
