"""Lanes in, columns out: runs all endpoints of a run side by side and writes every record."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any, Protocol

from harness.analysis.columns import ArmColumns
from harness.errors import DataError
from harness.runner.budget import Budget
from harness.runner.judge import Judge
from harness.runner.lane import Lane, LaneLimits
from harness.runner.plan import ArmPlan, Job, in_blocks, interleaved
from harness.runner.rates import usage_of
from harness.values.case import Cases
from harness.values.endpoint import Endpoint
from harness.values.record import Exchange, Record
from harness.values.reply import Answer, Reply
from harness.values.run import WindowChange

SYNC_EVERY_S = 1.0


class Observer(Protocol):
    """Somebody who watches a run."""

    def began(self, planned: Mapping[str, int], done: Mapping[str, int]) -> None:
        """Before the first request: records per arm, in all and from before a resume."""

    def settled(self, record: Record) -> None:
        """One record is final and written."""


@dataclass(frozen=True)
class LanePlan:
    """One endpoint, not yet opened, and the arms that ask it.

    `blocks` asks arm by arm instead of case by case; it is for a model on this machine, whose
    prompt cache then holds one prefix at a time.
    """

    name: str
    endpoint: Endpoint
    arms: tuple[ArmPlan, ...]
    limits: LaneLimits
    blocks: bool = False


@dataclass
class Finished:
    """What is left when the lanes have stopped."""

    ended: dict[str, str] = field(default_factory=dict)
    windows: dict[str, tuple[WindowChange, ...]] = field(default_factory=dict)
    servers: dict[str, str] = field(default_factory=dict)
    served_models: dict[str, set[str]] = field(default_factory=dict)
    failures: dict[str, dict[str, str]] = field(default_factory=dict)
    interrupted: bool = False


class Recorder:
    """Turns settled jobs into records: scored, written, counted, in this order.

    A budget is charged a guess for an answer whose server does not say what it used; the record
    holds what was said. `recalled` says of a request's key whether a recording answered it, which
    costs nothing.
    """

    def __init__(
        self,
        judge: Judge,
        columns: dict[str, ArmColumns],
        write: Callable[[Record], None],
        observers: Sequence[Observer],
        budget: Budget | None,
        *,
        recalled: Callable[[str], bool] = lambda key: False,  # noqa: ARG005 - by default none
    ) -> None:
        self.served_models: dict[str, set[str]] = {}
        self.failures: dict[str, dict[str, str]] = {}
        self._judge = judge
        self._columns = columns
        self._write = write
        self._observers = observers
        self._budget = budget
        self._recalled = recalled

    def settle(self, job: Job, reply: Reply) -> None:
        """Make, write and count the record of one job.

        Raises:
            DataError: the record cannot be written.
        """
        scores, outcome = self._judge.judge(job.case, reply)
        arm = job.plan.arm.name
        recalled = self._recalled(job.key)
        record = Record(
            arm=arm,
            case=job.case.id,
            input_digest=job.input_digest,
            expected_digest=job.expected_digest,
            outcome=outcome,
            exchanges=(Exchange(job.key, reply, tuple(job.faults), recalled),),
            replicate=job.replicate,
            shots=job.shots,
            scores=scores,
            group=job.case.group,
            tags=job.case.tags,
            label=self._judge.label(job.case),
        )
        self._write(record)
        self._columns[arm].append(job.index, record)
        if isinstance(reply, Answer):
            self.served_models.setdefault(arm, set()).add(reply.model)
        else:
            self.failures.setdefault(arm, {}).setdefault(reply.kind, reply.detail)
        if self._budget is not None:
            count = self._budget.recall if recalled else self._budget.pay
            usage = usage_of(job.request, reply) if isinstance(reply, Answer) else None
            count(arm, usage, reply.latency)
        for observer in self._observers:
            observer.settled(record)


async def run_lanes(
    plans: Sequence[LanePlan],
    cases: Cases,
    order: Sequence[int],
    recorder: Recorder,
    *,
    budget: Budget | None,
    sync: Callable[[], None],
) -> Finished:
    """Open the endpoints, run every lane to its end, close the endpoints again, always.

    Cancellation (Ctrl-C) stops at once and is reported in the result: what was in flight is not
    recorded.

    Raises:
        DataError: a record cannot be written, or an endpoint cannot start.
    """
    finished = Finished(served_models=recorder.served_models, failures=recorder.failures)
    lanes: dict[str, Lane] = {}
    try:
        async with asyncio.TaskGroup() as group, AsyncExitStack() as stack:
            for plan in plans:
                endpoint = await stack.enter_async_context(plan.endpoint)
                lanes[plan.name] = Lane(endpoint, plan.limits, recorder.settle, budget)
            syncing = group.create_task(_sync_often(sync))
            try:
                for streams in _phases(plans, cases, order, budget):
                    await _run_all([lanes[name].run(jobs) for name, jobs in streams.items()])
            finally:
                finished.servers = {plan.name: plan.endpoint.server for plan in plans}
                syncing.cancel()
    except asyncio.CancelledError:
        finished.interrupted = True
    except BaseExceptionGroup as error:
        raise first_of(error) from error
    for name, lane in lanes.items():
        finished.ended |= lane.ended
        finished.windows[name] = tuple(lane.window.history)
    return finished


def _phases(
    plans: Sequence[LanePlan], cases: Cases, order: Sequence[int], budget: Budget | None
) -> Iterator[dict[str, Iterator[Job]]]:
    """The streams of jobs that run side by side, by lane; one phase after the other.

    Without a budget there is one phase. With one every lane goes case by case: the first case of
    the arms that cost something shows what a case costs, their other cases follow, and the arms
    that cost nothing come last, so that they cannot run ahead of what is known.
    """
    if budget is None:
        arranged = {plan.name: in_blocks if plan.blocks else interleaved for plan in plans}
        yield {plan.name: arranged[plan.name](plan.arms, cases, order) for plan in plans}
        return
    charged = [plan for plan in plans if any(budget.charges(arm.arm.name) for arm in plan.arms)]
    streams = {plan.name: interleaved(plan.arms, cases, order) for plan in plans}
    yield {plan.name: interleaved(plan.arms, cases, order[:1]) for plan in charged}
    yield {plan.name: filter(_is_not_first, streams.pop(plan.name)) for plan in charged}
    yield streams


def _is_not_first(job: Job) -> bool:
    return job.position > 0


async def _run_all(works: Sequence[Coroutine[Any, Any, None]]) -> None:
    try:
        async with asyncio.TaskGroup() as group:
            for work in works:
                group.create_task(work)
    except BaseExceptionGroup as error:
        raise first_of(error) from error


def first_of(error: BaseException) -> BaseException:
    """The first plain exception within nested groups."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


async def _sync_often(sync: Callable[[], None]) -> None:
    """Bound what a power cut can take, off the loop's own thread.

    Raises:
        DataError: the disk does not keep what was written.
    """
    while True:
        await asyncio.sleep(SYNC_EVERY_S)
        try:
            await asyncio.to_thread(sync)
        except OSError as error:
            place = error.filename or "the journal"
            raise DataError(
                f"{place}: cannot be kept on disk ({error.strerror or error})"
            ) from error
