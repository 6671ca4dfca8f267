"""Whether the cases of a split leaked into an arm: a suite and arms in, leak reports out.

Shots and classical arms learn from the training split, fixed shots from the rows they name. A
training learned from the training split or from a prepared file; a recipe that takes a part of the
rows counts as all of them. Where what was learned from is lost, nobody can say: `unknown`.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from harness.errors import DataError, MissingExtraError, UsageError
from harness.prompting.similar import joined_inputs
from harness.store.cases import CaseFile
from harness.store.leak_cache import cases_digest, keep_report, kept_report, report_path
from harness.store.rows import is_url
from harness.store.suite import Suite
from harness.training.leaks import Learned, find_leaks, find_leaks_in_prompts
from harness.values.arm import ResolvedArm
from harness.values.case import Case, Split
from harness.values.digest import digest, digest_bytes
from harness.values.example import Example, Turn
from harness.values.leaks import LEAKS_KEPT, Leak, LeakReport
from harness.values.training import DataFile

CACHE_VERSION = 2  # 2: cases lose a template that they share with prompts
ANSWERING = ("assistant", "model")


class _Source(NamedTuple):
    """Rows to learn from: a prepared `file`, else the training split, or only `ids` of it.

    `lost` says why the rows cannot be had.
    """

    file: str | None = None
    ids: tuple[str, ...] | None = None
    lost: str = ""


def arm_leaks(suite: Suite, arm: ResolvedArm, split: Split) -> LeakReport | None:
    """Which cases of a split an arm had met before; None for an arm that learned from nothing."""
    return run_leaks(suite, [arm], split).get(arm.name)


def run_leaks(suite: Suite, arms: Sequence[ResolvedArm], split: Split) -> dict[str, LeakReport]:
    """The reports of all arms that learned from something, by name; equal sources compare once."""
    made: dict[_Source, LeakReport] = {}
    reports: dict[str, LeakReport] = {}
    for arm in arms:
        sources = _sources(suite, arm)
        for source in sources:
            if source not in made:
                made[source] = _report(suite, source, suite.splits[split])
        if sources:
            reports[arm.name] = _merged([made[source] for source in sources], suite.splits[split])
    return reports


def excluded_cases(reports: Mapping[str, LeakReport], cases: CaseFile) -> tuple[str, ...]:
    """The ids of the cases that leaked into any arm, in file order: what a clean subset lacks.

    Raises:
        UsageError: what an arm learned from is unknown, or every case has leaked.
    """
    for name, report in reports.items():
        if report.status == "unknown":
            raise UsageError(
                f"there is no clean subset for arm {name}: {report.reason}. Bring it back, or "
                "choose other arms with --arm"
            )
    leaked = {case for report in reports.values() for case in report.cases}
    if len(leaked) == len(cases):
        names = ", ".join(name for name, report in reports.items() if report.cases)
        raise UsageError(f"every case of the {cases.split} split leaked into {names}: none is left")
    return tuple(id_ for id_ in cases.ids if id_ in leaked)


def _sources(suite: Suite, arm: ResolvedArm) -> list[_Source]:
    found: list[_Source] = []
    if arm.training is not None:
        found.append(_training_source(suite, arm.training))
    if arm.classical or arm.shots is not None:
        fixed = arm.shots is not None and arm.shots.policy == "fixed"
        source = _Source(ids=arm.shots.ids if arm.shots and fixed else None)
        found += [source] if source not in found else []
    return found


def _training_source(suite: Suite, name: str) -> _Source:
    """What a training says it learned from; of one that is still to come, what its recipe says."""
    training, recipe = suite.trainings.get(name), suite.file.trainings.get(name)
    learned = training.train if training is not None else None
    if learned is None and (training is not None or recipe is None):
        return _Source(lost=f"training {name} does not say what it learned from")
    file = learned.file if learned else recipe.train if recipe else None
    if file is not None and learned is not None and (changed := _changed(suite, learned)):
        return _Source(lost=changed)
    if file is None or file == suite.file.data.train:
        missing = "train" not in suite.splits
        return _Source(lost=f"training {name} has no training split" if missing else "")
    if is_url(file) or not _readable(suite.folder / file):
        return _Source(lost=f"{Path(file).name}, which was learned from, is not here")
    return _Source(file=file)


def _changed(suite: Suite, learned: DataFile) -> str:
    """What is wrong with a file by now, or nothing; one that is absent is another matter."""
    path = suite.folder / learned.file
    if learned.digest is None or is_url(learned.file) or not _readable(path):
        return ""
    same = digest_bytes(path.read_bytes()) == learned.digest
    return "" if same else f"{path.name} has changed since it was learned from"


def _readable(path: Path) -> bool:
    return path.is_file() and os.access(path, os.R_OK)


def _report(suite: Suite, source: _Source, cases: CaseFile) -> LeakReport:
    """The report of one source, as it was kept or made now."""
    if source.lost:
        return LeakReport(status="unknown", reason=source.lost)
    path = report_path(suite.settings.results, suite.name, _key(suite, source, cases))
    kept = kept_report(path)
    if kept is not None:
        return kept
    report = _compared(suite, source, cases)
    if report.status != "unknown":
        keep_report(path, report)
    return report


def _key(suite: Suite, source: _Source, cases: CaseFile) -> str:
    learned = (
        cases_digest(suite.splits["train"])
        if source.file is None
        else digest_bytes((suite.folder / source.file).read_bytes())
    )
    columns = suite.file.data.columns
    return digest([CACHE_VERSION, source, learned, cases_digest(cases), columns, suite.file.leaks])


def _compared(suite: Suite, source: _Source, cases: CaseFile) -> LeakReport:
    policy = suite.file.leaks
    asked = [_learned(case) for case in cases]
    if source.file is None:
        rows = [_learned(case) for case in suite.train if _chosen(case, source)]
        found = find_leaks(rows, asked, policy.threshold, policy.min_length)
        return leak_report(found, len(rows))
    try:
        prompts = _prompts(suite.folder / source.file)
    except (DataError, MissingExtraError):
        reason = f"{Path(source.file).name}, which was learned from, cannot be read"
        return LeakReport(status="unknown", reason=reason)
    found = find_leaks_in_prompts(prompts, asked, policy.threshold, policy.min_length)
    return leak_report(found, len(prompts))


def leak_report(found: Sequence[Leak], compared: int) -> LeakReport:
    """Leaks, ordered by case, as a report over `compared` learned rows."""
    return LeakReport(
        status="leaky" if found else "clean",
        compared=compared,
        counts=dict(Counter(leak.kind for leak in found)),
        leaks=tuple(found[:LEAKS_KEPT]),
        cases=tuple(dict.fromkeys(leak.case for leak in found)),
    )


def _learned(case: Case) -> Learned:
    return Learned(case.id, joined_inputs(case.input), case.group)


def _chosen(case: Case, source: _Source) -> bool:
    return source.ids is None or case.id in source.ids


def _prompts(path: Path) -> list[Learned]:
    """The prompts of a prepared training file; their ids are the file's name and the line."""
    from harness.store.examples import read_examples

    rows = read_examples(str(path))
    return [Learned(f"{path.name}:{row.line}", _prompt(row)) for row in rows]


