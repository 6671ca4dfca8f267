"""What another tool scored in, the scorer of ours that says the same out, with who differs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from harness.errors import DataError, HarnessError, UsageError
from harness.scoring.catalogue import SCORERS, build_scorer
from harness.scoring.expected import as_text
from harness.values.case import Case
from harness.values.imported import Disagreement, ImportedLog, Rescored
from harness.values.reply import Answer
from harness.values.score import Score, Scorer
from harness.values.suite import (
    ChoiceOptions,
    ExactOptions,
    ImportedOptions,
    LabelOptions,
    ScorerTable,
)
from harness.workflows.importing.arms import NewArm

IMPORTED = "imported"
MOST_LABELS = 50
MOST_DISAGREEMENTS = 10
A_CLASS_RETURNS = 3
"""Expected texts are classes where each stands in so many cases on average."""

SAME = 0.0005
"""Scores that agree to three decimals, as pages show them, are the same."""

_REPRODUCIBLE = re.compile(
    r"(?i)(exact(_match)?|em|match|equals?|acc(uracy)?|correct|pass|score|"
    r"i?contains|includes?|choice|multiple_choice|f1|number|numeric)(_norm)?"
)
"""Names of scores that are computed from the texts; what a model graded cannot be said again."""

Judged = tuple[str, int, Case, Answer]


def score_name(arms: Sequence[NewArm], wanted: str | None) -> str:
    """The other tool's score that counts: the one that is wanted, or the first that all logs have.

    Empty where the logs have no scores.

    Raises:
        UsageError: not every log has the score that is wanted, or they have none in common.
    """
    logs = [log for arm in arms for log in arm.logs]
    known = [names for log in logs if (names := _scores(log)) is not None]
    common = [name for name in known[0] if all(name in names for names in known)] if known else []
    found = ", ".join(dict.fromkeys(name for names in known for name in names)) or "none"
    if wanted is not None:
        if wanted not in common:
            raise UsageError(f"not every log has a score {wanted!r}; scores: {found}")
        return wanted
    if not common and any(known):
        raise UsageError(
            f"the logs have no score in common ({found}): make each a suite of its own"
        )
    return common[0] if common else ""


def chosen_table(
    arms: Sequence[NewArm], cases: Mapping[str, Case], score: str, wanted: str | None
) -> tuple[ScorerTable, Rescored | None]:
    """The scorer that is wanted; else one that agrees with every score; else the score itself.

    A scorer is chosen only where the score's name is of one that is computed from the texts, and
    some reply was given more than 0: any scorer that reads nothing agrees that all are wrong.

    Raises:
        UsageError: no scorer is called so, or nothing can judge the replies.
    """
    judged = list(_judged(arms, cases))
    if wanted == IMPORTED and not score:
        raise UsageError("the logs have no scores that could be imported")
    if wanted is not None and wanted != IMPORTED:
        table = _table(wanted, cases)
        return table, _rescored(build_scorer(wanted, table), judged, score) if score else None
    if not score:
        known = ", ".join(name for name in SCORERS if name != IMPORTED)
        raise UsageError(f"the logs have no scores: name one of ours with --scorer ({known})")
    best: tuple[ScorerTable, Rescored] | None = None
    computed = _REPRODUCIBLE.fullmatch(score.partition(",")[0]) is not None
    if wanted is None and computed and any(answer.scores.get(score) for *_, answer in judged):
        for table in _candidates(cases):
            found = _rescored(build_scorer(table.primary, table), judged, score)
            if found.compared and found.equal == found.compared:
                return table, found
            if best is None or found.equal > best[1].equal:
                best = table, found
    graded = any(0 < answer.scores.get(score, 0.0) < 1 for *_, answer in judged)
    table = ScorerTable(primary=IMPORTED, imported=ImportedOptions(score=score, graded=graded))
    return table, best[1] if best else None


def rescored(
    arms: Sequence[NewArm], cases: Mapping[str, Case], scorer: Scorer, score: str
) -> Rescored | None:
    """How a suite's own scorer agrees with a score; None where it is that score, or there is none.

    Raises:
        UsageError: the suite goes by an imported score that no log has.
    """
    if scorer.name == IMPORTED or not score:
        return None
    return _rescored(scorer, list(_judged(arms, cases)), score)


def _scores(log: ImportedLog) -> dict[str, None] | None:
    """The names of a log's scores; None where it has no answer that could have any."""
    if not any(isinstance(sample.reply, Answer) for sample in log.samples):
        return None
    return {name: None for sample in log.samples for name in sample.scores}


