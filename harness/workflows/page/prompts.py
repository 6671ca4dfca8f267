"""What a model was sent: a record in, the messages out, made again from the suite.

A record keeps the key of its request and not its text. The suite makes the text again, and only
where its key is that of the record has it been sent. Where the suite has changed since, nobody
knows any more, and nothing is shown in its place.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import msgspec

from harness.prompting.template import TemplateProblemError
from harness.runner.plan import ArmPlan
from harness.store.suite import Suite
from harness.values.case import Case, Split
from harness.values.record import Record
from harness.values.request import KeyPattern, Message, Replicate, Request, request_key
from harness.workflows.lanes import ArmPlanner

PROMPT_ROLE = "prompt"
"""The role of a text that is completed, which has none of its own."""


class SentPrompts:
    """The prompts of the arms of one run, as far as the suite still makes them.

    `digests` are those that the arms had, by name; `places` are those of the cases in the split
    that will be asked for.
    """

    def __init__(
        self, suite: Suite, digests: Mapping[str, str], split: Split, places: Sequence[int]
    ) -> None:
        self._planner = ArmPlanner(suite, suite.splits[split], places)
        self._suite = suite
        self._digests = digests
        self._plans: dict[str, ArmPlan | None] = {}
        self._frames: dict[tuple[str, Replicate], tuple[tuple[str, ...], _Frame | None]] = {}

    def of(self, record: Record, case: Case) -> tuple[Message, ...] | None:
        """What was sent for a record; None where nobody can say, or where no model was asked.

        `case` is the one that was asked: its input has the record's digest.
        """
        plan = self._plan(record.arm)
        if plan is None or not record.exchanges:
            return None
        key = record.exchanges[-1].key
        frame = self._frame(plan, record, case)
        if frame is not None and frame.key(case) == key:
            return messages_of(frame.request(case))
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
        return self._planner.plan(arm, 1) if arm.digest == self._digests[name] else None

    def _frame(self, plan: ArmPlan, record: Record, case: Case) -> _Frame | None:
        """How an earlier prompt becomes the one of this case, which is a guess.

        Prompts of one arm with the same shots mostly differ by their inputs alone; where they do
        not, the key of the guess is not that of the record. It is far faster than the template.
        """
        place = (record.arm, record.replicate)
        shots, frame = self._frames.get(place, (None, None))
        if shots != record.shots:
            frame = _frame(plan, record, case)
            self._frames[place] = (record.shots, frame)
        return frame


def messages_of(request: Request) -> tuple[Message, ...]:
    """The messages of a request; a text to complete is one message."""
    if request.prompt is None:
        return request.messages
    return (Message(PROMPT_ROLE, request.prompt),)


def _frame(plan: ArmPlan, record: Record, case: Case) -> _Frame | None:
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
    return _Frame(request, marks) if shots == record.shots else None


class _Frame:
    """A request with marks; `marks` are by the name of the input that takes their place."""

    def __init__(self, request: Request, marks: Mapping[str, str]) -> None:
        self._request = request
        self._marks = marks
        self._pattern = KeyPattern(request, marks.values())
        self._prompt = None if request.prompt is None else _Marked(request.prompt, marks)
        self._turns = [
            (place, turn.role, _Marked(turn.content, marks))
            for place, turn in enumerate(request.messages)
            if isinstance(turn.content, str)
            and any(mark in turn.content for mark in marks.values())
        ]

    def key(self, case: Case) -> str:
        """The key of the request with the inputs of a case."""
        texts = {mark: str(case.input.get(name)) for name, mark in self._marks.items()}
        return self._pattern.key(texts)

    def request(self, case: Case) -> Request:
        """The request with the inputs of a case."""
        if self._prompt is not None:
            return msgspec.structs.replace(self._request, prompt=self._prompt.filled(case))
        messages = list(self._request.messages)  # without a mark it is one object in every prompt
        for place, role, text in self._turns:
            messages[place] = Message(role, text.filled(case))
        return msgspec.structs.replace(self._request, messages=tuple(messages))


class _Marked:
    """A text with marks, cut at them: what stands between them, and whose inputs take their place.

    `marks` are by the name of the input.
    """

    def __init__(self, text: str, marks: Mapping[str, str]) -> None:
        names = {mark: name for name, mark in marks.items()}
        pieces = re.split("(" + "|".join(map(re.escape, names)) + ")", text)
        self._names = [names[mark] for mark in pieces[1::2]]
        self._pieces = pieces

    def filled(self, case: Case) -> str:
        """The text with the inputs of a case."""
        pieces = self._pieces.copy()
        pieces[1::2] = [str(case.input.get(name)) for name in self._names]
        return "".join(pieces)
