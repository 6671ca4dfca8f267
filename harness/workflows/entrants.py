"""What can be compared: arms of runs and baselines in, sides with their provenance out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from harness.analysis.columns import ArmColumns
from harness.analysis.side import Side, side_of, side_of_baseline, with_seed
from harness.errors import DataError, UsageError
from harness.store.baselines import baseline_path, read_baseline
from harness.store.runs import Run, load_run, read_info
from harness.store.suite import Suite
from harness.values.baseline import Baseline, Measured
from harness.values.case import Split
from harness.values.score import OUTCOMES
from harness.workflows.replies import ArmReplies, ReplyDigests, read_replies

Source = Literal["recorded", "live", "baseline"]


@dataclass(frozen=True)
class Entrant:
    """One side of a comparison, and where it comes from.

    `run` and `columns` hold its replies; both are None for a baseline whose replies are not
    recorded any more. `cases` maps ids to case digests. `scoring` is the digest of everything that
    decided its scores.
    """

    arm: str
    side: Side
    source: Source
    split: Split
    measured: Measured
    cases: Mapping[str, str]
    run: Run | None = None
    columns: ArmColumns | None = None
    baseline: Baseline | None = None
    shot_seed: int | None = None

    @property
    def name(self) -> str:
        """As tables call it."""
        return self.side.name


def entrants_of_run(
    found: Run, arms: Sequence[str] = (), shot_seeds: Mapping[str, int] | None = None
) -> list[Entrant]:
    """The arms of a run (all by default); of an arm in `shot_seeds` only the replies of that seed.

    Raises:
        UsageError: the run has no such arm.
        DataError: an arm has no records, or one replicate twice.
    """
    unknown = [arm for arm in arms if arm not in found.info.arms]
    if unknown:
        known = ", ".join(found.info.arms)
        raise UsageError(f"run {found.info.id} has no arm {unknown[0]!r}; arms: {known}")
    seeds = shot_seeds or {}
    return _entrants(found, arms, read_replies(found, seeds), seeds)


def entrants_of_past(folder: Path, arms: Sequence[str] = ()) -> tuple[Run, list[Entrant]]:
    """A run from its folder and its arms: those of `arms` that it has, or all of them.

    Its journal is read once.

    Raises:
        DataError: the run is broken, or an arm has no records, or one replicate twice.
    """
    digests = ReplyDigests(read_info(folder).arms, folder)
    run = load_run(folder, seen=digests.add)
    if arms and not set(arms) & set(run.info.arms):
        return run, []
    return run, _entrants(run, arms, digests.found(), {})


def _entrants(
    run: Run, arms: Sequence[str], replies: Mapping[str, ArmReplies], seeds: Mapping[str, int]
) -> list[Entrant]:
    chosen = [name for name in run.info.arms if not arms or name in arms]
    return [_entrant(run, name, replies[name], seeds.get(name)) for name in chosen]


def _entrant(found: Run, arm: str, replies: ArmReplies, shot_seed: int | None) -> Entrant:
    info, about = found.info, found.info.arms[arm]
    columns = found.arms[arm]
    if shot_seed is not None:
        columns = with_seed(columns, shot_seed)
    side = side_of(arm, columns, found.cases, graded=info.graded, price=info.price_of(arm))
    return Entrant(
        arm=arm,
        side=side,
        source="recorded" if about.replayed else "live",
        split=info.split,
        measured=Measured(
            arm=about.digest,
            inputs=info.inputs_digest,
            expected=info.expected_digest,
            scoring=info.scoring_digest,
            replies=replies.digest(side.ids),
        ),
        cases=replies.cases,
        run=found,
        columns=columns,
        shot_seed=shot_seed,
    )


def baseline_entrant(suite: Suite, baseline: Baseline, recorded: Entrant | None) -> Entrant:
    """A baseline as a side of its own.

    Where the very replies that it approved are still recorded (`recorded`), they stand in for it:
    they have texts, tokens and times, and they are scored by today's scorers and labels. Otherwise
    the scores of the file are all there is.

    Raises:
        DataError: the recorded replies give other scores than the baseline says, by the same
            scorers.
    """
    header = baseline.header
    if recorded is not None and _same_replies(baseline, recorded):
        _refuse_other_scores(baseline, recorded)
        return replace(recorded, source="baseline", baseline=baseline)
    return Entrant(
        arm=header.arm,
        side=side_of_baseline(baseline, suite.splits.get(header.split, ())),
        source="baseline",
        split=header.split,
        measured=header.measured,
        cases={case.id: case.digest for case in baseline.cases},
        baseline=baseline,
        shot_seed=header.shot_seed,
    )


def read_baseline_of(suite: Suite, arm: str) -> Baseline:
    """The baseline of an arm.

    Raises:
        UsageError: it has none.
        DataError: it is broken or was edited.
    """
    path = baseline_path(suite.settings.baselines / suite.name, arm)
    if not path.exists():
        raise UsageError(
            f"{suite.name} has no baseline of arm {arm}; approve its present state with\n"
            f'    harness promote {suite.name} {arm} --baseline-only --reason "…"'
        )
    return read_baseline(path)


def deployed_seed(suite: Suite, arm: str, shot_seeds: Mapping[str, int]) -> int:
    """The shot seed that is deployed: the one that the policy names, or the first declared."""
    return shot_seeds.get(arm, suite.arms[arm].shot_seeds[0])


def _same_replies(baseline: Baseline, recorded: Entrant) -> bool:
    if recorded.run is None or recorded.shot_seed != baseline.header.shot_seed:
        return False
    if recorded.measured.arm != baseline.header.measured.arm:
        return False
    seeds = {recorded.arm: baseline.header.shot_seed}
    replies = read_replies(recorded.run, seeds)[recorded.arm]
    approved = replies.digest(case.id for case in baseline.cases)
    return approved == baseline.header.measured.replies


def _refuse_other_scores(baseline: Baseline, recorded: Entrant) -> None:
    """The same replies to the same cases by the same scorers must have the same outcomes."""
    if recorded.measured.scoring != baseline.header.measured.scoring:
        return
    side = recorded.side
    places = {id_: place for place, id_ in enumerate(side.ids)}
    for case in baseline.cases:
        place = places.get(case.id)
        if place is None or recorded.cases.get(case.id) != case.digest:
            continue
        if side.shares[place, OUTCOMES.index(case.outcome)] < 1:
            raise DataError(
                f"the baseline of {baseline.header.arm} says {case.outcome} of case {case.id!r}, "
                "and its recorded reply is something else by the same scorers: restore the "
                "baseline from git, or approve again with harness promote"
            )
