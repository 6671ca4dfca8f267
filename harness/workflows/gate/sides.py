"""A policy in, incumbent and candidate out: whose replies a gate compares."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

from harness.errors import ReplayMissError, UsageError
from harness.store.baselines import baseline_arms, read_incumbent
from harness.store.runs import Run, find_run, load_run
from harness.store.suite import Suite
from harness.values.baseline import Baseline
from harness.values.case import Split
from harness.values.gate import Gate
from harness.workflows.entrants import (
    Entrant,
    baseline_entrant,
    deployed_seed,
    entrants_of_run,
    read_baseline_of,
)
from harness.workflows.gate.policy import GateChoices
from harness.workflows.gate.proposal import Proposal
from harness.workflows.replays import is_recorded, replayed


@contextmanager
def gate_sides(
    judged: Proposal, policy: Gate, choices: GateChoices
) -> Iterator[tuple[Entrant, Entrant]]:
    """Incumbent and candidate, each with the one shot seed that is deployed."""
    arm, baseline = _incumbent(judged.base, policy)
    seed = deployed_seed(judged.suite, policy.candidate, policy.shot_seeds)
    with ExitStack() as stack:
        asked = _asked(choices)
        incumbent = _Incumbent(judged.base, arm, baseline)
        if choices.run is not None:
            found = _past_run(judged.suite, choices.run, choices.split)
            asked |= {"limit": found.info.limit}
            beside = incumbent.replay(stack, (), asked)
        elif judged.base is judged.suite:
            beside = incumbent.replay(stack, (policy.candidate,), asked)
            found = beside or _replay(stack, judged.suite, policy.candidate, asked)
        else:
            found = _replay(stack, judged.suite, policy.candidate, asked)
            beside = incumbent.replay(stack, (), asked)
        candidate = entrants_of_run(found, [policy.candidate], {policy.candidate: seed})[0]
        yield incumbent.entrant(beside, policy), candidate


@dataclass(frozen=True)
class _Incumbent:
    """The arm that stands against the candidate, and its baseline where that is what stands."""

    suite: Suite
    arm: str
    baseline: Baseline | None

    def replay(
        self, stack: ExitStack, others: tuple[str, ...], asked: dict[str, Any]
    ) -> Run | None:
        """A replay of it together with others; None where only its baseline is left.

        Raises:
            ReplayMissError: its recordings do not fit any more, and there is no baseline.
        """
        if not is_recorded(self.suite, self.arm) or not self._seed_is_declared():
            return None
        arms = tuple(dict.fromkeys((*others, self.arm)))
        try:
            return stack.enter_context(replayed(self.suite, arms, **asked))
        except ReplayMissError:
            if self.baseline is None:
                raise
            return None

    def entrant(self, found: Run | None, policy: Gate) -> Entrant:
        """It as a side, from its replay where there is one."""
        recorded = None
        if found is not None:
            seeds = {self.arm: self._seed(policy)}
            recorded = entrants_of_run(found, [self.arm], seeds)[0]
        if self.baseline is not None:
            return baseline_entrant(self.suite, self.baseline, recorded)
        if recorded is None:
            raise UsageError(f"arm {self.arm} is neither recorded nor has it a baseline")
        return recorded

    def _seed(self, policy: Gate) -> int:
        if self.baseline is not None:
            return self.baseline.header.shot_seed
        return deployed_seed(self.suite, self.arm, policy.shot_seeds)

    def _seed_is_declared(self) -> bool:
        """Whether the shot seed that was approved is still one of the arm's."""
        seeds = self.suite.arms[self.arm].shot_seeds
        return self.baseline is None or self.baseline.header.shot_seed in seeds


def _replay(stack: ExitStack, suite: Suite, arm: str, asked: dict[str, Any]) -> Run:
    return stack.enter_context(replayed(suite, [arm], **asked))


def _past_run(suite: Suite, name: str, split: Split) -> Run:
    """The run that a caller names.

    Raises:
        UsageError: there is none, or it is of another suite or split.
    """
    found = load_run(find_run(suite.settings.results, suite.name, name))
    if found.info.suite != suite.name:
        raise UsageError(f"run {found.info.id} is of suite {found.info.suite}, not {suite.name}")
    if found.info.split != split:
        raise UsageError(
            f"run {found.info.id} is of the {found.info.split} split: "
            f"say --split {found.info.split}, or name another run"
        )
    return found


def _asked(choices: GateChoices) -> dict[str, Any]:
    return {
        "split": choices.split,
        "limit": choices.limit,
        "clean_subset": choices.clean_subset,
    }


def _incumbent(suite: Suite, policy: Gate) -> tuple[str, Baseline | None]:
    """The incumbent's arm, and its baseline where that is what stands against the candidate.

    What is in production is a baseline. An arm that the policy names is what is recorded of it now,
    but for an arm that is compared with its own past.

    Raises:
        UsageError: nothing is in production and the policy names nobody.
        DataError: production.toml or the baseline is broken or was edited.
    """
    if policy.incumbent is None:
        found = read_incumbent(suite.settings.baselines / suite.name)
        if found is None:
            raise UsageError(
                f"{suite.name} has nothing in production to compare with: approve an arm with\n"
                f'    harness promote {suite.name} ARM --reason "…"\n'
                "or name an incumbent in [gate], or with --incumbent"
            )
        return found[0].arm, found[1]
    folder = suite.settings.baselines / suite.name
    if policy.incumbent not in suite.arms and policy.incumbent not in baseline_arms(folder):
        known = ", ".join(suite.arms)
        raise UsageError(f"{suite.name} has no arm {policy.incumbent!r}; arms: {known}")
    if policy.incumbent != policy.candidate and is_recorded(suite, policy.incumbent):
        return policy.incumbent, None
    return policy.incumbent, read_baseline_of(suite, policy.incumbent)
