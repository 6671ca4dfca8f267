"""An imported arm in, a run on disk out: its status, its replies, our scores beside the others'."""

from __future__ import annotations

import platform
import shutil
from datetime import UTC, datetime

import msgspec

import harness
from harness.analysis.columns import ArmColumns
from harness.runner.judge import Judge
from harness.store.journal import Journal
from harness.store.runs import JOURNAL_FILE, Run, new_run_folder, write_info
from harness.store.suite import Suite
from harness.values.case import Case
from harness.values.imported import SERVER, ImportedSample, LogStatus
from harness.values.record import Exchange, Record
from harness.values.request import Replicate, recall_request, request_key
from harness.values.run import ArmInfo, RunInfo, Status
from harness.values.score import Score
from harness.workflows.importing.arms import NewArm
from harness.workflows.prices import prices_of
from harness.workflows.run_info import commit_of

_UNFINISHED: dict[LogStatus, tuple[Status, str]] = {
    "cancelled": ("interrupted", "was cancelled"),
    "error": ("incomplete", "ended in an error"),
    "started": ("incomplete", "has no end"),
}


def write_run(suite: Suite, arm: NewArm, today: str) -> Run:
    """Write the run of an arm and return it; nothing is left of one that cannot be written.

    A log that was not finished, or lacks cases, is a run with that status: nothing promotes it.

    Raises:
        DataError: the disk does not take it.
    """
    table = suite.file.scorer
    judge = Judge(suite.scorers, table.correct_at, table.refusals)
    folder = new_run_folder(suite.settings.results, suite.name)
    info = _info(suite, arm, judge, folder.name, today)
    cases = suite.splits["test"]
    places = {id_: place for place, id_ in enumerate(cases.ids)}
    columns = ArmColumns()
    try:
        with Journal(folder / JOURNAL_FILE) as journal:
            for sample in sorted(arm.samples, key=lambda one: (places[one.id], one.trial)):
                place = places[sample.id]
                record = _record(arm.name, judge, cases[place], sample)
                journal.append(record)
                columns.append(place, record)
        write_info(folder, info)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return Run(info, {arm.name: columns}, folder, cases.ids)


def _record(arm: str, judge: Judge, case: Case, sample: ImportedSample) -> Record:
    replicate = Replicate(0, sample.trial)
    key = request_key(recall_request(case.id, case.input_digest, replicate))
    scores, outcome = judge.judge(case, sample.reply)
    given = {
        name: Score(value, reason="as imported")
        for name, value in sample.scores.items()
        if name not in scores
    }
    return Record(
        arm=arm,
        case=case.id,
        input_digest=case.input_digest,
        expected_digest=case.expected_digest,
        outcome=outcome,
        exchanges=(Exchange(key, sample.reply, recalled=True),),
        replicate=replicate,
        scores=scores | given,
        group=case.group,
        tags=case.tags,
        label=judge.label(case),
    )


def _info(suite: Suite, arm: NewArm, judge: Judge, id_: str, today: str) -> RunInfo:
    cases = suite.splits["test"]
    resolved = suite.arms[arm.name]
    status, ended = _status(arm, len(cases))
    now = datetime.now(UTC).isoformat(timespec="seconds")
    about = ArmInfo(
        kind=resolved.kind,
        digest=resolved.digest,
        endpoint=resolved.endpoint,
        model=resolved.model,
        planned=len(cases) * arm.trials,
        replayed=True,
        server=SERVER,
        served_models=arm.served_models,
        recorded=tuple(sorted({sample.day or arm.day or today for sample in arm.samples})),
        ended=ended,
    )
    return RunInfo(
        id=id_,
        suite=suite.name,
        title=suite.file.title,
        split="test",
        mode="replay",
        status=status,
        started=arm.started or now,
        finished=now,
        cases=len(cases),
        inputs_digest=cases.inputs_digest,
        expected_digest=cases.expected_digest,
        arms={arm.name: about},
        scorers={scorer.name: scorer.version for scorer in judge.scorers},
        correct_at=suite.file.scorer.correct_at,
        graded=judge.graded,
        seed=0,
        scoring_digest=suite.scoring_digest,
        trials=arm.trials,
        limit=arm.limit if status == "limited" else None,
        prices=prices_of(suite, [resolved], {arm.name: about.recorded}),
        commit=commit_of(suite.folder),
        versions={"harness": harness.__version__, "python": platform.python_version()},
        definitions={arm.name: msgspec.to_builtins(resolved)},
    )


def _status(arm: NewArm, cases: int) -> tuple[Status, str]:
    """How the run ended, and why the arm stopped early: what no gate may take for a whole one."""
    if arm.status in _UNFINISHED:
        status, words = _UNFINISHED[arm.status]
        return status, f"the log of {arm.tool} {words}"
    answered = {sample.id for sample in arm.samples}
    if len(answered) < cases or len(arm.samples) < cases * arm.trials:
        return "incomplete", f"the log of {arm.tool} does not have every case"
    return ("limited" if arm.limit is not None else "complete"), ""
