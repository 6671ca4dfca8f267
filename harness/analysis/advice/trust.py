"""How a run went in, whether its numbers can be trusted out. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from harness.analysis.advice.advice import Advice
from harness.text.wording import counted, listing, mean, named, percent
from harness.values.case import Split
from harness.values.gate import MOST_ERRORS
from harness.values.leaks import LeakReport

MOST_TRUNCATED = 0.02
"""As many replies cut off as errors that a gate accepts: more can move a comparison by its margin.

A rule of thumb of ours.
"""


@dataclass(frozen=True, kw_only=True)
class ArmTrust:
    """How the replies of one arm came to be; shares are of all cases.

    `gap` says why replies are missing, empty if none are. `leaks` is None for an arm that learned
    from nothing. `models` are the names that the server gave. `max_tokens` is None without a limit.
    `training` is the name of the arm's, empty where it was not tuned.
    """

    name: str
    mean: float
    lost: float
    truncated: float
    gap: str = ""
    leaks: LeakReport | None = None
    models: tuple[str, ...] = ()
    max_tokens: int | None = None
    training: str = ""


@dataclass(frozen=True, kw_only=True)
class Trust:
    """A run on a split. `lacking` are arms that cannot be replayed, `recording` records them."""

    suite: str
    split: Split
    graded: bool
    cases: int
    arms: Sequence[ArmTrust]
    lacking: Sequence[str] = ()
    recording: str = ""


def trust_advice(seen: Trust) -> list[Advice]:
    """Everything that makes the numbers less than they seem; `trusted` where nothing does."""
    found = [*_leaks(seen), *_errors(seen), *_truncated(seen), *_mixed(seen)]
    if all(advice.status == "fine" for advice in found):
        found.insert(0, _trusted(seen, but=bool(found)))
    return [*found, *_lacking(seen)]


def _trusted(seen: Trust, *, but: bool) -> Advice:
    learned = [arm.name for arm in seen.arms if arm.leaks is not None]
    arms, cases = counted(len(seen.arms), "arm"), counted(seen.cases, "case")
    lost, cut = (
        max(shares) for shares in zip(*((a.lost, a.truncated) for a in seen.arms), strict=True)
    )
    first = (
        f"{arms} answered all {cases}, each by one model; at most {percent(lost)} of an arm's "
        f"replies were lost to errors, and {percent(cut)} cut off."
    )
    evidence = [first]
    if learned:
        evidence.append(f"Leaks were looked for in {listing(learned)}: none.")
    return Advice(
        rule="trusted",
        status="fine",
        says="Yes, but for what follows."
        if but
        else "Yes: nothing was found that makes them less than they seem.",
        evidence=tuple(evidence),
    )


def _leaks(seen: Trust) -> Iterator[Advice]:
    leaky = [(arm.name, arm.leaks) for arm in seen.arms if arm.leaks and arm.leaks.cases]
    if leaky:
        yield Advice(
            rule="leaks",
            status="act",
            says=f"{listing(name for name, _ in leaky)} had met test cases before: those numbers "
            "are too good.",
            evidence=tuple(
                f"{name}: {counted(len(report.cases), 'case')} of {seen.cases:,} had been learned "
                f"from or shown ({named(report.cases)})."
                for name, report in leaky
            ),
            next_step="take the rows out of the training data and tune again; until then judge the "
            f"rest: harness gate {seen.suite} --clean-subset",
        )
    unknown = [arm for arm in seen.arms if arm.leaks and arm.leaks.status == "unknown"]
    if unknown:
        names = listing(arm.name for arm in unknown)
        yield Advice(
            rule="leaks-unknown",
            status="cannot_tell",
            says=f"Nobody can tell whether {names} had met the cases before.",
            evidence=tuple(
                f"{arm.name}: {arm.leaks.reason or 'no reason is given'}."
                for arm in unknown
                if arm.leaks
            ),
            next_step=_naming(unknown),
        )


def _naming(unknown: Sequence[ArmTrust]) -> str:
    """What to write where it is not known what tuned arms learned from."""
    records = dict.fromkeys(f"training/{arm.training}.toml" for arm in unknown if arm.training)
    if not records:
        return "ask fresh cases"
    return f"name the training file in {listing(records)} ([train] file), or ask fresh cases"


def _errors(seen: Trust) -> Iterator[Advice]:
    lossy = [arm for arm in seen.arms if arm.lost > MOST_ERRORS]
    if lossy:
        arms = " ".join(f"--arm {arm.name}" for arm in lossy)
        yield Advice(
            rule="errors",
            status="act",
            says=f"{listing(arm.name for arm in lossy)} lost replies to errors, which count as "
            "not correct: such an arm is not measured.",
            evidence=tuple(
                f"{arm.name}: {percent(arm.lost)} lost, where {MOST_ERRORS:.0%} is the most."
                for arm in lossy
            ),
            next_step=f"harness run {seen.suite} {arms} --split {seen.split} --record",
        )
    holes = [arm for arm in seen.arms if arm.gap]
    if holes:
        arms = " ".join(f"--arm {arm.name}" for arm in holes)
        yield Advice(
            rule="incomplete",
            status="act",
            says=f"{listing(arm.name for arm in holes)} did not answer every case.",
            evidence=tuple(f"{arm.name}: {arm.gap}." for arm in holes),
            next_step=f"harness run {seen.suite} {arms} --split {seen.split} --record",
        )


def _truncated(seen: Trust) -> Iterator[Advice]:
    """Cut replies are harmless where even as right answers they would not make their arm best."""
    best = max((arm.mean for arm in seen.arms), default=0.0)
    cut = [arm for arm in seen.arms if arm.truncated > MOST_TRUNCATED]
    open_, harmless = (
        [arm for arm in cut if (arm.mean + arm.truncated < best) == below]
        for below in (False, True)
    )
    if open_:
        names = listing(arm.name for arm in open_)
        yield Advice(
            rule="truncated",
            status="act",
            says=f"Replies of {names} were cut off before an answer stood in them: the numbers may "
            "be too low.",
            evidence=tuple(map(_cut, open_)),
            next_step=f"raise sampling.max_tokens of {names}, or let the prompt or a stop text end "
            "the reply; then record again",
        )
    if harmless:
        names = listing(arm.name for arm in harmless)
        yield Advice(
            rule="truncated-harmless",
            status="fine",
            says=f"Replies of {names} were cut off before an answer stood in them. Were all of "
            "these right, another arm would still be the best.",
            evidence=tuple(
                f"{_cut(arm)} At most {mean(arm.mean + arm.truncated, graded=seen.graded)}, and "
                f"the best reaches {mean(best, graded=seen.graded)}."
                for arm in harmless
            ),
        )


def _cut(arm: ArmTrust) -> str:
    return f"{arm.name}: {percent(arm.truncated)} cut off at {_limit(arm)}."


def _limit(arm: ArmTrust) -> str:
    return "the server's own limit" if arm.max_tokens is None else f"{arm.max_tokens:,} tokens"


def _mixed(seen: Trust) -> Iterator[Advice]:
    mixed = [arm for arm in seen.arms if len(arm.models) > 1]
    if mixed:
        yield Advice(
            rule="mixed-models",
            status="act",
            says=f"{listing(arm.name for arm in mixed)} was answered by several models: its number "
            "belongs to none of them.",
            evidence=tuple(f"{arm.name}: {listing(arm.models)}." for arm in mixed),
            next_step="name the model with its date in suite.toml, and record again",
        )


def _lacking(seen: Trust) -> Iterator[Advice]:
    if seen.lacking:
        yield Advice(
            rule="not-recorded",
            status="cannot_tell",
            says=f"Nothing below is about {listing(seen.lacking)}: not every case of the "
            f"{seen.split} split is recorded as the suite asks it now.",
            next_step=seen.recording,
        )
