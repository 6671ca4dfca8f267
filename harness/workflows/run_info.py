"""What a run says about itself: its parts in, RunInfo out, before and after."""

from __future__ import annotations

import platform
import re
import subprocess
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec

import harness
from harness.analysis.columns import ArmColumns
from harness.runner.budget import Budget
from harness.runner.judge import Judge
from harness.runner.run import Finished
from harness.store.cases import CaseFile
from harness.store.selections import read_selection
from harness.store.suite import Suite
from harness.values.arm import ResolvedArm
from harness.values.baseline import Selection
from harness.values.case import Split
from harness.values.leaks import LeakReport
from harness.values.run import ArmInfo, RunInfo, Status
from harness.values.training import Training
from harness.workflows.choices import RunChoices
from harness.workflows.lanes import Lanes
from harness.workflows.prices import prices_of


def beginning(
    suite: Suite,
    choices: RunChoices,
    cases: CaseFile,
    arms: Sequence[ResolvedArm],
    lanes: Lanes,
    *,
    id_: str,
    asked: int,
    judge: Judge,
    leaks: Mapping[str, LeakReport],
    excluded: tuple[str, ...],
) -> RunInfo:
    """The info of a run that is about to start; `asked` is how many cases each arm is given.

    Raises:
        DataError: the selection of the suite is broken.
    """
    return RunInfo(
        id=id_,
        suite=suite.name,
        title=suite.file.title,
        split=choices.split,
        mode=choices.mode,
        status="running",
        started=_now(),
        cases=asked,
        inputs_digest=cases.inputs_digest,
        expected_digest=cases.expected_digest,
        arms={arm.name: _arm_info(arm, lanes, asked, leaks.get(arm.name)) for arm in arms},
        scorers={scorer.name: scorer.version for scorer in judge.scorers},
        correct_at=suite.file.scorer.correct_at,
        scoring_digest=suite.scoring_digest,
        graded=judge.graded,
        seed=choices.seed,
        trials=choices.trials,
        limit=choices.limit,
        excluded=excluded,
        budget=choices.budget,
        prices=prices_of(suite, arms, {name: arm.days for name, arm in lanes.replays.items()}),
        trainings=_trainings(suite, arms),
        commit=commit_of(suite.folder),
        versions={"harness": harness.__version__, "python": platform.python_version()},
        definitions={arm.name: msgspec.to_builtins(arm) for arm in arms},
        selection=_selection(suite, choices.split),
    )


def continued(info: RunInfo, before: RunInfo) -> RunInfo:
    """The info of a resumed run: it began when it first began, on the server it then had.

    A selection that was made in between was not made beforehand.
    """
    arms = {
        name: msgspec.structs.replace(
            arm,
            server=arm.server or before.arms[name].server,
            failures=before.arms[name].failures,
        )
        for name, arm in info.arms.items()
    }
    return msgspec.structs.replace(
        info, started=before.started, arms=arms, selection=before.selection
    )


def ending(
    info: RunInfo,
    lanes: Lanes,
    finished: Finished,
    columns: Mapping[str, ArmColumns],
    budget: Budget | None,
    *,
    whole_split: bool,
) -> RunInfo:
    """The info of the same run once its lanes have stopped."""
    arms = {
        name: msgspec.structs.replace(
            arm,
            server=finished.servers.get(lanes.lane_of[name], "") or arm.server,
            served_models=tuple(sorted(finished.served_models.get(name, ()))),
            ended=finished.ended.get(name, ""),
            failures=finished.failures.get(name, {}) | arm.failures,
        )
        for name, arm in info.arms.items()
    }
    lost = any(len(columns[name]) < arm.planned for name, arm in info.arms.items())
    status: Status
    if finished.interrupted:
        status = "interrupted"
    elif lanes.misses:
        status = "unrecorded"
    elif finished.ended:
        status = "incomplete"
    elif budget is not None and budget.exhausted:
        status = "budget"
    elif lost:
        status = "incomplete"
    else:
        status = "complete" if whole_split else "limited"
    return msgspec.structs.replace(
        info, status=status, finished=_now(), arms=arms, windows=finished.windows
    )


def _selection(suite: Suite, split: Split) -> Selection | None:
    """Which arm carries the claim on the test split; what is chosen on says nothing of itself."""
    return read_selection(suite.settings.baselines / suite.name) if split == "test" else None


def _trainings(suite: Suite, arms: Sequence[ResolvedArm]) -> dict[str, Training]:
    names = {arm.training for arm in arms}
    return {name: training for name, training in suite.trainings.items() if name in names}


def _arm_info(arm: ResolvedArm, lanes: Lanes, asked: int, leaks: LeakReport | None) -> ArmInfo:
    replayed = lanes.replays.get(arm.name)
    return ArmInfo(
        kind=arm.kind,
        digest=arm.digest,
        endpoint=arm.endpoint,
        model=arm.model,
        planned=asked * lanes.replicates[arm.name],
        replayed=replayed is not None,
        recorded=replayed.days if replayed else (),
        server=replayed.server if replayed else "",
        leaks=leaks,
        training=arm.training or "",
    )


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def commit_of(folder: Path) -> str:
    """The commit of the repository around a folder; empty where there is none."""
    command = ["git", "-C", str(folder), "rev-parse", "HEAD"]
    try:
        result = subprocess.run(command, capture_output=True, text=True, timeout=5, check=False)  # noqa: S603 - no shell, our own words
    except (OSError, subprocess.TimeoutExpired):
        return ""
    text = result.stdout.strip()
    return text if re.fullmatch(r"[0-9a-f]{40,64}", text) else ""
