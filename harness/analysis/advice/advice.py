"""What an advice is: a rule that fired, what it says, the numbers behind it. Pure."""

from __future__ import annotations

from typing import Literal, get_args

import msgspec

from harness.values.case import Split

Status = Literal["act", "fine", "cannot_tell"]
Topic = Literal["trust", "cases", "format", "approach", "rows", "volume", "ending"]

QUESTIONS: dict[Topic, str] = {
    "trust": "Can the measurements be trusted?",
    "cases": "Are there enough test cases?",
    "format": "Is it the format or the knowledge?",
    "approach": "Prompt, few-shot, tune, or no language model?",
    "rows": "Is there enough training data?",
    "volume": "From which volume on is tuning cheaper?",
    "ending": "Is a model being switched off?",
}
"""The topics in the order in which a team needs them: an untrusted number advises nothing."""

TrustRule = Literal[
    "leaks",
    "leaks-unknown",
    "errors",
    "incomplete",
    "truncated",
    "truncated-harmless",
    "mixed-models",
    "not-recorded",
    "trusted",
]
CasesRule = Literal["few-groups", "cases-enough", "cases-decided", "cases-too-few", "cases-unknown"]
FormatRule = Literal[
    "format",
    "knowledge",
    "format-unclear",
    "strictness",
    "no-lenient-reading",
    "refused",
    "same-answer",
]
ApproachRule = Literal[
    "use-chosen",
    "not-chosen-apart",
    "choice-contradicted",
    "untried",
    "shots-help",
    "shots-unneeded",
    "shots-unclear",
    "tuning-helps",
    "tuning-unneeded",
    "tuning-unclear",
    "model-helps",
    "no-llm",
    "model-unclear",
    "classical-beats-prompts",
    "shot-seeds",
    "shot-seeds-steady",
    "shot-seeds-unknown",
]
RowsRule = Literal[
    "nothing-tuned",
    "training-untold",
    "no-recipe",
    "no-curve",
    "curve-outdated",
    "curve-bent",
    "more-rows",
    "rows-enough",
    "rows-unclear",
    "over-fitting",
    "over-fitting-stopped",
    "over-fitting-none",
    "losses-unknown",
]
VolumeRule = Literal["pays-back", "never-pays-back", "pay-back-unclear", "price-unknown"]
EndingRule = Literal["switched-off", "last-day-unknown", "answers-on", "newer-model"]
Rule = TrustRule | CasesRule | FormatRule | ApproachRule | RowsRule | VolumeRule | EndingRule

_BY_TOPIC: dict[Topic, tuple[str, ...]] = {
    "trust": get_args(TrustRule),
    "cases": get_args(CasesRule),
    "format": get_args(FormatRule),
    "approach": get_args(ApproachRule),
    "rows": get_args(RowsRule),
    "volume": get_args(VolumeRule),
    "ending": get_args(EndingRule),
}
RULES: dict[str, Topic] = {rule: topic for topic, rules in _BY_TOPIC.items() for rule in rules}
"""Every rule and its topic; docs/advise.md lists them with their conditions and sources."""


class Advice(msgspec.Struct, frozen=True, kw_only=True):
    """One rule that fired. `evidence` are sentences with the numbers of runs that it rests on.

    `status` is "act" where something is to be done, "fine" where nothing is, and "cannot_tell"
    where numbers are missing or too uncertain. `next_step` is a command, or what to do in words;
    empty where there is none.
    """

    rule: Rule
    status: Status
    says: str
    evidence: tuple[str, ...] = ()
    next_step: str = ""

    @property
    def topic(self) -> Topic:
        """What it is about."""
        return RULES[self.rule]


class Advised(msgspec.Struct, frozen=True, kw_only=True):
    """All advice on a suite, in the order of the topics.

    `split` is the one whose replies are judged, `day` the one on which last days were counted.
    """

    suite: str
    title: str
    split: Split
    day: str
    advice: tuple[Advice, ...]

    @property
    def steps(self) -> tuple[Advice, ...]:
        """What is to be done, the most urgent first."""
        return tuple(one for one in self.advice if one.status == "act")

    @property
    def finding(self) -> Advice | None:
        """Which arm to use; None where that cannot be told."""
        return next((one for one in self.advice if one.rule == "use-chosen"), None)

    @property
    def open_questions(self) -> tuple[Advice, ...]:
        """What cannot be told, each with what would tell."""
        return tuple(one for one in self.advice if one.status == "cannot_tell")
