"""The last days of models in, what to keep and what to try instead out. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from harness.analysis.advice.advice import Advice
from harness.text.wording import counted, listing


@dataclass(frozen=True, kw_only=True)
class Answering:
    """A model that an arm asks, and until when.

    `day` is None where nobody says; `hosted` means that somebody else can switch it off. `missing`
    are splits of which replies are not recorded, `commands` record them. `frozen` says that the arm
    answers from recordings alone. `base` is the model that it was tuned from, or the model itself.
    """

    arm: str
    model: str
    base: str
    hosted: bool
    frozen: bool
    day: date | None = None
    source: str = ""
    missing: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Ending:
    """All arms that ask a model. `horizon` is the days before a last day from which it is urgent.

    `today` is the day on which this is asked.
    """

    suite: str
    today: date
    horizon: int
    arms: Sequence[Answering]


def ending_advice(seen: Ending) -> list[Advice]:
    """What is switched off soon comes first."""
    urgent = [arm for arm in seen.arms if _left(seen, arm) is not None and _is_urgent(seen, arm)]
    found = [_switched_off(seen, arm) for arm in urgent]
    return [*found, *_newer(seen), *_unknown(seen), *_answers_on(seen, urgent)]


def _left(seen: Ending, arm: Answering) -> int | None:
    return None if arm.day is None else (arm.day - seen.today).days


def _is_urgent(seen: Ending, arm: Answering) -> bool:
    left = _left(seen, arm)
    return left is not None and left <= seen.horizon and not (arm.frozen and not arm.missing)


def _switched_off(seen: Ending, arm: Answering) -> Advice:
    left = _left(seen, arm) or 0
    over = left <= 0
    when = f"ended on {arm.day}" if over else f"ends in {counted(left, 'day')}, on {arm.day}"
    if over:
        step = f"frozen = true in [arms.{arm.arm}], to keep what is recorded"
    elif arm.commands:
        step = f"{'; '.join(arm.commands)}; then frozen = true in [arms.{arm.arm}]"
    else:
        step = f"all is recorded: frozen = true in [arms.{arm.arm}]; then choose what replaces it"
    kept = f"Not recorded: {listing(arm.missing)}." if arm.missing else "Every split is recorded."
    return Advice(
        rule="switched-off",
        status="act",
        says=f"{arm.model}, which {arm.arm} asks, {when}.",
        evidence=(f"Source: {arm.source}. {kept}",),
        next_step=step,
    )


def _newer(seen: Ending) -> Iterator[Advice]:
    """Only where a last day is known, and every arm that asks a model hangs on such a base."""
    dying = {arm.base for arm in seen.arms if arm.day is not None}
    living = [arm for arm in seen.arms if arm.base not in dying]
    if dying and not living:
        days = {arm.base: arm.day for arm in seen.arms if arm.day is not None}
        yield Advice(
            rule="newer-model",
            status="act",
            says="Every arm hangs on a model with a known last day: nothing is measured that could "
            "take over.",
            evidence=tuple(f"{base}: until {day}." for base, day in days.items()),
            next_step="add a prompted arm on a newer model to suite.toml, and record it on "
            "validation and test",
        )


def _unknown(seen: Ending) -> Iterator[Advice]:
    silent = [arm for arm in seen.arms if arm.hosted and arm.day is None and not arm.frozen]
    if silent:
        models = listing(dict.fromkeys(arm.model for arm in silent))
        yield Advice(
            rule="last-day-unknown",
            status="cannot_tell",
            says=f"Until when {models} answers: no price table and no training record says.",
            next_step=f"harness check {seen.suite} --ask-models",
        )


def _answers_on(seen: Ending, urgent: Sequence[Answering]) -> Iterator[Advice]:
    rest = [
        arm
        for arm in seen.arms
        if arm not in urgent and (arm.day is not None or not arm.hosted or arm.frozen)
    ]
    if not rest:
        return
    own = [arm.arm for arm in rest if not arm.hosted and arm.day is None and not arm.frozen]
    frozen = [arm.arm for arm in rest if arm.frozen]
    known = [f"{arm.arm}: {arm.model} until {arm.day}." for arm in rest if arm.day is not None]
    evidence = [f"{listing(own)}: on a machine of your own."] if own else []
    evidence += [f"{listing(frozen)}: frozen, and answered from recordings."] if frozen else []
    evidence += [
        line for arm, line in zip([a for a in rest if a.day], known, strict=True) if not arm.frozen
    ]
    yield Advice(
        rule="answers-on",
        status="fine",
        says=f"Not within {counted(seen.horizon, 'day')}, as far as is known: "
        f"{listing(dict.fromkeys(arm.model for arm in rest))}.",
        evidence=tuple(evidence),
    )
