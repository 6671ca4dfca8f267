"""The order of jobs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.prompting.shots import ShotPool
from harness.runner.plan import ArmPlan, Job, asker, in_blocks, interleaved, replicates
from harness.values.case import Case
from harness.values.request import ModelIdentity, Replicate, recall_request, request_key
from harness.values.suite import Shots

from .simulation import CaseList, arm, arm_plan

IDENTITY = ModelIdentity("m")
SEEDS = [Replicate(1), Replicate(2)]
Arrange = Callable[[Sequence[ArmPlan], Any, Sequence[int]], Iterator[Job]]


def rows(jobs: Iterator[Job]) -> list[tuple[str, str, Replicate]]:
    return [(job.plan.arm.name, job.case.id, job.replicate) for job in jobs]


def test_interleaved_keeps_cases_whole() -> None:
    """All arms and replicates of a case come before the next case, in the order given."""
    jobs = rows(interleaved([arm_plan("a", SEEDS), arm_plan("b")], CaseList(3), [2, 0]))
    assert [(name, case) for name, case, _ in jobs] == [
        ("a", "c2"),
        ("a", "c2"),
        ("b", "c2"),
        ("a", "c0"),
        ("a", "c0"),
        ("b", "c0"),
    ]


def test_blocks_share_a_prefix() -> None:
    """In blocks an arm is asked whole, and within it one shot seed after the other."""
    trials = [Replicate(seed, trial) for seed in (1, 2) for trial in (0, 1)]
    jobs = rows(in_blocks([arm_plan("a", trials), arm_plan("b")], CaseList(2), [0, 1]))
    blocks = [(name, replicate.shot_seed) for name, _, replicate in jobs]
    assert list(dict.fromkeys(blocks)) == [("a", 1), ("a", 2), ("b", 0)]
    assert blocks == sorted(blocks)
    assert [replicate.trial for _, _, replicate in jobs[:4]] == [0, 1, 0, 1]


@pytest.mark.parametrize("arrange", [interleaved, in_blocks])
@given(data=st.data())
def test_every_pair_once(arrange: Arrange, data: st.DataObject) -> None:
    """Every (arm, case, replicate) of the order comes exactly once, but for those that are done."""
    count = data.draw(st.integers(1, 6))
    order = data.draw(st.permutations(range(count)))[: data.draw(st.integers(0, count))]
    arms = data.draw(st.integers(1, 3))
    pairs = [(index, replicate) for index in range(count) for replicate in SEEDS]
    done = [frozenset(data.draw(st.sets(st.sampled_from(pairs)))) for _ in range(arms)]
    plans = [arm_plan(f"a{i}", SEEDS, done[i]) for i in range(arms)]
    expected = Counter(
        (f"a{i}", f"c{index}", replicate)
        for i in range(arms)
        for index in order
        for replicate in SEEDS
        if (index, replicate) not in done[i]
    )
    assert Counter(rows(arrange(plans, CaseList(count), order))) == expected


@given(st.permutations(range(5)))
def test_positions_follow_the_order(order: list[int]) -> None:
    """`position` counts cases in the order of asking; `index` is the place in the file."""
    plans = [arm_plan("a"), arm_plan("b")]
    jobs = list(interleaved(plans, CaseList(5), order))
    assert [job.position for job in jobs] == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]
    assert [job.index for job in jobs[::2]] == order


@pytest.mark.parametrize("arrange", [interleaved, in_blocks])
def test_done_cases_are_not_even_read(arrange: Arrange) -> None:
    """A resumed run does not decode the cases it has no question for."""
    cases = CaseList(4)
    done = frozenset((index, Replicate()) for index in range(3))
    assert rows(arrange([arm_plan("a", done=done)], cases, range(4))) == [("a", "c3", Replicate())]
    assert cases.reads == 1


def test_jobs_are_lazy() -> None:
    """Nothing is read before it is asked for: a large split costs no memory."""
    cases = CaseList(1000)
    next(interleaved([arm_plan("a")], cases, range(1000)))
    assert cases.reads == 1


def test_replicates() -> None:
    """Every shot seed times every trial; an arm without shots has one seed."""
    few = arm("few", shots=Shots(policy="random", k=1, seeds=(3, 5)))
    assert replicates(few, 2) == tuple(
        Replicate(seed, trial) for seed in (3, 5) for trial in (0, 1)
    )
    assert replicates(arm("zero"), 2) == (Replicate(0, 0), Replicate(0, 1))


def test_frozen_arm_asks_its_recordings() -> None:
    """A frozen arm names the case, its input and the replicate; no template is rendered."""
    case = Case("c1", {"text": "hi"}, "yes")
    frozen = arm("old", prompt="{{ broken", frozen=True)
    request, shots = asker(frozen, IDENTITY, None)(case, "digest", Replicate(1, 2))
    assert request == recall_request("c1", "digest", Replicate(1, 2))
    assert shots == ()


def test_classical_arm_sends_the_joined_inputs() -> None:
    """A classifier gets all inputs as one text; a trial is another question."""
    ask = asker(arm("svm", classical=True), IDENTITY, None)
    case = Case("c", {"b": "two", "a": "one"}, "yes")
    first, second = (ask(case, "d", Replicate(0, trial))[0] for trial in (0, 1))
    assert first.prompt == "one\ntwo"
    assert request_key(first) != request_key(second)


def test_template_arm_names_its_shots() -> None:
    """The ids of the shots come back beside the request that shows them."""
    policy = Shots(policy="fixed", ids=("t1",))
    pool = ShotPool(policy, [Case("t0", {"text": "no"}, "n"), Case("t1", {"text": "yes"}, "y")])
    prompt = "{% for s in shots %}{{ s.text }}={{ s.expected }};{% endfor %}{{ text }}="
    few = arm("few", prompt=prompt, shots=policy)
    request, shots = asker(few, IDENTITY, pool)(Case("c", {"text": "hm"}, "y"), "d", Replicate())
    assert request.prompt == "yes=y;hm="
    assert shots == ("t1",)
