"""Run a suite: a folder and choices in, a Run on disk out."""

from __future__ import annotations

import asyncio
import platform
import re
import secrets
import subprocess
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

import harness
from harness.analysis.columns import ArmColumns
from harness.errors import ReplayMissError, UsageError
from harness.runner.budget import Budget, unpriced
from harness.runner.judge import Judge
from harness.runner.plan import Done
from harness.runner.run import Finished, Observer, Recorder, run_lanes
from harness.store.cases import CaseFile
from harness.store.fixtures import Origin, fixture_path, project
from harness.store.journal import Journal
from harness.store.runs import (
    JOURNAL_FILE,
    RUNS_FOLDER,
    Run,
    find_run,
    load_run,
    read_info,
    write_info,
)
from harness.store.settings import find_suite, read_settings
from harness.store.suite import Suite, read_suite
from harness.values.arm import ResolvedArm
from harness.values.case import Split
from harness.values.order import stratified_order
from harness.values.run import ArmInfo, Mode, RunInfo, Status
from harness.values.score import INFRASTRUCTURE, OUTCOMES
from harness.workflows.lanes import LanePlanner, Lanes

RETRIES_ON_RESUME = 3


@dataclass(frozen=True, kw_only=True)
class RunChoices:
    """What a caller decides about a run.

    `arms` empty means all. `limit` cases, stratified by expected value and tags and nested in
    every larger limit. `budget_tokens` and `budget_money` stop at whole cases. `resume` continues
    a run by id or path ("" for the newest). `results` is where runs are kept, by default the
    repository's results folder.
    """

    arms: tuple[str, ...] = ()
    split: Split = "test"
    mode: Mode = "replay"
    trials: int = 1
    limit: int | None = None
    budget_tokens: int | None = None
    budget_money: float | None = None
    resume: str | None = None
    seed: int = 0
    results: Path | None = None


def open_suite(name: str | Path, start: Path | None = None) -> Suite:
    """A suite by name or path, read and checked.

    Raises:
        UsageError: there is no such suite.
        DataError: with every problem of its folder.
    """
    folder = find_suite(str(name), start or Path.cwd())
    return read_suite(folder, read_settings(folder))


def run(suite: str | Path | Suite, observers: Sequence[Observer] = (), **choices: object) -> Run:
    """Run a suite and return the finished Run; `choices` are the fields of RunChoices.

    Raises:
        UsageError: an arm, split or choice does not exist or does not fit.
        ReplayMissError: a reply is not recorded; the message has the command that records it.
        DataError: a file is wrong, or the journal cannot be written.
    """
    opened = suite if isinstance(suite, Suite) else open_suite(suite)
    return _SuiteRun(opened, _choices(choices)).execute(observers)


def _choices(given: Mapping[str, Any]) -> RunChoices:
    try:
        return msgspec.convert(dict(given), RunChoices, dec_hook=lambda type_, value: type_(value))
    except msgspec.ValidationError as error:
        raise UsageError(f"run: {error}") from error


