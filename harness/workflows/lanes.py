"""Which arm is asked where: arms and a mode in, lane plans out; recordings come first."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial

from harness.errors import UsageError
from harness.prompting.shots import ShotPool
from harness.prompting.similar import nearest
from harness.providers.replay.endpoint import RecordingEndpoint, ReplayEndpoint
from harness.runner.lane import LaneLimits
from harness.runner.plan import ArmPlan, Done, asker, replicates
from harness.runner.run import LanePlan
from harness.store.fixtures import FixtureIndex, fixture_path
from harness.store.suite import Suite
from harness.values.arm import ResolvedArm
from harness.values.case import Cases, Split
from harness.values.endpoint import LocalSpec, RecordedSpec
from harness.values.reply import Reply
from harness.values.request import Request
from harness.values.run import Mode
from harness.workflows.endpoints import IN_PROCESS, identity_of, limits, open_endpoint

ALONE = LaneLimits(concurrency=1, attempts=1, deadline=600.0)


@dataclass(frozen=True)
class Replayed:
    """An arm that answers from recordings alone: of which days, and who answered then."""

    endpoint: ReplayEndpoint
    days: tuple[str, ...]
    server: str


@dataclass(frozen=True)
class Lanes:
    """The plans of all lanes, by arm its lane's name, and the arms that only replay."""

    plans: tuple[LanePlan, ...]
    lane_of: Mapping[str, str]
    replays: Mapping[str, Replayed]

    @property
    def replicates(self) -> dict[str, int]:
        """How many replicates of each case every arm has."""
        return {plan.arm.name: len(plan.replicates) for lane in self.plans for plan in lane.arms}

    @property
    def misses(self) -> dict[str, int]:
        """How many replies each arm was asked for and did not have; only arms that miss some."""
        counts = {name: replayed.endpoint.misses for name, replayed in self.replays.items()}
        return {name: count for name, count in counts.items() if count}

    @cached_property
    def _fronts(self) -> tuple[RecordingEndpoint, ...]:
        endpoints = (plan.endpoint for plan in self.plans)
        return tuple(e for e in endpoints if isinstance(e, RecordingEndpoint))

    def recalled(self, key: str) -> bool:
        """Whether a request was answered from a recording in front of a live endpoint."""
        return any(key in front.recalled for front in self._fronts) if self._fronts else False


@dataclass(frozen=True)
class ArmPlanner:
    """Turns arms into plans for some cases of a suite."""

    suite: Suite
    cases: Cases
    order: Sequence[int]

    def plan(self, arm: ResolvedArm, trials: int, done: Done = frozenset()) -> ArmPlan:
        """How an arm asks these cases, so many trials each, but for what is done."""
        spec = self.suite.settings.endpoints[arm.endpoint]
        identity = identity_of(arm, spec, self.suite)
        return ArmPlan(arm, asker(arm, identity, self._pool(arm)), replicates(arm, trials), done)

    def _pool(self, arm: ResolvedArm) -> ShotPool | None:
        if arm.shots is None or arm.frozen:
            return None
        if arm.shots.policy != "similar":
            return ShotPool(arm.shots, self.suite.train)
        asked = (self.cases[index] for index in self.order)
        neighbours = dict(nearest(self.suite.train, asked, arm.shots.k))
        return ShotPool(arm.shots, self.suite.train, neighbours)


