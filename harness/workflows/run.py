"""Run a suite: a folder and choices in, a Run on disk out."""

from __future__ import annotations

import asyncio
from array import array
from collections.abc import Callable, Coroutine, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from harness.analysis.columns import ArmColumns
from harness.errors import ReplayMissError, UsageError
from harness.runner.budget import Budget
from harness.runner.judge import Judge
from harness.runner.plan import Done
from harness.runner.run import Finished, Observer, Recorder, run_lanes
from harness.scoring.unlabelled import UNLABELLED_SCORER
from harness.store.cases import CaseFile
from harness.store.fixtures import Origin, fixture_path, project
from harness.store.journal import Journal, read_journal
from harness.store.runs import (
    JOURNAL_FILE,
    Run,
    find_run,
    find_unfinished,
    load_run,
    new_run_folder,
    read_info,
    write_info,
)
from harness.store.settings import find_suite, read_settings
from harness.store.suite import Suite, read_suite
from harness.values.arm import ResolvedArm
from harness.values.case import UNLABELLED, Split
from harness.values.endpoint import RecordedSpec
from harness.values.leaks import LeakReport
from harness.values.order import stratified_order
from harness.values.reply import Answer
from harness.values.run import RunInfo
from harness.values.score import INFRASTRUCTURE, OUTCOMES
from harness.workflows.choices import RunChoices, as_choices, choices_of
from harness.workflows.lanes import LanePlanner, Lanes, record_command
from harness.workflows.leaks import excluded_cases, run_leaks
from harness.workflows.prices import budget_prices
from harness.workflows.run_info import beginning, continued, ending

MOST_ATTEMPTS = 24  # of one row, over all resumes, before a failure counts as final


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
    asked = as_choices(choices)
    if asked.resume is None:
        results = asked.results or opened.settings.results
        path = new_run_folder(results, opened.name) / JOURNAL_FILE
        fresh = _SuiteRun(opened, asked, path.parent, None)
        return fresh.execute(observers, lambda: Journal(path))
    folder = _folder_to_resume(opened, asked)
    with Journal(folder / JOURNAL_FILE) as journal:  # held before it is read: nobody adds to it
        before = read_info(folder)
        resumed = _SuiteRun(opened, choices_of(before, asked), folder, before)
        return resumed.execute(observers, lambda: nullcontext(journal))


