"""Replies of some arms in, whether their errors are of format or of knowledge out. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from harness.analysis.advice.advice import Advice
from harness.analysis.advice.beaten import NOBODY, Beaten
from harness.analysis.advice.usual import Usual
from harness.analysis.difference import Difference, paired_difference
from harness.analysis.side import Side
from harness.text.wording import change, change_span, listing, percent
from harness.values.score import OUTCOMES, Outcome

WORTH_READING = 0.02
"""What a lenient reading must add to be worth a change: 2 points; a rule of thumb of ours."""

MOST_REFUSED = 0.02
"""As many refusals and filtered replies as errors that a gate accepts; a rule of thumb of ours."""

_WRONG = (Outcome.WRONG,)
_UNREADABLE = (Outcome.UNPARSED, Outcome.TRUNCATED)
_REFUSED = (Outcome.REFUSED, Outcome.FILTERED)


@dataclass(frozen=True)
class Reading:
    """An arm, and the same replies as a lenient scorer reads them; None without such a scorer.

    `usual` is None where answers are not of a few classes.
    """

    side: Side
    lenient: Side | None
    usual: Usual | None = None

    def share(self, outcomes: Sequence[Outcome]) -> float:
        """The share of cases with one of these outcomes."""
        return sum(self.side.rate(outcome) for outcome in outcomes)

    @property
    def stuck(self) -> bool:
        """Whether nearly every case gets the same answer."""
        return self.usual is not None and self.usual.is_stuck(len(self.side))

    @property
    def unreadable_over_wrong(self) -> Difference:
        """Unreadable minus readable and wrong, in shares of all cases."""
        return paired_difference(_as_share(self.side, _WRONG), _as_share(self.side, _UNREADABLE))

    @property
    def regained(self) -> Difference | None:
        """What the lenient reading adds."""
        return None if self.lenient is None else paired_difference(self.side, self.lenient)


@dataclass(frozen=True, kw_only=True)
class Readability:
    """Arms that ask a model. `scorer` is the strict one, `lenient` its lenient reading.

    `lenient` is empty where the scorer has none. What is wrong with `beaten` arms is a note.
    """

    suite: str
    scorer: str
    lenient: str
    readings: Sequence[Reading]
    beaten: Beaten = NOBODY


def format_advice(seen: Readability) -> list[Advice]:
    """What most errors are, arm by arm; arms with the same answer are named together."""
    lost, live = (
        replace(seen, readings=[r for r in seen.readings if (r.side.name in seen.beaten.arms) is b])
        for b in (True, False)
    )
    return [
        *_repairs(live),
        *_knowledge(_of_kind(seen, "knowledge")),
        *_questions(live),
        *map(seen.beaten.note, (*_repairs(lost), *_questions(lost))),
    ]


def _repairs(seen: Readability) -> Iterator[Advice]:
    yield from _format(seen, _of_kind(seen, "format"))
    yield from _strictness(seen)
    yield from _refused(seen)
    yield from _same(seen)


def _questions(seen: Readability) -> Iterator[Advice]:
    yield from _unclear(seen, _of_kind(seen, "unclear"))
    yield from _no_lenient(seen)


def _of_kind(seen: Readability, kind: str) -> list[Reading]:
    return [reading for reading in seen.readings if _errs(reading) and _kind(reading) == kind]


def _errs(reading: Reading) -> bool:
    """Whether there are errors to tell apart; those of a stuck arm say nothing of knowledge."""
    return not reading.stuck and reading.share((*_WRONG, *_UNREADABLE)) > 0


def _kind(reading: Reading) -> str:
    found = reading.unreadable_over_wrong
    if found.interval is None or found.few_clusters:
        return "unclear"
    if found.interval.low > 0:
        return "format"
    return "knowledge" if found.interval.high < 0 else "unclear"


def _format(seen: Readability, readings: Sequence[Reading]) -> Iterator[Advice]:
    if readings:
        yield Advice(
            rule="format",
            status="act",
            says=f"Format: most errors of {_names(readings)} are replies that nobody could read, "
            "and whether the model knows the answer is mostly not seen.",
            evidence=_evidence(seen, readings),
            next_step=f"{_names(readings)}: ask for the form in the prompt, show it in examples, "
            "or hold the model to a schema; then record again",
        )


def _knowledge(readings: Sequence[Reading]) -> Iterator[Advice]:
    if readings:
        yield Advice(
            rule="knowledge",
            status="fine",
            says=f"Knowledge: most errors of {_names(readings)} are readable and wrong. A better "
            "format cannot repair those; a better prompt, examples, training or another model may.",
            evidence=tuple(map(_line, readings)),
        )


def _unclear(seen: Readability, readings: Sequence[Reading]) -> Iterator[Advice]:
    if readings:
        yield Advice(
            rule="format-unclear",
            status="cannot_tell",
            says=f"Neither is shown to be the larger part of the errors of {_names(readings)}.",
            evidence=_evidence(seen, readings),
            next_step=f"read some errors of {_names(readings)} in the page: harness report "
            f"{seen.suite} --html FILE",
        )


def _strictness(seen: Readability) -> Iterator[Advice]:
    strict = [reading for reading in seen.readings if _is_regained(reading)]
    if strict:
        yield Advice(
            rule="strictness",
            status="act",
            says=f"Answers of {_names(strict)} are right in another form than {seen.scorer} "
            "accepts.",
            evidence=_evidence(seen, strict),
            next_step=f"accept the form ([scorer] primary = {seen.lenient!r}) if whoever reads the "
            "answers can, else demand it in the prompt",
        )


def _is_regained(reading: Reading) -> bool:
    found = reading.regained
    if found is None or found.interval is None or found.few_clusters:
        return False
    return found.interval.low > 0 and found.estimate >= WORTH_READING


def _refused(seen: Readability) -> Iterator[Advice]:
    refusing = [reading for reading in seen.readings if reading.share(_REFUSED) > MOST_REFUSED]
    if refusing:
        yield Advice(
            rule="refused",
            status="act",
            says=f"{_names(refusing)} did not answer some cases at all: the model refused, or a "
            "filter took the reply away.",
            evidence=tuple(
                f"{reading.side.name}: {percent(reading.share(_REFUSED))} refused or filtered"
                f"{_by(seen, reading.side.name)}."
                for reading in refusing
            ),
            next_step="read these replies; then change the prompt, the filter or the model",
        )


def _same(seen: Readability) -> Iterator[Advice]:
    stuck = [(r.side.name, r.usual) for r in seen.readings if r.usual and r.stuck]
    if stuck:
        names = listing(name for name, _ in stuck)
        yield Advice(
            rule="same-answer",
            status="act",
            says=f"{names}: nearly every case gets the same answer. That is not doing the task, "
            "and to be better than it says little.",
            evidence=tuple(
                f"{name}: {usual.text!r} to {percent(usual.share)} of the cases, expected of "
                f"{percent(usual.expected)}{_by(seen, name)}."
                for name, usual in stuck
            ),
            next_step=f"change the prompt of {names}, or show it examples of every answer",
        )


def _no_lenient(seen: Readability) -> Iterator[Advice]:
    erring = [reading for reading in seen.readings if _errs(reading)]
    unread = [reading for reading in erring if reading.share(_UNREADABLE) > 0]
    if unread and not seen.lenient:
        yield Advice(
            rule="no-lenient-reading",
            status="cannot_tell",
            says=f"How many unreadable replies of {_names(unread)} are right in another form: the "
            f"scorer {seen.scorer} has no lenient reading.",
            next_step='add a function of your own that reads leniently: [scorer] also = ["FILE:'
            f'{seen.scorer.partition(":")[2] or seen.scorer}_lenient"]',
        )


def _evidence(seen: Readability, readings: Sequence[Reading]) -> tuple[str, ...]:
    return tuple(f"{_line(reading)[:-1]}{_by(seen, reading.side.name)}." for reading in readings)


def _by(seen: Readability, arm: str) -> str:
    """By how much the chosen arm beats this one; nothing where it does not."""
    shown = seen.beaten.arms.get(arm, "")
    return f"; {seen.beaten.by}: {shown}" if shown else ""


def _line(reading: Reading) -> str:
    side, found = reading.side, reading.regained
    text = (
        f"{side.name}: {percent(reading.share(_WRONG))} readable and not right, "
        f"{percent(reading.share(_UNREADABLE))} unreadable"
    )
    if found is not None and found.interval is not None:
        ends = change_span(found.interval.low, found.interval.high, graded=side.graded)
        text += f"; read leniently {change(found.estimate, graded=side.graded)} {ends}"
    return f"{text}."


def _names(readings: Sequence[Reading]) -> str:
    return listing(reading.side.name for reading in readings)


def _as_share(side: Side, outcomes: Sequence[Outcome]) -> Side:
    """The side with the share of some outcomes as its values."""
    places = [OUTCOMES.index(outcome) for outcome in outcomes]
    return replace(side, graded=False, values=side.shares[:, places].sum(axis=1))