@dataclass(frozen=True)
class LanePlanner:
    """Everything that all lanes of a run share."""

    suite: Suite
    cases: Cases
    order: Sequence[int]
    mode: Mode
    trials: int
    done: Mapping[str, Done]

    def plan(self, arms: Sequence[ResolvedArm]) -> Lanes:
        """One lane per replayed arm and one per live endpoint.

        Raises:
            UsageError: an arm can neither be replayed nor asked in this mode.
        """
        indexes = {arm.name: self._index(arm) for arm in arms}
        plans: list[LanePlan] = []
        lane_of: dict[str, str] = {}
        replays: dict[str, Replayed] = {}
        live: dict[str, list[ResolvedArm]] = {}
        for arm in arms:
            index = indexes[arm.name]
            if index is not None and self._only_replays(arm):
                replay = ReplayEndpoint(index.lookup)
                server = ", ".join(sorted(index.servers))
                replays[arm.name] = Replayed(replay, tuple(sorted(index.days)), server)
                lane_of[arm.name] = f"replay {arm.name}"
                plans.append(LanePlan(lane_of[arm.name], replay, (self._arm_plan(arm),), ALONE))
            else:
                self._refuse_unrecorded(arm)
                lane_of[arm.name] = f"{arm.endpoint} {arm.model}" if arm.classical else arm.endpoint
                live.setdefault(lane_of[arm.name], []).append(arm)
        for name, members in live.items():
            recorded = [index for arm in members if (index := indexes[arm.name]) is not None]
            plans.append(self._live_lane(name, members, recorded))
        return Lanes(tuple(plans), lane_of, replays)

    def _index(self, arm: ResolvedArm) -> FixtureIndex | None:
        """The recordings of an arm for this split, where this mode looks at them."""
        path = fixture_path(self.suite.fixtures_folder, arm.name)
        wanted = (self.mode != "live" or self._only_replays(arm)) and path.exists()
        if not wanted:
            return None
        return FixtureIndex(path, split=self.cases.split, frozen=arm.frozen)

    def _only_replays(self, arm: ResolvedArm) -> bool:
        """Whether an arm that has recordings answers from them alone."""
        spec = self.suite.settings.endpoints[arm.endpoint]
        return arm.frozen or self.mode == "replay" or isinstance(spec, RecordedSpec)

    def _refuse_unrecorded(self, arm: ResolvedArm) -> None:
        """An arm without recordings must be askable, and somebody must want it asked."""
        if arm.frozen:
            raise UsageError(f"arm {arm.name} is frozen, and nothing is recorded for it")
        if arm.training is not None and arm.training not in self.suite.trainings:
            command = f"harness tune {self.suite.name} {arm.name}"
            raise UsageError(f"arm {arm.name} has not been tuned; tune it with\n    {command}")
        spec = self.suite.settings.endpoints[arm.endpoint]
        if isinstance(spec, RecordedSpec):
            open_endpoint(spec, self.suite, [arm])  # raises with the command that imports replies
        free = isinstance(spec, IN_PROCESS)
        if self.mode == "replay" and not free:
            command = record_command(self.suite.name, [arm.name], self.cases.split, self.trials)
            raise UsageError(
                f"nothing is recorded for arm {arm.name}; record it with\n"
                f"    {command}\n"
                f"or ask without recording with --live"
            )

    def _live_lane(
        self, name: str, arms: Sequence[ResolvedArm], recorded: Sequence[FixtureIndex]
    ) -> LanePlan:
        spec = self.suite.settings.endpoints[arms[0].endpoint]
        make = partial(open_endpoint, spec, self.suite, arms)
        recording = self.mode == "record" and recorded
        endpoint = RecordingEndpoint(_first_found(recorded), make) if recording else make()
        plans = tuple(self._arm_plan(arm) for arm in arms)
        return LanePlan(name, endpoint, plans, limits(spec), blocks=isinstance(spec, LocalSpec))

    def _arm_plan(self, arm: ResolvedArm) -> ArmPlan:
        planner = ArmPlanner(self.suite, self.cases, self.order)
        return planner.plan(arm, self.trials, self.done.get(arm.name, frozenset()))


def record_command(suite: str, arms: Sequence[str], split: Split, trials: int) -> str:
    """The command that records these arms; what is the default is left out."""
    words = ["harness run", suite, *(f"--arm {arm}" for arm in arms)]
    words += [] if split == "test" else [f"--split {split}"]
    words += [] if trials == 1 else [f"--trials {trials}"]
    return " ".join([*words, "--record"])


def _first_found(indexes: Sequence[FixtureIndex]) -> Callable[[Request], Reply | None]:
    def lookup(request: Request) -> Reply | None:
        return next((reply for i in indexes if (reply := i.lookup(request)) is not None), None)

    return lookup
