"""What each step up from the cheapest kind of arm is worth: a Step in, advice out. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Literal, NamedTuple

from harness.analysis.advice.advice import Advice, ApproachRule, Status
from harness.analysis.advice.step import Step

Question = Literal["shots", "tuning", "model", "prompts"]


class Asked(NamedTuple):
    """The suite, the difference that matters in words, and the arms that are chosen or in use.

    That a dearer arm is not needed asks for something only of those who use it, or of those who
    have not decided yet.
    """

    suite: str
    margin: str
    in_use: frozenset[str] = frozenset()

    def unneeded(self, dearer: str) -> Status:
        """What follows where an arm is not worth its step."""
        return "act" if not self.in_use or dearer in self.in_use else "fine"


def worth_advice(about: Question, asked: Asked, step: Step) -> list[Advice]:
    """Whether the dearer arm of a step is worth it; nothing where there is nothing to say."""
    return list(_ANSWERS[about](asked, step))


def _shots(asked: Asked, step: Step) -> Iterator[Advice]:
    high, low = step.dearer.name, step.cheaper.name
    evidence = (step.sentence(), *step.token_sentence())
    if step.state == "better":
        yield Advice(
            rule="shots-help",
            status="fine",
            says=f"Examples in the prompt help: {high} is measurably better than {low}.",
            evidence=evidence,
        )
    elif step.state in ("worse", "within"):
        yield Advice(
            rule="shots-unneeded",
            status=asked.unneeded(high),
            says=f"Leave the examples out: {high} gains less than {asked.margin} over {low}.",
            evidence=evidence,
            next_step=f"use {low} where you would use {high}",
        )
    else:
        yield _cannot(asked, step, "shots-unclear", f"Whether examples help {high}")


def _tuning(asked: Asked, step: Step) -> Iterator[Advice]:
    high, low = step.dearer.name, step.cheaper.name
    evidence = (step.sentence(), *step.token_sentence())
    if step.state == "better":
        yield Advice(
            rule="tuning-helps",
            status="fine",
            says=f"Tuning helps: {high} is measurably better than the best prompt, {low}.",
            evidence=evidence,
        )
    elif step.state in ("worse", "within"):
        yield Advice(
            rule="tuning-unneeded",
            status=asked.unneeded(high),
            says=f"Prompting suffices: {high} gains less than {asked.margin} over {low}. Tune for "
            "its price, if that is lower, and not for its answers.",
            evidence=evidence,
            next_step=f"harness cost {asked.suite}",
        )
    else:
        yield _cannot(asked, step, "tuning-unclear", f"Whether tuning helps: {high}")


def _model(asked: Asked, step: Step) -> Iterator[Advice]:
    high, low = step.dearer.name, step.cheaper.name
    if step.state == "better":
        yield Advice(
            rule="model-helps",
            status="fine",
            says=f"A language model is worth it: {high} is measurably better than {low}, which "
            "asks none.",
            evidence=(step.sentence(),),
        )
    elif step.state in ("worse", "within"):
        yield Advice(
            rule="no-llm",
            status=asked.unneeded(high),
            says=f"You need no language model: {high} gains less than {asked.margin} over {low}, "
            "which costs no tokens.",
            evidence=(step.sentence(),),
            next_step=f"harness gate {asked.suite} --candidate {low}",
        )
    else:
        yield _cannot(asked, step, "model-unclear", f"Whether a language model is needed: {high}")


def _prompts(asked: Asked, step: Step) -> Iterator[Advice]:
    del asked
    high, low = step.dearer.name, step.cheaper.name
    if step.state == "worse":
        yield Advice(
            rule="classical-beats-prompts",
            status="fine",
            says=f"The prompts of today are not worth it: {low}, which asks no model, is "
            f"measurably better than the best prompt, {high}.",
            evidence=(step.sentence(),),
        )


def _cannot(asked: Asked, step: Step, rule: ApproachRule, what: str) -> Advice:
    few = step.difference.few_clusters
    return Advice(
        rule=rule,
        status="cannot_tell",
        says=f"{what} against {step.cheaper.name} is not told by these cases"
        + ("." if few else f": the interval holds both 0 and {asked.margin}."),
        evidence=(step.sentence(),),
        next_step="add groups of cases" if few else "add cases: see the advice on them above",
    )


_ANSWERS: Mapping[Question, Callable[[Asked, Step], Iterator[Advice]]] = {
    "shots": _shots,
    "tuning": _tuning,
    "model": _model,
    "prompts": _prompts,
}
