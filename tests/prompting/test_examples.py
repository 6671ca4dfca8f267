"""From cases to the rows a model learns from."""

from __future__ import annotations

import pytest

from harness.prompting.examples import learned_end, template_digest, training_examples
from harness.prompting.template import TemplateProblemError
from harness.values.arm import ResolvedArm
from harness.values.case import Case
from harness.values.example import Example, Turn
from harness.values.request import Sampling

ARM = ResolvedArm(
    name="tuned",
    endpoint="local",
    model="m",
    form="completion",
    prompt="Review: {{ text }}\nRating:",
    sampling=Sampling(stop=("\n", "END")),
)
CHAT = ResolvedArm(
    name="chat",
    endpoint="hosted",
    model="m",
    form="chat",
    prompt="{{ text }}",
    system="Rate.",
    sampling=Sampling(stop=("\n",)),
)
CASE = Case("c1", {"text": "fine"}, "Rating: 4 stars")
COMPLETION = " {{ expected.removeprefix('Rating: ') }}"


def test_a_completion_row_is_the_prompt_of_the_arm() -> None:
    """The prompt is rendered as it will be at inference; the completion keeps its first blank."""
    (row,) = training_examples(ARM, COMPLETION, [CASE])
    assert row == Example(id="c1", prompt="Review: fine\nRating:", completion=" 4 stars")


def test_a_chat_row_has_the_system_text_and_the_answer() -> None:
    """Messages as the arm sends them, and the answer as the last of them."""
    (row,) = training_examples(CHAT, "{{ expected }}", [CASE])
    assert row.messages == (
        Turn("system", "Rate."),
        Turn("user", "fine"),
        Turn("assistant", "Rating: 4 stars"),
    )


def test_what_is_expected_is_written_as_models_write_it() -> None:
    """An object becomes JSON, never Python's spelling of it."""
    case = Case("c", {"text": "t"}, {"n": None, "s": "é"})
    (row,) = training_examples(ARM, " {{ expected }}", [case])
    assert row.completion == ' {"n": null, "s": "é"}'


def test_shots_have_no_place_in_a_row() -> None:
    """A template that loops over shots is rendered without any."""
    prompt = "{% for s in shots %}{{ s.text }}{% endfor %}{{ text }}:"
    arm = ResolvedArm(name="a", endpoint="e", model="m", form="completion", prompt=prompt)
    (row,) = training_examples(arm, "{{ expected }}", [CASE])
    assert row.prompt == "fine:"


def test_a_template_that_does_not_fit() -> None:
    """A name that a case does not have is an error and not an empty text."""
    with pytest.raises(TemplateProblemError, match="titel"):
        list(training_examples(ARM, "{{ titel }}", [CASE]))


def test_where_a_completion_ends() -> None:
    """The first stop text of the completion form; a chat ends by the model's own token."""
    assert learned_end(ARM) == "\n"
    assert learned_end(CHAT) is None


@pytest.mark.parametrize(
    "change",
    [{"prompt": "Review: {{ text }}"}, {"form": "chat"}, {"sampling": Sampling(stop=("END",))}],
)
def test_a_template_digest_follows_what_is_rendered(change: dict) -> None:
    """Prompt, form and end change it; the arm's name and model do not."""
    import msgspec

    then = template_digest(ARM, COMPLETION)
    assert template_digest(msgspec.structs.replace(ARM, **change), COMPLETION) != then
    assert template_digest(ARM, "{{ expected }}") != then
    renamed = msgspec.structs.replace(ARM, name="other", model="tuned-model", adapter="abc")
    assert template_digest(renamed, COMPLETION) == then
