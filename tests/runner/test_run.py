"""Lanes side by side: records, phases of a budget, interruption, endpoints that close."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Self

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.analysis.columns import ArmColumns
from harness.errors import DataError
from harness.runner.budget import Budget
from harness.runner.judge import Judge
from harness.runner.lane import LaneLimits
from harness.runner.plan import ArmPlan
from harness.runner.run import Finished, LanePlan, Recorder, run_lanes
from harness.values.case import Case
from harness.values.record import Record
from harness.values.reply import Answer
from harness.values.request import Replicate
from harness.values.score import Outcome, Score, Scorer

from .simulation import LIMITS, CaseList, Script, answer, arm_plan, failure, simulate

EXACT = Scorer("exact", 1, lambda case, reply: Score(float(reply.text == "yes"), reply.text))
FREE = LaneLimits(concurrency=1, attempts=1, deadline=600.0)


class Watch:
    """An observer that keeps what it is told."""

    def __init__(self) -> None:
        self.records: list[Record] = []

    def began(self, planned: object, done: object) -> None:
        pass

    def settled(self, record: Record) -> None:
        self.records.append(record)


class World:
    """A run in memory: plans in, written records out."""

    def __init__(self, plans: Sequence[LanePlan], count: int, budget: Budget | None = None) -> None:
        self.written: list[Record] = []
        self.watch = Watch()
        self.synced = 0
        self.sync: Callable[[], None] = self._sync
        self.columns = {arm.arm.name: ArmColumns() for plan in plans for arm in plan.arms}
        self.scorer = EXACT
        self.write: Callable[[Record], None] = self.written.append
        self._plans, self._count, self._budget = plans, count, budget

    async def work(self) -> Finished:
        recorder = Recorder(
            Judge([self.scorer], 1.0, ()),
            self.columns,
            self.write,
            [self.watch],
            self._budget,
        )
        return await run_lanes(
            self._plans,
            CaseList(self._count),
            range(self._count),
            recorder,
            budget=self._budget,
            sync=self.sync,
        )

    def _sync(self) -> None:
        self.synced += 1

    def run(self) -> Finished:
        return simulate(self.work())

    def cases(self, arm: str) -> set[str]:
        return {record.case for record in self.written if record.arm == arm}


def lane(
    name: str,
    script: Script,
    arms: Sequence[ArmPlan],
    limits: LaneLimits = LIMITS,
) -> LanePlan:
    return LanePlan(name, script, tuple(arms), limits)


def test_records_are_written_then_counted_then_shown() -> None:
    """Every settled job is one record in the journal, the columns and the observer."""
    script = Script({"c1": [(0.1, answer("no"))]})
    world = World([lane("l", script, [arm_plan("a")])], 3)
    finished = world.run()
    assert world.watch.records == world.written
    assert world.columns["a"].outcomes()[Outcome.CORRECT] == 2
    assert world.columns["a"].outcomes()[Outcome.WRONG] == 1
    assert finished.servers == {"l": "script"}
    assert finished.served_models == {"a": {"m-1"}}
    assert not finished.interrupted


def test_a_record_explains_itself() -> None:
    """Arm, case, replicate, shots, key, faults and scores stand in it."""
    plan = arm_plan("a", [Replicate(3, 1)])
    script = Script({"c0": [(0.1, failure("timeout")), (0.1, answer())]})
    world = World([lane("l", script, [plan])], 1)
    world.run()
    (record,) = world.written
    assert (record.arm, record.case, record.replicate) == ("a", "c0", Replicate(3, 1))
    assert record.shots == ("shot",)
    assert record.exchanges[0].faults == ("timeout",)
    assert len(record.exchanges[0].key) == 24
    assert record.scores["exact"].value == 1.0


def test_lanes_run_side_by_side() -> None:
    """Two endpoints of one second each answer in one second, not in two."""
    scripts = [Script(default=(1.0, answer())) for _ in "ab"]
    world = World([lane(f"l{i}", s, [arm_plan(f"a{i}")]) for i, s in enumerate(scripts)], 4)
    assert simulate(_timed(world)) == pytest.approx(1.0)


async def _timed(world: World) -> float:
    await world.work()
    return asyncio.get_running_loop().time()


def test_an_ended_lane_leaves_the_others() -> None:
    """An endpoint without quota stops its arm; the arm of another endpoint is asked everything."""
    bad = Script(default=(0.1, failure("quota")))
    world = World([lane("x", bad, [arm_plan("a")]), lane("y", Script(), [arm_plan("b")])], 20)
    finished = world.run()
    assert len(world.cases("b")) == 20
    assert finished.ended == {"a": "quota: because of quota"}


def test_a_scorer_that_raises_costs_its_case_alone() -> None:
    """The record says harness_error and why; the run goes on."""

    def picky(case: Case, reply: Answer) -> Score:
        if case.id == "c1":
            raise KeyError("stars")
        return Score(1.0, reply.text)

    world = World([lane("l", Script(), [arm_plan("a")])], 3)
    world.scorer = Scorer("picky", 1, picky)
    world.run()
    outcomes = {record.case: record.outcome for record in world.written}
    assert outcomes == {
        "c0": Outcome.CORRECT,
        "c1": Outcome.HARNESS_ERROR,
        "c2": Outcome.CORRECT,
    }


def test_blocks_follow_one_another() -> None:
    """A lane of the model on this machine asks arm by arm."""
    script = Script()
    one = LaneLimits(1, 1, 600.0)
    World([LanePlan("l", script, (arm_plan("a"), arm_plan("b")), one, blocks=True)], 3).run()
    assert [prompt.split()[0] for _, prompt in script.calls] == ["a"] * 3 + ["b"] * 3


def test_the_journal_is_synced_while_it_runs() -> None:
    """While a single slow answer is waited for, the disk has been asked to keep what is there."""
    world = World([lane("l", Script(default=(5.5, answer())), [arm_plan("a")])], 1)
    world.run()
    assert world.synced >= 1


def test_interruption_is_a_result() -> None:
    """Cancelled half-way: what was settled is written, endpoints are closed, servers are known."""
    script = Script(default=(1.0, answer()))
    world = World([lane("l", script, [arm_plan("a")])], 100)

    async def work() -> Finished:
        task = asyncio.create_task(world.work())
        await asyncio.sleep(2.5)
        task.cancel()
        return await task

    finished = simulate(work())
    assert finished.interrupted
    assert len(world.written) == 8
    assert script.closed == 1
    assert finished.servers == {"l": "script"}


def test_endpoints_close_after_a_failed_write() -> None:
    """The disk is full: DataError as it was raised, no endpoint left open."""
    script = Script()
    world = World([lane("l", script, [arm_plan("a")])], 10)

    def full(record: Record) -> None:
        raise DataError("the disk is full")

    world.write = full
    with pytest.raises(DataError, match="the disk is full"):
        world.run()
    assert script.closed == 1


def test_a_failing_disk_ends_the_run() -> None:
    """What fsync refuses is told while it runs, as an error of the journal, not after an hour."""
    script = Script(default=(5.0, answer()))
    world = World([lane("l", script, [arm_plan("a")], LaneLimits(1, 1, 600.0))], 1000)

    def failing() -> None:
        raise OSError(5, "Input/output error", "results/journal.jsonl")

    world.sync = failing
    reason = r"results/journal.jsonl: cannot be kept on disk \(Input/output error\)"
    with pytest.raises(DataError, match=reason):
        world.run()
    assert len(world.written) < 10
    assert script.closed == 1


def test_an_endpoint_that_cannot_start() -> None:
    """What its opening raises comes out as it is; the one opened before it is closed."""

    class Broken(Script):
        async def __aenter__(self) -> Self:
            raise DataError("no such model file")

    first = Script()
    plans = [lane("l", first, [arm_plan("a")]), lane("m", Broken(), [arm_plan("b")])]
    with pytest.raises(DataError, match="no such model file"):
        World(plans, 3).run()
    assert first.closed == 1


@settings(deadline=None, max_examples=60)
@given(
    st.integers(0, 3000),
    st.integers(1, 300),
    st.integers(1, 300),
    st.sampled_from([0.01, 0.1, 1.0]),
    st.none() | st.integers(1, 40),
)
def test_budget_cuts_all_arms_at_the_same_case(
    limit: int, first: int, second: int, slowness: float, concurrency: int | None
) -> None:
    """Two endpoints of different speed and price and a free arm: the same cases, within the limit.

    With constant costs the limit is never passed (but for the first case, which is always asked)
    and nothing that fits is left out.
    """
    limits = LaneLimits(concurrency, 8, 600.0)
    quick = Script(default=(0.01, answer(tokens=first)))
    slow = Script(default=(slowness, answer(tokens=second)))
    plans = [
        lane("free", Script(), [arm_plan("f")], FREE),
        lane("x", quick, [arm_plan("a")], limits),
        lane("y", slow, [arm_plan("b", [Replicate(1), Replicate(2)])], limits),
    ]
    budget = Budget(limit, {"a": 1, "b": 2})
    world = World(plans, 60, budget)
    world.run()
    each = first + 2 * second
    fitting = min(60, max(1, limit // each))
    asked = {f"c{i}" for i in range(fitting)}
    assert world.cases("a") == world.cases("b") == world.cases("f") == asked
    assert budget.spent == fitting * each
    assert budget.exhausted == (fitting < 60)


def test_budget_of_a_server_that_reports_no_usage() -> None:
    """Answers without usage are charged by a guess: the budget ends all the same."""
    script = Script(default=(0.1, answer("x" * 350)))
    budget = Budget(2000, {"a": 1})
    world = World([lane("x", script, [arm_plan("a")])], 300, budget)
    world.run()
    assert budget.exhausted
    assert 15 <= len(world.written) <= 20
    assert budget.spent <= 2000


def test_budget_with_an_arm_that_ends() -> None:
    """An arm without quota spends nothing more; the other still stops within the limit."""
    bad = Script(default=(0.1, failure("quota")))
    good = Script(default=(0.1, answer(tokens=10)))
    budget = Budget(200, {"a": 1, "b": 1})
    plans = [lane("x", bad, [arm_plan("a")]), lane("y", good, [arm_plan("b")])]
    world = World(plans, 60, budget)
    world.run()
    assert len(world.cases("b")) == 20
    assert budget.spent == 200


def test_budget_learns_before_it_runs_ahead() -> None:
    """However many slots there are, only the first case is asked before its price is known."""
    script = Script(default=(1.0, answer(tokens=5000)))
    limits = LaneLimits(64, 8, 600.0)
    world = World([lane("x", script, [arm_plan("a")], limits)], 60, Budget(20_000, {"a": 1}))
    world.run()
    assert [at for at, _ in script.calls] == [0.0, 1.0, 1.0, 1.0]
