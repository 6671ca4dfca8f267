"""A run in, what an MLflow store is told about it out: one entry for the run, one for each arm."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec

from harness.analysis.per_thousand import PerThousand, per_thousand
from harness.analysis.side import side_of
from harness.reports.markdown import suite_page
from harness.reports.standing import Standing, standings
from harness.store.atomic import write_text
from harness.store.baselines import read_incumbent
from harness.store.decisions import read_decisions
from harness.store.runs import INFO_FILE, Run, write_info
from harness.store.suite import Suite
from harness.store.tracking import Ending, Entry
from harness.store.written_replies import write_replies
from harness.values.baseline import Decision
from harness.values.digest import digest
from harness.values.run import RunInfo, Status
from harness.workflows.export.sources import rows_of
from harness.workflows.replies import read_replies

PAGE_FILE = "report.md"
REPLIES_FILE = "replies.csv"

_ENDINGS: Mapping[Status, Ending] = {
    "running": "RUNNING",
    "interrupted": "KILLED",
    "incomplete": "FAILED",
    "unrecorded": "FAILED",
}
_SEARCHABLE = re.compile(r"[\w.-]+")


def entries(
    suite: Suite, run: Run, folder: Path, attached: Sequence[Path] = ()
) -> tuple[Entry, list[Entry]]:
    """The entry of a run, and those of its arms that have records; their files are in `folder`.

    Raises:
        DataError: a journal, a decision or a baseline is broken, or the folder cannot be written.
    """
    info = run.info
    files = run_files(suite, run, folder)
    parent = Entry(
        run=_key(info.id),
        arm="",
        name=f"{info.suite} {info.id}",
        started=info.started,
        finished=info.finished,
        ending=_ENDINGS.get(info.status, "FINISHED"),
        params=_run_params(info),
        tags={"mlflow.note.content": f"{info.title} ({info.split} split)", **_run_tags(info)},
        about=_about(info),
        files=(*files, *attached),
    )
    verdicts = _verdicts(suite, run)
    lines = [line for line in standings(info, run.arms) if len(line.columns)]
    return parent, [_arm_entry(suite, run, line, folder, verdicts) for line in lines]


def run_files(suite: Suite, run: Run, folder: Path) -> tuple[Path, Path]:
    """What a run says of itself and its Markdown page, written to a folder."""
    write_info(folder, run.info)
    page = folder / PAGE_FILE
    write_text(page, suite_page(run.info, run.arms, about=suite.file.description))
    return folder / INFO_FILE, page


def _arm_entry(
    suite: Suite, run: Run, line: Standing, folder: Path, verdicts: Mapping[str, Mapping[str, str]]
) -> Entry:
    info = run.info
    alone = replace(run, info=msgspec.structs.replace(info, arms={line.name: line.info}))
    replies = folder / line.name / REPLIES_FILE
    write_replies(replies, rows_of(suite, [alone]))
    money = _money(run, line)
    cost = {"cost_per_1k": money.amount} if money else {}
    tags = {
        "harness.state": line.gap or "complete",
        **({"harness.currency": money.currency} if money else {}),
        **verdicts.get(line.name, {}),
        **_run_tags(info),
    }
    return Entry(
        run=_key(info.id),
        arm=line.name,
        name=line.name,
        started=info.started,
        finished=info.finished,
        ending="FAILED" if line.gap else _ENDINGS.get(info.status, "FINISHED"),
        params={**_run_params(info), **_arm_params(info, line)},
        metrics={**_quality(info, line), **_spent(line), **cost},
        tags=tags,
        about={**_about(info), "harness.served_models": ", ".join(line.info.served_models)},
        files=(replies,),
    )


def _key(id_: str) -> str:
    """The id of a run as a search can name it."""
    return id_ if _SEARCHABLE.fullmatch(id_) else digest(id_)


def _run_params(info: RunInfo) -> dict[str, str]:
    values = {
        "suite": info.suite,
        "split": info.split,
        "mode": info.mode,
        "cases": info.cases,
        "seed": info.seed,
        "trials": info.trials,
        "limit": info.limit,
        "scorer": next(iter(info.scorers), ""),
        "inputs_digest": info.inputs_digest,
        "expected_digest": info.expected_digest,
        "scoring_digest": info.scoring_digest,
    }
    return _texts(values)


def _arm_params(info: RunInfo, line: Standing) -> dict[str, str]:
    """What was asked of which model: the definition of the arm, but for the texts of templates."""
    arm = line.info
    definition: Mapping[str, Any] = info.definitions.get(line.name, {})
    training = info.trainings.get(arm.training)
    shots, sampling = definition.get("shots") or {}, definition.get("sampling") or {}
    values = {
        "arm": line.name,
        "kind": arm.kind,
        "model": arm.model,
        "endpoint": arm.endpoint,
        "arm_digest": arm.digest,
        "form": definition.get("form"),
        **{f"shots.{name}": value for name, value in shots.items()},
        **{f"sampling.{name}": value for name, value in sampling.items()},
        "training": arm.training,
        "training.base": training.base if training else None,
        "training.method": training.method if training else None,
        "training.rows": training.train.rows if training and training.train else None,
    }
    return _texts(values)


def _texts(values: Mapping[str, Any]) -> dict[str, str]:
    """As MLflow keeps parameters; what is unset is left out."""
    return {
        name: value if isinstance(value, str) else msgspec.json.encode(value).decode()
        for name, value in values.items()
        if value is not None and value != ""
    }


def _run_tags(info: RunInfo) -> dict[str, str]:
    return {"harness.suite": info.suite, "harness.status": info.status}


def _about(info: RunInfo) -> dict[str, str]:
    """By whom and from where, under the names that MLflow has for it."""
    known = {
        "mlflow.source.name": "harness",
        "mlflow.source.git.commit": info.commit,
        "harness.version": info.versions.get("harness", ""),
    }
    return {name: text for name, text in known.items() if text}


def _quality(info: RunInfo, line: Standing) -> dict[str, float]:
    """Nothing of an arm whose numbers would mislead."""
    summary = line.shown
    if summary is None:
        return {}
    name = "score" if info.graded else "accuracy"
    interval = summary.interval
    return {
        "accuracy": summary.accuracy,
        name: summary.mean,
        **({f"{name}.low": interval.low, f"{name}.high": interval.high} if interval else {}),
        **{f"rate.{outcome}": rate for outcome, rate in summary.rates.items()},
    }


def _spent(line: Standing) -> dict[str, float]:
    """Sums of tokens are left out where some are unknown: a part would look like all of them.

    An arm that asks no model has none.
    """
    summary = line.summary
    if summary is None:
        return {}
    tokens, latency = summary.tokens, summary.latency
    known = {
        "cases": summary.cases,
        "replies": summary.rows,
        "attempts": summary.attempts,
        "latency.p50": latency.p50,
        "latency.p95": latency.p95,
    }
    if not tokens.unknown and line.info.kind != "classical":
        known |= {
            "tokens.input": tokens.input,
            "tokens.cached": tokens.cached,
            "tokens.output": tokens.output,
            "tokens.per_reply": tokens.per_reply,
        }
    return {name: float(value) for name, value in known.items() if value is not None}


def _money(run: Run, line: Standing) -> PerThousand | None:
    """At the run's prices; None where price or usage is not known."""
    price = run.info.price_of(line.name)
    if price is None:
        return None
    graded = run.info.graded
    return per_thousand(side_of(line.name, line.columns, run.cases, graded=graded, price=price))


