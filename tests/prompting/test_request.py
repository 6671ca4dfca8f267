"""From an arm to a request: where the shots go in each form, and what else is sent."""

from __future__ import annotations

from typing import Any

import pytest

from harness.prompting.request import RequestBuilder
from harness.prompting.template import TemplateProblemError
from harness.values.arm import ResolvedArm
from harness.values.request import Form, Message, ModelIdentity, Request, Sampling, request_key

IDENTITY = ModelIdentity("m", adapter="abc")
SHOTS = [{"text": "good", "expected": 5}, {"text": "bad", "expected": "1"}]
PLACED = "{% for s in shots %}{{ s.text }}={{ s.expected }};{% endfor %}{{ text }}="


def _build(
    prompt: str, form: Form = "chat", shots: list[dict[str, Any]] | None = None, **arm: Any
) -> Request:
    resolved = ResolvedArm(name="a", endpoint="e", model="m", form=form, prompt=prompt, **arm)
    return RequestBuilder(resolved, IDENTITY).build({"text": "so-so"}, shots or [], 0)


def test_a_plain_chat_is_one_turn():
    """The rendered template, from the user."""
    assert _build("Rate {{ text }}").messages == (Message("user", "Rate so-so"),)


@pytest.mark.parametrize("form", ["chat", "responses"])
def test_shots_become_earlier_turns(form: Form):
    """A template that does not name them is rendered for each; the assistant says `expected`."""
    assert _build("Rate {{ text }}", form, SHOTS).messages == (
        Message("user", "Rate good"),
        Message("assistant", "5"),
        Message("user", "Rate bad"),
        Message("assistant", "1"),
        Message("user", "Rate so-so"),
    )


def test_a_template_that_shows_shots_places_them_itself():
    """Then there are no earlier turns: each shot stands once."""
    assert _build(PLACED, "chat", SHOTS).messages == (Message("user", "good=5;bad=1;so-so="),)


def test_a_system_text_that_shows_shots_places_them_too():
    """They are not repeated as turns."""
    system = "{% for s in shots %}{{ s.text }}: {{ s.expected }}. {% endfor %}"
    assert _build("{{ text }}", "chat", SHOTS, system=system).messages == (
        Message("system", "good: 5. bad: 1. "),
        Message("user", "so-so"),
    )


def test_the_system_text_comes_first_and_is_rendered():
    """It may use the inputs of the case."""
    request = _build("{{ text }}", "chat", SHOTS[:1], system="About {{ text }}")
    assert [message.role for message in request.messages] == [
        "system",
        "user",
        "assistant",
        "user",
    ]
    assert request.messages[0].content == "About so-so"


def test_a_completion_is_one_prompt():
    """No messages; shots where the template puts them."""
    request = _build(PLACED, "completion", SHOTS)
    assert request.prompt == "good=5;bad=1;so-so="
    assert request.messages == ()


def test_a_chat_has_no_prompt():
    """The two forms do not mix, so that a key names one of them."""
    assert _build("{{ text }}").prompt is None


def test_everything_an_arm_sets_is_in_the_request():
    """Model, sampling, effort, extra and trial travel unchanged."""
    arm = ResolvedArm(
        name="a",
        endpoint="e",
        model="m",
        form="chat",
        prompt="{{ text }}",
        sampling=Sampling(max_tokens=6),
        reasoning_effort="low",
        extra={"seed": 1},
    )
    request = RequestBuilder(arm, IDENTITY).build({"text": "x"}, [], 3)
    assert request.model == IDENTITY
    assert request.sampling == arm.sampling
    assert (request.reasoning_effort, request.extra, request.trial) == ("low", {"seed": 1}, 3)


def test_an_arm_without_sampling_asks_the_plain_question():
    """Its key is that of a request whose sampling was never mentioned."""
    plain = Request(form="completion", model=IDENTITY, prompt="so-so")
    assert request_key(_build("{{ text }}", "completion")) == request_key(plain)


def test_a_missing_input_is_a_problem_of_the_template():
    """The builder raises what the template raises."""
    with pytest.raises(TemplateProblemError, match="nosuch"):
        _build("{{ nosuch }}")