class _SuiteRun:
    """One run from its choices to its last file. `before` is what a resumed run said of itself."""

    def __init__(
        self, suite: Suite, choices: RunChoices, folder: Path, before: RunInfo | None
    ) -> None:
        self._suite = suite
        self._choices = choices
        self._folder = folder
        self._arms = _chosen_arms(suite, choices.arms)
        self._cases = _chosen_cases(suite, choices.split)
        self._leaks = run_leaks(suite, self._arms, choices.split)
        self._excluded = _excluded(choices, self._leaks, self._cases, before)
        order = stratified_order(self._cases.ids, self._cases.strata, choices.seed)
        order = _without(order, self._cases, self._excluded)
        self._order = order[: choices.limit] if choices.limit else order
        table = suite.file.scorer
        scorers = (UNLABELLED_SCORER,) if choices.split == UNLABELLED else suite.scorers
        self._judge = Judge(scorers, table.correct_at, table.refusals)
        self._columns = {arm.name: ArmColumns() for arm in self._arms}
        self._done: Mapping[str, Done] = {}
        self._served: dict[str, set[str]] = {}
        self._before = before
        if before is not None:
            self._take_up(before)

    def execute(
        self,
        observers: Sequence[Observer],
        open_journal: Callable[[], AbstractContextManager[Journal]],
    ) -> Run:
        suite, choices = self._suite, self._choices
        planner = LanePlanner(
            suite, self._cases, self._order, choices.mode, choices.trials, self._done
        )
        lanes = planner.plan(self._arms)
        budget = self._budget(lanes)
        if budget is not None:
            self._pay_what_is_done(budget)
        info = beginning(
            suite,
            choices,
            self._cases,
            self._arms,
            lanes,
            id_=self._folder.name,
            asked=len(self._order),
            judge=self._judge,
            leaks=self._leaks,
            excluded=self._excluded,
        )
        if self._before is not None:
            info = continued(info, self._before)
        with open_journal() as journal:
            write_info(self._folder, info)
            self._announce(info, observers)
            recorder = Recorder(
                self._judge,
                self._columns,
                journal.append,
                observers,
                budget,
                recalled=lanes.recalled,
            )
            recorder.served_models.update(self._served)
            work = run_lanes(
                lanes.plans, self._cases, self._order, recorder, budget=budget, sync=journal.sync
            )
            try:
                finished = _in_event_loop(work)
            except BaseException:
                write_info(self._folder, msgspec.structs.replace(info, status="interrupted"))
                raise
            whole = len(self._order) == len(self._cases) - len(self._excluded)
            info = ending(info, lanes, finished, self._columns, budget, whole_split=whole)
            write_info(self._folder, info)
        run = Run(info, self._columns, self._folder, self._cases.ids)
        if choices.mode == "record":
            record_fixtures(run, suite)
        self._refuse_misses(lanes)
        return run

    def _take_up(self, before: RunInfo) -> None:
        """Load what a run has done so far, if it can go on as what it began as."""
        now = {arm.name: arm.digest for arm in self._arms}
        pairs = {
            "the cases": (before.inputs_digest, self._cases.inputs_digest),
            "the expected values": (before.expected_digest, self._cases.expected_digest),
            "the scorers": (before.scoring_digest, self._suite.scoring_digest),
            "the arms": ({name: arm.digest for name, arm in before.arms.items()}, now),
        }
        changed = [name for name, (then, today) in pairs.items() if then != today]
        if changed:
            raise UsageError(
                f"{before.id} cannot be resumed: {' and '.join(changed)} changed since it began; "
                "start a new run"
            )
        index = {id_: i for i, id_ in enumerate(self._cases.ids)}
        run = load_run(self._folder, index)
        self._columns.update(run.arms)
        for record in run.records():
            for exchange in record.exchanges:
                if isinstance(exchange.reply, Answer):
                    self._served.setdefault(record.arm, set()).add(exchange.reply.model)
        self._done = {name: _done(columns) for name, columns in self._columns.items()}

    def _announce(self, info: RunInfo, observers: Sequence[Observer]) -> None:
        planned = {name: arm.planned for name, arm in info.arms.items()}
        done = {name: len(columns) for name, columns in self._columns.items()}
        for observer in observers:
            observer.began(planned, done)

    def _budget(self, lanes: Lanes) -> Budget | None:
        choices = self._choices
        asked = [arm for arm in self._arms if arm.name not in lanes.replays and not arm.classical]
        rows = {arm.name: lanes.replicates[arm.name] for arm in asked}
        if choices.budget_money is None:
            return None if choices.budget_tokens is None else Budget(choices.budget_tokens, rows)
        prices = budget_prices(self._suite, asked, choices.budget_currency)
        return Budget(choices.budget_money, rows, prices)

    def _pay_what_is_done(self, budget: Budget) -> None:
        """A budget is the whole run's: what was spent before a resume counts."""
        if self._before is None:
            return
        for record in read_journal(self._folder / JOURNAL_FILE):
            if record.outcome not in INFRASTRUCTURE and record.exchanges:
                exchange = record.exchanges[-1]
                usage = exchange.reply.usage if isinstance(exchange.reply, Answer) else None
                count = budget.recall if exchange.recalled else budget.pay
                count(record.arm, usage, exchange.reply.latency)

    def _refuse_misses(self, lanes: Lanes) -> None:
        missing = lanes.misses
        if not missing:
            return
        counts = ", ".join(f"{count:,} of arm {name}" for name, count in missing.items())
        raise ReplayMissError(f"replies are not recorded: {counts}. {self._remedy(list(missing))}")

    def _remedy(self, missing: Sequence[str]) -> str:
        askable = [name for name in missing if not self._suite.arms[name].frozen]
        if not askable:
            return "A frozen arm knows only the cases and inputs that it was recorded with"
        command = record_command(
            self._suite.name, askable, self._choices.split, self._choices.trials
        )
        return (
            "The cases, a prompt, the shots or the sampling changed since they were; "
            f"record what is missing with\n    {command}"
        )


