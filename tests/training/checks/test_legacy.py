"""What the old OpenAI validator said, on its own example and rule by rule."""

from __future__ import annotations

import pytest

from harness.training.checks.catalogue import RULES
from harness.training.checks.legacy import LegacyFixes

from .files import REVIEWS, checked, findings, pair

GOOD = [pair(f"{word} is it? ->", f" {word} thing\n") for word in ("red", "blue", "tall", "wide")]


def test_the_three_reviews_give_the_validators_findings_and_no_other():
    """Few examples, prefix 'Rating: ', no ending, no space; and '.' is no separator."""
    found = findings(REVIEWS)
    validator = {rule for rule in found if RULES[rule].source == "openai-validator"}
    assert validator == {
        "few-examples",
        "task-type",
        "prompt-separator",
        "completion-common-prefix",
        "completion-ending",
        "completion-space",
    }
    assert found["few-examples"].message.startswith("3 rows")
    assert "'Rating: '" in found["completion-common-prefix"].message
    assert r"'\n' would do" in found["completion-ending"].message
    assert found["completion-space"].lines == (1, 2, 3)
    assert "generation" in found["task-type"].message


def test_a_full_stop_is_no_separator():
    """The validator took it for one; here it is said, and a mark that fits is proposed."""
    message = findings(REVIEWS)["prompt-separator"].message
    assert "all end with '.'" in message
    assert "' ->'" in message
    assert checked(REVIEWS).plan.legacy == LegacyFixes(separator=" ->", ending="\n", space=True)


def test_rows_that_are_prepared_have_none_of_these_findings():
    """A separator, a space and an ending on every row."""
    legacy = findings(GOOD).keys() & {r for r in RULES if r.startswith(("prompt-", "completion"))}
    assert not legacy
    assert checked(GOOD).plan.legacy == LegacyFixes()


@pytest.mark.parametrize(
    ("rows", "task"),
    [
        ([pair(f"p{i} ->", " yes") for i in range(7)] + [pair("q ->", " no")], "classification"),
        ([pair(f"p{i} ->", f" a{i % 3}") for i in range(9)], "generation"),
        ([pair("", f" text {i}") for i in range(4)], "open-ended generation"),
    ],
)
def test_the_task_is_inferred_from_the_number_of_different_answers(rows, task):
    """Fewer than a third of the rows: classification; exactly a third is not."""
    assert findings(rows)["task-type"].message == f"the data look like {task}"


def test_a_classification_needs_no_ending():
    """The validator asks for an ending only where texts are generated."""
    rows = [pair(f"p{i} ->", " yes" if i % 2 else " no") for i in range(9)]
    assert "completion-ending" not in findings(rows)


@pytest.mark.parametrize(("length", "found"), [(12, False), (13, True)])
def test_a_prompt_prefix_counts_above_12_characters(length, found):
    """Twelve are forgiven."""
    rows = [pair("x" * length + f"{i} ->", f" {i}\n") for i in range(3)]
    assert ("prompt-common-prefix" in findings(rows)) is found


@pytest.mark.parametrize(("length", "found"), [(4, False), (5, True)])
def test_a_completion_prefix_counts_from_5_characters(length, found):
    """Its space counts, as in the validator."""
    rows = [pair(f"{i} ->", " " + "y" * (length - 1) + f"{i}\n") for i in range(3)]
    assert ("completion-common-prefix" in findings(rows)) is found


def test_equal_prompts_and_equal_completions_are_named():
    """Nothing can be learned from either."""
    assert "prompts-identical" in findings([pair("same", f" {i}\n") for i in range(3)])
    found = findings([pair(f"p{i} ->", " same\n") for i in range(3)])
    assert found["completions-identical"].severity == "error"


def test_a_mark_that_stands_in_a_prompt_is_not_proposed():
    """The next one of the validator's list is."""
    rows = [pair("a -> b", " x"), pair("c", " y\n z")]
    legacy = checked(rows).plan.legacy
    assert legacy.separator == "\n\n###\n\n"
    assert legacy.ending == "."
