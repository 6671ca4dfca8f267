"""Another tool's score as a score of ours."""

from __future__ import annotations

import pytest
from scoring_cases import case_of

from harness.errors import UsageError
from harness.runner.judge import Judge
from harness.scoring.catalogue import expected_problem
from harness.scoring.imported import imported
from harness.values.reply import Answer, assistant
from harness.values.score import Outcome
from harness.values.suite import ImportedOptions

SCORER = imported(ImportedOptions("match", graded=True))


def test_it_is_the_score_of_that_name() -> None:
    """What else the answer was given has no say."""
    answer = Answer(assistant("Yes"), scores={"f1": 1.0, "match": 0.5})
    score = SCORER.function(case_of("No"), answer)
    assert (score.value, score.extracted, SCORER.graded) == (0.5, "Yes", True)


def test_an_answer_without_the_score_is_nobodys_fault() -> None:
    """Neither right nor wrong: the other tool did not say."""
    scores, outcome = Judge([SCORER], 1.0, ()).judge(case_of("a"), Answer(assistant("a")))
    assert outcome is Outcome.HARNESS_ERROR
    assert "was given no score 'match'" in scores["imported"].reason
    assert expected_problem(SCORER, case_of("a")) is None


def test_it_needs_the_name_of_a_score() -> None:
    """There is no default among what others call their scores."""
    with pytest.raises(UsageError, match=r"\[scorer\.imported\] score = 'NAME'"):
        imported(ImportedOptions())
