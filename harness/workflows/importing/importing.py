"""Logs of other tools in, a suite with recorded arms and their runs out."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import fmean

from harness.analysis.summary import summarise
from harness.errors import UsageError
from harness.reports.importing import LONGEST_NOTE
from harness.reports.wording import one_line
from harness.store.fixtures import FixtureLine, Origin
from harness.store.imported_suite import RecordedArm, added_arms, write_imported_suite
from harness.store.lock import locked
from harness.store.peers.formats import read_logs
from harness.store.runs import Run
from harness.store.settings import read_settings
from harness.store.suite import Suite
from harness.store.suite_problems import SUITE_FILE
from harness.text.wording import counted, listing
from harness.values.case import Case
from harness.values.imported import SERVER, ArmImport, Rescored, SuiteImport
from harness.values.reply import Answer
from harness.values.request import Replicate, recall_request, request_key
from harness.workflows.importing.arms import NewArm, arms_of
from harness.workflows.importing.cases import cases_of
from harness.workflows.importing.rescoring import chosen_table, rescored, score_name
from harness.workflows.importing.runs import write_run
from harness.workflows.run import open_suite

LOCK_FILE = ".import.lock"


@dataclass(frozen=True)
class _Import:
    """What is to be written: arms, the cases they answered, and how they are judged."""

    arms: Sequence[NewArm]
    cases: Mapping[str, Case]
    today: str

    def recordings(self) -> dict[str, list[FixtureLine]]:
        """The lines of the arms whose replies can stand for them: whole logs that were finished."""
        return {arm.name: self._lines(arm) for arm in self.arms if not self.unfit(arm)}

    def unfit(self, arm: NewArm) -> str:
        """Why the replies of an arm are no recordings; empty where they are."""
        if arm.status != "success":
            return f"its status is {arm.status}"
        missing = len(self.cases) - len({sample.id for sample in arm.samples if not sample.trial})
        return f"it lacks {counted(missing, 'case')}" if missing else ""

    def declared(self) -> list[RecordedArm]:
        """The arms as suite.toml names them."""
        return [RecordedArm(arm.name, arm.model, _description(arm)) for arm in self.arms]

    def _lines(self, arm: NewArm) -> list[FixtureLine]:
        lines = []
        for sample in arm.samples:
            case = self.cases[sample.id]
            digest, replicate = case.input_digest, Replicate(0, sample.trial)
            reply = sample.reply
            model = reply.model if isinstance(reply, Answer) else ""
            origin = Origin(model or arm.model, SERVER, sample.day or arm.day or self.today)
            lines.append(
                FixtureLine(
                    split="test",
                    case=case.id,
                    replicate=replicate,
                    input_digest=digest,
                    key=request_key(recall_request(case.id, digest, replicate)),
                    origin=origin,
                    reply=reply,
                )
            )
        return lines


def import_logs(
    locations: Sequence[str],
    suite: str,
    *,
    start: Path | None = None,
    format_: str | None = None,
    arm: str | None = None,
    scorer: str | None = None,
    score: str | None = None,
) -> SuiteImport:
    """Make the logs at `locations` (files or folders) a suite, or arms of one that exists.

    `suite` is a name under suites/ or the path of a folder. `scorer` is the one of ours that judges
    a new suite, or `imported`; without it, one that agrees with every `score` of the other tool, or
    else that score itself. Replies of a log that was not finished, or lacks cases of the suite, are
    kept as a run alone.

    Raises:
        UsageError: names do not fit, or nothing can judge the replies.
        DataError: with everything that is wrong with the files; nothing is written.
    """
    folder = _folder(suite, start or Path.cwd())
    exists = (folder / SUITE_FILE).is_file()
    if exists and scorer is not None:
        raise UsageError(f"{folder.name} has its scorers: edit {folder / SUITE_FILE} instead")
    arms = arms_of(read_logs(locations, format_), arm)
    today = datetime.now(UTC).date().isoformat()
    if not exists:
        return _created(_Import(arms, cases_of(arms, None), today), folder, scorer, score)
    with locked(folder / LOCK_FILE):  # or two at once would each write suite.toml without the other
        existing = open_suite(folder)
        return _added(_Import(arms, cases_of(arms, existing), today), existing, score)


def _created(new: _Import, folder: Path, scorer: str | None, wanted: str | None) -> SuiteImport:
    score = score_name(new.arms, wanted)
    table, agreement = chosen_table(new.arms, new.cases, score, scorer)
    title = f"{folder.name}, imported from {listing(dict.fromkeys(a.tool for a in new.arms))}"
    readme = f"# {title}\n\n" + _readme(new, score)
    write_imported_suite(
        folder,
        title=title,
        scorer=table,
        cases=list(new.cases.values()),
        arms=new.declared(),
        recordings=new.recordings(),
        readme=readme,
    )
    try:
        opened = open_suite(folder)
        return _finished(new, opened, score, agreement, created=True)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _added(new: _Import, suite: Suite, wanted: str | None) -> SuiteImport:
    options = suite.file.scorer.imported
    score = score_name(new.arms, wanted or options.score or None)
    agreement = rescored(new.arms, new.cases, suite.scorers[0], score)
    with added_arms(suite, new.declared(), new.recordings(), "\n" + _readme(new, score)):
        opened = open_suite(suite.folder)
        return _finished(new, opened, score, agreement, created=False)


def _finished(
    new: _Import, suite: Suite, score: str, agreement: Rescored | None, *, created: bool
) -> SuiteImport:
    """Write the runs, all or none, and say what was done."""
    runs: list[Run] = []
    try:
        for arm in new.arms:
            runs.append(write_run(suite, arm, new.today))  # noqa: PERF401 - those before a fault go
    except BaseException:
        for run in runs:
            shutil.rmtree(run.path, ignore_errors=True)
        raise
    return SuiteImport(
        suite=suite.name,
        folder=str(suite.folder),
        created=created,
        cases=len(new.cases),
        scorer=suite.scorers[0].name,
        score=score,
        arms=tuple(_about(new, arm, score, run) for arm, run in zip(new.arms, runs, strict=True)),
        rescored=agreement,
    )


def _about(new: _Import, arm: NewArm, score: str, run: Run) -> ArmImport:
    by_case: dict[str, list[float]] = {}
    for sample in arm.samples:
        if score in sample.scores:
            by_case.setdefault(sample.id, []).append(sample.scores[score])
    reason = new.unfit(arm)
    summary = summarise(run.arms[arm.name], graded=run.info.graded)
    return ArmImport(
        arm=arm.name,
        model=arm.model,
        tool=arm.tool,
        files=arm.files,
        status=arm.status,
        cases=len({sample.id for sample in arm.samples}),
        replies=len(arm.samples),
        failures=arm.failures,
        trials=arm.trials,
        recorded=not reason,
        reason=reason,
        run=str(run.path),
        given=fmean(map(fmean, by_case.values())) if by_case else None,
        accuracy=summary.accuracy if summary else None,
        notes=arm.notes,
    )


def _folder(suite: str, start: Path) -> Path:
    """Where the suite is or will be."""
    if "/" in suite or (start / suite / SUITE_FILE).is_file():
        return (start / suite).resolve()
    return read_settings(start).suites / suite


def _description(arm: NewArm) -> str:
    files = listing(dict.fromkeys(Path(file).name for file in arm.files[:3]))
    more = f" and {len(arm.files) - 3} more files" if len(arm.files) > 3 else ""  # noqa: PLR2004
    return f"Imported from {arm.tool}: {files}{more}"


def _readme(new: _Import, score: str) -> str:
    """What a reader of the suite must know of where its replies come from."""
    judged = f"their score `{one_line(score)}`" if score else "no score of their own"
    lines = [f"Imported on {new.today} with `harness import`; {judged}.", ""]
    for arm in new.arms:
        unfit = new.unfit(arm)
        kept = f"kept as a run alone: {unfit}" if unfit else "recorded in fixtures/"
        lines.append(f"- `{arm.name}`: {_description(arm)}; model {one_line(arm.model)}, {kept}")
        lines += [f"  - {one_line(note, LONGEST_NOTE)}" for note in arm.notes]
    return "\n".join(lines) + "\n"
