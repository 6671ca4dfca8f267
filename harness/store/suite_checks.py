"""What must hold between the parts of a suite: ids, inputs, templates, shots, endpoints."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence

from harness.errors import Problem
from harness.prompting.template import FORBIDDEN, SHOTS
from harness.store.arms import ArmReader, template_names
from harness.store.cases import CaseFile
from harness.store.settings import Settings
from harness.store.suite_problems import FileProblems, SuiteProblems
from harness.values.case import Split
from harness.values.suite import SuiteFile

Splits = Mapping[Split, CaseFile]


def check_duplicates(file: SuiteFile, problems: SuiteProblems) -> None:
    """Nothing is listed twice: seeds and shots of an arm, and scorers."""
    for name, arm in file.arms.items():
        if arm.shots is not None:
            _check_unique(("arms", name, "shots", "seeds"), arm.shots.seeds, problems)
            _check_unique(("arms", name, "shots", "ids"), arm.shots.ids, problems)
    _check_unique(("scorer", "also"), file.scorer.also, problems)
    if file.scorer.primary and file.scorer.primary in file.scorer.also:
        problems.at(("scorer", "also"), f"{file.scorer.primary!r} is the primary scorer already")


def _check_unique(
    path: tuple[str, ...], values: Sequence[Hashable], problems: SuiteProblems
) -> None:
    for value, count in Counter(values).items():
        if count > 1:
            problems.at(path, f"{value!r} stands there {count} times")


def check_ids(splits: Splits, problems: SuiteProblems) -> None:
    """An id names one case of the suite: records and fixtures carry nothing else."""
    if len(splits) < 2:  # noqa: PLR2004 - within one split the index has seen to it
        return
    first: dict[str, Split] = {}
    for split, cases in splits.items():
        faults = FileProblems(cases.location, problems.found)
        for index, id_ in enumerate(cases.ids):
            earlier = first.setdefault(id_, split)
            if earlier != split:
                message = f"the id {id_!r} stands already in the {earlier} split"
                line = cases.lines[index]
                faults.add(Problem(file=cases.location, line=line, message=message))
        faults.close()


def check_inputs(splits: Splits, problems: SuiteProblems) -> None:
    """No input may take a name that templates use for something else."""
    for cases in splits.values():
        for name in sorted(cases.common_inputs & {SHOTS, FORBIDDEN}):
            message = f"an input may not be called {name!r}: templates use that name"
            problems.of(cases.location, message)


def check_variables(
    file: SuiteFile, arms: ArmReader, splits: Splits, problems: SuiteProblems
) -> None:
    """Every template variable must be an input of every case."""
    for name in sorted(template_names(file.arms)):
        template = arms.template(name)
        if template is None:
            continue
        for cases in splits.values():
            for variable in sorted(template.variables - cases.common_inputs):
                _report_missing(name, variable, cases, problems)


def _report_missing(template: str, variable: str, cases: CaseFile, problems: SuiteProblems) -> None:
    row = next((i for i, case in enumerate(cases) if variable not in case.input), None)
    if row is None:
        return
    known = ", ".join(sorted(cases[row].input))
    message = f"no input {variable!r}, which prompts/{template}.j2 asks for"
    problems.of(cases.location, message, cases.lines[row], f"inputs: {known}")


def check_shots(file: SuiteFile, splits: Splits, problems: SuiteProblems) -> None:
    """Shots come from the training split, there are enough of them, and none gives a case away."""
    train = splits.get("train")
    for name, arm in file.arms.items():
        if arm.shots is None:
            continue
        path = ("arms", name, "shots")
        if file.data.train is None:
            problems.at(path, "shots come from the training split, and there is none")
            continue
        if not train:
            continue  # its own problem says why
        if arm.shots.policy == "fixed":
            _check_fixed((*path, "ids"), arm.shots.ids, splits, problems)
        elif not 0 < arm.shots.k <= len(train):
            message = f"k = {arm.shots.k}, and the training split has {len(train)} cases"
            problems.at((*path, "k"), message)


def _check_fixed(
    path: tuple[str, ...], ids: tuple[str, ...], splits: Splits, problems: SuiteProblems
) -> None:
    if not ids:
        problems.at(path, "the policy `fixed` needs the ids of the shots")
    train = splits["train"]
    positions = {id_: i for i, id_ in enumerate(train.ids)}
    elsewhere = {id_: s for s in ("validation", "test") if s in splits for id_ in splits[s].ids}
    chosen: dict[str, str] = {}
    for id_ in ids:
        if id_ in positions:
            chosen[train[positions[id_]].input_digest] = id_
        elif id_ in elsewhere:
            problems.at(path, f"the shot {id_!r} leaks: it is a {elsewhere[id_]} case")
        else:
            problems.at(path, f"the training split has no case {id_!r}")
    if chosen:
        _check_leaks(path, chosen, splits, problems)


def _check_leaks(
    path: tuple[str, ...], chosen: Mapping[str, str], splits: Splits, problems: SuiteProblems
) -> None:
    for split in ("validation", "test"):
        for case in splits.get(split, ()):
            if shot := chosen.get(case.input_digest):
                message = f"the shot {shot!r} leaks: {split} case {case.id!r} has the same input"
                problems.at(path, message)


def check_endpoints(file: SuiteFile, settings: Settings, problems: SuiteProblems) -> None:
    """Every model's endpoint is known to the repository."""
    known = ", ".join(sorted(settings.endpoints))
    for name, model in file.models.items():
        if model.endpoint and model.endpoint not in settings.endpoints:
            hint = f"endpoints: {known}; add [endpoints.{model.endpoint}] to harness.toml"
            path = ("models", name, "endpoint")
            problems.at(path, f"there is no endpoint {model.endpoint!r}", hint)