def record_fixtures(run: Run, suite: Suite) -> None:
    """Project a run's journal into the fixtures of every arm that was asked."""
    today = datetime.now(UTC).date().isoformat()
    for name, arm in run.info.arms.items():
        if arm.replayed:
            continue

        def origin(model: str, server: str = arm.server) -> Origin:
            return Origin(model, server, today)

        project(
            fixture_path(suite.fixtures_folder, name),
            (record for record in run.records() if record.arm == name),
            split=run.info.split,
            cases=suite.splits,
            origin=origin,
        )


def _folder_to_resume(suite: Suite, choices: RunChoices) -> Path:
    results = choices.results or suite.settings.results
    if choices.resume:
        return find_run(results, suite.name, choices.resume)
    return find_unfinished(results, suite.name)


def _chosen_arms(suite: Suite, names: Sequence[str]) -> list[ResolvedArm]:
    unknown = [name for name in names if name not in suite.arms]
    if unknown:
        known = ", ".join(suite.arms)
        raise UsageError(f"{suite.name} has no arm {unknown[0]!r}; arms: {known}")
    passed_over = frozenset(arms_without_replies(suite)) if not names else frozenset()
    chosen = [arm for name, arm in suite.arms.items() if not names or name in names]
    return [arm for arm in chosen if arm.name not in passed_over] or chosen


def arms_without_replies(suite: Suite) -> list[str]:
    """The arms that a run of all arms passes over: imported from a log that gave no recordings.

    Nobody can ask them, and their replies stand in a run alone. A run that names them is refused.
    """
    return [
        name
        for name, arm in suite.arms.items()
        if arm.frozen
        and isinstance(suite.settings.endpoints[arm.endpoint], RecordedSpec)
        and not fixture_path(suite.fixtures_folder, name).exists()
    ]


def _chosen_cases(suite: Suite, split: Split) -> CaseFile:
    if split not in suite.splits:
        known = ", ".join(suite.splits)
        raise UsageError(f"{suite.name} has no {split} split; splits: {known}")
    return suite.splits[split]


def _excluded(
    choices: RunChoices,
    leaks: Mapping[str, LeakReport],
    cases: CaseFile,
    before: RunInfo | None,
) -> tuple[str, ...]:
    """The cases that are not asked; a resumed run leaves out what it left out before."""
    if before is not None:
        return before.excluded
    return excluded_cases(leaks, cases) if choices.clean_subset else ()


def _without(order: array[int], cases: CaseFile, excluded: Sequence[str]) -> array[int]:
    if not excluded:
        return order
    left_out = frozenset(excluded)
    return array("I", (index for index in order if cases.ids[index] not in left_out))


def _done(columns: ArmColumns) -> Done:
    """Rows that need no asking: those answered, and failures that were retried often enough."""
    rows = zip(columns.case, columns.replicate, columns.outcome, columns.attempts, strict=True)
    return frozenset(
        (case, columns.replicates[replicate])
        for case, replicate, outcome, attempts in rows
        if OUTCOMES[outcome] not in INFRASTRUCTURE or attempts >= MOST_ATTEMPTS
    )


def _in_event_loop(main: Coroutine[Any, Any, Finished]) -> Finished:
    """Run in this thread, or beside the loop that runs in it already, as a notebook's does."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return _in_own_loop(main)
    with ThreadPoolExecutor(1) as beside:
        return beside.submit(_in_own_loop, main).result()


def _in_own_loop(main: Coroutine[Any, Any, Finished]) -> Finished:
    """Run on uvloop where it is installed; Ctrl-C cancels the run instead of killing it."""
    try:
        import uvloop

        factory: Callable[[], asyncio.AbstractEventLoop] = uvloop.new_event_loop
    except ImportError:
        factory = asyncio.new_event_loop
    with asyncio.Runner(loop_factory=factory) as runner:
        return runner.run(main)
