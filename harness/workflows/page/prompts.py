"""What a model was sent: a record in, the messages out, made again from the suite.

A record keeps the key of its request and not its text. The suite makes the text again, and only
where its key is that of the record has it been sent. Where the suite has changed since, nobody
knows any more, and nothing is shown in its place.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from harness.prompting.template import TemplateProblemError
from harness.runner.plan import ArmPlan
from harness.store.suite import Suite
from harness.values.case import Case, Split
from harness.values.record import Record
from harness.values.request import Message, Replicate, Request, request_key
from harness.values.run import RunInfo
from harness.workflows.lanes import ArmPlanner

PROMPT_ROLE = "prompt"
"""The role of a text that is completed, which has none of its own."""

Make = Callable[[Case], Request]


class SentPrompts:
    """The prompts of the arms of one run, as far as the suite still makes them."""

    def __init__(self, suite: Suite, info: RunInfo, split: Split) -> None:
        cases = suite.splits[split]
        self._planner = ArmPlanner(suite, cases, range(len(cases)))
        self._suite = suite
        self._info = info
        self._plans: dict[str, ArmPlan | None] = {}
        self._frames: dict[tuple[str, Replicate], tuple[tuple[str, ...], Make | None]] = {}

    def of(self, record: Record, case: Case) -> tuple[Message, ...] | None:
        """What was sent for a record; None where nobody can say, or where no model was asked.

        `case` is the one that was asked: its input has the record's digest.
        """
        plan = self._plan(record.arm)
        if plan is None or not record.exchanges:
            return None
        key = record.exchanges[-1].key
        framed = self._framed(plan, record, case)
        if framed is not None and request_key(framed) == key:
            return messages_of(framed)
        request, shots = plan.ask(case, record.input_digest, record.replicate)
        if shots != record.shots or request_key(request) != key:
            return None
        return messages_of(request)

    def _plan(self, name: str) -> ArmPlan | None:
        if name not in self._plans:
            self._plans[name] = self._known_plan(name)
        return self._plans[name]

    def _known_plan(self, name: str) -> ArmPlan | None:
        arm = self._suite.arms.get(name)
        if arm is None or arm.frozen or arm.classical:
            return None
        return self._planner.plan(arm, 1) if arm.digest == self._info.arms[name].digest else None

    def _framed(self, plan: ArmPlan, record: Record, case: Case) -> Request | None:
        """A guess, ten times as fast as the template: an earlier prompt with other inputs in it.

        Prompts of one arm with the same shots mostly differ by nothing else; where they do, the
        key of the guess is not that of the record.
        """
        place = (record.arm, record.replicate)
        shots, make = self._frames.get(place, (None, None))
        if shots != record.shots:
            make = _frame(plan, record, case)
            self._frames[place] = (record.shots, make)
        return make(case) if make else None


def messages_of(request: Request) -> tuple[Message, ...]:
    """The messages of a request; a text to complete is one message."""
    if request.prompt is None:
        return request.messages
    return (Message(PROMPT_ROLE, request.prompt),)


def _frame(plan: ArmPlan, record: Record, case: Case) -> Make | None:
    """The request of a case with marks where its inputs stand; None where they are not all texts.

    A text that imitates a mark makes another prompt, whose key is not that of the record.
    """
    if not all(isinstance(value, str) for value in case.input.values()):
        return None
    marks = {name: f"\x00{name}\x00" for name in case.input}
    try:
        marked = msgspec.structs.replace(case, input=dict(marks))
        request, shots = plan.ask(marked, record.input_digest, record.replicate)
    except TemplateProblemError:  # it does more with an input than to show it
        return None
    if shots != record.shots:
        return None

    def filled(text: str, other: Case) -> str:
        for name, mark in marks.items():
            text = text.replace(mark, str(other.input.get(name)))
        return text

    def make(other: Case) -> Request:
        if request.prompt is not None:
            return msgspec.structs.replace(request, prompt=filled(request.prompt, other))
        turns = tuple(
            Message(turn.role, filled(turn.content, other))
            if isinstance(turn.content, str)
            else turn
            for turn in request.messages
        )
        return msgspec.structs.replace(request, messages=turns)

    return make
