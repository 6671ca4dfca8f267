"""A suite's recordings in, what its arms reached on a split out, as advice needs it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace

from harness.analysis.advice.beaten import Beaten
from harness.analysis.advice.readability import Readability, Reading
from harness.analysis.advice.seeds import Seeds
from harness.analysis.advice.trust import ArmTrust, Trust
from harness.analysis.advice.usual import Usual
from harness.analysis.columns import NO_CODE, ArmColumns
from harness.analysis.repeats import selection_spread
from harness.analysis.side import Side, replicate_values
from harness.errors import ReplayMissError, UsageError
from harness.reports.standing import gap_of
from harness.reports.wording import model_name
from harness.scoring.catalogue import SCORERS, build_scorer
from harness.store.runs import Run
from harness.store.suite import Suite
from harness.values.case import Split
from harness.values.score import Outcome
from harness.workflows.entrants import Entrant, entrants_of_run
from harness.workflows.lanes import record_command
from harness.workflows.replays import is_recorded, replayed
from harness.workflows.replies import final_records
from harness.workflows.select import recorded_replies

_DRAWN = ("random", "stratified")
_LENIENT = "_lenient"


@dataclass(frozen=True)
class Measured:
    """A replay of every arm that can be replayed, while its journal lasts.

    `lacking` are the other arms. `lenient` is the name of the
    lenient reading of the primary scorer, empty where it has none.
    """

    suite: Suite
    run: Run
    entrants: Mapping[str, Entrant]
    lacking: tuple[str, ...]
    lenient: str

    @property
    def sides(self) -> dict[str, Side]:
        """What each arm reached, by name."""
        return {name: entrant.side for name, entrant in self.entrants.items()}


@contextmanager
def measured(suite: Suite, split: Split) -> Iterator[Measured]:
    """Everything recorded on a split, replayed; also with the lenient scorer, which costs no call.

    Raises:
        UsageError: nothing can be replayed there.
    """
    if split not in suite.splits:
        raise UsageError(f"{suite.name} has no {split} split; splits: {', '.join(suite.splits)}")
    lenient, judged = _read_leniently(suite)
    with replay_of(judged, list(suite.arms), split) as run:
        if run is None:
            command = record_command(suite.name, [], split, 1)
            raise UsageError(
                f"nothing is recorded for {suite.name} on {split}, or not as it is asked now, and "
                f"advice rests on nothing else: record it with\n    {command}"
            )
        yield Measured(
            suite=suite,
            run=run,
            entrants={entrant.arm: entrant for entrant in entrants_of_run(run)},
            lacking=tuple(name for name in suite.arms if name not in run.info.arms),
            lenient=lenient,
        )


@contextmanager
def replay_of(suite: Suite, arms: Sequence[str], split: Split) -> Iterator[Run | None]:
    """A replay of those of some arms whose replies to every case are recorded; None of none."""
    heard = [name for name in arms if _has_replies(suite, name, split)]
    with ExitStack() as stack:
        try:
            found = stack.enter_context(replayed(suite, heard, split=split)) if heard else None
        except ReplayMissError:
            able = [name for name in heard if _replays(suite, name, split)]
            found = stack.enter_context(replayed(suite, able, split=split)) if able else None
        yield found


def _has_replies(suite: Suite, arm: str, split: Split) -> bool:
    if not is_recorded(suite, arm):
        return False
    return suite.arms[arm].classical or recorded_replies(suite, arm, split) > 0


def _replays(suite: Suite, arm: str, split: Split) -> bool:
    try:
        with replayed(suite, [arm], split=split):
            return True
    except ReplayMissError:
        return False


def _read_leniently(suite: Suite) -> tuple[str, Suite]:
    """The lenient reading of the primary scorer, and the suite with it among its scorers."""
    name = f"{suite.scorers[0].name}{_LENIENT}"
    if any(scorer.name == name for scorer in suite.scorers):
        return name, suite
    if name not in SCORERS:
        return "", suite
    scorer = build_scorer(name, suite.file.scorer)
    return name, replace(suite, scorers=(*suite.scorers, scorer))


def trust_of(seen: Measured) -> Trust:
    """How the replies came to be."""
    info = seen.run.info
    return Trust(
        suite=seen.suite.name,
        split=info.split,
        graded=info.graded,
        cases=info.cases,
        arms=[
            ArmTrust(
                name=name,
                mean=entrant.side.mean,
                lost=float(entrant.side.lost.mean()),
                truncated=entrant.side.rate(Outcome.TRUNCATED),
                gap=gap_of(info, info.arms[name], len(seen.run.arms[name])),
                leaks=info.arms[name].leaks,
                models=tuple(sorted({model_name(m) for m in info.arms[name].served_models if m})),
                max_tokens=seen.suite.arms[name].sampling.max_tokens,
                training=info.arms[name].training,
            )
            for name, entrant in seen.entrants.items()
        ],
        lacking=seen.lacking,
        recording=_recording(seen),
    )


def _recording(seen: Measured) -> str:
    """How to record what is lacking; a frozen arm can be asked no more."""
    askable = [name for name in seen.lacking if not seen.suite.arms[name].frozen]
    if not askable:
        return "leave it out of suite.toml: it is frozen, and nobody can be asked any more"
    return record_command(seen.suite.name, askable, seen.run.info.split, 1)


def readability_of(seen: Measured, beaten: Beaten) -> Readability:
    """The arms that ask a model, read strictly and leniently; `beaten` by the chosen one."""
    asked = [name for name in seen.entrants if seen.run.info.arms[name].kind != "classical"]
    read = _lenient_values(seen) if seen.lenient else {}
    return Readability(
        suite=seen.suite.name,
        scorer=seen.suite.scorers[0].name,
        lenient=seen.lenient,
        readings=[
            Reading(
                seen.entrants[name].side,
                _lenient_side(seen.entrants[name].side, read, name),
                _usual(seen.run.arms[name]),
            )
            for name in asked
        ],
        beaten=beaten,
    )


def _usual(columns: ArmColumns) -> Usual | None:
    """The most frequent answer; None where the scorer has no labels, or nothing was read."""
    said = Counter(code for code in columns.extracted if code != NO_CODE)
    if not said:
        return None
    code, count = said.most_common(1)[0]
    wanted = sum(label == code for label in columns.label)
    text = columns.labels.text(code) or ""
    return Usual(text, count / len(columns), wanted / len(columns))


def _lenient_side(side: Side, read: Mapping[tuple[str, str], list[float]], arm: str) -> Side | None:
    import numpy as np

    if not read:
        return None
    values = [read.get((arm, id_), [0.0]) for id_ in side.ids]
    return replace(side, values=np.array([sum(each) / len(each) for each in values]))


def _lenient_values(seen: Measured) -> dict[tuple[str, str], list[float]]:
    """What the lenient scorer gives each reply of (arm, case): right or wrong, or a score."""
    info = seen.run.info
    found: dict[tuple[str, str], list[float]] = {}
    for record in final_records(seen.run):
        score = record.scores.get(seen.lenient)
        value = 0.0 if score is None else score.value
        judged = value if info.graded else float(value >= info.correct_at)
        found.setdefault((record.arm, record.case), []).append(judged)
    return found


def seeds_of(seen: Measured) -> list[Seeds]:
    """The few-shot arms that draw their shots by chance."""
    graded = seen.run.info.graded
    found = []
    for name, entrant in seen.entrants.items():
        arm = seen.suite.arms[name]
        if arm.shots is None or arm.shots.policy not in _DRAWN or entrant.columns is None:
            continue
        values = replicate_values(entrant.columns, graded=graded)
        spread = None if values is None else selection_spread(values)
        found.append(Seeds(arm=name, graded=graded, seeds=len(arm.shot_seeds), spread=spread))
    return found
