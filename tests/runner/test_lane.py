"""One lane on a simulated clock: concurrency, retries, the ends of arms."""

from __future__ import annotations

import asyncio
import math
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.errors import DataError
from harness.prompting.template import TemplateProblemError
from harness.runner.lane import BAD_REQUESTS_IN_A_ROW, Lane, LaneLimits
from harness.runner.plan import ArmPlan, interleaved
from harness.values.case import Case
from harness.values.reply import (
    ARM_ENDING_KINDS,
    FAILURE_KINDS,
    RETRIED_KINDS,
    Answer,
    Failure,
    FailureKind,
    Reply,
)
from harness.values.request import Replicate, Request

from .simulation import (
    LIMITS,
    CaseList,
    Script,
    Settled,
    Step,
    answer,
    arm,
    arm_plan,
    failure,
    flooded_until,
    randomly_limited,
    run_lane,
    simulate,
    token_bucket,
)

ONE = LaneLimits(concurrency=1, attempts=8, deadline=600.0)
QUICK = (0.1, answer())


class ByArm(Script):
    """Plays the steps of the arm instead of the case's."""

    def _step(self, case: str) -> Step:
        name, _, _ = self.calls[-1][1].split()
        return super()._step(name)


def kind_of(reply: Reply) -> str:
    return reply.kind if isinstance(reply, Failure) else "answer"


def test_all_answered() -> None:
    """Every job settles once with its answer, no more in flight than declared."""
    script = Script()
    settled, _ = run_lane(script, 20)
    assert sorted(settled.cases) == sorted(f"c{i}" for i in range(20))
    assert all(isinstance(reply, Answer) for _, _, reply, *_ in settled.rows)
    assert script.most_in_flight == LIMITS.concurrency


def test_window_opens_while_it_is_used() -> None:
    """Without a declared concurrency the lane starts with 16 and doubles from round to round."""
    script = Script()
    run_lane(script, 300, LaneLimits(None, 8, 600.0))
    first_round = [at for at, _ in script.calls if at == 0.0]
    assert len(first_round) == 16
    assert script.most_in_flight > 64


def test_the_slot_is_given_back_before_the_wait() -> None:
    """With one slot and a failing first job the others are answered while it waits."""
    script = Script({"c0": [(0.1, failure("server_error")), QUICK]})
    settled, _ = run_lane(script, 4, ONE)
    assert settled.cases == ["c1", "c2", "c3", "c0"]
    assert settled.of("c3")[4] == pytest.approx(0.4)
    assert settled.of("c0")[3] == ("server_error",)


def test_a_delayed_job_takes_the_next_slot() -> None:
    """A job whose wait is over comes before new ones: whole cases stay together."""
    script = Script({"c0": [(0.1, failure("rate_limited", 0.25)), QUICK]})
    settled, _ = run_lane(script, 9, ONE)
    assert settled.cases[:5] == ["c1", "c2", "c3", "c0", "c4"]


@pytest.mark.parametrize("wait", [0.0, 0.3, 7.0, 42.0])
def test_retry_after_is_honoured(wait: float) -> None:
    """The next attempt begins exactly when the server allowed it."""
    script = Script({"c0": [(0.1, failure("rate_limited", wait)), QUICK]})
    run_lane(script, 1, ONE)
    assert script.times("c0") == [0.0, pytest.approx(0.1 + wait)]


def test_back_off_doubles() -> None:
    """Half a second, doubled each time up to a minute, each with a jitter of 50 to 100 %."""
    script = Script({"c0": [(0.0, failure("server_error"))]})
    run_lane(script, 1, LaneLimits(1, 10, 600.0))
    times = script.times("c0")
    waits = [b - a for a, b in pairwise(times)]
    assert len(waits) == 9
    for number, wait in enumerate(waits):
        longest = min(60.0, 0.5 * 2**number)
        assert longest / 2 <= wait <= longest


def test_back_off_is_the_same_again() -> None:
    """The jitter is seeded: two runs wait the same, two jobs do not."""
    steps = {"c0": [(0.0, failure("timeout"))], "c1": [(0.0, failure("timeout"))]}
    first, second = Script(steps), Script(steps)
    run_lane(first, 2)
    run_lane(second, 2)
    assert first.calls == second.calls
    assert first.times("c0") != first.times("c1")


