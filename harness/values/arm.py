"""An arm with everything it inherits and every text it names filled in. Pure."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from harness.values.digest import digest
from harness.values.request import Form, Sampling
from harness.values.suite import Shots

ArmKind = Literal["zero_shot", "few_shot", "fine_tuned", "classical"]


class ResolvedArm(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What is asked, of which model, and how.

    `prompt` and `system` are the texts of the templates; their names are prose and in no digest.
    """

    name: str
    endpoint: str
    model: str
    form: Form
    prompt: str
    system: str | None = None
    adapter: str | None = None
    sampling: Sampling = Sampling()
    shots: Shots | None = None
    training: str | None = None
    frozen: bool = False
    reasoning_effort: str | None = None
    extra: dict[str, Any] = {}
    classical: bool = False

    @property
    def kind(self) -> ArmKind:
        """Derived, never declared: a training makes it fine-tuned, else shots make it few-shot."""
        if self.classical:
            return "classical"
        if self.training:
            return "fine_tuned"
        return "few_shot" if self.shots else "zero_shot"

    @property
    def shot_seeds(self) -> tuple[int, ...]:
        """One replicate per seed; a policy without chance has one."""
        if self.shots is None or self.shots.policy in ("fixed", "similar"):
            return (0,)
        return self.shots.seeds

    @property
    def digest(self) -> str:
        """Prompt, model, sampling, shots and adapter; not the arm's name, nor `frozen`."""
        return digest(
            [
                self.prompt,
                self.system,
                self.model,
                self.adapter,
                self.form,
                self.sampling,
                self.shots,
                self.reasoning_effort,
                self.extra,
            ]
        )
