"""What a pattern reads, and what it cannot."""

from __future__ import annotations

import pytest
from scoring_cases import scored

from harness.errors import UsageError
from harness.scoring.regex import regex
from harness.values.score import Score
from harness.values.suite import RegexOptions


@pytest.mark.parametrize(
    ("pattern", "text", "value", "extracted"),
    [
        (r"ID-\d+", "see ID-7 and ID-8", 1.0, "ID-7"),
        (r"id:(.*)$", "id: ID-7 ", 1.0, "ID-7"),
        (r"(?s:.*)(ID-\d)", "ID-8, no: ID-7", 1.0, "ID-7"),
        (r"ID-\d", "ID-9", 0.0, "ID-9"),
        (r"ID-\d", "id-7", 0.0, None),
        (r"none(ID)?", "none", 0.0, None),
    ],
)
def test_group_one_or_the_whole_first_match_is_read(
    pattern: str, text: str, value: float, extracted: str | None
) -> None:
    """No match and an unused group extract nothing."""
    score = scored(regex(RegexOptions(pattern)), text, "ID-7")
    assert (score.value, score.extracted) == (value, extracted)


def test_casefold_covers_pattern_and_comparison() -> None:
    """Neither the letters that lead to the answer nor the answer's own count."""
    scorer = regex(RegexOptions(r"answer: (\w+)", casefold=True))
    assert scored(scorer, "ANSWER: yes", "Yes") == Score(1.0, "yes")


@pytest.mark.parametrize(
    ("pattern", "message"), [("", "pattern = "), ("(", r"'\(' is not a regular")]
)
def test_an_unusable_pattern_is_refused_when_built(pattern: str, message: str) -> None:
    """Before anything is asked of a model."""
    with pytest.raises(UsageError, match=message):
        regex(RegexOptions(pattern))
