"""Rows of tokens: the boundary of prompt and completion, what is learned, what is cut, batches."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.errors import DataError
from harness.providers.local.batches import (
    IGNORED,
    Part,
    Row,
    Vocabulary,
    epoch_batches,
    learned_tokens,
    padded,
    tokenised,
)
from harness.values.example import Example, Turn
from harness.values.training import Recipe
from harness.values.tuning import TuningTask

BEGIN, END = 1, 2


def letters(text: str) -> list[int]:
    """A token for each character; neighbouring l's become one, as a real vocabulary would."""
    return [ord(letter) for letter in text.replace("ll", "L")]


def chat(messages: Sequence[Turn], part: Part) -> str:
    text = "".join(f"<{turn.role}>{turn.content}</>" for turn in messages)
    return text + ("<assistant>" if part == "opening" else "")


WORDS = Vocabulary(encode=letters, begin=(BEGIN,), end=END, render=chat)


def task(form: str = "completion", stop: str | None = "\n") -> TuningTask:
    return TuningTask(
        suite="s", name="t", base="b", form=form, recipe=Recipe(), examples=(), stop=stop
    )


def row(prompt: str, completion: str, stop: str | None = "\n", longest: int = 99) -> Row:
    example = Example(prompt=prompt, completion=completion)
    return tokenised(task(stop=stop), [example], WORDS, longest)[0]


def said(of: Row, learned: bool) -> str:
    pairs = zip(of.tokens, of.learned, strict=True)
    return "".join(chr(token) for token, learn in pairs if learn is learned)


def test_only_the_completion_and_its_end_are_learned() -> None:
    """The model's beginning stands first; the stop is the last thing that is learned."""
    made = row("Rating:", " 3 stars")
    assert made.tokens[0] == BEGIN
    assert said(made, learned=True) == " 3 stars\n"
    assert said(made, learned=False) == "\x01Rating:"


def test_prompt_and_completion_are_tokenised_apart() -> None:
    """A server sees the prompt alone, so no token may reach over the boundary."""
    made = row("al", "l")
    assert made.tokens == (BEGIN, *letters("al"), *letters("l\n"))
    assert made.tokens != (BEGIN, *letters("all\n"))


def test_without_a_stop_the_end_of_text_is_learned() -> None:
    """The model must learn to end by itself."""
    assert row("a", "b", stop=None).tokens == (BEGIN, ord("a"), ord("b"), END)


def test_a_long_prompt_loses_its_start_and_nothing_else() -> None:
    """The beginning token, the end of the prompt and the whole answer stay."""
    made = row("abcdef", "xy", longest=6)
    assert made == Row((BEGIN, *letters("efxy\n")), (False, False, False, True, True, True), cut=4)


@given(
    prompt=st.text(max_size=30),
    completion=st.text(min_size=1, max_size=8),
    longest=st.integers(12, 40),
)
def test_an_answer_is_never_cut(prompt: str, completion: str, longest: int) -> None:
    """Whatever the lengths, the learned text is the completion and the row is short enough."""
    if not completion.strip():
        return
    made = row(prompt, completion, longest=longest)
    learned = [token for token, learn in zip(made.tokens, made.learned, strict=True) if learn]
    assert learned == letters(completion + "\n")
    assert len(made.tokens) <= longest
    assert len(made.tokens) + made.cut == 1 + len(letters(prompt)) + len(learned)


def test_every_bad_row_is_named_at_once() -> None:
    """An empty completion and one that does not fit, each with its line and the next step."""
    examples = [
        Example(line=4, prompt="a", completion=" "),
        Example(line=5, prompt="a", completion="b"),
        Example(line=6, prompt="a", completion="b" * 50),
    ]
    with pytest.raises(DataError) as caught:
        tokenised(task(), examples, WORDS, 20)
    assert [problem.line for problem in caught.value.problems] == [4, 6]
    assert "empty" in caught.value.problems[0].message
    assert "max_length is 20" in caught.value.problems[1].message


CONVERSATION = (
    Turn("user", "hi"),
    Turn("assistant", "yo", weight=0),
    Turn("user", "so"),
    Turn("assistant", "ok"),
)


def test_of_a_conversation_the_answers_are_learned_but_weight_0() -> None:
    """The template's opening belongs to the prompt, its closing to the answer."""
    made = tokenised(task("chat"), [Example(messages=CONVERSATION)], WORDS, 99)[0]
    assert said(made, learned=True) == "ok</>"
    assert said(made, learned=False).endswith("<user>so</><assistant>")


def test_a_model_without_chat_template_says_what_to_do() -> None:
    """The base model in the package has none."""
    plain = Vocabulary(encode=letters)
    with pytest.raises(DataError, match='set form = "completion"'):
        tokenised(task("chat"), [Example(messages=CONVERSATION)], plain, 99)


def test_padding_is_on_the_left_and_learned_by_nobody() -> None:
    """Places count from the row's own start; only the end needs predictions."""
    batch = padded([row("abc", "x"), row("a", "yz")], pad=0)
    assert batch.tokens == [[1, *letters("abcx\n")], [0, 1, *letters("ayz\n")]]
    assert batch.attention[1] == [0, 1, 1, 1, 1, 1]
    assert batch.positions[1] == [0, 0, 1, 2, 3, 4]
    assert batch.labels[0] == [IGNORED] * 4 + letters("x\n")
    assert batch.kept == 4


@given(st.lists(st.integers(1, 50), min_size=1, max_size=90), st.integers(1, 9), st.integers(0, 5))
def test_an_epoch_shows_every_row_once(lengths: list[int], size: int, seed: int) -> None:
    """In batches of at most `size`, the same for the same seed and epoch."""
    batches = epoch_batches(lengths, size, seed, 1)
    assert sorted(number for batch in batches for number in batch) == list(range(len(lengths)))
    assert max(map(len, batches)) <= size
    assert batches == epoch_batches(lengths, size, seed, 1)


def test_epochs_differ_in_order() -> None:
    """Otherwise every epoch would end with the same rows."""
    assert epoch_batches([5] * 40, 4, 1, 0) != epoch_batches([5] * 40, 4, 1, 1)


def test_learned_tokens_are_counted() -> None:
    """The stop counts, the prompt does not."""
    assert learned_tokens([row("abc", "xy"), row("a", "z")]) == 5
