"""The score that another tool gave an answer, where no scorer here can give it again. Pure."""

from __future__ import annotations

from harness.errors import UsageError
from harness.values.case import Case
from harness.values.reply import Answer
from harness.values.score import Score, Scorer
from harness.values.suite import ImportedOptions


class UnscoredError(UsageError):
    """The other tool gave an answer no score: neither right nor wrong, a harness_error."""


def imported(options: ImportedOptions) -> Scorer:
    """The other tool's score called `options.score`, as it stands in the imported answer.

    It says nothing of answers that were not imported. UsageError without the name of a score.
    """
    if not options.score:
        raise UsageError("the scorer imported needs [scorer.imported] score = 'NAME' in suite.toml")
    name = options.score

    def score(case: Case, answer: Answer) -> Score:
        if name not in answer.scores:
            raise UnscoredError(f"case {case.id!r}: the answer was given no score {name!r}")
        return Score(answer.scores[name], answer.text.strip() or None, f"{name}, as imported")

    return Scorer("imported", 1, score, graded=options.graded)
