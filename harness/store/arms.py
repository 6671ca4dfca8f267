"""From the tables of suite.toml to resolved arms: inheritance, models, prompt texts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from harness.errors import Problem
from harness.prompting.template import PromptTemplate, TemplateProblemError
from harness.store.suite_problems import SuiteProblems
from harness.store.toml import KeyPath, read_text
from harness.store.trainings import TRAINING_FOLDER
from harness.values.arm import ResolvedArm
from harness.values.request import Sampling
from harness.values.suite import Arm, SuiteFile, is_file_name
from harness.values.training import Training

CLASSICAL_MODELS = ("tfidf_logreg",)
CLASSICAL_ENDPOINT = "classical"
PROMPT_SUFFIX = ".j2"
_KIND = re.compile(r"unknown key arms\.[^.]+\.kind")


class ArmReader:
    """Resolves every arm of one suite; keeps each prompt's text and compiled template once."""

    def __init__(
        self,
        folder: Path,
        file: SuiteFile,
        trainings: Mapping[str, Training],
        problems: SuiteProblems,
    ) -> None:
        self._folder = folder
        self._file = file
        self._trainings = trainings
        self._problems = problems
        self._prompts: dict[str, PromptTemplate | None] = {}

    def read(self) -> dict[str, ResolvedArm]:
        """All arms that could be resolved; the problems say what is wrong with the others."""
        resolved = {name: self._resolve(name) for name in self._file.arms}
        return {name: arm for name, arm in resolved.items() if arm is not None}

    def template(self, name: str) -> PromptTemplate | None:
        """The compiled template prompts/NAME.j2, or None and a problem."""
        if name not in self._prompts:
            self._prompts[name] = self._read_template(name)
        return self._prompts[name]

    def _resolve(self, name: str) -> ResolvedArm | None:
        before = len(self._problems.found)
        merged = self._merged(name)
        if merged is None:
            return None
        arm = (
            self._classical(name, merged)
            if self._is_classical(merged)
            else self._model_arm(name, merged)
        )
        return arm if len(self._problems.found) == before else None

    def _merged(self, name: str) -> Arm | None:
        """The arm with all fields of its ancestors; a table is replaced as a whole."""
        chain: list[str] = []
        current: str | None = name
        while current is not None:
            if current in chain:
                cycle = chain[chain.index(current) :]
                if name == min(cycle):  # once, not once for each arm of it
                    through = " -> ".join([*cycle, name])
                    self._report((name, "extends"), f"extends itself through {through}")
                return None
            if current not in self._file.arms:
                known = ", ".join(self._file.arms)
                if chain == [name]:  # once, not once for each arm that extends this one
                    hint = f"arms: {known}"
                    self._report((name, "extends"), f"there is no arm {current!r}", hint)
                return None
            chain.append(current)
            current = self._file.arms[current].extends
        values: dict[str, Any] = {}
        for ancestor in reversed(chain):
            own = msgspec.structs.asdict(self._file.arms[ancestor])
            values |= {key: value for key, value in own.items() if value is not None}
        return Arm(**(values | {"extends": None}))

    def _is_classical(self, arm: Arm) -> bool:
        """A built-in classifier, or `module:function` of the suite's folder."""
        name = arm.model or ""
        return name not in self._file.models and (name in CLASSICAL_MODELS or ":" in name)

    def _classical(self, name: str, arm: Arm) -> ResolvedArm | None:
        if self._file.data.train is None:
            self._report(
                (name,), "a classical arm learns from the training split, and there is none"
            )
            return None
        return ResolvedArm(
            name=name,
            endpoint=CLASSICAL_ENDPOINT,
            model=str(arm.model),
            form="completion",
            prompt="",
            classical=True,
            frozen=bool(arm.frozen),
        )

    def _model_arm(self, name: str, arm: Arm) -> ResolvedArm | None:
        model = self._file.models.get(arm.model or "")
        if model is None:
            known = ", ".join([*self._file.models, *CLASSICAL_MODELS])
            self._report((name, "model"), f"there is no model {arm.model!r}", f"models: {known}")
            if arm.form is None and arm.prompt is None:
                return None  # a classical model misspelt: it needs neither
        if arm.form is None:
            self._report((name,), "form is missing", "chat, completion or responses")
        if arm.prompt is None:
            self._report((name,), "prompt is missing", "the name of a file prompts/NAME.j2")
        prompt = self.template(arm.prompt) if arm.prompt is not None else None
        system = self.template(arm.system) if arm.system else None
        if arm.system and arm.form == "completion":
            self._report((name, "system"), "the completion form has no system text")
        if prompt and arm.shots and arm.form == "completion" and not prompt.shows_shots:
            hint = "loop over `shots` in the template, or use the chat form"
            self._report((name, "shots"), f"prompts/{arm.prompt}.j2 never shows the shots", hint)
        if arm.training is not None:
            self._check_training(name, arm.training)
        if model is None or prompt is None or arm.form is None:
            return None
        tuned = self._trainings.get(arm.training or "")
        return ResolvedArm(
            name=name,
            endpoint=model.endpoint,
            model=(tuned and tuned.model) or model.model,
            adapter=(tuned and tuned.adapter_digest) or model.adapter,
            form=arm.form,
            prompt=prompt.text,
            system=system.text if system else None,
            sampling=arm.sampling or Sampling(),
            shots=arm.shots,
            training=arm.training,
            frozen=bool(arm.frozen),
            reasoning_effort=arm.reasoning_effort,
            extra=arm.extra or {},
        )

    def _check_training(self, arm: str, training: str) -> None:
        """A training is declared as a recipe, or it has taken place."""
        known = {**self._file.trainings, **self._trainings}
        if training not in known:
            hint = (
                f"declare it as [trainings.{training}], or say in {TRAINING_FOLDER}/{training}.toml"
                f" where the model came from (trainings: {', '.join(known) or 'none'})"
            )
            self._report((arm, "training"), f"there is no training {training!r}", hint)

    def _read_template(self, name: str) -> PromptTemplate | None:
        if not is_file_name(name):
            message = f"{name!r} is no name of a file in prompts/ (no / and no ..)"
            self._report(self._first_mention(name), message)
            return None
        path = self._folder / "prompts" / f"{name}{PROMPT_SUFFIX}"
        text = read_text(path, self._problems.found)
        if text is None:
            return None
        try:
            return PromptTemplate(text)
        except TemplateProblemError as error:
            self._problems.of(path, f"bad template: {error}", error.line)
            return None

    def _first_mention(self, template: str) -> KeyPath:
        """The arm and key that name a template."""
        arms = self._file.arms.items()
        keys = ((arm, key) for arm in arms for key in ("prompt", "system"))
        return next((arm[0], key) for arm, key in keys if getattr(arm[1], key) == template)

    def _report(self, path: KeyPath, message: str, hint: str = "") -> None:
        self._problems.at(("arms", *path), message, hint)


def kind_is_derived(problem: Problem) -> Problem:
    """The same problem; where an arm declares its kind, with what makes it of one."""
    if not _KIND.fullmatch(problem.message):
        return problem
    hint = (
        'leave it out: training = "NAME" makes an arm fine-tuned, shots make it few-shot, and the '
        f"model {CLASSICAL_MODELS[0]} classical"
    )
    return msgspec.structs.replace(problem, hint=hint)


def template_names(arms: Mapping[str, Arm]) -> set[str]:
    """The names of all templates that arms mention."""
    return {name for arm in arms.values() for name in (arm.prompt, arm.system) if name}
