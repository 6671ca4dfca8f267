"""From cases to the rows a model learns from, by the templates it will be asked with. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from harness.prompting.request import RequestBuilder
from harness.prompting.template import CompletionTemplate
from harness.values.arm import ResolvedArm
from harness.values.case import Case
from harness.values.digest import digest
from harness.values.example import Example, Turn
from harness.values.request import ModelIdentity


def training_examples(
    arm: ResolvedArm, completion: str, cases: Iterable[Case]
) -> Iterator[Example]:
    """Each case as the arm's prompt, without shots, and the completion it should get.

    Prompt and completion for the completion form, messages for the others.

    Raises:
        TemplateProblemError: a template needs something that a case does not have.
    """
    builder = RequestBuilder(arm, ModelIdentity(arm.model))
    answer = CompletionTemplate(completion)
    for case in cases:
        request = builder.build(case.input, (), 0)
        text = answer.render(case.input, case.expected)
        if request.prompt is not None:
            yield Example(id=case.id, prompt=request.prompt, completion=text)
        else:
            turns = tuple(Turn(message.role, message.content) for message in request.messages)
            yield Example(id=case.id, messages=(*turns, Turn("assistant", text)))


def learned_end(arm: ResolvedArm) -> str | None:
    """What ends a completion in training, so that the model learns to stop there.

    The first stop text of the completion form; None, the model's own end of text, elsewhere.
    """
    stop = arm.sampling.stop
    return stop[0] if arm.form == "completion" and stop else None


def template_digest(arm: ResolvedArm, completion: str) -> str:
    """Over everything that turns a case into a row: a change of it makes a training stale."""
    return digest([arm.form, arm.prompt, arm.system, completion, learned_end(arm)])