def _prompt(example: Example) -> str:
    """What a row shows before its last answer; of running text without a prompt, all of it."""
    turns: Sequence[Turn] = example.messages
    if turns and turns[-1].role in ANSWERING:
        turns = turns[:-1]
    texts = [example.prompt or "", *(text for turn in turns for text in _texts(turn))]
    return "\n".join(filter(None, texts)) or example.completion or ""


def _texts(turn: Turn) -> Iterable[str]:
    if isinstance(turn.content, str):
        return [turn.content]
    return [part["text"] for part in turn.content or () if isinstance(part.get("text"), str)]


def _merged(reports: Sequence[LeakReport], cases: CaseFile) -> LeakReport:
    """Several sources of one arm as one: unknown if any is, leaky if any is."""
    if len(reports) == 1:
        return reports[0]
    places = {id_: place for place, id_ in enumerate(cases.ids)}
    leaks = [leak for report in reports for leak in report.leaks]
    counts = sum((Counter(report.counts) for report in reports), Counter())
    statuses = {report.status for report in reports}
    leaked = {case for report in reports for case in report.cases}
    return LeakReport(
        status="unknown" if "unknown" in statuses else "leaky" if "leaky" in statuses else "clean",
        compared=sum(report.compared for report in reports),
        counts=dict(counts),
        leaks=tuple(sorted(leaks, key=lambda leak: places[leak.case])[:LEAKS_KEPT]),
        cases=tuple(sorted(leaked, key=places.__getitem__)),
        reason="; ".join(report.reason for report in reports if report.reason),
    )