@pytest.mark.parametrize("attempts", [1, 2, 8])
@pytest.mark.parametrize("kind", sorted(RETRIED_KINDS - {"rate_limited"}))
def test_attempts_are_capped(kind: FailureKind, attempts: int) -> None:
    """A job is asked as often as declared, then its last failure counts."""
    script = Script({"c0": [(0.0, failure(kind, 0.0))]})
    settled, lane = run_lane(script, 2, LaneLimits(2, attempts, 600.0))
    assert len(script.times("c0")) == attempts
    assert kind_of(settled.of("c0")[2]) == kind
    assert settled.of("c0")[3] == (kind,) * (attempts - 1)
    assert lane.ended == {}


def test_no_attempt_begins_after_the_deadline() -> None:
    """Seconds of a job count from its first attempt; a wait that would pass them is not begun."""
    script = Script({"c0": [(3.0, failure("timeout"))]})
    settled, _ = run_lane(script, 1, LaneLimits(1, 100, 10.0))
    assert script.times("c0")[-1] <= 10.0
    assert settled.of("c0")[4] <= 13.0


def test_a_429_is_no_attempt() -> None:
    """It says when to ask again: twenty of them before an answer, and before the last attempt."""
    limited = [(0.1, failure("rate_limited", 1.0))] * 20
    script = Script({"c0": [*limited, (0.1, failure("timeout")), QUICK]})
    settled, _ = run_lane(script, 1, LaneLimits(1, 2, 5000.0))
    assert kind_of(settled.of("c0")[2]) == "answer"
    assert len(settled.of("c0")[3]) == 21


def test_a_429_after_its_wait_backs_off() -> None:
    """A server that refuses again what it had asked to wait for is asked ever less often."""
    script = Script({"c0": [(0.0, failure("rate_limited", 0.0))]})
    settled, _ = run_lane(script, 1, LaneLimits(1, 8, 100.0))
    assert kind_of(settled.of("c0")[2]) == "rate_limited"
    assert 5 <= len(script.times("c0")) <= 12


def test_a_wait_beyond_the_deadline_ends_the_arm() -> None:
    """Retry-After of an hour with a deadline of ten minutes: no case of the arm can be asked.

    What is in flight fails, nothing else begins, and another arm of the lane goes on at once.
    """
    script = ByArm({"bad": [(0.1, failure("rate_limited", 3600.0))]})
    settled, lane = run_lane(script, 30, plans=[arm_plan("bad"), arm_plan("good")])
    counts = Counter(name for name, *_ in settled.rows)
    assert counts["good"] == 30
    assert 1 <= counts["bad"] <= 4
    reason = "rate limited for 3600 s, longer than the deadline of 600 s"
    assert lane.ended == {"bad": reason}
    assert settled.rows[-1][4] < 5.0


def test_an_arm_that_is_only_refused_ends() -> None:
    """A job has spent its ten minutes and nothing of the arm was answered meanwhile."""
    server = flooded_until(math.inf, None)
    settled, lane = run_lane(server, 1000, LaneLimits(None, 8, 600.0))
    assert len(settled.rows) == 1
    assert lane.ended["a"].endswith(" s without an answer")
    assert len(server.calls) < 200


@pytest.mark.parametrize("concurrency", [None, 16, 64])
@pytest.mark.parametrize("retry_after", [1.0, None, 0.0])
def test_a_token_bucket(concurrency: int | None, retry_after: float | None) -> None:
    """Twenty a second: all are answered, few are asked in vain, hardly any second is wasted."""
    server = token_bucket(20.0, 20.0, retry_after)
    settled, _ = run_lane(server, 1000, LaneLimits(concurrency, 8, 600.0))
    assert {kind_of(reply) for _, _, reply, *_ in settled.rows} == {"answer"}
    assert len(settled.rows) == 1000
    assert len(server.calls) <= 1300
    assert settled.rows[-1][4] <= 1.1 * 1000 / 20