def _verdicts(suite: Suite, run: Run) -> dict[str, dict[str, str]]:
    """By arm, the newest decision about the very replies of this run, and whether they are used."""
    folder = suite.settings.baselines / suite.name
    decisions = [d for d in read_decisions(folder) if d.candidate.arm in run.arms]
    incumbent = read_incumbent(folder)
    seeds = {(d.candidate.arm, d.candidate.shot_seed) for d in decisions}
    found: dict[str, dict[str, str]] = {}
    replies = {(arm, seed): _replies(run, arm, seed) for arm, seed in sorted(seeds)}
    for decision in decisions:
        candidate = decision.candidate
        if replies[candidate.arm, candidate.shot_seed] == candidate.measured.replies:
            found[candidate.arm] = _verdict(decision)
    if incumbent is not None:
        header = incumbent[1].header
        same = header.arm in run.arms and header.measured.replies == _replies(
            run, header.arm, header.shot_seed
        )
        if same:
            found.setdefault(header.arm, {})["harness.in_production"] = "true"
    return found


def _replies(run: Run, arm: str, shot_seed: int) -> str:
    found = read_replies(run, {arm: shot_seed})[arm]
    return found.digest(found.cases)


def _verdict(decision: Decision) -> dict[str, str]:
    return {
        "harness.verdict": str(decision.ruling),
        "harness.verdict.number": str(decision.number),
        "harness.verdict.time": decision.time,
        "harness.verdict.incumbent": decision.incumbent.arm,
    }
