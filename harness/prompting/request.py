"""From an arm, shots and a case's input to a request. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from harness.prompting.template import PromptTemplate, as_text
from harness.values.arm import ResolvedArm
from harness.values.request import Message, ModelIdentity, Request


class RequestBuilder:
    """One arm, compiled: `build` turns an input and its shots into a request.

    A template (prompt or system) that names `shots` places them itself. On the chat and responses
    forms an arm whose templates do not gets them as earlier turns: the prompt's rendering of each
    shot's input from the user, the expected value from the assistant.
    """

    def __init__(self, arm: ResolvedArm, identity: ModelIdentity) -> None:
        self._arm = arm
        self._identity = identity
        self._prompt = PromptTemplate(arm.prompt)
        self._system = None if arm.system is None else PromptTemplate(arm.system)
        templates = (self._prompt, self._system)
        self._shots_placed = any(template and template.shows_shots for template in templates)
        self._turns: dict[int, tuple[Mapping[str, Any], Message, Message]] = {}

    def build(
        self, values: Mapping[str, Any], shots: Sequence[Mapping[str, Any]], trial: int
    ) -> Request:
        """The request of one replicate.

        `values` are the case's inputs, `shots` the inputs and `expected` of each shot.

        Raises:
            TemplateProblemError: the template needs something that is not there.
        """
        arm = self._arm
        text = self._prompt.render({**values, "shots": shots})
        completion = arm.form == "completion"
        return Request(
            form=arm.form,
            model=self._identity,
            messages=() if completion else self._messages(text, values, shots),
            prompt=text if completion else None,
            sampling=arm.sampling,
            reasoning_effort=arm.reasoning_effort,
            extra=arm.extra,
            trial=trial,
        )

    def _messages(
        self, text: str, values: Mapping[str, Any], shots: Sequence[Mapping[str, Any]]
    ) -> tuple[Message, ...]:
        messages: list[Message] = []
        if self._system is not None:
            system = self._system.render({**values, "shots": shots})
            messages.append(Message("system", system))
        if not self._shots_placed:
            for shot in shots:
                messages += self._turn(shot)
        messages.append(Message("user", text))
        return tuple(messages)

    def _turn(self, shot: Mapping[str, Any]) -> tuple[Message, Message]:
        """A shot as two turns; rendered once, because most cases are shown the same shots."""
        kept = self._turns.get(id(shot))
        if kept is None or kept[0] is not shot:
            question = Message("user", self._prompt.render({**shot, "shots": ()}))
            kept = (shot, question, Message("assistant", as_text(shot["expected"])))
            self._turns[id(shot)] = kept
        return kept[1:]
