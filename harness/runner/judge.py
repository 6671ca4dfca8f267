"""A case and a reply in, scores and the outcome out. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from harness.scoring.outcome import compile_refusals, outcome
from harness.text.encodable import encodable
from harness.values.case import Case
from harness.values.reply import Answer, Reply
from harness.values.score import Outcome, Score, Scorer


class Judge:
    """The scorers of a suite and what makes an answer correct or a refusal."""

    def __init__(
        self, scorers: Sequence[Scorer], correct_at: float, refusals: Sequence[str]
    ) -> None:
        self.scorers = tuple(scorers)
        self._correct_at = correct_at
        self._refusals = compile_refusals(refusals)
        self._primary = self.scorers[0]

    @property
    def graded(self) -> bool:
        """Whether the primary scorer gives partial values, whose mean is a score, no accuracy."""
        return self._primary.graded

    def judge(self, case: Case, reply: Reply) -> tuple[dict[str, Score], Outcome]:
        """Scores by scorer (the primary first), and what became of the case.

        A scorer that raises, tries to end the process, or returns what no journal can hold, makes
        the outcome `harness_error`: the fault is ours or the suite's, never the model's.
        """
        scores: dict[str, Score] = {}
        if isinstance(reply, Answer):
            for scorer in self.scorers:
                try:
                    scores[scorer.name] = _writable(scorer.function(case, reply))
                except (Exception, SystemExit) as error:  # noqa: BLE001 - a suite's own function
                    reason = encodable(f"{scorer.name}: {type(error).__name__}: {error}")
                    failed = {**scores, scorer.name: Score(0.0, None, reason)}
                    return failed, Outcome.HARNESS_ERROR
        primary = scores.get(self._primary.name)
        return scores, outcome(reply, primary, correct_at=self._correct_at, refusals=self._refusals)

    def label(self, case: Case) -> str | None:
        """The class of the case's expected value, when the primary scorer has classes."""
        return None if self._primary.label is None else self._primary.label(case.expected)


def _writable(score: Score) -> Score:
    """The score, if it can be written as JSON and read again; lone surrogates are replaced.

    Raises:
        ValueError: its value is not between 0 and 1.
    """
    if not 0 <= score.value <= 1:
        raise ValueError(f"the value {score.value} is not between 0 and 1")
    if _plain(score.extracted) and _plain(score.reason):
        return score
    try:
        written = msgspec.json.encode(score)
    except UnicodeEncodeError:
        score = msgspec.convert(encodable(msgspec.to_builtins(score)), Score)
        written = msgspec.json.encode(score)
    msgspec.json.decode(written, type=Score)
    return score


def _plain(value: object) -> bool:
    """Whether a value is sure to be written and read: nothing, or ASCII text, as most are."""
    return value is None or (type(value) is str and value.isascii())