@pytest.mark.parametrize("concurrency", [None, 16, 64])
@pytest.mark.parametrize("retry_after", [5.0, None])
def test_a_flood(concurrency: int | None, retry_after: float | None) -> None:
    """429 to everything for five seconds costs a few requests and no case."""
    server = flooded_until(5.0, retry_after)
    settled, _ = run_lane(server, 3000, LaneLimits(concurrency, 8, 600.0))
    assert {kind_of(reply) for _, _, reply, *_ in settled.rows} == {"answer"}
    assert len(settled.rows) == 3000
    assert len(server.calls) <= 3000 + 3 * (concurrency or 16)


def test_no_new_case_during_a_flood() -> None:
    """Of the first round a quarter is seen to be 429; then nothing begins before Retry-After."""
    server = flooded_until(5.0, 5.0)
    run_lane(server, 300, LaneLimits(64, 8, 600.0))
    begun = [at for at, _ in server.calls]
    assert sum(at < 5.0 for at in begun) < 64 + 16
    assert not [at for at in begun if 0.2 < at < 5.2]


def test_refused_cases_go_first_after_a_flood() -> None:
    """New cases wait until those that were refused have been asked again."""
    server = flooded_until(5.0, 5.0)
    run_lane(server, 300, LaneLimits(64, 8, 600.0))
    refused = [prompt for at, prompt in server.calls if at < 5.0]
    again = [prompt for at, prompt in server.calls if at >= 5.0]
    assert sorted(again[: len(refused)]) == sorted(refused)


@pytest.mark.parametrize("retry_after", [1.0, None])
def test_a_few_random_429_cost_little(retry_after: float | None) -> None:
    """One in twenty at 128 in flight: at most a quarter more time, and the window stays wide."""
    walls = []
    for share in (0.0, 0.05):
        server = randomly_limited(share, retry_after)
        settled, lane = run_lane(server, 10_000, LaneLimits(128, 8, 600.0))
        assert {kind_of(reply) for _, _, reply, *_ in settled.rows} == {"answer"}
        assert min(change.size for change in lane.window.history) > 110
        walls.append(settled.rows[-1][4])
    assert walls[1] <= 1.25 * walls[0]


@pytest.mark.parametrize("kind", ["bad_request", "filtered", "harness"])
def test_what_asking_again_cannot_change_is_asked_once(kind: FailureKind) -> None:
    """It ends that case, and the others of the arm go on."""
    script = Script({"c1": [(0.1, failure(kind)), QUICK]})
    settled, lane = run_lane(script, 3)
    assert len(script.times("c1")) == 1
    assert kind_of(settled.of("c1")[2]) == kind
    assert len(settled.rows) == 3
    assert lane.ended == {}


@pytest.mark.parametrize("kind", sorted(ARM_ENDING_KINDS))
def test_a_hopeless_arm_ends_alone(kind: FailureKind) -> None:
    """After it nothing of that arm is begun; another arm of the same lane is asked everything."""
    script = ByArm({"bad": [(0.1, failure(kind))]})
    settled, lane = run_lane(script, 30, plans=[arm_plan("bad"), arm_plan("good")])
    counts = Counter(name for name, *_ in settled.rows)
    assert counts["good"] == 30
    assert 1 <= counts["bad"] <= 4
    assert lane.ended == {"bad": f"{kind}: because of {kind}"}


def test_jobs_that_wait_die_with_their_arm() -> None:
    """A job in its back-off is not asked again once its arm has ended."""
    steps: dict[str, Sequence[Step]] = {
        "c0": [(0.1, failure("server_error")), QUICK],
        "c1": [(0.1, failure("auth"))],
    }
    script = Script(steps)
    settled, _ = run_lane(script, 3, LaneLimits(2, 8, 600.0))
    assert len(script.times("c0")) == 1
    assert "c0" not in settled.cases


@pytest.mark.parametrize(("bad", "ends"), [(19, False), (20, True)])
def test_bad_requests_in_a_row(bad: int, ends: bool) -> None:
    """Twenty refused requests without an answer between them end the arm; nineteen do not."""
    assert BAD_REQUESTS_IN_A_ROW == 20
    steps = {f"c{i}": [(0.1, failure("bad_request"))] for i in range(bad)}
    settled, lane = run_lane(Script(steps), 40, ONE)
    assert len(settled.rows) == (20 if ends else 40)
    assert ("a" in lane.ended) == ends
    if ends:
        assert lane.ended["a"] == "20 bad requests in a row: because of bad_request"


