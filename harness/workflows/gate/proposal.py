"""A change and its base in, the suite that judges the change by the rules of its base out.

Policy, scorers, leak rules and prices come from the base, so that no change is judged by rules that
it brings along. Its arms, recordings, trainings and cases are its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from harness.errors import UsageError
from harness.store.cases import CaseFile
from harness.store.suite import Suite
from harness.values.case import Split
from harness.values.digest import digest
from harness.workflows.run import open_suite


@dataclass(frozen=True)
class Proposal:
    """A suite to be judged, the base whose rules hold, and what of them the change also changes."""

    suite: Suite
    base: Suite
    changed: tuple[str, ...] = ()


def unchanged(suite: Suite) -> Proposal:
    """A suite that is its own base."""
    return Proposal(suite, suite)


def proposal(suite: Suite, base: Path, split: Split) -> Proposal:
    """A suite judged by the rules of the repository (or suite's folder) at `base`.

    Raises:
        UsageError: the base has no such suite, which is a new one: nothing can judge it.
        DataError: the base's suite is broken.
    """
    try:
        before = open_suite(suite.name, base)
    except UsageError as error:
        raise UsageError(f"the base has no suite {suite.name} to judge by: {error}") from error
    if before.folder == suite.folder:
        raise UsageError(f"{base} is the suite itself and not the base of a change to it")
    rules = msgspec.structs.replace(
        suite.file, scorer=before.file.scorer, gate=before.file.gate, leaks=before.file.leaks
    )
    judged = replace(
        suite,
        file=rules,
        scorers=before.scorers,
        scoring_folder=before.scoring_folder,
        settings=replace(suite.settings, prices=before.settings.prices),
    )
    return Proposal(judged, before, tuple(_changes(suite, before, split)))


def _changes(suite: Suite, base: Suite, split: Split) -> Iterator[str]:
    """What of the rules a change touches, in words."""
    if suite.file.gate != base.file.gate:
        yield "the policy"
    if suite.scoring_digest != base.scoring_digest:
        yield "the scorers"
    if suite.file.leaks != base.file.leaks:
        yield "the leak rules"
    mine, theirs = suite.splits[split], base.splits.get(split)
    if theirs is None or mine.inputs_digest != theirs.inputs_digest:
        yield f"the {split} cases"
    elif mine.expected_digest != theirs.expected_digest:
        yield f"the expected values of {split} cases"
    if theirs is not None and _strata(mine, theirs) != _strata(theirs, mine):
        yield f"the tags or groups of {split} cases"


def _strata(cases: CaseFile, others: CaseFile) -> str:
    """A digest of what slices and clusters the common cases are in: they decide what is passed."""
    common = frozenset(others.ids)
    return digest(sorted((c.id, c.group, sorted(c.tags.items())) for c in cases if c.id in common))