class _SuiteRun:
    """One run from its choices to its last file."""

    def __init__(self, suite: Suite, choices: RunChoices) -> None:
        self._suite = suite
        self._choices = choices
        self._results = choices.results or suite.settings.results
        self._arms = _chosen_arms(suite, choices.arms)
        self._cases = _chosen_cases(suite, choices.split)
        order = stratified_order(self._cases.ids, self._cases.strata, choices.seed)
        self._order = order[: choices.limit] if choices.limit else order
        file = suite.file.scorer
        self._judge = Judge(suite.scorers, file.correct_at, file.refusals)
        self._columns = {arm.name: ArmColumns() for arm in self._arms}

    def execute(self, observers: Sequence[Observer]) -> Run:
        choices = self._choices
        done: Mapping[str, Done] = {}
        if choices.resume is None:
            folder = self._new_folder()
        else:
            folder, done = self._resumed()
        planner = LanePlanner(
            self._suite, self._cases, self._order, choices.mode, choices.trials, done
        )
        lanes = planner.plan(self._arms)
        budget = self._budget(lanes)
        with Journal(folder / JOURNAL_FILE) as journal:
            info = self._info(folder, lanes)
            write_info(folder, info)
            planned = {name: arm.planned for name, arm in info.arms.items()}
            for observer in observers:
                observer.began(planned, {name: len(c) for name, c in self._columns.items()})
            recorder = Recorder(self._judge, self._columns, journal.append, observers, budget)
            finished = _in_event_loop(
                run_lanes(
                    lanes.plans,
                    self._cases,
                    self._order,
                    recorder,
                    budget=budget,
                    sync=journal.sync,
                )
            )
            info = self._final(info, lanes, finished, budget)
            write_info(folder, info)
        run = Run(info, self._columns, folder)
        self._refuse_misses(lanes)
        if choices.mode == "record":
            self._record(run)
        return run

    def _new_folder(self) -> Path:
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
        name = f"{stamp}-{secrets.token_hex(3)}"
        return self._results / RUNS_FOLDER / self._suite.name / name

    def _resumed(self) -> tuple[Path, dict[str, Done]]:
        """The folder of the run to continue, with what needs no asking any more."""
        folder = find_run(self._results, self._suite.name, self._choices.resume or None)
        old = read_info(folder)
        self._refuse_changes(old, folder)
        index = {id_: i for i, id_ in enumerate(self._cases.ids)}
        self._columns.update(load_run(folder, index).arms)
        return folder, {name: _done(columns) for name, columns in self._columns.items()}

    def _refuse_changes(self, old: RunInfo, folder: Path) -> None:
        """A run can only go on as what it began as."""
        now = {arm.name: arm.digest for arm in self._arms}
        then = {name: arm.digest for name, arm in old.arms.items()}
        pairs = {
            "the cases": (old.inputs_digest, self._cases.inputs_digest),
            "the expected values": (old.expected_digest, self._cases.expected_digest),
            "the split": (old.split, self._choices.split),
            "the arms": (then, now),
            "the mode": (old.mode, self._choices.mode),
            "trials": (old.trials, self._choices.trials),
            "the limit": (old.limit, self._choices.limit),
            "the seed": (old.seed, self._choices.seed),
        }
        changed = [name for name, (before, after) in pairs.items() if before != after]
        if changed:
            raise UsageError(
                f"{folder.name} cannot be resumed: {', '.join(changed)} differ from when it began; "
                "give the same options, or start a new run"
            )

    def _budget(self, lanes: Lanes) -> Budget | None:
        choices = self._choices
        asked = [arm for arm in self._arms if arm.name not in lanes.replays and not arm.classical]
        replicates = _replicates(lanes)
        rows = {arm.name: replicates[arm.name] for arm in asked}
        if choices.budget_money is None:
            return None if choices.budget_tokens is None else Budget(choices.budget_tokens, rows)
        prices = self._suite.settings.prices
        if unknown := unpriced((arm.model for arm in asked), prices):
            raise UsageError(
                f"a budget of money needs a price for {', '.join(unknown)}: add "
                f'[prices."{unknown[0]}"] with input, output, as_of and source to harness.toml'
            )
        return Budget(choices.budget_money, rows, {arm.name: prices[arm.model] for arm in asked})

    def _info(self, folder: Path, lanes: Lanes) -> RunInfo:
        replicates = _replicates(lanes)
        arms = {
            arm.name: ArmInfo(
                kind=arm.kind,
                digest=arm.digest,
                endpoint=arm.endpoint,
                model=arm.model,
                planned=len(self._order) * replicates[arm.name],
                replayed=arm.name in lanes.replays,
                recorded=lanes.replays[arm.name].days if arm.name in lanes.replays else (),
                server=lanes.replays[arm.name].server if arm.name in lanes.replays else "",
            )
            for arm in self._arms
        }
        choices = self._choices
        settings = self._suite.settings
        return RunInfo(
            id=folder.name,
            suite=self._suite.name,
            title=self._suite.file.title,
            split=choices.split,
            mode=choices.mode,
            status="running",
            started=_now(),
            cases=len(self._order),
            inputs_digest=self._cases.inputs_digest,
            expected_digest=self._cases.expected_digest,
            arms=arms,
            scorers={scorer.name: scorer.version for scorer in self._suite.scorers},
            correct_at=self._suite.file.scorer.correct_at,
            graded=self._judge.graded,
            seed=choices.seed,
            trials=choices.trials,
            limit=choices.limit,
            budget=_budget_choice(choices),
            prices={
                a.model: settings.prices[a.model] for a in self._arms if a.model in settings.prices
            },
            commit=_commit(self._suite.folder),
            versions={"harness": harness.__version__, "python": platform.python_version()},
            definitions={arm.name: msgspec.to_builtins(arm) for arm in self._arms},
        )

    def _final(
        self, info: RunInfo, lanes: Lanes, finished: Finished, budget: Budget | None
    ) -> RunInfo:
        arms = {
            name: msgspec.structs.replace(
                arm,
                server=finished.servers.get(lanes.lane_of[name], "") or arm.server,
                served_models=tuple(sorted(finished.served_models.get(name, ()))),
                ended=finished.ended.get(name, ""),
            )
            for name, arm in info.arms.items()
        }
        return msgspec.structs.replace(
            info,
            status=self._status(info, finished, budget),
            finished=_now(),
            arms=arms,
            windows=finished.windows,
        )

    def _status(self, info: RunInfo, finished: Finished, budget: Budget | None) -> Status:
        if finished.interrupted:
            return "interrupted"
        if budget is not None and budget.exhausted:
            return "budget"
        if any(len(self._columns[name]) < arm.planned for name, arm in info.arms.items()):
            return "incomplete"
        return "limited" if info.cases < len(self._cases) else "complete"

    def _refuse_misses(self, lanes: Lanes) -> None:
        missing = {n: r.endpoint.misses for n, r in lanes.replays.items() if r.endpoint.misses}
        if not missing:
            return
        counts = ", ".join(f"{count:,} of arm {name}" for name, count in missing.items())
        arms = " ".join(f"--arm {name}" for name in missing)
        split = "" if self._choices.split == "test" else f" --split {self._choices.split}"
        raise ReplayMissError(
            f"replies are not recorded: {counts}. The cases, a prompt, the shots or the sampling "
            f"changed since they were; record what is missing with\n"
            f"    harness run {self._suite.name} {arms}{split} --record"
        )

    def _record(self, run: Run) -> None:
        """Project the journal into the fixtures of every arm that was asked."""
        today = datetime.now(UTC).date().isoformat()
        for name, arm in run.info.arms.items():
            if arm.replayed:
                continue

            def origin(model: str, server: str = arm.server) -> Origin:
                return Origin(model, server, today)

            project(
                fixture_path(self._suite.fixtures_folder, name),
                (r for r in run.records() if r.arm == name),
                split=run.info.split,
                cases=self._suite.splits,
                origin=origin,
            )