def test_an_answer_breaks_the_row() -> None:
    """Nineteen, an answer, nineteen more: the arm goes on."""
    steps = {f"c{i}": [(0.1, failure("bad_request"))] for i in range(39) if i != 19}
    settled, lane = run_lane(Script(steps), 50, ONE)
    assert len(settled.rows) == 50
    assert lane.ended == {}


def test_a_prompt_that_cannot_be_made() -> None:
    """It is a harness failure of that case; nothing is asked for it, the others are answered."""
    usual = arm_plan("a")

    def ask(case: Case, digest: str, replicate: Replicate) -> tuple[Request, tuple[str, ...]]:
        if case.id == "c1":
            raise TemplateProblemError("'name' is undefined")
        return usual.ask(case, digest, replicate)

    plan = ArmPlan(arm("a"), ask, usual.replicates)
    script = Script()
    settled, _ = run_lane(script, 3, plans=[plan])
    reply = settled.of("c1")[2]
    assert reply == Failure("harness", "the prompt cannot be made: 'name' is undefined")
    assert script.times("c1") == []
    assert len(settled.rows) == 3


def test_what_an_endpoint_raises_costs_its_case_alone() -> None:
    """A fault of ours on one reply is a harness failure of that case, in text that can be kept."""

    class Faulty(Script):
        async def complete(self, request: Request) -> Reply:
            reply = await super().complete(request)
            if "c1" in str(request.prompt):
                raise RecursionError("too deep \ud800")
            return reply

    settled, lane = run_lane(Faulty(), 3)
    assert settled.of("c1")[2] == Failure("harness", "RecursionError: too deep ?")
    assert len(settled.rows) == 3
    assert lane.window.in_flight == 0


def test_what_is_raised_on_purpose_passes() -> None:
    """A HarnessError, such as a reply that is not recorded, ends the lane as it is."""

    class Missing(Script):
        async def complete(self, request: Request) -> Reply:
            raise DataError("the recordings are damaged")

    with pytest.raises(BaseExceptionGroup) as caught:
        run_lane(Missing(), 3)
    assert isinstance(caught.value.exceptions[0], DataError)


@pytest.mark.parametrize(("concurrency", "count", "most"), [(1_000_000, 5, 6), (8, 100, 8)])
def test_no_more_workers_than_jobs(concurrency: int, count: int, most: int) -> None:
    """One for each job, and one that has found none."""
    script = Script()
    _, lane = run_lane(script, count, LaneLimits(concurrency, 8, 600.0))
    assert script.most_in_flight == min(concurrency, count)
    assert lane._workers <= most


def test_a_rate_takes_no_time_from_the_deadline() -> None:
    """One request in ten seconds, 20 cases, two attempts each, a deadline of 15 s: all answered."""
    script = Script({f"c{i}": [(0.1, failure("server_error")), QUICK] for i in range(20)})
    settled, lane = run_lane(script, 20, LaneLimits(8, 8, 15.0, rpm=6))
    assert {kind_of(reply) for _, _, reply, *_ in settled.rows} == {"answer"}
    assert script.most_in_flight == 1
    assert lane.window.in_flight == 0


def test_a_rate_holds_no_place_of_the_window() -> None:
    """Who waits for its turn is not in flight: one begins every ten seconds, and takes 25."""
    script = Script(default=(25.0, answer()))
    run_lane(script, 12, LaneLimits(4, 8, 600.0, rpm=6))
    assert script.most_in_flight == 3
    assert [at for at, _ in script.calls] == pytest.approx([10.0 * i for i in range(12)], abs=0.1)


@pytest.mark.parametrize("tpm", [0.5, 7.0, 100.0])
def test_a_request_larger_than_a_minute(tpm: float) -> None:
    """It takes the whole minute's worth and hangs on nothing."""
    script = Script()
    settled, _ = run_lane(script, 3, LaneLimits(4, 8, 600.0, tpm=tpm))
    assert len(settled.rows) == 3
    assert script.calls[-1][0] == pytest.approx(120.0, abs=1.0)


