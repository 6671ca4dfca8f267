"""The promotion policy, `[gate]` of suite.toml: what a candidate must show to be promoted. Pure."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from harness.values.score import INFRASTRUCTURE, Outcome
from harness.values.table import Fraction, Table, Text

Goal = Literal["not_worse", "better"]

Failing = Literal[
    "wrong",
    "unparsed",
    "refused",
    "truncated",
    "filtered",
    "provider_error",
    "judge_error",
    "harness_error",
]
"""The outcomes that have a rate of failing: all but correct."""

_Limit = Annotated[float, Meta(gt=0.0, le=1e12)]
_Days = Annotated[int, Meta(ge=1)]

MOST_ERRORS = 0.02


class Gate(Table, frozen=True):
    """The promotion policy: everything that a verdict depends on, besides the replies.

    `candidate` is asked to replace the incumbent: the arm that baselines/SUITE/production.toml
    names, unless `incumbent` names another. `margin` is how much worse (in accuracy, or score) is
    still acceptable where the goal is `not_worse`. `alpha` is one-sided, so that 0.025 makes the
    printed 95 % interval the decision.

    `max_rates` are shares of cases by outcome. Those of provider, judge and harness errors are 2 %
    unless it says otherwise, and more of them make a run invalid, not worse. `max_cost_per_1k` is
    money per thousand requests and `max_cost_per_correct` per correct answer, in the currency of
    the price; `max_latency_p95` is in seconds. `slices` maps "tag=value" to the margin that holds
    for its cases. `must_pass` are ids of cases that must be correct. Recordings may be
    `max_fixture_age_days` old; the model must go on answering for `shutdown_horizon_days`.
    `unknown_training` says what follows when nobody can tell what an arm learned from.
    `shot_seeds` names the seed that is deployed, by arm; the first declared one unless it does.
    """

    candidate: Text
    margin: Annotated[float, Meta(ge=0.0, lt=1.0)]
    goal: Goal = "not_worse"
    incumbent: Text | None = None
    alpha: Annotated[float, Meta(ge=1e-6, le=0.25)] = 0.025
    max_rates: dict[Failing, Fraction] = {}
    max_cost_per_1k: _Limit | None = None
    max_cost_per_correct: _Limit | None = None
    max_latency_p95: _Limit | None = None
    slices: dict[str, Annotated[float, Meta(gt=0.0, lt=1.0)]] = {}
    must_pass: tuple[Text, ...] = ()
    max_fixture_age_days: _Days | None = None
    shutdown_horizon_days: _Days | None = None
    unknown_training: Literal["invalid", "allow"] = "invalid"
    shot_seeds: dict[str, int] = {}

    @property
    def confidence(self) -> float:
        """Of the two-sided interval whose lower end decides."""
        return 1 - 2 * self.alpha

    def most(self, outcome: Outcome) -> float:
        """The largest rate of an outcome that is accepted; 1 where the policy has no limit."""
        for name, most in self.max_rates.items():
            if name == outcome:
                return most
        return MOST_ERRORS if outcome in INFRASTRUCTURE else 1.0

    @property
    def bar(self) -> float:
        """What the difference must exceed: 0 where better is wanted, else minus the margin."""
        return 0.0 if self.goal == "better" else -self.margin
