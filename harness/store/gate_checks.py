"""The promotion policy against the suite it stands in: its arms, seeds, margin, slices and ids."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from itertools import islice

from harness.store.cases import CaseFile
from harness.store.suite_problems import SuiteProblems
from harness.store.toml import KeyPath
from harness.values.arm import ResolvedArm
from harness.values.case import Split
from harness.values.gate import Gate
from harness.values.suite import SuiteFile

ABSURD_MARGIN = 0.5
MAX_NAMED = 10
"""How many unknown ids get a problem of their own, and how many known values a hint lists."""

_COMPARED = 20_000  # ids that a misspelt one is compared with: a million would take a minute


def check_gate(
    file: SuiteFile,
    arms: Mapping[str, ResolvedArm],
    splits: Mapping[Split, CaseFile],
    problems: SuiteProblems,
) -> None:
    """The gate speaks of arms, seeds, slices and cases that exist, and can let something through.

    `arms` are those that could be resolved; the others have their own problems.
    """
    gate = file.gate
    if gate is None:
        return
    _check_arms(gate, file, problems)
    _check_seeds(gate, file, arms, problems)
    _check_margin(gate, problems)
    test = splits.get("test")
    if test is not None:
        _check_must_pass(gate, test, problems)
        _check_slices(gate, test, problems)


def _check_arms(gate: Gate, file: SuiteFile, problems: SuiteProblems) -> None:
    for key in ("candidate", "incumbent"):
        arm = getattr(gate, key)
        if arm and arm not in file.arms:
            _report_arm(("gate", key), arm, file, problems)


def _report_arm(path: KeyPath, arm: str, file: SuiteFile, problems: SuiteProblems) -> None:
    problems.at(path, f"there is no arm {arm!r}", f"arms: {', '.join(file.arms)}")


def _check_seeds(
    gate: Gate, file: SuiteFile, arms: Mapping[str, ResolvedArm], problems: SuiteProblems
) -> None:
    for name, seed in gate.shot_seeds.items():
        path = ("gate", "shot_seeds", name)
        if name not in file.arms:
            _report_arm(path, name, file, problems)
        elif name in arms and seed not in arms[name].shot_seeds:
            hint = f"its seeds: {', '.join(map(str, arms[name].shot_seeds))}"
            problems.at(path, f"the arm has no shot seed {seed}", hint)


def _check_margin(gate: Gate, problems: SuiteProblems) -> None:
    """A margin of nothing lets nothing through, and one of a half lets anything through."""
    if _told("margin", problems) or _told("goal", problems):
        return
    path = ("gate", "margin")
    if gate.goal == "not_worse" and not gate.margin:
        hint = 'use goal = "better", or a margin'
        problems.at(path, "0 means that even equal arms could never be promoted", hint)
    elif gate.margin >= ABSURD_MARGIN:
        lost = f"{100 * gate.margin:g} more cases of 100"
        message = f"{gate.margin:g} would accept an arm that is wrong on {lost} than the incumbent"
        problems.at(path, message, "a usual margin is 0.01 to 0.1")


def _told(key: str, problems: SuiteProblems) -> bool:
    """Whether a key of the gate has a problem already: what stands there is not what was meant."""
    start = f"gate.{key} "
    return any(problem.message.startswith(start) for problem in problems.found)


def _check_must_pass(gate: Gate, test: CaseFile, problems: SuiteProblems) -> None:
    path = ("gate", "must_pass")
    known = set(test.ids) if gate.must_pass else set()
    unknown = [id_ for id_ in dict.fromkeys(gate.must_pass) if id_ not in known]
    for id_ in unknown[:MAX_NAMED]:
        close = get_close_matches(id_, islice(test.ids, _COMPARED), n=3)
        hint = f"did you mean {' or '.join(map(repr, close))}?" if close else ""
        problems.at(path, f"the test split has no case {id_!r}", hint)
    if len(unknown) > MAX_NAMED:
        problems.at(path, f"and {len(unknown) - MAX_NAMED:,} more ids that it does not have")


def _check_slices(gate: Gate, test: CaseFile, problems: SuiteProblems) -> None:
    """Each slice is tag=value, and some test case has that value."""
    pending = set(gate.slices)
    known: dict[str, dict[str, None]] = {}
    for case in test if pending else ():
        for tag, value in case.tags.items():
            known.setdefault(tag, {})[value] = None
            pending.discard(f"{tag}={value}")
        if not pending:
            return
    for name in (name for name in gate.slices if name in pending):
        path = ("gate", "slices", name)
        tag, _, value = name.partition("=")
        if not tag or not value:
            problems.at(path, "a slice has the form tag=value", _known_slices(tag, known))
        else:
            problems.at(path, "no test case is of this slice", _known_slices(tag, known))


def _known_slices(tag: str, known: Mapping[str, Mapping[str, None]]) -> str:
    """The slices of a tag, or of all tags where there is no such tag."""
    if not known:
        return "no test case has tags"
    tags = [tag] if tag in known else sorted(known)
    names = [f"{tag}={value}" for tag in tags for value in sorted(known[tag])]
    more = f" and {len(names) - MAX_NAMED:,} more" if len(names) > MAX_NAMED else ""
    return f"slices: {', '.join(names[:MAX_NAMED])}{more}"
