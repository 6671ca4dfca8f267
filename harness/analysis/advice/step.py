"""A cheaper and a dearer arm in, whether the dearer is worth it out. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from harness.analysis.comparison import MeanDifference, mean_difference
from harness.analysis.difference import Difference, joint_groups, paired_difference
from harness.analysis.families import simultaneous_confidence
from harness.analysis.side import Side
from harness.analysis.spend import TOKEN_FIELDS
from harness.text.wording import change, change_span, counted

State = Literal["better", "worse", "within", "unclear"]

_INPUT, _OUTPUT = TOKEN_FIELDS.index("input"), TOKEN_FIELDS.index("output")


@dataclass(frozen=True)
class Step:
    """A dearer arm minus a cheaper one, with an interval that holds for its whole family.

    `state` is of the dearer: measurably "better" or "worse"; "within" where all of the interval is
    below the margin, so that it gains less than matters; else "unclear".
    """

    cheaper: Side
    dearer: Side
    difference: Difference
    tokens: MeanDifference | None
    state: State

    def sentence(self) -> str:
        """As 'fine_tuned against few_shot: +40.6 points [+30.3, +50.0].'."""
        few = (
            f", from {counted(self.difference.clusters, 'group')}: too few to decide anything"
            if self.difference.few_clusters
            else ""
        )
        return f"{self.dearer.name} against {self.cheaper.name}: {self._shown()}{few}."

    def over(self) -> str:
        """As '+40.6 points [+30.3, +50.0] over few_shot'."""
        return f"{self._shown()} over {self.cheaper.name}"

    def _shown(self) -> str:
        graded, ends = self.dearer.graded, self.difference.interval
        span = "" if ends is None else f" {change_span(ends.low, ends.high, graded=graded)}"
        return f"{change(self.difference.estimate, graded=graded)}{span}"

    def token_sentence(self) -> tuple[str, ...]:
        """What the dearer takes per reply; nothing where tokens are unknown."""
        if self.tokens is None:
            return ()
        before, after = self.tokens.reference, self.tokens.candidate
        names = self.dearer.name, self.cheaper.name
        return (f"Tokens per reply: {after:,.0f} of {names[0]}, {before:,.0f} of {names[1]}.",)


def step_of(cheaper: Side, dearer: Side, *, tests: int, margin: float) -> Step:
    """The step from one arm to another, as one of `tests` whose intervals are to hold together."""
    difference = paired_difference(cheaper, dearer, simultaneous_confidence(tests))
    return Step(
        cheaper=cheaper,
        dearer=dearer,
        difference=difference,
        tokens=_tokens(cheaper, dearer),
        state=_state(difference, margin),
    )


def _state(difference: Difference, margin: float) -> State:
    ends = difference.interval
    if ends is None or difference.few_clusters:
        return "unclear"
    if ends.low > 0:
        return "better"
    if ends.high < 0:
        return "worse"
    return "within" if ends.high < margin else "unclear"


def _tokens(cheaper: Side, dearer: Side) -> MeanDifference | None:
    before, after = cheaper.tokens, dearer.tokens
    if before is None or after is None:
        return None
    groups = joint_groups(cheaper, dearer)
    return mean_difference(
        before[:, _INPUT] + before[:, _OUTPUT], after[:, _INPUT] + after[:, _OUTPUT], groups
    )
