"""What will be asked, in which order: arms and cases in, a lazy stream of jobs out. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from harness.prompting.request import RequestBuilder
from harness.prompting.shots import ShotPool
from harness.prompting.similar import joined_inputs
from harness.values.arm import ResolvedArm
from harness.values.case import Case, Cases
from harness.values.request import ModelIdentity, Replicate, Request, recall_request

Ask = Callable[[Case, str, Replicate], tuple[Request, tuple[str, ...]]]
Done = frozenset[tuple[int, Replicate]]


@dataclass(frozen=True)
class ArmPlan:
    """One arm, ready to ask: `ask` makes the request and names its shots.

    `done` holds the (case index, replicate) pairs that need no asking any more.
    """

    arm: ResolvedArm
    ask: Ask
    replicates: tuple[Replicate, ...]
    done: Done = frozenset()


@dataclass(slots=True)
class Job:
    """One replicate of one case of one arm, with what happened to it so far."""

    plan: ArmPlan
    position: int
    index: int
    case: Case
    input_digest: str
    expected_digest: str
    replicate: Replicate
    request: Request | None = None
    key: str = ""
    shots: tuple[str, ...] = ()
    faults: list[str] = field(default_factory=list)
    deadline: float = 0.0


def replicates(arm: ResolvedArm, trials: int) -> tuple[Replicate, ...]:
    """Every shot seed times every trial."""
    return tuple(Replicate(seed, trial) for seed in arm.shot_seeds for trial in range(trials))


def asker(arm: ResolvedArm, identity: ModelIdentity, pool: ShotPool | None) -> Ask:
    """How an arm turns a case into a request: by its template, its classifier or its recordings."""
    if arm.frozen:
        return _ask_recordings
    if arm.classical:
        return _classical_asker(identity)
    return _template_asker(arm, identity, pool)


def _ask_recordings(
    case: Case, input_digest: str, replicate: Replicate
) -> tuple[Request, tuple[str, ...]]:
    return recall_request(case.id, input_digest, replicate), ()


def _classical_asker(identity: ModelIdentity) -> Ask:
    def ask(case: Case, input_digest: str, replicate: Replicate) -> tuple[Request, tuple[str, ...]]:
        del input_digest
        text = joined_inputs(case.input)
        request = Request(form="completion", model=identity, prompt=text, trial=replicate.trial)
        return request, ()

    return ask


def _template_asker(arm: ResolvedArm, identity: ModelIdentity, pool: ShotPool | None) -> Ask:
    build = RequestBuilder(arm, identity).build
    no_shots: Sequence[Mapping[str, Any]] = ()

    def ask(case: Case, input_digest: str, replicate: Replicate) -> tuple[Request, tuple[str, ...]]:
        if pool is None:
            return build(case.input, no_shots, replicate.trial), ()
        chosen = pool.choose(case, input_digest, replicate.shot_seed)
        request = build(case.input, pool.values(chosen), replicate.trial)
        return request, pool.ids(chosen)

    return ask


def interleaved(plans: Sequence[ArmPlan], cases: Cases, order: Sequence[int]) -> Iterator[Job]:
    """Case by case, all arms of a case together: what is cut short is cut at whole cases."""
    for position, index in enumerate(order):
        yield from _jobs_of_case(plans, cases, position, index)


def in_blocks(plans: Sequence[ArmPlan], cases: Cases, order: Sequence[int]) -> Iterator[Job]:
    """Arm by arm and shot seed by shot seed: prompts that share a prefix follow one another."""
    for plan in plans:
        for seed in dict.fromkeys(replicate.shot_seed for replicate in plan.replicates):
            own = tuple(r for r in plan.replicates if r.shot_seed == seed)
            part = ArmPlan(plan.arm, plan.ask, own, plan.done)
            for position, index in enumerate(order):
                yield from _jobs_of_case([part], cases, position, index)


def _jobs_of_case(
    plans: Sequence[ArmPlan], cases: Cases, position: int, index: int
) -> Iterator[Job]:
    case: Case | None = None
    for plan in plans:
        for replicate in plan.replicates:
            if (index, replicate) in plan.done:
                continue
            if case is None:
                case = cases[index]
                input_digest, expected_digest = case.input_digest, case.expected_digest
            yield Job(plan, position, index, case, input_digest, expected_digest, replicate)