def test_declared_rate_holds_the_lane_back() -> None:
    """Sixty requests a minute: ten jobs take about nine seconds."""
    script = Script()
    run_lane(script, 10, LaneLimits(4, 8, 600.0, rpm=60))
    assert script.calls[-1][0] == pytest.approx(9.0, abs=0.5)


def test_what_settling_raises_stops_the_lane() -> None:
    """A disk that is full ends the run; the other workers are cancelled, not left behind."""

    def settle(*_: object) -> None:
        raise OSError("no space left")

    async def work() -> int:
        lane = Lane(Script(), LIMITS, settle)
        with pytest.raises(BaseExceptionGroup) as caught:
            await lane.run(interleaved([arm_plan("a")], CaseList(50), range(50)))
        assert isinstance(caught.value.exceptions[0], OSError)
        return len(asyncio.all_tasks())

    assert simulate(work()) == 1


def test_streams_one_after_the_other() -> None:
    """A lane keeps its window and its ended arms from one stream to the next."""
    settled = Settled()

    async def work() -> Lane:
        lane = Lane(Script({"c1": [(0.1, failure("auth"))]}), ONE, settled)
        plans = [arm_plan("a")]
        await lane.run(interleaved(plans, CaseList(9), [0, 1]))
        await lane.run(interleaved(plans, CaseList(9), [2, 3]))
        return lane

    lane = simulate(work())
    assert settled.cases == ["c0", "c1"]
    assert "a" in lane.ended


delays = st.sampled_from([0.0, 0.0, 0.01, 0.5, 3.0])
outcomes = st.one_of(
    st.just(answer()),
    st.sampled_from(FAILURE_KINDS).map(failure),
    st.floats(0, 5).map(lambda wait: failure("rate_limited", wait)),
)
scripts = st.lists(
    st.lists(st.tuples(delays, outcomes), min_size=1, max_size=4), min_size=1, max_size=40
)


@settings(deadline=None, max_examples=200)
@given(
    scripts,
    st.none() | st.integers(1, 20),
    st.integers(1, 4),
    st.sampled_from([1.0, 30.0, 120.0]),
    st.integers(1, 2),
)
def test_every_job_settles_once(
    steps: list[list[Step]], concurrency: int | None, attempts: int, deadline: float, arms: int
) -> None:
    """Whatever the server does, nothing deadlocks, nothing settles twice, every slot comes back.

    Only jobs of an arm that has ended may be left; an arm ends for no other reason than its own.
    """
    script = Script({f"c{i}": of_case for i, of_case in enumerate(steps)})
    plans = [arm_plan(f"a{i}") for i in range(arms)]
    limits = LaneLimits(concurrency, attempts, deadline)
    settled, lane = run_lane(script, len(steps), limits, plans)
    seen = Counter((name, case) for name, case, *_ in settled.rows)
    assert set(seen.values()) <= {1}
    assert lane.window.in_flight == 0
    assert script.in_flight == 0
    for plan in plans:
        name = plan.arm.name
        if name not in lane.ended:
            assert {case for arm_, case in seen if arm_ == name} == {
                f"c{i}" for i in range(len(steps))
            }
    ending = {kind_of(reply) for name, _, reply, *_ in settled.rows if name in lane.ended}
    own = ending & (ARM_ENDING_KINDS | {"rate_limited"})
    assert bool(own) or len(steps) >= BAD_REQUESTS_IN_A_ROW or not lane.ended


@settings(deadline=None, max_examples=50)
@given(st.data())
def test_final_faults_are_the_failed_attempts(data: st.DataObject) -> None:
    """A job that is answered in the end names every failure before, in order."""
    kinds = data.draw(st.lists(st.sampled_from(sorted(RETRIED_KINDS)), max_size=7))
    failed = [(0.1, msgspec.convert({"type": "failure", "kind": kind}, Failure)) for kind in kinds]
    settled, _ = run_lane(Script({"c0": [*failed, QUICK]}), 1, ONE)
    assert settled.of("c0")[3] == tuple(kinds)
    assert kind_of(settled.of("c0")[2]) == "answer"