def _chosen_arms(suite: Suite, names: Sequence[str]) -> list[ResolvedArm]:
    unknown = [name for name in names if name not in suite.arms]
    if unknown:
        known = ", ".join(suite.arms)
        raise UsageError(f"{suite.name} has no arm {unknown[0]!r}; arms: {known}")
    return [arm for name, arm in suite.arms.items() if not names or name in names]


def _chosen_cases(suite: Suite, split: Split) -> CaseFile:
    if split not in suite.splits:
        known = ", ".join(suite.splits)
        raise UsageError(f"{suite.name} has no {split} split; splits: {known}")
    return suite.splits[split]


def _done(columns: ArmColumns) -> Done:
    """Rows that need no asking: those answered, and failures that were retried often enough."""
    rows = zip(columns.case, columns.replicate, columns.outcome, columns.attempts, strict=True)
    most = RETRIES_ON_RESUME * 8
    return frozenset(
        (case, columns.replicates[replicate])
        for case, replicate, outcome, attempts in rows
        if OUTCOMES[outcome] not in INFRASTRUCTURE or attempts >= most
    )


def _replicates(lanes: Lanes) -> dict[str, int]:
    """How many replicates of each case every arm has."""
    return {plan.arm.name: len(plan.replicates) for lane in lanes.plans for plan in lane.arms}


def _budget_choice(choices: RunChoices) -> dict[str, float]:
    given = {"tokens": choices.budget_tokens, "money": choices.budget_money}
    return {name: float(value) for name, value in given.items() if value is not None}


def _in_event_loop(main: Coroutine[Any, Any, Finished]) -> Finished:
    """Run on uvloop where it is installed; Ctrl-C cancels the run instead of killing it."""
    try:
        import uvloop

        factory: Callable[[], asyncio.AbstractEventLoop] = uvloop.new_event_loop
    except ImportError:
        factory = asyncio.new_event_loop
    with asyncio.Runner(loop_factory=factory) as runner:
        return runner.run(main)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _commit(folder: Path) -> str:
    """The commit of the repository around a folder; empty where there is none."""
    command = ["git", "-C", str(folder), "rev-parse", "HEAD"]
    try:
        result = subprocess.run(command, capture_output=True, text=True, timeout=5, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return ""
    text = result.stdout.strip()
    return text if re.fullmatch(r"[0-9a-f]{40,64}", text) else ""