def _judged(arms: Sequence[NewArm], cases: Mapping[str, Case]) -> Iterator[Judged]:
    for arm in arms:
        for sample in arm.samples:
            if isinstance(sample.reply, Answer):
                yield arm.name, sample.trial, cases[sample.id], sample.reply


def _candidates(cases: Mapping[str, Case]) -> Iterator[ScorerTable]:
    """Tables of scorers that can read what these cases expect: classes first, then strict ones."""
    expected = [case.expected for case in cases.values()]
    if any(value is None for value in expected):
        return
    few = len(set(map(as_text, expected))) * A_CLASS_RETURNS <= len(cases)
    names = ("label", "exact", "choice") if few else ("exact", "choice", "label")
    for name in (*names, "choice_lenient", "number", "number_lenient", "includes", "token_f1"):
        try:
            yield _table(name, cases)
        except UsageError:
            continue
        if name == "exact":
            yield ScorerTable(primary="exact", exact=ExactOptions(casefold=True))


def _table(name: str, cases: Mapping[str, Case]) -> ScorerTable:
    """A scorer's table, with the labels or letters that the cases expect.

    Raises:
        UsageError: there is no such scorer, or the cases are none for it.
    """
    if name not in SCORERS or name == IMPORTED:
        known = ", ".join(key for key in SCORERS if key != IMPORTED)
        raise UsageError(f"no scorer is called {name!r}; known: {known}, {IMPORTED}")
    table = ScorerTable(primary=name)
    texts = dict.fromkeys(as_text(case.expected).strip() for case in cases.values())
    if name.startswith("label"):
        if len(texts) > MOST_LABELS or "" in texts:
            raise UsageError(f"the cases expect {len(texts)} different texts, which are no labels")
        table = msgspec.structs.replace(table, label=LabelOptions(tuple(sorted(texts))))
    if name.startswith("choice"):
        letters = "".join(sorted(texts)).upper()
        if not all(len(text) == 1 and text.isalpha() for text in texts):
            raise UsageError("the cases expect no single letters")
        last = max(letters, default="D")
        every = "".join(map(chr, range(ord("A"), max(ord(last), ord("D")) + 1)))
        table = msgspec.structs.replace(table, choice=ChoiceOptions(every))
    return table


def _rescored(scorer: Scorer, judged: Sequence[Judged], score: str) -> Rescored:
    equal = compared = 0
    differing: list[Disagreement] = []
    for arm, trial, case, answer in judged:
        if score not in answer.scores:
            continue
        compared += 1
        given, ours = answer.scores[score], _score(scorer, case, answer)
        if abs(ours.value - given) < SAME:
            equal += 1
        elif len(differing) < MOST_DISAGREEMENTS:
            differing.append(
                Disagreement(
                    arm=arm,
                    case=case.id,
                    trial=trial,
                    ours=ours.value,
                    given=given,
                    reply=answer.text,
                    reason=ours.reason or _reason(case.expected, ours),
                )
            )
    return Rescored(
        scorer=scorer.name,
        score=score,
        equal=equal,
        compared=compared,
        disagreements=tuple(differing),
    )


def _score(scorer: Scorer, case: Case, answer: Answer) -> Score:
    """A scorer that cannot judge a case disagrees with whoever could."""
    try:
        return scorer.function(case, answer)
    except (DataError, HarnessError) as error:
        return Score(-1.0, None, str(error))


def _reason(expected: Any, ours: Score) -> str:
    read = "nothing" if ours.extracted is None else repr(ours.extracted)
    return f"ours reads {read} where {expected!r} is expected"
